"""Inner loops that code pixels, for numba. Importing it imports numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from srec_engine.compilation.kernels import inlined, integer, kernel
from srec_engine.entropy.distribution import (
    Span,
    allowed_interval,
    inside_weight,
    load_span,
    span_frequency,
)
from srec_engine.entropy.fixed_point import FREQUENCY_BITS, FREQUENCY_TOTAL, SCALE_BITS, SIGMOID_STEPS
from srec_engine.entropy.kernel_types import AnyPixelArrays, Mixture, TableArrays
from srec_engine.entropy.learning import is_sampled
from srec_engine.entropy.pixel_learning import learn_pixel
from srec_engine.entropy.range_coder import (
    STREAM_PADDING,
    decode_interval,
    encode_interval,
    ends_here,
    finish_encoding,
    start_decoding,
    start_encoding,
    target_frequency,
)

__all__ = ["decode_pixels", "encode_pixels", "sampled_pixel_bits"]

_NEWTON_ROUNDS = 4
"""Steps of a search that follow the slope; after them it halves, so that no distribution can make it slow."""

_NEWTON_REACH = 64.0
"""Farthest such a step goes, in grey levels: slopes in the tails promise too much."""

_QUANTILE_BITS = 6

_PLACES = (np.arange(1 << _QUANTILE_BITS) + 0.5) / (1 << _QUANTILE_BITS)

_QUANTILES = np.log(_PLACES / (1 - _PLACES)) * (SIGMOID_STEPS << SCALE_BITS)
"""Arguments at which the logistic function has the value of `_PLACES`, in the units of `Mixture`'s arguments."""

_is_sampled = inlined(is_sampled)

_PRODUCT_LIMIT = 1e280
"""Frequencies are multiplied up to this before a logarithm is taken: one for about 60 symbols."""


@kernel
def encode_pixels(
    tables: TableArrays, pixels: AnyPixelArrays, channel: int, values: Any, output: Any, learner: Any
) -> tuple[int, float, int, float]:
    """Code one channel of `values` (uint8 (H, W, 3)) into `output` (uint8, 3 bytes a pixel + 16).

    Where `learner` is not None, the distributions learn from neighbours.

    Returns:
        Bytes written, bits of the model, the position row·width + column of a value that is impossible, or -1; and of
        the sampled rows the bits that their values took.
    """
    state = start_encoding()
    coded = 0
    logarithms = 0.0
    product = 1.0
    sampled_bits = 0.0
    for row in range(pixels.height):
        for column in range(pixels.width):
            value = integer(values[row, column, channel])
            lowest, highest = allowed_interval(integer(pixels.remaining[row, column, channel]), pixels.left)
            if value < lowest or value > highest:
                return 0, 0.0, row * pixels.width + column, 0.0
            if lowest == highest:
                continue
            start, end = _frequencies(tables, pixels, values, value, row, column, channel, learner)
            state = encode_interval(state, output, start, end)
            learn_pixel(learner, value, start, end, row, column)
            if _is_sampled(row):
                sampled_bits += FREQUENCY_BITS - np.log2(end - start)
            coded += 1
            product *= end - start
            if product > _PRODUCT_LIMIT:
                logarithms += np.log2(product)
                product = 1.0
    if coded == 0:
        return 0, 0.0, -1, 0.0
    length = finish_encoding(state, output)
    return length, float(FREQUENCY_BITS * coded) - logarithms - np.log2(product), -1, sampled_bits


@kernel
def sampled_pixel_bits(tables: TableArrays, pixels: AnyPixelArrays, channel: int, values: Any) -> float:
    """Bits that the values of the sampled rows would take without learning."""
    bits = 0.0
    for row in range(pixels.height):
        if not _is_sampled(row):
            continue
        for column in range(pixels.width):
            lowest, highest = allowed_interval(integer(pixels.remaining[row, column, channel]), pixels.left)
            if lowest < highest:
                value = integer(values[row, column, channel])
                start, end = _frequencies(tables, pixels, values, value, row, column, channel, None)
                bits += FREQUENCY_BITS - np.log2(end - start)
    return bits


@inlined
def _frequencies(
    tables: TableArrays,
    pixels: AnyPixelArrays,
    values: Any,
    value: int,
    row: int,
    column: int,
    channel: int,
    learner: Any,
) -> tuple[int, int]:
    """What a value is coded with: [start, end) of 65536."""
    mixture = pixels.mixture
    span = load_span(tables, pixels, values, row, column, channel, mixture, learner)
    below = inside_weight(value, span, tables, pixels.unrolled, mixture, learner)
    above = inside_weight(value + 1, span, tables, pixels.unrolled, mixture, learner)
    return span_frequency(value, below, span), span_frequency(value + 1, above, span)


@kernel
def decode_pixels(
    tables: TableArrays, pixels: AnyPixelArrays, channel: int, stream: Any, values: Any, learner: Any
) -> bool:
    """Fill one channel of `values` (uint8 (H, W, 3)) from `stream` (uint8, `STREAM_PADDING` zeros at its end).

    Returns:
        Whether the stream is what `encode_pixels` makes of the values.
    """
    mixture = pixels.mixture
    state = start_decoding(stream)
    coded = 0
    possible = True
    for row in range(pixels.height):
        for column in range(pixels.width):
            lowest, highest = allowed_interval(integer(pixels.remaining[row, column, channel]), pixels.left)
            if lowest >= highest:
                # A damaged tile can leave sums that no pixels have; the interval may then be empty.
                possible = possible and lowest == highest
                values[row, column, channel] = min(lowest, 255)
                continue
            span = load_span(tables, pixels, values, row, column, channel, mixture, learner)
            value, below, above = _search(target_frequency(state), span, tables, pixels.unrolled, mixture, learner)
            start = span_frequency(value, below, span)
            end = span_frequency(value + 1, above, span)
            state = decode_interval(state, stream, start, end)
            learn_pixel(learner, value, start, end, row, column)
            coded += 1
            values[row, column, channel] = value
    if coded == 0:
        return possible and len(stream) == STREAM_PADDING
    return possible and ends_here(state, stream)


@inlined
def _first_probe(target: int, span: Span, mixture: Mixture) -> int:
    """Where the target lies if there is only the heaviest component and no limit: often right, never needed."""
    entry = target >> (FREQUENCY_BITS - _QUANTILE_BITS)
    offset = mixture.offsets[span.heaviest]
    return integer((_QUANTILES[entry] - np.float64(offset)) / np.float64(mixture.slopes[span.heaviest]))


@inlined
def _search(
    target: int, span: Span, tables: TableArrays, unrolled: Any, mixture: Mixture, learner: Any
) -> tuple[int, int, int]:
    """Find the value whose frequencies contain `target`: (value, weight below it, weight below the next value).

    The frequency c(v) = ⌊G(v)·scale / total⌋ + v - lowest is never computed here:
    c(v) ≤ target exactly when G(v)·scale < (target - (v - lowest) + 1)·total.
    Floating point only chooses where to look next; which value is found does not depend on it.
    """
    symbols = span.highest - span.lowest + 1
    scale = FREQUENCY_TOTAL - symbols
    total = span.inside if span.inside > 0 else symbols
    first, last = span.lowest, span.highest
    probe = _first_probe(target, span, mixture)
    rounds = 0
    while True:
        probe = min(max(probe, first), last)
        below = inside_weight(probe, span, tables, unrolled, mixture, learner)
        above = inside_weight(probe + 1, span, tables, unrolled, mixture, learner)
        allowed = (target - (probe - span.lowest) + 1) * total
        if probe > first and below * scale >= allowed:
            last = probe - 1
        elif probe < last and above * scale < allowed - total:
            first = probe + 1
        else:
            return probe, below, above
        rounds += 1
        if rounds > _NEWTON_ROUNDS:
            probe = (first + last) >> 1
            continue
        missing = np.float64(allowed - total) / np.float64(scale) - np.float64(below)
        step = missing / np.float64(above - below + (total >> 12) + 1)
        probe += integer(min(max(step, -_NEWTON_REACH), _NEWTON_REACH))
