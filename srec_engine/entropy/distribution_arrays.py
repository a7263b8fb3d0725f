"""The distribution of subpixels and of remainders, in integers, for whole arrays with numpy.

`distribution` and `positions` say the same for one subpixel at a time, in numba. This is what the entropy coder of last
resort uses; the tests hold the two equal. A change here is a change there, and a new version of the file format.

N below is a number of subpixels of one channel, in raster order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.fixed_point import (
    ABSOLUTE_MEAN_LIMIT,
    COEFFICIENT_LIMIT,
    EXPONENTIAL_ENTRIES,
    FIRST_PRODUCT,
    FREQUENCY_TOTAL,
    LOGIT_LIMIT,
    MEAN_LIMIT,
    REMAINDER_SYMBOLS,
    SCALE_BITS,
    SHARE_SHIFT,
    SIGMOID_ENTRIES,
    SIGMOID_HALF,
    SIGMOID_ONE,
    parameter_count,
)
from srec_engine.entropy.steps import PixelStep, RemainderStep
from srec_engine.entropy.tables import DistributionTables

__all__ = [
    "Mixtures",
    "pixel_components",
    "pixel_deviations",
    "pixel_frequencies",
    "pixel_intervals",
    "pixel_mixtures",
    "pixel_parameters",
    "remainder_frequencies",
    "remainder_intervals",
    "remainder_logits",
]

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Mixtures:
    """Mixtures of N subpixels.

    Attributes:
        tables: Tables of the model.
        lowest, highest: (N,), interval of each, both ends included.
        weights, slopes, offsets: (K, N). A boundary v has the argument slope·v + offset.
        weight: (N,), sum of the weights.
    """

    tables: DistributionTables
    lowest: Integers
    highest: Integers
    weights: Integers
    slopes: Integers
    offsets: Integers
    weight: Integers


def pixel_intervals(step: PixelStep, channel: int) -> tuple[Integers, Integers]:
    """Lowest and highest value of every subpixel: int64 (height, width) each."""
    remaining = step.remaining[: step.height, : step.width, channel].astype(np.int64)
    return np.maximum(0, remaining - 255 * (step.left - 1)), np.minimum(255, remaining)


def pixel_mixtures(step: PixelStep, channel: int, values: npt.NDArray[np.uint8], chosen: Integers) -> Mixtures:
    """Mixtures of some subpixels.

    Args:
        step: The step.
        channel: 0, 1 or 2.
        values: uint8 (H, W, 3); the channels before `channel` are read.
        chosen: (N,), positions row·width + column.
    """
    rows, columns = np.divmod(chosen, max(step.width, 1))
    lowest, highest = pixel_intervals(step, channel)
    weights, positions, entries = pixel_components(step, channel, values, chosen)
    slopes = step.tables.inverse_scale[entries]
    return Mixtures(
        tables=step.tables,
        lowest=lowest[rows, columns],
        highest=highest[rows, columns],
        weights=weights,
        slopes=slopes * 256,
        offsets=(-128 - positions) * slopes,
        weight=weights.sum(axis=0),
    )


def pixel_components(
    step: PixelStep, channel: int, values: npt.NDArray[np.uint8], chosen: Integers
) -> tuple[Integers, Integers, Integers]:
    """Weights, means and log-scales of the components of some subpixels: (K, N) each.

    Args as those of `pixel_mixtures`. Weights of 2¹⁶ are those of the largest logit, log-scales are places in the table
    of inverse scales.
    """
    logits, positions, scales = pixel_parameters(step, channel, values, chosen)
    weights = _weights(step.tables, logits.max(axis=0) - logits)
    entries = np.clip(scales - step.tables.log_scale_minimum, 0, len(step.tables.inverse_scale) - 1)
    return weights, positions, entries


def pixel_parameters(
    step: PixelStep, channel: int, values: npt.NDArray[np.uint8], chosen: Integers
) -> tuple[Integers, Integers, Integers]:
    """Logits, means and log-scales of the components of some subpixels, in fixed point: (K, N) each.

    Args as those of `pixel_mixtures`. The means are as the known channels have moved them.
    """
    rows, columns = np.divmod(chosen, max(step.width, 1))
    parameters = step.parameters[rows, columns]
    components = step.components
    first = channel * 3 * components
    logits = _fixed(parameters[:, first : first + components].T, LOGIT_LIMIT)
    place = _absolute_positions if step.linear is None else _relative_positions
    scales = _fixed(parameters[:, first + 2 * components : first + 3 * components].T, LOGIT_LIMIT)
    scales += _scale_correction(step, channel, parameters)
    return logits, place(step, channel, values, rows, columns), scales


def pixel_deviations(step: PixelStep, channel: int, values: npt.NDArray[np.uint8], chosen: Integers) -> Integers:
    """How far each channel before `channel` is from its first guess, in 2⁻⁸ grey level: (channel, N).

    Args as those of `pixel_mixtures`.
    """
    rows, columns = np.divmod(chosen, max(step.width, 1))
    deviations = np.empty((channel, len(chosen)), np.int64)
    for known in range(channel):
        true = values[rows, columns, known].astype(np.int64) * 256
        deviations[known] = true - _predicted_means(step, known, rows, columns)
    return deviations


def pixel_frequencies(mixtures: Mixtures, boundaries: Integers) -> Integers:
    """Frequency, of 65536, of the values below each boundary.

    Args:
        mixtures: N subpixels.
        boundaries: (N, B) or (1, B), 0 to 256. Below the interval the result is 0, above it 65536.

    Returns:
        int64 (N, B).
    """
    lowest = mixtures.lowest[:, None]
    symbols = mixtures.highest[:, None] - lowest + 1
    bottom = _weight_below(mixtures, lowest)
    inside = _weight_below(mixtures, lowest + symbols) - bottom
    index = np.clip(boundaries - lowest, 0, symbols)
    below = _weight_below(mixtures, boundaries)
    below -= bottom
    np.clip(below, 0, inside, out=below)
    uniform = inside == 0
    below = np.where(uniform, index, below)
    total = np.where(uniform, symbols, inside)
    frequencies: Integers = below * (FREQUENCY_TOTAL - symbols) // total + index
    return frequencies


def remainder_intervals(step: RemainderStep, channel: int) -> tuple[Integers, Integers]:
    """Lowest and highest symbol of every remainder: int64 (height, width) each."""
    grey = step.low_resolution[: step.height, : step.width, channel]
    lowest = np.where(grey == 0, 1, 0).astype(np.int64)
    highest = np.where(grey == 255, 1, REMAINDER_SYMBOLS - 1).astype(np.int64)
    return lowest, highest


def remainder_frequencies(
    step: RemainderStep, channel: int, symbols: npt.NDArray[np.uint8], chosen: Integers
) -> Integers:
    """Frequency, of 65536, of the symbols below each of the boundaries 0 to 4.

    Args:
        step: The step.
        channel: 0, 1 or 2.
        symbols: uint8 (H, W, 3); the channels before `channel` are read.
        chosen: (N,), positions row·width + column.

    Returns:
        int64 (N, 5); below the interval 0, above it 65536.
    """
    rows, columns = np.divmod(chosen, max(step.width, 1))
    logits = remainder_logits(step, channel, symbols, chosen)
    all_lowest, all_highest = remainder_intervals(step, channel)
    lowest, highest = all_lowest[rows, columns, None], all_highest[rows, columns, None]
    possible = np.arange(REMAINDER_SYMBOLS)
    allowed = (possible >= lowest) & (possible <= highest)
    largest = np.where(allowed, logits, -16 * LOGIT_LIMIT).max(axis=1, keepdims=True)
    weights = np.where(allowed, _weights(step.tables, np.maximum(largest - logits, 0)), 0)
    below = np.zeros((len(chosen), REMAINDER_SYMBOLS + 1), np.int64)
    np.cumsum(weights, axis=1, out=below[:, 1:])
    count = highest - lowest + 1
    index = np.clip(np.arange(REMAINDER_SYMBOLS + 1) - lowest, 0, count)
    frequencies: Integers = below * (FREQUENCY_TOTAL - count) // below[:, -1:] + index
    return frequencies


def remainder_logits(step: RemainderStep, channel: int, symbols: npt.NDArray[np.uint8], chosen: Integers) -> Integers:
    """Logits of the four symbols, whether they are possible or not: int64 (N, 4), args as `remainder_frequencies`."""
    rows, columns = np.divmod(chosen, max(step.width, 1))
    first = REMAINDER_SYMBOLS * channel
    logits = _fixed(step.logits[rows, columns, first : first + REMAINDER_SYMBOLS], LOGIT_LIMIT)
    for known in range(channel):
        # G←R is pair 0, B←R is 1, B←G is 2.
        logits += step.couplings[channel - 1 + known, symbols[rows, columns, known] & 3]
        if step.logits.shape[2] > FIRST_PRODUCT:
            strengths = _fixed(step.logits[rows, columns, FIRST_PRODUCT + channel - 1 + known], LOGIT_LIMIT)
            slopes = strengths * ((symbols[rows, columns, known] & 3).astype(np.int64) - 1)
            logits += slopes[:, None] * (np.arange(REMAINDER_SYMBOLS) - 1)
    return logits


def _fixed(numbers: npt.NDArray[Any], limit: int) -> Integers:
    """Round half to even and clamp to ± limit; what is not a number becomes -limit."""
    clamped = np.where(numbers > -limit, np.minimum(numbers, limit), -limit)
    return np.rint(clamped).astype(np.int64)


def _weights(tables: DistributionTables, distances: Integers) -> Integers:
    inside = distances < EXPONENTIAL_ENTRIES
    return np.where(inside, tables.exponential[np.where(inside, distances, 0)], 0).astype(np.int64)


def _scale_correction(step: PixelStep, channel: int, parameters: npt.NDArray[np.float32]) -> Integers | int:
    """What a file adds to the log-scales of a channel, (N,) from parameters (N, P); 0 where it corrects nothing."""
    first = parameter_count(step.components)
    if step.linear is None or parameters.shape[1] == first:
        return 0
    return _fixed(parameters[:, first + channel], LOGIT_LIMIT)


def _own_means(step: PixelStep, channel: int, rows: Integers, columns: Integers) -> Integers:
    """The network's means of a channel, (K, N)."""
    first = (3 * channel + 1) * step.components
    return _fixed(step.parameters[rows, columns, first : first + step.components].T, MEAN_LIMIT)


def _absolute_positions(
    step: PixelStep, channel: int, values: npt.NDArray[np.uint8], rows: Integers, columns: Integers
) -> Integers:
    """Means in 2⁻⁸ grey level, shifted by shares of the known channels: (K, N)."""
    positions = _own_means(step, channel, rows, columns)
    first = (9 + max(0, channel - 1)) * step.components
    for known in range(channel):
        # G←R are the first K coefficients, B←R the next K, B←G the last.
        begin = first + known * step.components
        logits = _fixed(step.parameters[rows, columns, begin : begin + step.components].T, LOGIT_LIMIT)
        upper = step.tables.sigmoid[np.minimum(np.abs(logits), SIGMOID_ENTRIES - 1)].astype(np.int64)
        shares = np.where(logits < 0, SIGMOID_ONE - upper, upper)
        positions += (shares * values[rows, columns, known].astype(np.int64)) >> SHARE_SHIFT
    return np.clip(positions, 0, ABSOLUTE_MEAN_LIMIT)


def _relative_positions(
    step: PixelStep, channel: int, values: npt.NDArray[np.uint8], rows: Integers, columns: Integers
) -> Integers:
    """Means in 2⁻⁸ grey level, counted from the first guess: (K, N)."""
    return _means(step, channel, values, rows, columns) + _own_means(step, channel, rows, columns)


def _predicted_means(step: PixelStep, channel: int, rows: Integers, columns: Integers) -> Integers:
    remaining = step.remaining[rows, columns, channel].astype(np.int64)
    means: Integers = (remaining * 256 + step.left // 2) // step.left
    if step.linear is not None:
        means += step.linear[rows, columns, channel].astype(np.int64)
    return means


def _means(
    step: PixelStep,
    channel: int,
    values: npt.NDArray[np.uint8],
    rows: Integers,
    columns: Integers,
) -> Integers:
    """What relative means count from, in 2⁻⁸ grey level: the first guess, and what known channels add; (N,)."""
    means = _predicted_means(step, channel, rows, columns)
    coefficients = 9 * step.components + max(0, channel - 1)
    deviations = pixel_deviations(step, channel, values, rows * step.width + columns)
    for known, deviation in enumerate(deviations):
        # G←R is coefficient 0, B←R is 1, B←G is 2.
        coefficient = _fixed(step.parameters[rows, columns, coefficients + known], COEFFICIENT_LIMIT)
        means += (coefficient * deviation) >> 8
    return means


def _weight_below(mixtures: Mixtures, boundaries: Integers) -> Integers:
    """Weight of each mixture below its boundaries, (N, B) from (N, B) or (1, B); tails folded into 0 and 255."""
    shape = np.broadcast_shapes(boundaries.shape, (len(mixtures.weight), 1))
    total = np.zeros(shape, np.int64)
    for weights, slopes, offsets in zip(mixtures.weights, mixtures.slopes, mixtures.offsets, strict=True):
        arguments = boundaries * slopes[:, None]
        arguments += offsets[:, None]
        signs = arguments >> 63
        np.abs(arguments, out=arguments)
        arguments >>= SCALE_BITS
        np.minimum(arguments, SIGMOID_ENTRIES - 1, out=arguments)
        shares = mixtures.tables.sigmoid[arguments].astype(np.int64)
        shares -= SIGMOID_HALF
        shares ^= signs
        shares -= signs
        shares += SIGMOID_HALF
        shares *= weights[:, None]
        total += shares
    total[np.broadcast_to(boundaries <= 0, shape)] = 0
    return np.where(boundaries >= 256, mixtures.weight[:, None] * SIGMOID_ONE, total)
