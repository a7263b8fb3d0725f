"""The distribution of any single value of a stream: for looking inside a file. Importing it imports numba."""

from __future__ import annotations

import threading
from typing import Any

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
from srec_engine.entropy.kernel_types import PixelLearner, RemainderLearner
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.steps import PixelStep, RemainderStep, check_plane

__all__ = ["BAND_ROWS", "StreamProbabilities"]

BAND_ROWS = 32
"""Rows between two places at which is kept what was learned up to there: as many are learned again at most."""

Learner = PixelLearner | RemainderLearner


class StreamProbabilities:
    """The distributions of one stream, given the channels before it, and with a memory all that was coded before.

    The first question learns all that lies before its place; those that follow are quick. May be used by several
    threads.

    Args:
        step: Distributions of the network.
        channel: 0, 1 or 2.
        values: uint8 (H, W, 3), values of the pixel, or remainders + 1.
        memory: What the tile's streams left behind; None where they do not learn.

    Raises:
        ValueError: The channel does not exist or `values` does not fit the step.
    """

    def __init__(
        self,
        step: PixelStep | RemainderStep,
        channel: int,
        values: npt.NDArray[np.uint8],
        memory: TileMemory | None = None,
    ) -> None:
        check_plane(step, channel, values)
        self._step = step
        self._channel = channel
        self._values = read_only(values)
        self._memory = memory
        self._bands: list[Learner] = []
        self._lock = threading.Lock()

    @property
    def byte_count(self) -> int:
        """Memory that is taken, in bytes, beside that of what was given."""
        return sum(array.nbytes for learner in self._bands for array in self._own(learner).values())

    def at(self, row: int, column: int) -> tuple[int, npt.NDArray[np.int32]]:
        """The distribution of one value.

        Returns:
            The lowest possible value, and the frequencies of it and those after it: int32, they add up to 65536.

        Raises:
            ValueError: The place does not exist.
        """
        step = self._step
        if not (0 <= row < step.height and 0 <= column < step.width):
            raise ValueError(f"Row {row}, column {column} lies outside of {step.width} x {step.height} pixels.")
        learner = self._learned(row, column)
        tables = table_arrays(step.tables)
        if isinstance(step, PixelStep):
            frequencies = np.zeros(GREY_LEVELS, np.int64)
            lowest, highest = map_kernels.pixel_frequencies(
                tables, pixel_arrays(step), self._channel, self._values, row, column, frequencies, learner
            )
        else:
            frequencies = np.zeros(REMAINDER_SYMBOLS, np.int64)
            lowest, highest = map_kernels.remainder_frequencies(
                tables, remainder_arrays(step), self._channel, self._values, row, column, frequencies, learner
            )
        return lowest, frequencies[: highest - lowest + 1].astype(np.int32)

    def _learned(self, row: int, column: int) -> Learner | None:
        """A learner that knows what a coder knows when it comes to a place."""
        learner = self._fresh()
        if learner is None or not learner.corrects:
            return learner
        band = row // BAND_ROWS
        with self._lock:
            if not self._bands:
                self._bands.append(learner)
            while len(self._bands) <= band:
                further = self._copy(self._bands[-1])
                self._learn(further, (len(self._bands) - 1) * BAND_ROWS, len(self._bands) * BAND_ROWS, 0)
                self._bands.append(further)
            learner = self._copy(self._bands[band])
        self._learn(learner, band * BAND_ROWS, row, column)
        return learner

    def _fresh(self) -> Learner | None:
        if isinstance(self._step, PixelStep):
            return pixel_learner(self._step, self._channel, self._memory)
        return remainder_learner(self._step, self._channel, self._memory)

    def _learn(self, learner: Learner, first_row: int, row: int, column: int) -> None:
        """Learn from the beginning of a row up to a place. The memory is written to, but only what it holds."""
        step, tables = self._step, table_arrays(self._step.tables)
        begin, end = first_row * step.width, row * step.width + column
        if isinstance(step, PixelStep):
            map_kernels.learn_pixels(tables, pixel_arrays(step), self._channel, self._values, begin, end, learner)
        else:
            arrays = remainder_arrays(step)
            map_kernels.learn_remainders(tables, arrays, self._channel, self._values, begin, end, learner)

    def _copy(self, learner: Learner) -> Learner:
        return learner._replace(**{name: array.copy() for name, array in self._own(learner).items()})

    def _own(self, learner: Learner) -> dict[str, Any]:
        """The arrays of a learner that change while it learns, but for those of the tile's memory."""
        memory = self._memory
        shared = () if memory is None else memory.planes
        arrays = {name: value for name, value in learner._asdict().items() if isinstance(value, np.ndarray)}
        return {
            name: array
            for name, array in arrays.items()
            if array.flags.writeable and not any(array is plane for plane in shared)
        }
