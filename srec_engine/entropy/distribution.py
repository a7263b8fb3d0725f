"""The distribution of a subpixel and of a remainder, in integers, for numba kernels. Importing it imports numba.

This and `positions` are the definition. `distribution_arrays` says the same in numpy, for machines without numba and as
the other half of the tests; a change here is a change there, and a new version of the file format.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from srec_engine.entropy.compilation import inlined, integer, quotient
from srec_engine.entropy.fixed_point import (
    EXPONENTIAL_ENTRIES,
    FIRST_PRODUCT,
    FREQUENCY_TOTAL,
    LOGIT_LIMIT,
    SCALE_BITS,
    SIGMOID_ENTRIES,
    SIGMOID_HALF,
    SIGMOID_ONE,
)
from srec_engine.entropy.kernel_types import AnyPixelArrays, Mixture, RemainderArrays, TableArrays
from srec_engine.entropy.positions import fixed, scale_correction, set_positions

__all__ = [
    "Span",
    "allowed_interval",
    "empty_mixture",
    "inside_weight",
    "load_span",
    "remainder_boundaries",
    "remainder_interval",
    "span_frequency",
]


class Span(NamedTuple):
    """The values that a subpixel can have and their share of the mixture.

    Attributes:
        lowest, highest: The interval, both ends included.
        bottom: Weight of the mixture below the interval.
        inside: Weight of the mixture inside the interval; 0 stands for a uniform distribution.
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
def empty_mixture(unrolled: Any) -> Mixture:
    """Room for a mixture of as many components as `unrolled` is long."""
    components = len(unrolled)
    return Mixture(np.empty(components, np.int64), np.empty(components, np.int64), np.empty(components, np.int64))


@inlined
def _load_mixture(
    tables: TableArrays, pixels: AnyPixelArrays, values: Any, row: int, column: int, channel: int, mixture: Mixture
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
        entry = min(max(scale - least_scale, 0), last_scale)
        slope = tables.inverse_scale[np.uint64(entry)]
        mixture.slopes[k] = slope * 256
        mixture.offsets[k] = (-128 - mixture.offsets[k]) * slope
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
    tables: TableArrays, pixels: AnyPixelArrays, values: Any, row: int, column: int, channel: int, mixture: Mixture
) -> Span:
    """Read the distribution of a subpixel whose interval holds two values or more into `mixture`."""
    lowest, highest = allowed_interval(integer(pixels.remaining[row, column, channel]), pixels.left)
    weight, heaviest = _load_mixture(tables, pixels, values, row, column, channel, mixture)
    bottom = _weight_below(lowest, weight, tables, pixels.unrolled, mixture)
    top = _weight_below(highest + 1, weight, tables, pixels.unrolled, mixture)
    return Span(lowest, highest, bottom, top - bottom, weight, heaviest)


@inlined
def inside_weight(boundary: int, span: Span, tables: TableArrays, unrolled: Any, mixture: Mixture) -> int:
    """Weight of the span below a boundary of it, lowest to highest + 1."""
    if span.inside == 0:
        return boundary - span.lowest
    return _weight_below(boundary, span.weight, tables, unrolled, mixture) - span.bottom


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
) -> tuple[int, int]:
    """Set the cumulative frequencies of a remainder's symbols; return the lowest and the highest symbol.

    Of `symbols` (uint8 (H, W, 3)) the channels before this one are read. Of `boundaries` (int64, 5 long) the entries
    lowest to highest + 1 are set, from 0 to 65536.
    """
    lowest, highest = remainder_interval(remainders.low_resolution[row, column, channel])
    largest = integer(-16 * LOGIT_LIMIT)
    for symbol in range(lowest, highest + 1):
        logit = integer(fixed(remainders.logits[row, column, 4 * channel + symbol], LOGIT_LIMIT))
        for known in range(channel):
            # G←R is pair 0, B←R is 1, B←G is 2.
            logit += remainders.couplings[channel - 1 + known, symbols[row, column, known] & 3, symbol]
            if remainders.logits.shape[2] > FIRST_PRODUCT:
                strength = fixed(remainders.logits[row, column, FIRST_PRODUCT + channel - 1 + known], LOGIT_LIMIT)
                logit += strength * (integer(symbols[row, column, known] & 3) - 1) * (symbol - 1)
        boundaries[symbol + 1] = logit
        largest = max(largest, logit)
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
