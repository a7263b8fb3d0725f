"""What the model expected of each subpixel, and what it paid: for looking inside a file. Importing it imports numba."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srec_engine.entropy import map_kernels
from srec_engine.entropy.fixed_point import GREY_LEVELS, REMAINDER_SYMBOLS
from srec_engine.entropy.kernel_arguments import (
    pixel_arrays,
    pixel_learner,
    read_only,
    remainder_arrays,
    remainder_learner,
    table_arrays,
)
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.steps import PixelStep, RemainderStep, check_plane

__all__ = ["Maps", "pixel_maps", "pixel_probabilities", "remainder_maps", "remainder_probabilities"]


@dataclass(frozen=True, eq=False, slots=True)
class Maps:
    """Pictures of one channel of one step, float32 (height, width) each, from the frequencies that the coder uses.

    Attributes:
        mean: Expected value: grey level, or remainder + 1.
        most_likely: Value with the largest probability (the smallest of several).
        entropy: Bits that the model expected to pay.
        cost: Bits that the true value takes; 16 where a damaged tile holds a value that is impossible.
    """

    mean: npt.NDArray[np.float32]
    most_likely: npt.NDArray[np.float32]
    entropy: npt.NDArray[np.float32]
    cost: npt.NDArray[np.float32]


def pixel_maps(step: PixelStep, channel: int, values: npt.NDArray[np.uint8], memory: TileMemory | None = None) -> Maps:
    """Maps of one channel of `values`, uint8 (H, W, 3), coded with what `memory` holds. Releases the GIL.

    Raises:
        ValueError: The channel does not exist or `values` does not fit the step.
    """
    check_plane(step, channel, values)
    maps = np.empty((4, step.height, step.width), np.float32)
    frequencies = np.ones(GREY_LEVELS, np.int64)
    learner = pixel_learner(step, channel, memory)
    map_kernels.map_pixels(
        table_arrays(step.tables), pixel_arrays(step), channel, read_only(values), frequencies, maps, learner
    )
    return Maps(*maps)


def remainder_maps(
    step: RemainderStep, channel: int, symbols: npt.NDArray[np.uint8], memory: TileMemory | None = None
) -> Maps:
    """Maps of one channel of `symbols` (remainder + 1), uint8 (H, W, 3), as `pixel_maps`. Releases the GIL.

    Raises:
        ValueError: The channel does not exist or `symbols` does not fit the step.
    """
    check_plane(step, channel, symbols)
    maps = np.empty((4, step.height, step.width), np.float32)
    frequencies = np.empty(REMAINDER_SYMBOLS, np.int64)
    learner = remainder_learner(channel, memory)
    map_kernels.map_remainders(
        table_arrays(step.tables), remainder_arrays(step), channel, read_only(symbols), frequencies, maps, learner
    )
    return Maps(*maps)


def pixel_probabilities(
    step: PixelStep,
    channel: int,
    row: int,
    column: int,
    values: npt.NDArray[np.uint8],
    memory: TileMemory | None = None,
) -> tuple[int, npt.NDArray[np.int32]]:
    """Distribution of one subpixel, given the channels before it, and with a memory all that was coded before it.

    Returns:
        The lowest possible value, and the frequencies of it and those after it: int32, they add up to 65536.

    Raises:
        ValueError: The place or the channel does not exist.
    """
    check_plane(step, channel, values)
    _check_place(step, row, column)
    frequencies = np.zeros(GREY_LEVELS, np.int64)
    lowest, highest = map_kernels.pixel_frequencies(
        table_arrays(step.tables),
        pixel_arrays(step),
        channel,
        read_only(values),
        row,
        column,
        frequencies,
        pixel_learner(step, channel, memory),
    )
    return lowest, frequencies[: highest - lowest + 1].astype(np.int32)


def remainder_probabilities(
    step: RemainderStep,
    channel: int,
    row: int,
    column: int,
    symbols: npt.NDArray[np.uint8],
    memory: TileMemory | None = None,
) -> tuple[int, npt.NDArray[np.int32]]:
    """Distribution of one remainder + 1, as `pixel_probabilities`."""
    check_plane(step, channel, symbols)
    _check_place(step, row, column)
    frequencies = np.zeros(REMAINDER_SYMBOLS, np.int64)
    lowest, highest = map_kernels.remainder_frequencies(
        table_arrays(step.tables),
        remainder_arrays(step),
        channel,
        read_only(symbols),
        row,
        column,
        frequencies,
        remainder_learner(channel, memory),
    )
    return lowest, frequencies[: highest - lowest + 1].astype(np.int32)


def _check_place(step: PixelStep | RemainderStep, row: int, column: int) -> None:
    if not (0 <= row < step.height and 0 <= column < step.width):
        raise ValueError(f"Row {row}, column {column} lies outside of {step.width} x {step.height} pixels.")
