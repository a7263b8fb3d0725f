"""The means (DC coefficients) of a component: a small picture, coded before everything else.

A mean is predicted by two linear predictors over causal neighbours and the components before, which learn at different
rates, and by the median of the usual three. What it differs by is coded as zero or not, sign, magnitude.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer, kernel
from srec_engine.context_mixing.binary_coder import COST, MODE, RECORDING, has_run_out
from srec_engine.context_mixing.layout import CONTEXTS, MEANS, enter_context
from srec_engine.context_mixing.mixer import BIAS_INPUT, Mixer, code_bit, code_plain_bit
from srec_engine.context_mixing.quantisers import bit_length, classed, signed_class

__all__ = ["MEAN_BIASES", "MEAN_FEATURES", "MeanPlane", "code_means"]

MEAN_FEATURES = 21
"""Inputs of the linear predictors: 9 of the plane, 6 of each of two components before."""

MEAN_BIASES = 64
"""Circumstances in which the prediction is corrected by what it was off before."""

_NEIGHBOURS, _OF_A_COMPANION = 9, 6
_RATES = (2000, 375)
_RATE_BITS = 8
_NORM_OFFSET = 64
_WEIGHT_LIMIT = 1 << 20
_WEIGHT_BITS = 16
_FINE_BITS = 4
"""Predictions are in units of 1/16 step."""
_FINE_LIMIT = 1 << 20
_LARGEST_ERROR = 16000
_BIAS_BITS, _BIAS_RATE_BITS, _BIAS_ERROR_LIMIT = 8, 6, 4096
_MEAN_LIMIT = 32767

_STARTS, _SIZES, _NODES, _ROWS = MEANS.starts, MEANS.sizes, MEANS.nodes, MEANS.rows
_REFINEMENTS = MEANS.refinements
_ZERO, _SIGN, _LENGTHS, _TOP_BITS, _SECOND_BITS = 0, 1, 2, 26, 33
_LENGTH_NODES, _LAST_LENGTH = 12, 16


class MeanPlane(NamedTuple):
    """Means of a component, as the kernel takes them.

    Attributes:
        means: int64 (rows, columns), read or written.
        first, second: int64 (rows, columns) of components before, or without any rows.
        kind: 0 for the first component, 1 for the second, 2 for others.
        quick, slow: int64 (21,), weights of the predictors.
        features: int64 (21,), room.
        errors: int64 (2, columns + 3), sizes of what was mispredicted in this row and the one above.
        signed: int64 (2, columns + 3), the same with signs.
        biases: int64 (64,).
        costs: int32 (rows, columns, 64), where those of the means are written down, or without any rows.
        estimates: int16 (rows, columns, 64), likewise what the means were predicted to be, in 1/16 step.
    """

    means: Any
    first: Any
    second: Any
    kind: int
    quick: Any
    slow: Any
    features: Any
    errors: Any
    signed: Any
    biases: Any
    costs: Any
    estimates: Any


class MeansAround(NamedTuple):
    """Means of the blocks above, to the left, above both, above and ahead, two above."""

    above: int
    left: int
    corner: int
    ahead: int
    far_above: int


class MeanPrediction(NamedTuple):
    """What a mean is predicted to be, in steps; `fine`, `quick`, `slow` in 1/16 step. `rises` tells where it lies."""

    fine: int
    predicted: int
    quick: int
    slow: int
    gradient: int
    median: int
    rises: int


@inlined
def _neighbour(plane: NDArray[np.int64], row: int, column: int, instead: int) -> int:
    inside = 0 <= row < plane.shape[0] and 0 <= column < plane.shape[1]
    return integer(plane[row, column]) if inside else integer(instead)


@inlined
def _see_companion(plane: NDArray[np.int64], row: int, column: int, features: NDArray[np.int64], place: int) -> int:
    """Fill in what a component before tells; returns how far its mean is from those above and to the left."""
    if plane.shape[0] == 0:
        return integer(0)
    own = plane[row, column]
    above = _neighbour(plane, row - 1, column, own)
    left = _neighbour(plane, row, column - 1, own)
    base = (above + left) >> 1
    features[place] = own - base
    features[place + 1] = above - base
    features[place + 2] = _neighbour(plane, row - 1, column - 1, above) - base
    features[place + 3] = _neighbour(plane, row - 1, column + 1, above) - base
    features[place + 4] = _neighbour(plane, row, column + 1, own) - base
    features[place + 5] = _neighbour(plane, row + 1, column, own) - base
    return integer(own - base)


@inlined
def _predicted(weights: NDArray[np.int64], features: NDArray[np.int64], base: int) -> int:
    total = integer(0)
    for index in range(MEAN_FEATURES):
        total += weights[index] * features[index]
    fine = (base << _FINE_BITS) + (total >> (_WEIGHT_BITS - _FINE_BITS))
    return integer(min(max(fine, -_FINE_LIMIT), _FINE_LIMIT))


@inlined
def _learn(weights: NDArray[np.int64], features: NDArray[np.int64], error: int, norm: int, rate: int) -> None:
    step = ((error >> 2) * rate << _RATE_BITS) // (norm + _NORM_OFFSET)
    for index in range(MEAN_FEATURES):
        weight = weights[index] + (step * features[index] >> _RATE_BITS)
        weights[index] = min(max(weight, -_WEIGHT_LIMIT), _WEIGHT_LIMIT)


@inlined
def _enter(mixer: Mixer, kind: int, index: int, value: int) -> None:
    enter_context(mixer.contexts, index, _STARTS, _SIZES, _NODES, kind, value)


@inlined
def _code_difference(mixer: Mixer, difference: int, kind: int) -> int:
    """Code what a mean differs by from what is predicted: zero or not, its sign, bits of its length, two more bits."""
    refinement = _REFINEMENTS + kind * _NODES
    size = abs(difference)
    if code_bit(mixer, min(size, 1), _ZERO, refinement + _ZERO) == 0:
        return integer(0)
    negative = code_bit(mixer, integer(difference < 0), _SIGN, refinement + _SIGN)
    length = bit_length(size)
    found = integer(1)
    while found < _LAST_LENGTH:
        node = _LENGTHS + negative * _LENGTH_NODES + min(found, _LENGTH_NODES) - 1
        if code_bit(mixer, integer(length > found), node, refinement + node) == 0:
            break
        found += 1
    size_found = integer(1)
    for place in range(found - 2, -1, -1):
        bit = size >> place & 1
        short = min(found, 8)
        if place == found - 2:
            node = _TOP_BITS + short - 2
            bit = code_bit(mixer, bit, node, refinement + node)
        elif place == found - 3:
            node = _SECOND_BITS + 2 * (short - 3) + (size_found & 1)
            bit = code_bit(mixer, bit, node, refinement + node)
        else:
            bit = code_plain_bit(mixer, bit)
        size_found = 2 * size_found + bit
    return -size_found if negative else size_found


@inlined
def _see_neighbours(means: NDArray[np.int64], row: int, column: int, features: NDArray[np.int64]) -> MeansAround:
    """Fill in what the plane itself tells."""
    left = _neighbour(means, row, column - 1, integer(0))
    above = _neighbour(means, row - 1, column, left)
    left = _neighbour(means, row, column - 1, above)
    corner = _neighbour(means, row - 1, column - 1, above)
    ahead = _neighbour(means, row - 1, column + 1, above)
    far_above = _neighbour(means, row - 2, column, above)
    base = (above + left) >> 1
    features[0] = above - base
    features[1] = corner - base
    features[2] = ahead - base
    features[3] = far_above - base
    features[4] = _neighbour(means, row, column - 2, left) - base
    features[5] = _neighbour(means, row - 2, column + 1, ahead) - base
    features[6] = _neighbour(means, row - 1, column - 2, corner) - base
    features[7] = _neighbour(means, row - 1, column + 2, ahead) - base
    features[8] = _neighbour(means, row - 2, column - 1, corner) - base
    return MeansAround(above, left, corner, ahead, far_above)


@inlined
def _predict(plane: MeanPlane, around: MeansAround, first: int, second: int) -> MeanPrediction:
    """What the mean is predicted to be, by whom."""
    above, left, corner, ahead, far_above = around
    features = plane.features
    base = (above + left) >> 1
    quick = _predicted(plane.quick, features, base)
    slow = _predicted(plane.slow, features, base)
    gradient = above + left - corner
    median = min(max(above, left), max(min(above, left), gradient))
    rises = integer(above > corner) + 2 * integer(left > corner) + 4 * integer(ahead > above)
    rises += 8 * integer(far_above > above) + 16 * integer(first > 0) + 32 * integer(second > 0)
    fine = (6 * quick + 6 * slow + (4 * median << _FINE_BITS)) >> 4
    fine += plane.biases[rises] >> _BIAS_BITS
    fine = min(max(fine, -_MEAN_LIMIT << _FINE_BITS), _MEAN_LIMIT << _FINE_BITS)
    return MeanPrediction(fine, (fine + 8) >> _FINE_BITS, quick, slow, gradient, median, rises)


@inlined
def _enter_mean(
    mixer: Mixer,
    plane: MeanPlane,
    around: MeansAround,
    guess: MeanPrediction,
    row: int,
    column: int,
    first: int,
    second: int,
) -> None:
    """Look the contexts of a mean up."""
    above, left, corner, ahead, _ = around
    kind, predicted = plane.kind, guess.predicted
    errors, errors_above = plane.errors[row & 1], plane.errors[1 - (row & 1)]
    signed, signed_above = plane.signed[row & 1], plane.signed[1 - (row & 1)]
    error_above, error_left = errors_above[column + 1], errors[column]
    error_around = errors_above[column] + errors_above[column + 2]
    activity = classed(abs(above - corner) + abs(left - corner) + abs(ahead - above), 23)
    spread = classed((2 * (error_above + error_left) + error_around) >> _FINE_BITS, 31)
    by_quick = signed_class((guess.quick >> _FINE_BITS) - predicted)
    by_slow = signed_class((guess.slow >> _FINE_BITS) - predicted)
    by_gradient = signed_class(guess.gradient - predicted)
    by_median = signed_class(guess.median - predicted)
    by_first, by_second = signed_class(first), signed_class(second)
    fraction = guess.fine - (predicted << _FINE_BITS) + 8
    miss_above = signed_class(signed_above[column + 1] >> _FINE_BITS)
    miss_left = signed_class(signed[column] >> _FINE_BITS)
    _enter(mixer, kind, 0, activity * 32 + spread)
    _enter(mixer, kind, 1, by_quick * 16 + by_gradient)
    _enter(mixer, kind, 2, by_first * 32 + spread)
    _enter(mixer, kind, 3, by_second * 32 + spread)
    _enter(mixer, kind, 4, classed(error_above >> 3, 15) * 16 + classed(error_left >> 3, 15))
    _enter(mixer, kind, 5, signed_class(above - predicted) * 16 + signed_class(left - predicted))
    _enter(mixer, kind, 6, spread * 16 + by_median)
    _enter(mixer, kind, 7, by_first * 16 + by_second)
    _enter(mixer, kind, 8, spread * 16 + signed_class(left + ahead - above - predicted))
    _enter(mixer, kind, 9, classed(2 * abs(above - left), 23) * 32 + spread)
    _enter(mixer, kind, 10, by_slow * 32 + spread)
    _enter(mixer, kind, 11, by_quick * 16 + by_first)
    _enter(mixer, kind, 12, by_quick * 16 + by_slow)
    _enter(mixer, kind, 13, spread * 16 + fraction)
    _enter(mixer, kind, 14, (spread >> 1) * 256 + miss_above * 16 + miss_left)
    mixer.inputs[CONTEXTS] = BIAS_INPUT
    mixer.rows[0] = _ROWS[0] + kind * _NODES
    mixer.rows[1] = _ROWS[1] + min(spread >> 1, 11) * _NODES
    mixer.rows[2] = _ROWS[2]


@inlined
def _learn_mean(plane: MeanPlane, guess: MeanPrediction, row: int, column: int, mean: int) -> None:
    features = plane.features
    fine = mean << _FINE_BITS
    error = fine - guess.fine
    plane.errors[row & 1, column + 1] = min(abs(error), _LARGEST_ERROR)
    plane.signed[row & 1, column + 1] = error
    if abs(error) < _BIAS_ERROR_LIMIT:
        bias = plane.biases[guess.rises]
        plane.biases[guess.rises] = bias + (((error << _BIAS_BITS) - bias) >> _BIAS_RATE_BITS)
    norm = integer(1)
    for index in range(MEAN_FEATURES):
        norm += features[index] * features[index]
    _learn(plane.quick, features, fine - guess.quick, norm, _RATES[0])
    _learn(plane.slow, features, fine - guess.slow, norm, _RATES[1])


@kernel
def code_means(mixer: Mixer, plane: MeanPlane) -> None:
    """Write or read the means of a component, row by row; it ends early where what is read has run out."""
    means = plane.means
    rows, columns = means.shape
    for row in range(rows):
        for column in range(columns):
            if has_run_out(mixer.state, mixer.data):
                return
            around = _see_neighbours(means, row, column, plane.features)
            first = _see_companion(plane.first, row, column, plane.features, _NEIGHBOURS)
            second = _see_companion(plane.second, row, column, plane.features, _NEIGHBOURS + _OF_A_COMPANION)
            guess = _predict(plane, around, first, second)
            _enter_mean(mixer, plane, around, guess, row, column, first, second)
            cost_before = mixer.state[COST]
            mean = guess.predicted + _code_difference(mixer, means[row, column] - guess.predicted, plane.kind)
            mean = min(max(mean, -_MEAN_LIMIT - 1), _MEAN_LIMIT)
            means[row, column] = mean
            if mixer.state[MODE] == RECORDING:
                plane.costs[row, column, 0] = mixer.state[COST] - cost_before
                plane.estimates[row, column, 0] = min(max(guess.fine, -_MEAN_LIMIT), _MEAN_LIMIT)
            _learn_mean(plane, guess, row, column, mean)
