"""What a stream of remainders learns from its neighbours, for numba kernels. Importing it imports numba.

Before a remainder is coded, `correct_logits` multiplies its logits with a temperature, by how surprising the
neighbours were, and adds a bias for each of several contexts: what the exact sums of the blocks before, and of the
channels before, let one expect. When it is known, `learn_remainder` moves these. Both do nothing where the learner is
None.

`learned_streams` says the same in plain Python; a change here is a change there, and a new version of the file format.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srec_engine.compilation.kernels import inlined, integer
from srec_engine.entropy.fixed_point import (
    EXPONENTIAL_ENTRIES,
    EXPONENTIAL_ONE,
    FREQUENCY_BITS,
    FREQUENCY_TOTAL,
    REMAINDER_SYMBOLS,
)
from srec_engine.entropy.kernel_types import RemainderArrays, RemainderLearner, TableArrays
from srec_engine.entropy.learning import (
    BIAS_BITS,
    BIAS_LIMIT,
    BIAS_RATES,
    CONFIDENCES,
    GRADIENT_LIMIT,
    KNOWN_SURPRISE,
    MARGIN,
    MOST_DISTANCE,
    NEAR_SURPRISE,
    SPREAD_OF_SURPRISE,
    SURPRISE_LIMITS,
    SURPRISE_SHIFT,
    TEMPERATURE_BITS,
    TEMPERATURE_LIMITS,
    TEMPERATURE_RATE_BITS,
    TEMPERATURE_RATES,
    UNSURPRISED,
    block_place,
    folded,
)

__all__ = ["STATE_LENGTH", "correct_logits", "learn_remainder"]

STATE_LENGTH = 3
"""Length of `RemainderLearner.state`."""

_CONFIDENCE, _NEAR_CLASS, _KNOWN_CLASS = range(STATE_LENGTH)

_folded = inlined(folded)

_block_place = inlined(block_place)


@inlined
def correct_logits(
    learner: Any,
    tables: TableArrays,
    remainders: RemainderArrays,
    symbols: Any,
    row: int,
    column: int,
    channel: int,
    logits: Any,
    interval: tuple[int, int],
) -> int:
    """Correct `logits[lowest + 1]` to `logits[highest + 1]` in place (2⁻⁶ nat); return the largest."""
    largest = _largest(logits, interval)
    if learner is None:
        return largest
    total = integer(0)
    for symbol in range(interval[0], interval[1] + 1):
        distance = min(largest - logits[symbol + 1], MOST_DISTANCE)
        learner.distances[symbol] = -distance
        if distance < EXPONENTIAL_ENTRIES:
            total += integer(tables.exponential[np.uint64(distance)])
    if learner.corrects == 0:
        return largest
    _set_contexts(learner, remainders, symbols, row, column, channel)
    state = learner.state
    state[_CONFIDENCE] = min((total - EXPONENTIAL_ONE) >> 14, CONFIDENCES - 1)
    _set_surprise_classes(learner, row + MARGIN, column + MARGIN, channel)
    temperature = _temperature(learner)
    _add_biases(learner)
    for symbol in range(interval[0], interval[1] + 1):
        bias = integer(learner.errors[symbol] >> BIAS_BITS)
        logits[symbol + 1] = ((learner.distances[symbol] * temperature) >> 8) + bias
    return _largest(logits, interval)


@inlined
def _largest(logits: Any, interval: tuple[int, int]) -> int:
    largest = integer(logits[interval[0] + 1])
    for symbol in range(interval[0] + 1, interval[1] + 1):
        largest = max(largest, integer(logits[symbol + 1]))
    return largest


@inlined
def _add_biases(learner: RemainderLearner) -> None:
    """Set `learner.errors`, which are not needed yet, to the sums of the biases of all contexts."""
    biases, contexts, sums = learner.biases, learner.contexts, learner.errors
    for symbol in range(REMAINDER_SYMBOLS):
        sums[symbol] = biases[0, np.uint64(contexts[0]), symbol]
    for number in range(1, len(contexts)):
        context = np.uint64(contexts[number])
        for symbol in range(REMAINDER_SYMBOLS):
            sums[symbol] += biases[number, context, symbol]


@inlined
def _temperature(learner: RemainderLearner) -> int:
    """What the network's logits are multiplied with, in 2⁻⁸."""
    state, temperatures = learner.state, learner.temperatures
    confidence = np.uint64(state[_CONFIDENCE])
    parts = integer(temperatures[0, confidence, np.uint64(state[_NEAR_CLASS]), 0])
    parts += temperatures[1, confidence, np.uint64(state[_KNOWN_CLASS]), 0]
    return 256 + min(max(integer(parts >> TEMPERATURE_BITS), TEMPERATURE_LIMITS[0]), TEMPERATURE_LIMITS[1])


@inlined
def _set_surprise_classes(learner: RemainderLearner, row: int, column: int, channel: int) -> None:
    near = 2 * _surprise(learner, channel, row, column - 1) + 2 * _surprise(learner, channel, row - 1, column)
    near += _surprise(learner, channel, row - 1, column - 1) + _surprise(learner, channel, row - 1, column + 1)
    known = integer(0)
    for before in range(channel):
        known += 4 * _surprise(learner, before, row, column)
        known += _surprise(learner, before, row, column - 1) + _surprise(learner, before, row, column + 1)
        known += _surprise(learner, before, row - 1, column) + _surprise(learner, before, row + 1, column)
    most = SPREAD_OF_SURPRISE - 1
    learner.state[_NEAR_CLASS] = min(max(((near * NEAR_SURPRISE) >> SURPRISE_SHIFT) + UNSURPRISED, 0), most)
    learner.state[_KNOWN_CLASS] = min(max(((known * KNOWN_SURPRISE) >> SURPRISE_SHIFT) + UNSURPRISED, 0), most)


@inlined
def _surprise(learner: RemainderLearner, channel: int, row: int, column: int) -> int:
    return integer(learner.surprises[np.uint64(channel), np.uint64(row), np.uint64(column)])


@inlined
def _sum_of(remainders: RemainderArrays, symbols: Any, row: int, column: int, channel: int) -> int:
    """Sum of a block whose remainder is known, and one more."""
    y, x, plane = np.uint64(row), np.uint64(column), np.uint64(channel)
    return 4 * integer(remainders.low_resolution[y, x, plane]) + integer(symbols[y, x, plane])


@inlined
def _set_contexts(
    learner: RemainderLearner, remainders: RemainderArrays, symbols: Any, row: int, column: int, channel: int
) -> None:
    """The contexts of a remainder: how its neighbours' sums differ from four times its mean; the channels before."""
    contexts = learner.contexts
    own = 4 * integer(remainders.low_resolution[row, column, channel]) + 1
    has_west, has_north, has_east = column > 0, row > 0, column + 1 < remainders.width
    west = _sum_of(remainders, symbols, row, column - 1, channel) - own if has_west else integer(0)
    north = _sum_of(remainders, symbols, row - 1, column, channel) - own if has_north else integer(0)
    northwest, northeast = integer(0), integer(0)
    if has_north and has_west:
        northwest = _sum_of(remainders, symbols, row - 1, column - 1, channel) - own
    if has_north and has_east:
        northeast = _sum_of(remainders, symbols, row - 1, column + 1, channel) - own
    before = integer(symbols[row, column, channel - 1] & 3) if channel > 0 else integer(0)
    contexts[0] = (before * 9 + _folded(west, 4)) * 9 + _folded(north, 4)
    contexts[1] = _folded(west + north - northwest, 7) * 15 + _folded((west + northeast) >> 1, 7)
    contexts[2] = _block_place(row, column)
    if channel == 0:
        return
    # What the neighbours' differences between two channels make of the known sum of this block in the other one.
    there = _sum_of(remainders, symbols, row, column, channel - 1)
    cross_west = west + there - _sum_of(remainders, symbols, row, column - 1, channel - 1) if has_west else integer(0)
    cross_north = (
        north + there - _sum_of(remainders, symbols, row - 1, column, channel - 1) if has_north else integer(0)
    )
    cross_northeast = integer(0)
    if has_north and has_east:
        cross_northeast = northeast + there - _sum_of(remainders, symbols, row - 1, column + 1, channel - 1)
    contexts[3] = (before * 9 + _folded(cross_west, 4)) * 9 + _folded(cross_north, 4)
    contexts[4] = (_folded(cross_west, 3) * 7 + _folded(cross_north, 3)) * 7 + _folded(cross_northeast, 3)
    if channel == 1:
        return
    there = _sum_of(remainders, symbols, row, column, 0)
    cross_west = west + there - _sum_of(remainders, symbols, row, column - 1, 0) if has_west else integer(0)
    cross_north = north + there - _sum_of(remainders, symbols, row - 1, column, 0) if has_north else integer(0)
    contexts[5] = _folded(cross_west, 7) * 15 + _folded(cross_north, 7)


@inlined
def learn_remainder(
    learner: Any, symbol: int, boundaries: Any, interval: tuple[int, int], row: int, column: int, channel: int
) -> None:
    """Learn from a symbol that was coded with cumulative frequencies after `correct_logits`."""
    if learner is None:
        return
    expected = integer(0)
    for other in range(interval[0], interval[1] + 1):
        expected += (boundaries[other + 1] - boundaries[other]) * learner.distances[other]
    gradient = learner.distances[symbol] - (expected >> FREQUENCY_BITS)
    surprise = min(max(-gradient, SURPRISE_LIMITS[0]), SURPRISE_LIMITS[1])
    learner.surprises[np.uint64(channel), np.uint64(row + MARGIN), np.uint64(column + MARGIN)] = surprise
    if learner.corrects == 0:
        return
    gradient = min(max(gradient, -GRADIENT_LIMIT), GRADIENT_LIMIT)
    state = learner.state
    _move_temperature(learner, 0, state[_CONFIDENCE], state[_NEAR_CLASS], gradient)
    _move_temperature(learner, 1, state[_CONFIDENCE], state[_KNOWN_CLASS], gradient)
    errors, biases = learner.errors, learner.biases
    for other in range(REMAINDER_SYMBOLS):
        errors[other] = 0
    for other in range(interval[0], interval[1] + 1):
        errors[other] = boundaries[other] - boundaries[other + 1]
    errors[symbol] += FREQUENCY_TOTAL
    for number in range(len(learner.contexts)):
        context = np.uint64(learner.contexts[number])
        count = biases[number, context, REMAINDER_SYMBOLS]
        rate = BIAS_RATES[np.uint64(count)]
        for other in range(REMAINDER_SYMBOLS):
            moved = biases[number, context, other] + ((errors[other] * rate) >> 16)
            biases[number, context, other] = min(max(moved, -BIAS_LIMIT), BIAS_LIMIT)
        biases[number, context, REMAINDER_SYMBOLS] = min(count + 1, len(BIAS_RATES) - 1)


@inlined
def _move_temperature(learner: RemainderLearner, number: int, confidence: int, surprise: int, gradient: int) -> None:
    entry = learner.temperatures[number, np.uint64(confidence), np.uint64(surprise)]
    step = (gradient * TEMPERATURE_RATES[np.uint64(entry[1])]) >> TEMPERATURE_RATE_BITS
    entry[0] = min(max(entry[0] + step, -BIAS_LIMIT), BIAS_LIMIT)
    entry[1] = min(entry[1] + 1, len(TEMPERATURE_RATES) - 1)
