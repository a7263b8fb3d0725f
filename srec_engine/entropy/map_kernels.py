"""Inner loops that look at whole distributions, for numba. Importing it imports numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from srec_engine.compilation.kernels import inlined, integer, kernel
from srec_engine.entropy.distribution import (
    Span,
    allowed_interval,
    inside_weight,
    load_span,
    remainder_boundaries,
    span_frequency,
)
from srec_engine.entropy.fixed_point import (
    FREQUENCY_BITS,
    FREQUENCY_TOTAL,
    GREY_LEVELS,
    SCALE_BITS,
    SIGMOID_ENTRIES,
)
from srec_engine.entropy.kernel_types import AnyPixelArrays, Mixture, RemainderArrays, TableArrays
from srec_engine.entropy.learning import CENTRE_CLASS
from srec_engine.entropy.pixel_learning import CENTRE, FINE_CONTEXTS, learn_pixel
from srec_engine.entropy.remainder_learning import learn_remainder

__all__ = [
    "learn_pixels",
    "learn_remainders",
    "map_pixels",
    "map_remainders",
    "pixel_frequencies",
    "remainder_frequencies",
]


_LOGARITHMS = np.log2(np.maximum(1, np.arange(FREQUENCY_TOTAL + 1)))
"""Of every frequency: looked up faster than computed."""

_WEIGHTED_LOGARITHMS = np.arange(FREQUENCY_TOTAL + 1) * _LOGARITHMS
"""What a value of each frequency takes from the entropy, in 2⁻¹⁶ bits."""


@kernel
def pixel_frequencies(
    tables: TableArrays,
    pixels: AnyPixelArrays,
    channel: int,
    values: Any,
    row: int,
    column: int,
    frequencies: Any,
    learner: Any,
) -> tuple[int, int]:
    """Set the frequencies (int64, 256 long) of the values that one subpixel can have: (lowest, highest).

    A learner must have learned from everything before.
    """
    lowest, highest = allowed_interval(integer(pixels.remaining[row, column, channel]), pixels.left)
    if lowest >= highest:
        frequencies[0] = FREQUENCY_TOTAL
        return lowest, lowest
    mixture = pixels.mixture
    span = load_span(tables, pixels, values, row, column, channel, mixture, learner)
    for index in range(highest - lowest + 1):
        frequencies[index] = 1
    _fill(span, tables, pixels.unrolled, mixture, learner, frequencies)
    return lowest, highest


@kernel
def remainder_frequencies(
    tables: TableArrays,
    remainders: RemainderArrays,
    channel: int,
    symbols: Any,
    row: int,
    column: int,
    frequencies: Any,
    learner: Any,
) -> tuple[int, int]:
    """Set the frequencies (int64, 4 long) of the symbols that one remainder can have: (lowest, highest).

    A learner must have learned from everything before.
    """
    boundaries = remainders.boundaries
    lowest, highest = remainder_boundaries(tables, remainders, symbols, row, column, channel, boundaries, learner)
    for symbol in range(lowest, highest + 1):
        frequencies[symbol - lowest] = boundaries[symbol + 1] - boundaries[symbol]
    return lowest, highest


@kernel
def map_pixels(
    tables: TableArrays, pixels: AnyPixelArrays, channel: int, values: Any, frequencies: Any, maps: Any, learner: Any
) -> None:
    """Set `maps` (float32 (4, height, width)): mean, most likely value, entropy, cost of the true value.

    `frequencies` are int64, 256 long, all 1.
    """
    mixture = pixels.mixture
    for row in range(pixels.height):
        for column in range(pixels.width):
            lowest, highest = allowed_interval(integer(pixels.remaining[row, column, channel]), pixels.left)
            first, last = lowest, lowest
            if lowest >= highest:
                frequencies[0] = FREQUENCY_TOTAL
                highest = lowest
            else:
                span = load_span(tables, pixels, values, row, column, channel, mixture, learner)
                first, last = _fill(span, tables, pixels.unrolled, mixture, learner, frequencies)
                _learn(span, tables, pixels, values, row, column, channel, mixture, learner)
            value = integer(values[row, column, channel])
            _describe(frequencies, lowest, highest, first, last, value, maps, row, column)
            # All ones again for the next: `_fill` leaves out what is 1.
            for index in range(first - lowest, last - lowest + 1):
                frequencies[index] = 1
            frequencies[0] = 1
            frequencies[highest - lowest] = 1


@kernel
def map_remainders(
    tables: TableArrays,
    remainders: RemainderArrays,
    channel: int,
    symbols: Any,
    frequencies: Any,
    maps: Any,
    learner: Any,
) -> None:
    """`map_pixels` for remainders; mean and most likely value are those of remainder + 1."""
    boundaries = remainders.boundaries
    for row in range(remainders.height):
        for column in range(remainders.width):
            interval = remainder_boundaries(tables, remainders, symbols, row, column, channel, boundaries, learner)
            lowest, highest = interval
            for symbol in range(lowest, highest + 1):
                frequencies[symbol - lowest] = boundaries[symbol + 1] - boundaries[symbol]
            value = integer(symbols[row, column, channel])
            if lowest <= value <= highest:
                learn_remainder(learner, value, boundaries, interval, row, column, channel)
            _describe(frequencies, lowest, highest, lowest, highest, value, maps, row, column)


@kernel
def learn_pixels(
    tables: TableArrays, pixels: AnyPixelArrays, channel: int, values: Any, begin: int, end: int, learner: Any
) -> None:
    """Learn what a coder learns from places `begin` to `end` (without it) of the raster."""
    mixture = pixels.mixture
    for place in range(begin, end):
        y, x = place // pixels.width, place % pixels.width
        lowest, highest = allowed_interval(integer(pixels.remaining[y, x, channel]), pixels.left)
        if lowest < highest:
            span = load_span(tables, pixels, values, y, x, channel, mixture, learner)
            _learn(span, tables, pixels, values, y, x, channel, mixture, learner)


@kernel
def learn_remainders(
    tables: TableArrays, remainders: RemainderArrays, channel: int, symbols: Any, begin: int, end: int, learner: Any
) -> None:
    """`learn_pixels` for remainders."""
    boundaries = remainders.boundaries
    for place in range(begin, end):
        y, x = place // remainders.width, place % remainders.width
        interval = remainder_boundaries(tables, remainders, symbols, y, x, channel, boundaries, learner)
        symbol = integer(symbols[y, x, channel])
        if interval[0] <= symbol <= interval[1]:
            learn_remainder(learner, symbol, boundaries, interval, y, x, channel)


@inlined
def _learn(
    span: Span,
    tables: TableArrays,
    pixels: AnyPixelArrays,
    values: Any,
    row: int,
    column: int,
    channel: int,
    mixture: Mixture,
    learner: Any,
) -> None:
    """Learn from a value whose distribution is loaded; an impossible one of a damaged tile teaches nothing."""
    if learner is None:
        return
    value = integer(values[row, column, channel])
    if span.lowest <= value <= span.highest:
        start = _boundary_frequency(value, span, tables, pixels.unrolled, mixture, learner)
        end = _boundary_frequency(value + 1, span, tables, pixels.unrolled, mixture, learner)
        learn_pixel(learner, value, start, end, row, column)


@inlined
def _fill(
    span: Span, tables: TableArrays, unrolled: Any, mixture: Mixture, learner: Any, frequencies: Any
) -> tuple[int, int]:
    """Set those frequencies of lowest to highest that are not 1: (first, last) of them beside the ends.

    Far from every component the sigmoid's last entry makes the cumulative weight constant, so the frequency is 1 there
    and only what is near is computed. The ends are always computed: they take the tails.
    """
    near, far = _curved_boundaries(span, mixture, unrolled, learner)
    first, last = max(near - 1, span.lowest), min(far, span.highest)
    start = _boundary_frequency(first, span, tables, unrolled, mixture, learner)
    for value in range(first, last + 1):
        end = _boundary_frequency(value + 1, span, tables, unrolled, mixture, learner)
        frequencies[value - span.lowest] = end - start
        start = end
    frequencies[0] = _boundary_frequency(span.lowest + 1, span, tables, unrolled, mixture, learner)
    start = _boundary_frequency(span.highest, span, tables, unrolled, mixture, learner)
    frequencies[span.highest - span.lowest] = FREQUENCY_TOTAL - start
    return first, last


@inlined
def _curved_boundaries(span: Span, mixture: Mixture, unrolled: Any, learner: Any) -> tuple[int, int]:
    """Boundaries (first, last) outside of which every component is saturated, and no class has its last value."""
    if span.inside == 0:
        return span.lowest, span.highest + 1
    first, last = integer(GREY_LEVELS), integer(0)
    for k in range(len(unrolled)):
        if mixture.weights[k] > 0:
            reach = integer(SIGMOID_ENTRIES) << SCALE_BITS
            first = min(first, (-mixture.offsets[k] - reach) // mixture.slopes[k])
            last = max(last, (-mixture.offsets[k] + reach) // mixture.slopes[k] + 1)
    if learner is None:
        return first, last
    if learner.state[FINE_CONTEXTS] == 0:
        return first, last
    centre = learner.state[CENTRE]
    return min(first, centre - CENTRE_CLASS), max(last, centre + CENTRE_CLASS)


@inlined
def _boundary_frequency(
    boundary: int, span: Span, tables: TableArrays, unrolled: Any, mixture: Mixture, learner: Any
) -> int:
    """Frequency of the values of the span below a boundary of it."""
    return span_frequency(boundary, inside_weight(boundary, span, tables, unrolled, mixture, learner), span)


@inlined
def _describe(
    frequencies: Any,
    lowest: int,
    highest: int,
    first: int,
    last: int,
    value: int,
    maps: Any,
    row: int,
    column: int,
) -> None:
    """Set a place of `maps`. Frequencies of lowest to highest that are neither an end nor in first … last are 1."""
    last_index = highest - lowest
    # As if all were 1, then what is more. A 1 has no logarithm and is never the largest.
    sum_of_indices = last_index * (last_index + 1) // 2
    largest = frequencies[0]
    most_likely = integer(0)
    logarithms = _WEIGHTED_LOGARITHMS[largest]
    start, end = max(first - lowest, 1), min(last - lowest, last_index - 1)
    for index in range(start, end + 1):
        frequency = frequencies[index]
        sum_of_indices += (frequency - 1) * index
        logarithms += _WEIGHTED_LOGARITHMS[frequency]
        if frequency > largest:
            largest = frequency
            most_likely = index
    if last_index > 0:
        frequency = frequencies[last_index]
        sum_of_indices += (frequency - 1) * last_index
        logarithms += _WEIGHTED_LOGARITHMS[frequency]
        if frequency > largest:
            largest = frequency
            most_likely = last_index
    maps[0, row, column] = lowest + sum_of_indices / FREQUENCY_TOTAL
    maps[1, row, column] = lowest + most_likely
    maps[2, row, column] = FREQUENCY_BITS - logarithms / FREQUENCY_TOTAL
    cost = float(FREQUENCY_BITS)
    if lowest <= value <= highest:
        cost = FREQUENCY_BITS - _LOGARITHMS[frequencies[value - lowest]]
    maps[3, row, column] = cost
