"""What a stream has learned when it ends: to find what streams should begin with. Importing it imports numba."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from srec_engine.entropy import map_kernels
from srec_engine.entropy.kernel_arguments import (
    fresh_pixel_learner,
    fresh_remainder_learner,
    pixel_arrays,
    read_only,
    remainder_arrays,
    table_arrays,
)
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.starting_states import STATE_TABLES
from srec_engine.entropy.steps import PixelStep, RemainderStep, check_plane

__all__ = ["FinalTables", "final_tables"]

FinalTables = dict[str, npt.NDArray[np.int32]]
"""Tables of one stream by the names of `STATE_TABLES`, counts included."""


def final_tables(
    step: PixelStep | RemainderStep, channel: int, values: npt.NDArray[np.uint8], memory: TileMemory
) -> FinalTables:
    """Go through a stream as a coder does; return what it has learned, and leave its traces in the memory.

    Args:
        step: Distributions of the network; its tables say what streams begin with.
        channel: 0, 1 or 2.
        values: uint8 (H, W, 3), values of the pixel, or remainders + 1.
        memory: What the tile's streams before have left behind.

    Raises:
        ValueError: The channel does not exist or `values` does not fit the step.
    """
    check_plane(step, channel, values)
    known, end = read_only(values), step.height * step.width
    if isinstance(step, RemainderStep):
        remainders = fresh_remainder_learner(step, channel, memory)
        map_kernels.learn_remainders(
            table_arrays(step.tables), remainder_arrays(step), channel, known, 0, end, remainders
        )
        contexts = STATE_TABLES["biases"].shape[1]
        biases = np.zeros((contexts, *remainders.biases.shape[1:]), np.int32)
        biases[: len(remainders.biases)] = remainders.biases
        return {"biases": biases, "temperatures": remainders.temperatures}
    pixels = fresh_pixel_learner(step, channel, memory)
    map_kernels.learn_pixels(table_arrays(step.tables), pixel_arrays(step), channel, known, 0, end, pixels)
    memory.keep(step.number, channel, values)
    return {
        "weights": pixels.weights,
        "spreads": pixels.spreads,
        "places": pixels.places,
        "classes": pixels.biases,
    }
