"""What a stream of pixels learns from its neighbours, for numba kernels. Importing it imports numba.

Before a value is coded, `pixel_correction` predicts from the residuals of its neighbours by how much the mixture's
means are off, and from their size how much wider or narrower it should be. When the value is known, `learn_pixel`
writes its residual down and moves what the prediction was made with. Both do nothing where the learner is None.

`learned_streams` says the same in plain Python; a change here is a change there, and a new version of the file format.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srec_engine.compilation.kernels import inlined, integer, leading_zeros, quotient
from srec_engine.entropy.fixed_point import FREQUENCY_TOTAL
from srec_engine.entropy.kernel_types import Mixture, PixelLearner
from srec_engine.entropy.learning import (
    CLASSES_OF_A_SET,
    DEVIATION_LIMIT,
    ENERGY_OFFSET,
    LEAST_DEVIATION,
    MARGIN,
    NEAR_FACTOR,
    NEAR_SHIFT,
    OFFSET_LIMIT,
    OWN_INPUTS,
    PLACE_RATE,
    PLACE_RATE_BITS,
    POSITION_OFFSET,
    RATE_BITS,
    RESIDUAL_BITS,
    RESIDUAL_LIMIT,
    SHIFT_LIMIT,
    SPREAD_BITS,
    SPREAD_LIMIT,
    SPREAD_RATE,
    SPREAD_RATE_BITS,
    SURPRISE_CLASSES,
    WEIGHT_LIMIT,
    WEIGHT_RATE,
    WIDTH_CLASSES,
    block_place,
)
from srec_engine.entropy.value_classes import learn_classes

__all__ = [
    "CENTRE",
    "DEVIATION",
    "FINE_CONTEXTS",
    "MEAN",
    "SHIFT",
    "STATE_LENGTH",
    "learn_pixel",
    "pixel_correction",
]

STATE_LENGTH = 11
"""Length of `PixelLearner.state`."""

MEAN, DEVIATION, SHIFT, CENTRE, FINE_CONTEXTS, _PREDICTED, _ENERGY, _WIDTH_CLASS, _NEAR_CLASS, _KNOWN_CLASS, _PLACE = (
    range(STATE_LENGTH)
)
"""Its places. `FINE_CONTEXTS` is the number of contexts by which the values are weighed; 0 where they are not."""

_HALF = FREQUENCY_TOTAL // 2

_block_place = inlined(block_place)


@inlined
def pixel_correction(
    learner: Any, mixture: Mixture, total: int, unrolled: Any, row: int, column: int
) -> tuple[int, int]:
    """What is added to the means (2⁻⁸ grey level) and log-scales (2⁻⁶ nat) of a mixture: (shift, spread).

    `mixture` is as it is read, its slopes places in the table; `total` is the sum of its weights.
    """
    if learner is None:
        return integer(0), integer(0)
    deviation = _expect(learner, mixture, total, unrolled)
    state = learner.state
    state[SHIFT] = 0
    if learner.corrects == 0:
        return integer(0), integer(0)
    width_class = _width_class(deviation)
    near, known = _gather(learner, row + MARGIN, column + MARGIN)
    predicted = _predict(learner, quotient(width_class, CLASSES_OF_A_SET))
    place = _block_place(row, column)
    near_class = min(SURPRISE_CLASSES - 1, (near * NEAR_FACTOR) >> NEAR_SHIFT)
    known_class = min(SURPRISE_CLASSES - 1, known)
    spread = integer(learner.spreads[0, np.uint64(width_class), np.uint64(near_class)])
    spread += learner.spreads[1, np.uint64(width_class), np.uint64(known_class)]
    spread = min(max(spread + learner.places[np.uint64(place)], -SPREAD_LIMIT), SPREAD_LIMIT)
    state[_WIDTH_CLASS] = width_class
    state[_NEAR_CLASS] = near_class
    state[_KNOWN_CLASS] = known_class
    state[_PLACE] = place
    state[SHIFT] = (predicted * deviation) >> RESIDUAL_BITS
    return state[SHIFT], spread >> SPREAD_BITS


@inlined
def _expect(learner: PixelLearner, mixture: Mixture, total: int, unrolled: Any) -> int:
    """Note the mixture's mean; return its mean deviation, 2⁻⁸ grey level."""
    moment = integer(0)
    for k in range(len(unrolled)):
        moment += mixture.weights[k] * (mixture.offsets[k] + POSITION_OFFSET)
    mean = quotient(moment, total) - POSITION_OFFSET
    moment = integer(0)
    for k in range(len(unrolled)):
        moment += mixture.weights[k] * (
            learner.deviations[np.uint64(mixture.slopes[k])] + abs(mixture.offsets[k] - mean)
        )
    deviation = min(max(quotient(moment, total), LEAST_DEVIATION), DEVIATION_LIMIT)
    learner.state[MEAN] = mean
    learner.state[DEVIATION] = deviation
    return deviation


@inlined
def _width_class(deviation: int) -> int:
    """Two classes an octave, from 0.3 to 24 grey levels."""
    number = deviation + 64
    length = 64 - leading_zeros(integer(number))
    return min(2 * (length - 8) + ((number >> (length - 2)) & 1), WIDTH_CLASSES - 1)


@inlined
def _gather(learner: PixelLearner, row: int, column: int) -> tuple[int, int]:
    """Set the inputs; return how large the residuals are: of the stream's own neighbours, and of streams before."""
    residuals, inputs, stream = learner.residuals, learner.inputs, np.uint64(learner.stream)
    # Unsigned places: numba looks for negative ones otherwise.
    y, x, north_y, west_x, east_x = (
        np.uint64(row),
        np.uint64(column),
        np.uint64(row - 1),
        np.uint64(column - 1),
        np.uint64(column + 1),
    )
    south_y = np.uint64(row + 1)
    west = integer(residuals[stream, y, west_x])
    north = integer(residuals[stream, north_y, x])
    northwest = integer(residuals[stream, north_y, west_x])
    northeast = integer(residuals[stream, north_y, east_x])
    inputs[0] = west
    inputs[1] = north
    inputs[2] = northwest
    inputs[3] = northeast
    inputs[4] = residuals[stream, y, np.uint64(column - 2)]
    inputs[5] = residuals[stream, np.uint64(row - 2), x]
    near = 2 * (abs(west) + abs(north)) + abs(northwest) + abs(northeast)
    known = integer(0)
    count = len(learner.known)
    for number in range(count):
        plane = np.uint64(learner.known[number])
        here = integer(residuals[plane, y, x])
        west = integer(residuals[plane, y, west_x])
        north = integer(residuals[plane, north_y, x])
        east = integer(residuals[plane, y, east_x])
        south = integer(residuals[plane, south_y, x])
        first = OWN_INPUTS + 5 * number
        inputs[first] = here
        inputs[first + 1] = west
        inputs[first + 2] = north
        inputs[first + 3] = east
        inputs[first + 4] = south
        known += 4 * abs(here) + abs(west) + abs(north) + abs(east) + abs(south)
    if count == 0:
        return near, known
    return near, quotient(known, 256 * count)


@inlined
def _predict(learner: PixelLearner, weight_set: int) -> int:
    """The residual to be expected; the inputs' energy is noted."""
    total, energy = integer(0), integer(0)
    chosen = np.uint64(weight_set)
    for number in range(OWN_INPUTS + 5 * len(learner.known)):
        value = learner.inputs[number]
        total += learner.weights[chosen, number] * value
        energy += value * value
    learner.state[_ENERGY] = energy
    predicted = min(max(total >> 16, -SHIFT_LIMIT), SHIFT_LIMIT)
    learner.state[_PREDICTED] = predicted
    return predicted


@inlined
def learn_pixel(learner: Any, value: int, start: int, end: int, row: int, column: int) -> None:
    """Learn from a value that was given the frequencies [start, end) after `pixel_correction`."""
    if learner is None:
        return
    state = learner.state
    residual = _residual(256 * value - state[MEAN], state[DEVIATION])
    stream, y, x = np.uint64(learner.stream), np.uint64(row + MARGIN), np.uint64(column + MARGIN)
    learner.residuals[stream, y, x] = residual
    learner.offsets[stream, y, x] = min(max(value - state[CENTRE], -OFFSET_LIMIT), OFFSET_LIMIT)
    if learner.corrects == 0:
        return
    if state[FINE_CONTEXTS] > 0:
        learn_classes(learner, value, state[FINE_CONTEXTS], state[DEVIATION])
    _move_weights(learner, residual)
    excess = _excess(start, end)
    width_class = state[_WIDTH_CLASS]
    _move(learner.spreads, 0, width_class, state[_NEAR_CLASS], (excess * SPREAD_RATE) >> SPREAD_RATE_BITS)
    _move(learner.spreads, 1, width_class, state[_KNOWN_CLASS], (excess * SPREAD_RATE) >> SPREAD_RATE_BITS)
    place = np.uint64(state[_PLACE])
    moved = learner.places[place] + ((excess * PLACE_RATE) >> PLACE_RATE_BITS)
    learner.places[place] = min(max(moved, -SPREAD_LIMIT), SPREAD_LIMIT)


@inlined
def _residual(difference: int, deviation: int) -> int:
    """How far a value is from the mean in units of the expected deviation."""
    magnitude = min(quotient(abs(difference) << RESIDUAL_BITS, deviation), RESIDUAL_LIMIT)
    return magnitude if difference >= 0 else -magnitude


@inlined
def _move_weights(learner: PixelLearner, residual: int) -> None:
    """One step of the normalised least mean squares."""
    state = learner.state
    error = residual - state[_PREDICTED]
    magnitude = quotient(abs(error) * (WEIGHT_RATE << RATE_BITS), state[_ENERGY] + ENERGY_OFFSET)
    rate = magnitude if error >= 0 else -magnitude
    weight_set = np.uint64(quotient(state[_WIDTH_CLASS], CLASSES_OF_A_SET))
    for number in range(OWN_INPUTS + 5 * len(learner.known)):
        moved = learner.weights[weight_set, number] + (
            (rate * learner.inputs[number] + (1 << (RATE_BITS - 1))) >> RATE_BITS
        )
        learner.weights[weight_set, number] = min(max(moved, -WEIGHT_LIMIT), WEIGHT_LIMIT)


@inlined
def _excess(start: int, end: int) -> int:
    """How far, in 2⁻¹⁶, a value lies from the middle of its distribution, beyond the half that is to be expected."""
    below, above = 2 * start - FREQUENCY_TOTAL, 2 * end - FREQUENCY_TOTAL
    if below >= 0:
        return ((below + above) >> 1) - _HALF
    if above <= 0:
        return ((-below - above) >> 1) - _HALF
    return quotient(below * below + above * above, 2 * (above - below)) - _HALF


@inlined
def _move(table: Any, number: int, first: int, second: int, step: int) -> None:
    row, column = np.uint64(first), np.uint64(second)
    table[number, row, column] = min(max(table[number, row, column] + step, -SPREAD_LIMIT), SPREAD_LIMIT)
