"""What a tile's walk through one scale says, written down: every distribution and every value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.walk import Exchange
from srec_engine.container import Box
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.probabilities import StreamProbabilities
from srec_engine.entropy.steps import PixelStep, RemainderStep

__all__ = ["RecordingExchange", "TileSteps"]


@dataclass(frozen=True, eq=False, slots=True)
class TileSteps:
    """All distributions and values of one tile at one scale.

    Attributes:
        scale, tile: Which.
        box: Where the tile lies in the picture at `scale`.
        channels: Coded channels, 3 or 1.
        image: uint8 (height, width, 3), the tile at `scale`.
        remainder: Distributions of the remainders.
        symbols: Remainders + 1, uint8 (h, w, 3), h and w half the box's size, rounded up.
        pixels: Distributions of pixel 1, 2 and 3 of each block.
        values: Their values, uint8 (h, w, 3) each.
        memory: What the streams left behind for those after them; None where they do not learn.
        probabilities: By step (0 for the remainders) and coded channel.
    """

    scale: int
    tile: int
    box: Box
    channels: int
    image: NDArray[np.uint8]
    remainder: RemainderStep
    symbols: NDArray[np.uint8]
    pixels: tuple[PixelStep, ...]
    values: tuple[NDArray[np.uint8], ...]
    memory: TileMemory | None = None
    probabilities: tuple[tuple[StreamProbabilities, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        steps: list[tuple[RemainderStep | PixelStep, NDArray[np.uint8]]] = [(self.remainder, self.symbols)]
        steps += zip(self.pixels, self.values, strict=True)
        probabilities = tuple(
            tuple(StreamProbabilities(step, channel, values, self.memory) for channel in range(self.channels))
            for step, values in steps
        )
        object.__setattr__(self, "probabilities", probabilities)

    @property
    def byte_count(self) -> int:
        """Memory that is taken so far, in bytes: questions about single pixels add to it."""
        arrays: list[NDArray[Any]] = [self.image, self.remainder.logits, self.symbols, *self.values]
        for step in self.pixels:
            arrays += [step.parameters, step.remaining, *([] if step.linear is None else [step.linear])]
        if self.memory is not None:
            arrays += self.memory.planes
        learned = sum(stream.byte_count for streams in self.probabilities for stream in streams)
        return learned + sum(array.nbytes for array in arrays)


class RecordingExchange:
    """Passes on what another exchange says and keeps it, with the distributions it belongs to."""

    def __init__(self, inner: Exchange) -> None:
        self._inner = inner
        self._remainder: tuple[RemainderStep, NDArray[np.uint8]] | None = None
        self._pixels: list[tuple[PixelStep, NDArray[np.uint8]]] = []

    @property
    def memory(self) -> TileMemory | None:
        """See `Exchange.memory`."""
        return self._inner.memory

    def remainders(self, step: RemainderStep) -> NDArray[np.uint8]:
        """Remainders + 1 of the tile."""
        symbols = self._inner.remainders(step)
        self._remainder = (step, symbols)
        return symbols

    def pixels(self, index: int, step: PixelStep) -> NDArray[np.uint8]:
        """Values of coded pixel `index`."""
        values = self._inner.pixels(index, step)
        self._pixels.append((step, values))
        return values

    def recorded(self, scale: int, tile: int, box: Box, channels: int, image: NDArray[np.uint8]) -> TileSteps:
        """All of it, once the walk has ended with `image`."""
        if self._remainder is None:
            raise RuntimeError("the walk has not begun")
        remainder, symbols = self._remainder
        steps = tuple(step for step, _ in self._pixels)
        values = tuple(values for _, values in self._pixels)
        return TileSteps(scale, tile, box, channels, image, remainder, symbols, steps, values, self.memory)
