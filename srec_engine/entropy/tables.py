"""The integer tables of the distributions: logistic function, exponential function, inverse scales, starting states.

They are part of a model. A model file stores them, so that no machine has to compute an exponential to decode.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.fixed_point import (
    EXPONENTIAL_ENTRIES,
    EXPONENTIAL_ONE,
    LOG_SCALE_DEFAULT_MAXIMUM,
    LOG_SCALE_DEFAULT_MINIMUM,
    LOG_SCALE_ENTRIES_LIMIT,
    NAT_UNITS,
    SCALE_BITS,
    SCALE_LIMIT,
    SIGMOID_ENTRIES,
    SIGMOID_HALF,
    SIGMOID_ONE,
    SIGMOID_STEPS,
)
from srec_engine.entropy.starting_states import NOTHING_LEARNED, StartingStates
from srec_engine.errors import ModelError

__all__ = ["DistributionTables", "default_tables"]


@dataclass(frozen=True, eq=False, slots=True)
class DistributionTables:
    """Tables that every distribution of a model is computed with.

    A model file may be hostile, so tables that could make a distribution overflow, run backwards or be read past their
    end cannot be created at all. The arrays are made read-only.

    Attributes:
        sigmoid: int32, `SIGMOID_ENTRIES` long. Logistic function of 0 to 12 in steps of 1/512; 2²² is 1.0.
        exponential: int32, `EXPONENTIAL_ENTRIES` long. exp(-i/64), 2¹⁶ is 1.0.
        inverse_scale: int64. Entry i belongs to the log-scale `log_scale_minimum + i` (1/64 nat) and is
            2·exp(-log-scale)·2²⁰: the factor from 2⁻⁸ grey level to 1/512 in the logistic function's argument.
        log_scale_minimum: Log-scale of the first entry of `inverse_scale`, in 1/64 nat.
        starts: What streams that learn begin with.

    Raises:
        ModelError: A table has the wrong type, length, range or direction.
    """

    sigmoid: npt.NDArray[np.int32]
    exponential: npt.NDArray[np.int32]
    inverse_scale: npt.NDArray[np.int64]
    log_scale_minimum: int
    starts: StartingStates = NOTHING_LEARNED

    def __post_init__(self) -> None:
        _check_tables(self)
        for name in ("sigmoid", "exponential", "inverse_scale"):
            table = np.array(getattr(self, name))
            table.flags.writeable = False
            object.__setattr__(self, name, table)

    @property
    def log_scale_maximum(self) -> int:
        """Log-scale of the last entry of `inverse_scale`, in 1/64 nat."""
        return self.log_scale_minimum + len(self.inverse_scale) - 1


def default_tables(
    log_scale_minimum: int = LOG_SCALE_DEFAULT_MINIMUM, log_scale_maximum: int = LOG_SCALE_DEFAULT_MAXIMUM
) -> DistributionTables:
    """Build the tables for a range of log-scales (both ends included, in 1/64 nat).

    Decimal arithmetic rounds alike on every machine, so the tables do too.

    Raises:
        ModelError: The range of log-scales is empty, too wide, or reaches scales too small for the integers.
    """
    context = Context(prec=40)

    def exponential(numerator: int, denominator: int) -> Decimal:
        return context.exp(context.divide(Decimal(numerator), Decimal(denominator)))

    def rounded(value: Decimal) -> int:
        return int(value.to_integral_value())

    sigmoid = [
        rounded(context.divide(Decimal(SIGMOID_ONE), 1 + exponential(-step, SIGMOID_STEPS)))
        for step in range(SIGMOID_ENTRIES)
    ]
    weights = [rounded(EXPONENTIAL_ONE * exponential(-step, NAT_UNITS)) for step in range(EXPONENTIAL_ENTRIES)]
    scales = [
        rounded((2 << SCALE_BITS) * exponential(-log_scale, NAT_UNITS))
        for log_scale in range(log_scale_minimum, log_scale_maximum + 1)
    ]
    return DistributionTables(
        sigmoid=np.array(sigmoid, dtype=np.int32),
        exponential=np.array(weights, dtype=np.int32),
        inverse_scale=np.array(scales, dtype=np.int64),
        log_scale_minimum=log_scale_minimum,
    )


def _check_tables(tables: DistributionTables) -> None:
    _check_array("sigmoid", tables.sigmoid, np.int32, SIGMOID_ENTRIES, SIGMOID_ENTRIES)
    _check_array("exponential", tables.exponential, np.int32, EXPONENTIAL_ENTRIES, EXPONENTIAL_ENTRIES)
    _check_array("inverse scale", tables.inverse_scale, np.int64, 1, LOG_SCALE_ENTRIES_LIMIT)
    if abs(tables.log_scale_minimum) > LOG_SCALE_ENTRIES_LIMIT:
        raise _damaged("inverse scale", f"begins at the log-scale {tables.log_scale_minimum}")
    _check_values("sigmoid", tables.sigmoid, SIGMOID_HALF, SIGMOID_ONE, rising=True)
    _check_values("exponential", tables.exponential, 0, EXPONENTIAL_ONE, rising=False)
    _check_values("inverse scale", tables.inverse_scale, 1, SCALE_LIMIT, rising=False)
    if tables.sigmoid[0] != SIGMOID_HALF:
        raise _damaged("sigmoid", "does not begin with one half")
    if tables.exponential[0] != EXPONENTIAL_ONE:
        raise _damaged("exponential", "does not begin with one")


def _check_array(name: str, table: npt.NDArray[np.integer], dtype: type, shortest: int, longest: int) -> None:
    if table.dtype != dtype or table.ndim != 1:
        raise _damaged(name, f"is not a one-dimensional {np.dtype(dtype).name} array")
    if not shortest <= len(table) <= longest:
        raise _damaged(name, f"has {len(table)} entries")


def _check_values(name: str, table: npt.NDArray[np.integer], low: int, high: int, *, rising: bool) -> None:
    if int(table.min()) < low or int(table.max()) > high:
        raise _damaged(name, f"leaves the range {low} to {high}")
    steps = np.diff(table.astype(np.int64))
    if np.any(steps < 0) if rising else np.any(steps > 0):
        raise _damaged(name, "is not monotone")


def _damaged(name: str, problem: str) -> ModelError:
    return ModelError(f"Its {name} table {problem}.")
