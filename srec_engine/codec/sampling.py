"""Some tiles of a picture, walked with the true values known: what the classifiers at the finest scales say there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.levels import picture_levels
from srec_engine.codec.runtime import Runtime
from srec_engine.codec.walk import float_planes
from srec_engine.container.geometry import Geometry
from srec_engine.control import CancelToken
from srec_engine.entropy.steps import PixelStep
from srec_engine.integer.prepared import ScaleWalk
from srec_engine.model.adaptation import ADAPTED_SCALES
from srec_engine.model.configuration import STEP_COUNT
from srec_engine.pyramid import block_pixels, block_sums

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
    linear: NDArray[np.float32]
    sums: NDArray[np.int32]
    features: NDArray[np.uint8]
    values: NDArray[np.int32]


def sampled_tiles(geometry: Geometry) -> list[int]:
    """Which tiles to walk: evenly spread over the picture."""
    count = min(MOST_TILES, geometry.tile_count)
    return [(2 * number + 1) * geometry.tile_count // (2 * count) for number in range(count)]


def sample_tile(runtime: Runtime, tile: NDArray[np.uint8], count: int, cancel: CancelToken) -> Mapping[Key, TileBlocks]:
    """What every classifier of the adapted scales says of up to `count` blocks of a tile, uint8 (h, w, 1 or 3).

    Raises:
        Cancelled: When the token was set.
    """
    network = runtime.network
    levels = picture_levels(tile[None], network.model.configuration.scales)
    context = None
    found: dict[Key, TileBlocks] = {}
    for scale in reversed(range(len(levels) - 1)):
        state, _ = network.begin_scale(scale, float_planes(levels[scale + 1], network.device), context)
        planes = block_pixels(np.moveaxis(levels[scale], -1, -3).astype(np.int32))
        pixels = [np.moveaxis(plane, -3, -1) for plane in planes]
        remaining = np.moveaxis(block_sums(planes), -3, -1)
        network.set_sums(state, float_planes(remaining, network.device))
        for index in range(STEP_COUNT):
            cancel.raise_if_cancelled()
            parameters, linear = network.step(state)
            if scale < ADAPTED_SCALES and linear is not None:
                found[scale, index] = _chosen(parameters, linear, remaining, state, pixels[index], count)
            network.add_known(state, float_planes(pixels[index], network.device))
            remaining = remaining - pixels[index]
        context = state.activations
    return found


def step_samples(runtime: Runtime, tiles: Sequence[Mapping[Key, TileBlocks]], pixels: int) -> list[StepSample]:
    """Put together what was found in some tiles of a picture of so many pixels."""
    return [_put_together(runtime, key, [tile[key] for tile in tiles], pixels) for key in tiles[0]]


def _chosen(
    parameters: Any, linear: Any, remaining: NDArray[np.int32], state: ScaleWalk, values: NDArray[np.int32], count: int
) -> TileBlocks:
    """Evenly spread blocks of the one tile there is."""
    total = values.shape[1] * values.shape[2]
    chosen = np.arange(min(count, total)) * total // min(count, total)
    rows, columns = np.divmod(chosen, values.shape[2])
    features = state.activations[0].permute(1, 2, 0).cpu().numpy()
    return TileBlocks(
        parameters[0].cpu().numpy()[rows, columns],
        linear[0].cpu().numpy()[rows, columns],
        remaining[0, rows, columns],
        features[rows, columns],
        values[0, rows, columns],
    )


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
    values = column("values").astype(np.uint8)
    return StepSample(key, step, column("features")[:, 0], values, pixels / (4 ** (scale + 1)) / count)
