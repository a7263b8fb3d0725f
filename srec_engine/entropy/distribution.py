"""The distribution of a subpixel and of a remainder, in integers, for numba kernels. Importing it imports numba.

This and `positions` are the definition. `distribution_arrays` says the same in numpy, for machines without numba and as
the other half of the tests; a change here is a change there, and a new version of the file format.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from srec_engine.compilation.kernels import inlined, integer, quotient
from srec_engine.entropy.fixed_point import (
    EXPONENTIAL_ENTRIES,
    FIRST_PRODUCT,
    FREQUENCY_TOTAL,
    GREY_BITS,
    LOGIT_LIMIT,
    SCALE_BITS,
    SIGMOID_ENTRIES,
    SIGMOID_HALF,
    SIGMOID_ONE,
)
from srec_engine.entropy.kernel_types import AnyPixelArrays, Mixture, PixelLearner, RemainderArrays, TableArrays
from srec_engine.entropy.learning import CENTRE_CLASS, CLASS_SHIFT, VALUE_CLASSES
from srec_engine.entropy.pixel_learning import CENTRE, DEVIATION, FINE_CONTEXTS, MEAN, SHIFT, pixel_correction
from srec_engine.entropy.positions import fixed, scale_correction, set_positions
from srec_engine.entropy.remainder_learning import correct_logits
from srec_engine.entropy.value_classes import (
    BASE,
    FACTOR,
    INSIDE,
    START,
    set_class_boundaries,
    set_class_contexts,
    weigh_classes,
)

__all__ = [
    "Span",
    "allowed_interval",
    "inside_weight",
    "load_span",
    "remainder_boundaries",
    "remainder_interval",
    "span_frequency",
]


GREY_HALF = 1 << (GREY_BITS - 1)
"""Half a grey level, 2⁻⁸."""


class Span(NamedTuple):
    """The values that a subpixel can have and their share of the mixture.

    Attributes:
        lowest, highest: The interval, both ends included.
        bottom: Weight of the mixture below the interval.
        inside: Weight of the mixture inside the interval, or of the classes that its values are in; 0 stands for a
            uniform distribution.
        weight: Sum of the weights of the components.
        heaviest: Component with the largest weight. It decides where a search begins, nothing else.
    """

    lowest: int
    highest: int
    bottom: int
    inside: int
    weight: int
    heaviest: int


@inlined
def allowed_interval(remaining: int, left: int) -> tuple[int, int]:
    """Values that a subpixel can have when it and `left - 1` others add up to `remaining`: (lowest, highest)."""
    return max(0, remaining - 255 * (left - 1)), min(255, remaining)


@inlined
def _load_mixture(
    tables: TableArrays,
    pixels: AnyPixelArrays,
    values: Any,
    row: int,
    column: int,
    channel: int,
    mixture: Mixture,
    learner: Any,
) -> tuple[int, int]:
    """Read a subpixel's mixture from its parameters: (sum of its weights, component with the largest one)."""
    set_positions(tables, pixels, values, row, column, channel, mixture.offsets)
    components = len(pixels.unrolled)
    first = channel * 3 * components
    largest, heaviest = integer(-LOGIT_LIMIT - 1), integer(0)
    for k in range(components):
        logit = fixed(pixels.parameters[row, column, first + k], LOGIT_LIMIT)
        mixture.weights[k] = logit
        if logit > largest:
            largest, heaviest = logit, integer(k)
    total = integer(0)
    last_scale = len(tables.inverse_scale) - 1
    least_scale = tables.log_scale_minimum - scale_correction(pixels, row, column, channel)
    for k in range(components):
        distance = largest - mixture.weights[k]
        weight = integer(0)
        if distance < EXPONENTIAL_ENTRIES:
            weight = integer(tables.exponential[np.uint64(distance)])
        mixture.weights[k] = weight
        total += weight
        scale = fixed(pixels.parameters[row, column, first + 2 * components + k], LOGIT_LIMIT)
        mixture.slopes[k] = min(max(scale - least_scale, 0), last_scale)
    shift, spread = pixel_correction(learner, mixture, total, pixels.unrolled, row, column)
    for k in range(components):
        entry = min(max(mixture.slopes[k] + spread, 0), last_scale)
        slope = tables.inverse_scale[np.uint64(entry)]
        mixture.slopes[k] = slope * 256
        mixture.offsets[k] = (-128 - (mixture.offsets[k] + shift)) * slope
    return total, heaviest


@inlined
def _weight_below(boundary: int, weight: int, tables: TableArrays, unrolled: Any, mixture: Mixture) -> int:
    """Weight of the mixture below a boundary, 0 to 256; the tails are folded into the values 0 and 255."""
    if boundary <= 0:
        return integer(0)
    if boundary >= 256:
        return weight * SIGMOID_ONE
    total = integer(0)
    for k in range(len(unrolled)):
        argument = boundary * mixture.slopes[k] + mixture.offsets[k]
        sign = argument >> 63
        index = min(((argument ^ sign) - sign) >> SCALE_BITS, SIGMOID_ENTRIES - 1)
        above_half = integer(tables.sigmoid[np.uint64(index)]) - SIGMOID_HALF
        total += mixture.weights[k] * (((above_half ^ sign) - sign) + SIGMOID_HALF)
    return total


@inlined
def load_span(
    tables: TableArrays,
    pixels: AnyPixelArrays,
    values: Any,
    row: int,
    column: int,
    channel: int,
    mixture: Mixture,
    learner: Any,
) -> Span:
    """Read the distribution of a subpixel whose interval holds two values or more into `mixture`."""
    lowest, highest = allowed_interval(integer(pixels.remaining[row, column, channel]), pixels.left)
    weight, heaviest = _load_mixture(tables, pixels, values, row, column, channel, mixture, learner)
    bottom = _weight_below(lowest, weight, tables, pixels.unrolled, mixture)
    top = _weight_below(highest + 1, weight, tables, pixels.unrolled, mixture)
    span = Span(lowest, highest, bottom, top - bottom, weight, heaviest)
    if learner is None:
        return span
    inside = _weigh_values(tables, pixels, values, row, column, channel, mixture, learner, span)
    return Span(lowest, highest, bottom, inside, weight, heaviest)


@inlined
def _weigh_values(
    tables: TableArrays,
    pixels: AnyPixelArrays,
    values: Any,
    row: int,
    column: int,
    channel: int,
    mixture: Mixture,
    learner: PixelLearner,
    span: Span,
) -> int:
    """Note the centre of a mixture; where it is narrow, weigh the values about it one by one. Returns all weight."""
    state = learner.state
    mean = state[MEAN] + state[SHIFT] + GREY_HALF
    centre = min(max(mean >> GREY_BITS, span.lowest), span.highest)
    state[CENTRE] = centre
    state[FINE_CONTEXTS] = 0
    if learner.corrects == 0 or state[DEVIATION] > learner.fine_deviation or span.inside == 0:
        return span.inside
    fraction = min(max(mean - (centre << GREY_BITS), 0), 2 * GREY_HALF - 1) >> (GREY_BITS - 2)
    count = set_class_contexts(learner, values, row, column, channel, centre, fraction, pixels.width)
    set_class_boundaries(learner, centre, span.lowest, span.highest)
    classes = learner.classes
    classes[INSIDE, 0] = 0
    classes[INSIDE, VALUE_CLASSES] = span.inside
    for number in range(1, VALUE_CLASSES):
        start = classes[START, number]
        if start == classes[START, number - 1]:
            classes[INSIDE, number] = classes[INSIDE, number - 1]
        else:
            below = _weight_below(start, span.weight, tables, pixels.unrolled, mixture)
            classes[INSIDE, number] = below - span.bottom
    state[FINE_CONTEXTS] = count
    return weigh_classes(learner, tables, count, span.inside)


@inlined
def inside_weight(boundary: int, span: Span, tables: TableArrays, unrolled: Any, mixture: Mixture, learner: Any) -> int:
    """Weight of the span below a boundary of it, lowest to highest + 1."""
    if span.inside == 0:
        return boundary - span.lowest
    if learner is None:
        return _weight_below(boundary, span.weight, tables, unrolled, mixture) - span.bottom
    if learner.state[FINE_CONTEXTS] == 0:
        return _weight_below(boundary, span.weight, tables, unrolled, mixture) - span.bottom
    number = min(max(boundary - learner.state[CENTRE] + CENTRE_CLASS, 0), VALUE_CLASSES)
    classes = learner.classes
    if boundary == classes[START, number]:
        return integer(classes[BASE, number])
    if number == VALUE_CLASSES:
        number -= 1
    below = _weight_below(boundary, span.weight, tables, unrolled, mixture) - span.bottom
    part = (below - classes[INSIDE, number]) >> CLASS_SHIFT
    return integer(classes[BASE, number] + part * classes[FACTOR, number])


@inlined
def _cumulative_frequency(below: int, total: int, symbols: int, index: int) -> int:
    """Frequency of the first `index` of `symbols` values, which have the weight `below` of `total`."""
    return quotient(below * (FREQUENCY_TOTAL - symbols), total) + index


@inlined
def span_frequency(boundary: int, below: int, span: Span) -> int:
    """Frequency, of 65536, of the values of the span below a boundary, from their `inside_weight`."""
    symbols = span.highest - span.lowest + 1
    total = span.inside if span.inside > 0 else symbols
    return _cumulative_frequency(below, total, symbols, boundary - span.lowest)


@inlined
def remainder_interval(grey: int) -> tuple[int, int]:
    """Symbols (remainder + 1) that a block with this rounded mean can have: (lowest, highest)."""
    if grey == 0:
        return 1, 3
    if grey == 255:
        return 0, 1
    return 0, 3


@inlined
def remainder_boundaries(
    tables: TableArrays,
    remainders: RemainderArrays,
    symbols: Any,
    row: int,
    column: int,
    channel: int,
    boundaries: Any,
    learner: Any,
) -> tuple[int, int]:
    """Set the cumulative frequencies of a remainder's symbols; return the lowest and the highest symbol.

    Of `symbols` (uint8 (H, W, 3)) the channels before this one are read. Of `boundaries` (int64, 5 long) the entries
    lowest to highest + 1 are set, from 0 to 65536.
    """
    lowest, highest = remainder_interval(remainders.low_resolution[row, column, channel])
    for symbol in range(lowest, highest + 1):
        logit = integer(fixed(remainders.logits[row, column, 4 * channel + symbol], LOGIT_LIMIT))
        for known in range(channel):
            # G←R is pair 0, B←R is 1, B←G is 2.
            logit += remainders.couplings[channel - 1 + known, symbols[row, column, known] & 3, symbol]
            if remainders.logits.shape[2] > FIRST_PRODUCT:
                strength = fixed(remainders.logits[row, column, FIRST_PRODUCT + channel - 1 + known], LOGIT_LIMIT)
                logit += strength * (integer(symbols[row, column, known] & 3) - 1) * (symbol - 1)
        boundaries[symbol + 1] = logit
    interval = (lowest, highest)
    largest = correct_logits(learner, tables, remainders, symbols, row, column, channel, boundaries, interval)
    total = integer(0)
    for symbol in range(lowest, highest + 1):
        distance = largest - boundaries[symbol + 1]
        if distance < EXPONENTIAL_ENTRIES:
            total += integer(tables.exponential[distance])
        boundaries[symbol + 1] = total
    boundaries[lowest] = 0
    count = highest - lowest + 1
    for boundary in range(lowest + 1, highest + 1):
        boundaries[boundary] = _cumulative_frequency(boundaries[boundary], total, count, boundary - lowest)
    boundaries[highest + 1] = FREQUENCY_TOTAL
    return lowest, highest
