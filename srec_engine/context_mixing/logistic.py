"""Tables of the logistic domain: probabilities as integers, their logits, how fast they learn, what a bit costs.

All are part of the format (docs/coding.md, "Coefficients of a JPEG"). They are worked out in decimal arithmetic, which
rounds alike on every machine; floating point would not have to.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "COST_BITS",
    "LOGIT_LIMIT",
    "PROBABILITY_BITS",
    "PROBABILITY_ONE",
    "costs_of_bits",
    "probabilities_of_logits",
    "stretched_logits",
]

PROBABILITY_BITS = 16
"""Probabilities that the range coder takes are in units of 2⁻¹⁶, from 1 to 65535."""

PROBABILITY_ONE = 1 << PROBABILITY_BITS

LOGIT_LIMIT = 3071
"""Logits are in units of 1/256 nat; mixed ones are held within this."""

COST_BITS = 16
"""Costs are in units of 2⁻¹⁶ bit."""

_LOGIT_UNITS = 256
_STRETCH_ENTRIES = 4096


def _table(entries: range, value: Callable[[int], Decimal]) -> NDArray[np.int32]:
    with localcontext(Context(prec=30, rounding=ROUND_HALF_EVEN)):
        table = np.array([int(value(entry).to_integral_value()) for entry in entries], np.int32)
    table.setflags(write=False)
    return table


@functools.cache
def stretched_logits() -> NDArray[np.int32]:
    """Logits of the probabilities (i + ½)/4096, int32 (4096,), -2307 to 2307."""

    def logit(entry: int) -> Decimal:
        return _LOGIT_UNITS * (Decimal(2 * entry + 1) / Decimal(2 * (_STRETCH_ENTRIES - entry) - 1)).ln()

    return _table(range(_STRETCH_ENTRIES), logit)


@functools.cache
def probabilities_of_logits() -> NDArray[np.int32]:
    """Probabilities of the logits -3071 to 3071, int32 (6143,), 1 to 65535."""

    def probability(entry: int) -> Decimal:
        return PROBABILITY_ONE / (1 + (Decimal(-entry) / _LOGIT_UNITS).exp())

    return np.clip(_table(range(-LOGIT_LIMIT, LOGIT_LIMIT + 1), probability), 1, PROBABILITY_ONE - 1)


@functools.cache
def costs_of_bits() -> NDArray[np.int32]:
    """Cost of a bit of probability (i + ½)/4096, int32 (4096,)."""
    ln2 = Decimal(2).ln()

    def cost(entry: int) -> Decimal:
        return -(1 << COST_BITS) * (Decimal(2 * entry + 1) / (2 * _STRETCH_ENTRIES)).ln() / ln2

    return _table(range(_STRETCH_ENTRIES), cost)
