"""Predicts a bit from what was seen in fifteen contexts, codes it, and learns from it; for numba kernels.

Each context holds a *slot*: the probability of a 1 (22 bits) and how often it was seen (10 bits), which is how firmly
it is believed. Their logits are added up with weights; the weights are sums of three rows, each chosen by other
circumstances. A last table, of what really came when that was the answer, has half a say.
(Mahoney, "Adaptive weighing of context models for lossless data compression", 2005, has the principle.)
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer
from srec_engine.context_mixing.binary_coder import COST, MODE, RECORDING, coded
from srec_engine.context_mixing.layout import CONTEXTS
from srec_engine.context_mixing.logistic import COST_BITS, LOGIT_LIMIT, PROBABILITY_BITS, PROBABILITY_ONE

__all__ = [
    "BIAS_INPUT",
    "COUNT_BITS",
    "COUNT_LIMIT",
    "COUNT_MASK",
    "FIRST_WEIGHT",
    "REFINEMENT_STEPS",
    "SLOT_BITS",
    "Mixer",
    "code_bit",
    "code_plain_bit",
    "learning_rates",
]

COUNT_LIMIT = 255
"""How often a slot remembers to have been seen: it never learns more slowly than this."""

BIAS_INPUT = 256
"""The input that is always the same: one nat."""

FIRST_WEIGHT = 6554
"""Of all weights where nothing was learned before: a tenth, in units of 2⁻¹⁶."""

REFINEMENT_STEPS = 33
"""Logits at which the last table has entries: every half nat from -8 to 8."""

COUNT_BITS = 10
"""Lowest bits of a slot: how often it was seen."""

COUNT_MASK = (1 << COUNT_BITS) - 1

SLOT_BITS = 22
"""Bits of the probability above them."""

_SLOT_ONE = 1 << SLOT_BITS
_STRETCH_SHIFT = 20
_LEARNING_RATE = 6
_LEARNING_SHIFT = 20
_WEIGHT_LIMIT = (1 << 19) - 1
_PRODUCT_SHIFT = 8
_REFINEMENT_RATE_BITS = 6
_REFINEMENT_LIMIT = 2047
_REFINEMENT_OFFSET = 2048
_REFINEMENT_SPACING_BITS = 7


@functools.cache
def learning_rates() -> NDArray[np.int64]:
    """How far a slot moves that was seen n times, int64 (256,), in units of 2⁻¹⁶: 1 / (n + 1.6)."""
    rates = np.array([10 * PROBABILITY_ONE // (10 * count + 16) for count in range(COUNT_LIMIT + 1)], np.int64)
    rates.setflags(write=False)
    return rates


class Mixer(NamedTuple):
    """All that a coder learns, and where it is at.

    Attributes:
        slots: uint32 (SLOTS,).
        weights: int32 (WEIGHT_ROWS, 16), in units of 2⁻¹⁶.
        refinements: int32 (REFINEMENT_ROWS, 33), probabilities in units of 2⁻¹⁶.
        contexts: int64 (15,), first slots of the symbol at hand.
        rows: int64 (3,), first rows of weights of the symbol at hand.
        inputs: int32 (16,), room.
        stretch, squash, rates, costs: The tables.
        state: The range coder's.
        data: uint8, what it writes or reads.
    """

    slots: Any
    weights: Any
    refinements: Any
    contexts: Any
    rows: Any
    inputs: Any
    stretch: Any
    squash: Any
    rates: Any
    costs: Any
    state: Any
    data: Any


@inlined
def _rows(mixer: Mixer, node: int) -> tuple[Any, Any, Any]:
    weights, rows = mixer.weights, mixer.rows
    return weights[rows[0] + node], weights[rows[1] + node], weights[rows[2] + node]


@inlined
def _moved(weight: Any, change: Any) -> Any:
    return min(max(np.int32(weight + change), np.int32(-_WEIGHT_LIMIT)), np.int32(_WEIGHT_LIMIT))


@inlined
def _mixed_logit(mixer: Mixer, node: int) -> int:
    inputs = mixer.inputs
    for index in range(CONTEXTS):
        inputs[index] = mixer.stretch[mixer.slots[mixer.contexts[index] + node] >> np.uint32(_STRETCH_SHIFT)]
    # The number of lanes is one that the compiler does not know: it would unroll the loop, and not use vectors.
    first, second, third = _rows(mixer, node)
    total = np.int32(0)
    for lane in range(inputs.shape[0]):
        # Weights are below 2¹⁹ and inputs below 2¹²: neither the products nor their sum leave 32 bits.
        value = inputs[lane]
        product = np.int32(np.int32(first[lane] * value) >> np.int32(_PRODUCT_SHIFT))
        product = np.int32(product + np.int32(np.int32(second[lane] * value) >> np.int32(_PRODUCT_SHIFT)))
        product = np.int32(product + np.int32(np.int32(third[lane] * value) >> np.int32(_PRODUCT_SHIFT)))
        total = np.int32(total + product)
    logit = integer(total) >> (PROBABILITY_BITS - _PRODUCT_SHIFT)
    return min(max(logit, -LOGIT_LIMIT), LOGIT_LIMIT)


@inlined
def _learn(mixer: Mixer, node: int, bit: int, error: int) -> None:
    inputs = mixer.inputs
    step = np.int32(error * _LEARNING_RATE)
    half = np.int32(1 << (_LEARNING_SHIFT - 1))
    first, second, third = _rows(mixer, node)
    for lane in range(inputs.shape[0]):
        change = np.int32(np.int32(np.int32(inputs[lane] * step) + half) >> np.int32(_LEARNING_SHIFT))
        first[lane] = _moved(first[lane], change)
        second[lane] = _moved(second[lane], change)
        third[lane] = _moved(third[lane], change)
    target = bit * (_SLOT_ONE - 1)
    for index in range(CONTEXTS):
        place = mixer.contexts[index] + node
        slot = integer(mixer.slots[place])
        count = slot & COUNT_MASK
        probability = slot >> COUNT_BITS
        probability += (target - probability) * mixer.rates[count] >> PROBABILITY_BITS
        if count < COUNT_LIMIT:
            count += 1
        mixer.slots[place] = probability << COUNT_BITS | count


@inlined
def code_bit(mixer: Mixer, bit: int, node: int, refinement: int) -> int:
    """Code a decision, and learn from it.

    Args:
        mixer: With `contexts` and `rows` of the symbol.
        bit: What to write; when reading, nothing depends on it.
        node: Which decision of the symbol.
        refinement: Row of the last table.

    Returns:
        The bit.
    """
    logit = _mixed_logit(mixer, node)
    mixed = integer(mixer.squash[logit + LOGIT_LIMIT])
    at = min(max(logit, -_REFINEMENT_LIMIT), _REFINEMENT_LIMIT) + _REFINEMENT_OFFSET
    step = at >> _REFINEMENT_SPACING_BITS
    share = at & ((1 << _REFINEMENT_SPACING_BITS) - 1)
    row = mixer.refinements[refinement]
    refined = integer(row[step]) * ((1 << _REFINEMENT_SPACING_BITS) - share) + integer(row[step + 1]) * share
    probability = (mixed + (refined >> _REFINEMENT_SPACING_BITS)) >> 1
    probability = min(max(probability, 1), PROBABILITY_ONE - 1)
    bit = coded(mixer.state, mixer.data, bit, probability)
    if mixer.state[MODE] == RECORDING:
        found = probability if bit else PROBABILITY_ONE - probability
        mixer.state[COST] += mixer.costs[found >> (PROBABILITY_BITS - 12)]
    _learn(mixer, node, bit, (bit << PROBABILITY_BITS) - mixed)
    nearest = step + (share >> (_REFINEMENT_SPACING_BITS - 1))
    row[nearest] += (bit * (PROBABILITY_ONE - 1) - row[nearest]) >> _REFINEMENT_RATE_BITS
    return bit


@inlined
def code_plain_bit(mixer: Mixer, bit: int) -> int:
    """Code a bit that is as likely as the other, and learn nothing. Arguments and what is returned as `code_bit`."""
    if mixer.state[MODE] == RECORDING:
        mixer.state[COST] += 1 << COST_BITS
    return coded(mixer.state, mixer.data, bit, PROBABILITY_ONE >> 1)
