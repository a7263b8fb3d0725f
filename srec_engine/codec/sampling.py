"""Some tiles of a picture, walked with the true values known: what the classifiers at the finest scales say there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.codec.kept_tiles import KeptTile, TileKeeper
from srec_engine.codec.known_tiles import walk_known_tiles
from srec_engine.codec.levels import picture_levels
from srec_engine.codec.runtime import Runtime
from srec_engine.container.geometry import Geometry
from srec_engine.control import CancelToken
from srec_engine.entropy.steps import PixelStep
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.model.adaptation import ADAPTED_SCALES
from srec_engine.model.configuration import STEP_COUNT

__all__ = ["MOST_BLOCKS", "Key", "StepSample", "TileBlocks", "sample_tile", "sampled_tiles", "step_samples"]

MOST_TILES = 4
"""Tiles of a picture that are walked. Smaller squares would not do: the network is another near edges."""

MOST_BLOCKS = 12288
"""2×2 blocks of a scale that are looked at, over all tiles."""

Key = tuple[int, int]
"""Scale, and which of the three coded pixels."""


@dataclass(frozen=True, eq=False, slots=True)
class StepSample:
    """Blocks of one step of one scale, as a picture of N rows and one column.

    Attributes:
        key: Scale, and which of the three coded pixels.
        step: Distributions.
        features: uint8 (N, F), what the classifier saw.
        values: uint8 (N, 1, 3), the true values.
        share: Blocks of the picture that each stands for.
    """

    key: Key
    step: PixelStep
    features: NDArray[np.uint8]
    values: NDArray[np.uint8]
    share: float


@dataclass(frozen=True, eq=False, slots=True)
class TileBlocks:
    """What was found in one tile, (N, …) each."""

    parameters: NDArray[np.float32]
    linear: NDArray[np.generic]
    sums: NDArray[np.integer]
    features: NDArray[np.uint8]
    values: NDArray[np.uint8]


def sampled_tiles(geometry: Geometry) -> list[int]:
    """Which tiles to walk: evenly spread over the picture."""
    count = min(MOST_TILES, geometry.tile_count)
    return [(2 * number + 1) * geometry.tile_count // (2 * count) for number in range(count)]


def sample_tile(
    runtime: Runtime, tile: NDArray[np.uint8], count: int, cancel: CancelToken
) -> tuple[Mapping[Key, TileBlocks], KeptTile]:
    """What every classifier of the adapted scales says of up to `count` blocks of a tile, uint8 (h, w, 1 or 3).

    Returns:
        That, and the tile, ready to be coded with other classifiers.

    Raises:
        Cancelled: When the token was set.
    """
    levels = picture_levels(tile, runtime.model.configuration.scales)

    def sample(network: CodingNetwork) -> _Sampler:
        sampler = _Sampler(count, cancel)
        for _ in walk_known_tiles(network, runtime.tables, [levels], sampler.exchange, StageClock(), sampler.hear):
            cancel.raise_if_cancelled()
        return sampler

    sampler = runtime.processor.run(sample)
    return sampler.found, sampler.kept


class _Sampler(TileKeeper):
    """Keeps the tile, and picks evenly spread blocks of it at the adapted scales.

    Attributes:
        found: What was picked.
    """

    def __init__(self, count: int, cancel: CancelToken) -> None:
        super().__init__()
        self.found: dict[Key, TileBlocks] = {}
        self._count = count
        self._cancel = cancel

    def pixels(self, index: int, step: PixelStep, values: NDArray[np.uint8]) -> None:
        """Keep one step and pick blocks of it."""
        self._cancel.raise_if_cancelled()
        super().pixels(index, step, values)
        if self.scale >= ADAPTED_SCALES or step.linear is None:
            return
        height, width = values.shape[:2]
        count = min(self._count, height * width)
        rows, columns = np.divmod(np.arange(count) * (height * width) // count, width)
        self.found[self.scale, index] = TileBlocks(
            step.parameters[rows, columns],
            step.linear[rows, columns],
            step.remaining[rows, columns],
            self.features()[rows, columns],
            values[rows, columns],
        )


def step_samples(runtime: Runtime, tiles: Sequence[Mapping[Key, TileBlocks]], pixels: int) -> list[StepSample]:
    """Put together what was found in some tiles of a picture of so many pixels."""
    return [_put_together(runtime, key, [tile[key] for tile in tiles], pixels) for key in tiles[0]]


def _put_together(runtime: Runtime, key: Key, parts: Sequence[TileBlocks], pixels: int) -> StepSample:
    scale, index = key

    def column(name: str) -> NDArray[Any]:
        return np.ascontiguousarray(np.concatenate([getattr(part, name) for part in parts])[:, None])

    parameters = column("parameters")
    count = len(parameters)
    components = runtime.model.configuration.components
    step = PixelStep(
        runtime.tables, components, parameters, column("linear"), column("sums"), STEP_COUNT + 1 - index, count, 1
    )
    return StepSample(key, step, column("features")[:, 0], column("values"), pixels / (4 ** (scale + 1)) / count)
