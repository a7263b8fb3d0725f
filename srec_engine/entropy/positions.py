"""Where the components of a subpixel's mixture lie, for numba kernels: what depends on the kind of means.

Which kind is meant is the type of a kernel's arguments, so that every kernel is compiled for one of them.
`distribution_arrays` says the same in numpy. Importing it imports numba.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srec_engine.compilation.kernels import inlined, integer, overloaded, quotient
from srec_engine.entropy.fixed_point import (
    ABSOLUTE_MEAN_LIMIT,
    CHANNELS,
    COEFFICIENT_LIMIT,
    LOGIT_LIMIT,
    MEAN_LIMIT,
    SHARE_SHIFT,
    SIGMOID_ENTRIES,
    SIGMOID_HALF,
)
from srec_engine.entropy.kernel_types import AbsolutePixelArrays, AnyPixelArrays, PixelArrays, TableArrays

__all__ = ["fixed", "scale_correction", "set_positions"]


@inlined
def fixed(value: float, limit: int) -> int:
    """Round a parameter half to even and clamp it to ± limit; what is not a number becomes -limit."""
    if not value > -limit:
        return -limit
    if value >= limit:
        return limit
    return integer(np.rint(value))


def set_positions(
    tables: TableArrays,
    pixels: AnyPixelArrays,
    values: Any,
    row: int,
    column: int,
    channel: int,
    positions: Any,
) -> None:
    """Set the means of a subpixel's components (int64, K long) in 2⁻⁸ grey level. For use inside kernels only."""
    raise NotImplementedError


def scale_correction(pixels: AnyPixelArrays, row: int, column: int, channel: int) -> int:
    """What a file adds to the log-scales of a subpixel's components. For use inside kernels only."""
    raise NotImplementedError


@overloaded(scale_correction)
def _chosen_correction(pixels: Any, *_more: Any) -> Callable[..., int]:
    return _no_correction if pixels.instance_class is AbsolutePixelArrays else _relative_correction


def _no_correction(pixels: Any, row: int, column: int, channel: int) -> int:  # noqa: ARG001 - numba wants the same names
    return integer(0)


def _relative_correction(pixels: Any, row: int, column: int, channel: int) -> int:
    first = 9 * len(pixels.unrolled) + CHANNELS
    if pixels.parameters.shape[2] == first:
        return integer(0)
    return fixed(pixels.parameters[row, column, first + channel], LOGIT_LIMIT)


@overloaded(set_positions)
def _chosen_positions(_tables: Any, pixels: Any, *_more: Any) -> Callable[..., None]:
    """The function for a kind of arguments, by their numba type."""
    return _set_absolute if pixels.instance_class is AbsolutePixelArrays else _set_relative


def _set_relative(
    tables: Any,  # noqa: ARG001 - numba wants the same names
    pixels: Any,
    values: Any,
    row: int,
    column: int,
    channel: int,
    positions: Any,
) -> None:
    components = len(pixels.unrolled)
    mean = _mean(pixels, values, row, column, channel)
    first = (3 * channel + 1) * components
    for k in range(components):
        positions[k] = mean + fixed(pixels.parameters[row, column, first + k], MEAN_LIMIT)


@inlined
def _mean(pixels: PixelArrays, values: Any, row: int, column: int, channel: int) -> int:
    """What relative means count from, in 2⁻⁸ grey level: the first guess, and what known channels add."""
    remaining = integer(pixels.remaining[row, column, channel])
    mean = _predicted_mean(remaining, pixels.left, integer(pixels.linear[row, column, channel]))
    coefficients = 9 * len(pixels.unrolled) + max(0, channel - 1)
    for known in range(channel):
        # G←R is coefficient 0, B←R is 1, B←G is 2.
        coefficient = fixed(pixels.parameters[row, column, coefficients + known], COEFFICIENT_LIMIT)
        remaining = integer(pixels.remaining[row, column, known])
        predicted = _predicted_mean(remaining, pixels.left, integer(pixels.linear[row, column, known]))
        mean += (coefficient * (integer(values[row, column, known]) * 256 - predicted)) >> 8
    return mean


@inlined
def _predicted_mean(remaining: int, left: int, linear: int) -> int:
    """First guess of a subpixel in 2⁻⁸ grey level: its share of the remaining sum, plus the linear correction."""
    sum_and_half = remaining * 256 + left // 2
    # Dividing by a constant costs a multiplication; dividing by a variable costs as much as a whole component.
    if left == 4:
        return quotient(sum_and_half, 4) + linear
    if left == 3:
        return quotient(sum_and_half, 3) + linear
    return quotient(sum_and_half, 2) + linear


def _set_absolute(tables: Any, pixels: Any, values: Any, row: int, column: int, channel: int, positions: Any) -> None:
    components = len(pixels.unrolled)
    first = (3 * channel + 1) * components
    coefficients = (9 + max(0, channel - 1)) * components
    for k in range(components):
        position = fixed(pixels.parameters[row, column, first + k], MEAN_LIMIT)
        for known in range(channel):
            # G←R are the first K coefficients, B←R the next K, B←G the last.
            logit = fixed(pixels.parameters[row, column, coefficients + known * components + k], LOGIT_LIMIT)
            position += (_share(tables, logit) * integer(values[row, column, known])) >> SHARE_SHIFT
        positions[k] = min(max(position, 0), ABSOLUTE_MEAN_LIMIT)


@inlined
def _share(tables: TableArrays, logit: int) -> int:
    """Logistic function of a coefficient in steps of the sigmoid table; 2²² is 1.0."""
    sign = logit >> 63
    index = min((logit ^ sign) - sign, SIGMOID_ENTRIES - 1)
    above_half = integer(tables.sigmoid[np.uint64(index)]) - SIGMOID_HALF
    return ((above_half ^ sign) - sign) + SIGMOID_HALF
