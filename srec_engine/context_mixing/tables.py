"""What a coder has learned: empty, as it ships with the program, and as it is kept in a file.

A file of tables is one LZMA stream (`container.compression`): a bit for each slot, whether it is kept; the probability
of each that is; the weights; the last tables; the weights of the predictors. Files are named by a number that stands in
whatever was coded with them, and stay with the program for ever.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from srec_engine.container.compression import lzma_compress, lzma_decompress
from srec_engine.container.fields import Cursor
from srec_engine.context_mixing.estimates import FEATURES, first_weights
from srec_engine.context_mixing.layout import CONTEXTS, INPUTS, REFINEMENT_ROWS, SLOTS, WEIGHT_ROWS
from srec_engine.context_mixing.logistic import LOGIT_LIMIT, PROBABILITY_BITS, probabilities_of_logits
from srec_engine.context_mixing.means import MEAN_FEATURES
from srec_engine.context_mixing.mixer import FIRST_WEIGHT, REFINEMENT_STEPS
from srec_engine.context_mixing.planes import COUNT_FEATURES
from srec_engine.errors import DamagedFileError
from srec_engine.resources import resource_path

__all__ = [
    "CURRENT_TABLES",
    "EMPTY_TABLES",
    "CoderTables",
    "empty_tables",
    "packed_tables",
    "shipped_tables",
    "unpacked_tables",
]

CURRENT_TABLES = 1
"""Number of the tables that are coded with."""

EMPTY_TABLES = 0
"""Number of no tables at all."""

KINDS = 3
"""Kinds of components: the first, the second, all others."""

_COUNT_BITS = 10
_COUNT_MASK = (1 << _COUNT_BITS) - 1
_SLOT_SHIFT = 22 - PROBABILITY_BITS + _COUNT_BITS
_LEAST_COUNT = 60
"""What was seen less often is not kept in a file."""
_KEPT_COUNT = 24
"""As often as this a slot of a file is taken to have been seen: firmly, but it gives way to the picture at hand."""
_CODES, _CODE_LOGITS = 129, 36
"""A file keeps probabilities by their logits, so many of them, in steps of so many of their units."""
_WEIGHT_SHIFT = 4
_MEAN_WEIGHTS = (40_000, -20_000, 16_000)
_COUNT_WEIGHTS = (20_000, 20_000, 2_000, 10_000)
_UNPACKED_LIMIT = 2 * SLOTS + 4 * (WEIGHT_ROWS * INPUTS + REFINEMENT_ROWS * REFINEMENT_STEPS) + (1 << 16)


@dataclass(frozen=True, slots=True)
class CoderTables:
    """All that a coder learns and that a next one may begin with.

    Attributes:
        slots: uint32 (SLOTS,), probabilities (22 bits) and counts (10 bits).
        weights: int32 (WEIGHT_ROWS, 16), in units of 2⁻¹⁶.
        refinements: int32 (REFINEMENT_ROWS, 33), in units of 2⁻¹⁶.
        means: int64 (3, 2, 21), weights of the quick and the slow predictor of means, for each kind of component.
        counts: int64 (3, 12), of the predictor of counts.
        estimates: int64 (3, 64, 9), of the predictor of values.
    """

    slots: NDArray[np.uint32]
    weights: NDArray[np.int32]
    refinements: NDArray[np.int32]
    means: NDArray[np.int64]
    counts: NDArray[np.int64]
    estimates: NDArray[np.int64]

    def copied(self) -> CoderTables:
        """The same, to be changed."""
        return CoderTables(*(getattr(self, field.name).copy() for field in fields(self)))


def empty_tables() -> CoderTables:
    """Nothing learned: every bit is as likely as the other, and all weights are a tenth."""
    weights = np.full((WEIGHT_ROWS, INPUTS), FIRST_WEIGHT, np.int32)
    weights[:, CONTEXTS] = 0
    logits = np.clip((np.arange(REFINEMENT_STEPS) - REFINEMENT_STEPS // 2) * 128, -LOGIT_LIMIT, LOGIT_LIMIT)
    refinements = np.tile(probabilities_of_logits()[logits + LOGIT_LIMIT].astype(np.int32), (REFINEMENT_ROWS, 1))
    means = np.zeros((KINDS, 2, MEAN_FEATURES), np.int64)
    means[:, :, : len(_MEAN_WEIGHTS)] = _MEAN_WEIGHTS
    counts = np.zeros((KINDS, COUNT_FEATURES), np.int64)
    counts[:, : len(_COUNT_WEIGHTS)] = _COUNT_WEIGHTS
    estimates = np.stack([first_weights()] * KINDS)
    return CoderTables(np.full(SLOTS, 1 << 31, np.uint32), weights, refinements, means, counts, estimates)


@functools.cache
def shipped_tables(number: int) -> CoderTables:
    """Tables that ship with the program, not to be changed.

    Raises:
        DamagedFileError: When there are none of this number, or their file is damaged.
    """
    if number == EMPTY_TABLES:
        return empty_tables()
    path = tables_path(number)
    try:
        return unpacked_tables(path.read_bytes(), str(path))
    except FileNotFoundError as error:
        raise DamagedFileError(
            f"This JPEG was packed with tables that this program does not have (number {number}). "
            "A newer version of the program may have them."
        ) from error


def tables_path(number: int) -> Path:
    """Where tables are that ship with the program."""
    return resource_path("jpeg", f"coefficients-{number}.lzma")


def packed_tables(tables: CoderTables) -> bytes:
    """Tables as a file keeps them, rounded: `unpacked_tables` gives what is coded with."""
    kept = (tables.slots & _COUNT_MASK) >= _LEAST_COUNT
    codes = np.searchsorted(_code_borders(), tables.slots[kept] >> _SLOT_SHIFT, "right").astype(np.uint8)
    weights = np.clip((tables.weights + (1 << _WEIGHT_SHIFT >> 1)) >> _WEIGHT_SHIFT, -32768, 32767)
    parts = (
        np.packbits(kept),
        codes,
        weights.astype("<i2"),
        tables.refinements.astype("<u2"),
        *(table.astype("<i4") for table in (tables.means, tables.counts, tables.estimates)),
    )
    return lzma_compress(b"".join(part.tobytes() for part in parts), literal_context_bits=0)


def unpacked_tables(data: bytes, what: str) -> CoderTables:
    """Undo `packed_tables`.

    Raises:
        DamagedFileError: When that cannot be.
    """
    cursor = Cursor(lzma_decompress(data, _UNPACKED_LIMIT, what, literal_context_bits=0), what)
    bits = np.frombuffer(cursor.take(-(-SLOTS // 8)), np.uint8)
    kept = np.unpackbits(bits, count=SLOTS).astype(np.bool_)
    codes = np.frombuffer(cursor.take(int(np.count_nonzero(kept))), np.uint8)
    if codes.size and int(codes.max()) >= _CODES:
        raise DamagedFileError(f"{what} is damaged: it has a probability that there is not.")
    slots = np.full(SLOTS, 1 << 31, np.uint32)
    slots[kept] = _code_probabilities()[codes].astype(np.uint32) << _SLOT_SHIFT | _KEPT_COUNT

    def taken(shape: tuple[int, ...], kind: str) -> NDArray[np.int64]:
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        return np.frombuffer(cursor.take(size), kind).reshape(shape).astype(np.int64)

    weights = (taken((WEIGHT_ROWS, INPUTS), "<i2") << _WEIGHT_SHIFT).astype(np.int32)
    refinements = taken((REFINEMENT_ROWS, REFINEMENT_STEPS), "<u2").astype(np.int32)
    means = taken((KINDS, 2, MEAN_FEATURES), "<i4")
    counts = taken((KINDS, COUNT_FEATURES), "<i4")
    return CoderTables(slots, weights, refinements, means, counts, taken((KINDS, 64, FEATURES), "<i4"))


def _code_probabilities() -> NDArray[np.int32]:
    """What the codes of a file stand for, in units of 2⁻¹⁶, rising."""
    return probabilities_of_logits()[LOGIT_LIMIT + _CODE_LOGITS * (np.arange(_CODES) - _CODES // 2)]


def _code_borders() -> NDArray[np.int32]:
    values = _code_probabilities()
    borders: NDArray[np.int32] = (values[1:] + values[:-1]) // 2
    return borders
