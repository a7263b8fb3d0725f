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

__all__ = ["Maps", "pixel_maps", "remainder_maps"]


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
    learner = remainder_learner(step, channel, memory)
    map_kernels.map_remainders(
        table_arrays(step.tables), remainder_arrays(step), channel, read_only(symbols), frequencies, maps, learner
    )
    return Maps(*maps)
