"""The walk through one scale of one or more tiles, which encoder, decoder and inspector share.

The walk asks the network for distributions and an `Exchange` for the values that follow them: the encoder's exchange
knows the values and writes streams, the decoder's reads streams and finds the values. So both see the same
distributions by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from srec_engine.codec.clock import StageClock
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.steps import PixelStep, RemainderStep
from srec_engine.entropy.tables import DistributionTables
from srec_engine.integer.prepared import CodingNetwork, ScaleWalk
from srec_engine.model.configuration import STEP_COUNT
from srec_engine.pyramid import join_blocks, reduced_size

__all__ = ["Exchange", "Heard", "TileScale", "coded_rectangle", "float_planes", "unheard", "walk_scale"]

Heard = Callable[[ScaleWalk], None]
"""Told after each step of the network what it then carries."""


def unheard(_state: ScaleWalk) -> None:
    """Nobody listens."""


class Exchange(Protocol):
    """Where the values of one tile at one scale come from."""

    @property
    def memory(self) -> TileMemory | None:
        """What the tile's streams left behind so far; None where there are none, or they do not learn."""

    def remainders(self, step: RemainderStep) -> NDArray[np.uint8]:
        """Remainders + 1 of the tile, uint8 (h, w, 3)."""

    def pixels(self, index: int, step: PixelStep) -> NDArray[np.uint8]:
        """Values of coded pixel `index` (0, 1, 2), uint8 (h, w, 3); only the step's rectangle need be filled."""


@dataclass(slots=True)
class TileScale:
    """A tile between two scales.

    Attributes:
        image: uint8 (h, w, 3), the tile at the scale reached so far.
        context: Activations (features, h', w') that the scale before ended with; None at the base.
    """

    image: NDArray[np.uint8]
    context: Tensor | None = None


def coded_rectangle(height: int, width: int, index: int) -> tuple[int, int]:
    """Rows and columns of coded pixel `index` in a scale of `height` × `width`; the rest of its plane is padding."""
    rows = height // 2 if index == 2 else (height + 1) // 2
    columns = width // 2 if index == 1 else (width + 1) // 2
    return rows, columns


def walk_scale(
    network: CodingNetwork,
    tables: DistributionTables,
    scale: int,
    size: tuple[int, int],
    tiles: Sequence[TileScale],
    exchanges: Sequence[Exchange],
    clock: StageClock,
    heard: Heard = unheard,
) -> list[TileScale]:
    """Take tiles of one size from scale + 1 to `scale`, which has (height, width) `size`.

    Args:
        network: The model on a device.
        tables: Its distribution tables.
        scale: The scale to reach.
        size: Height and width of the tiles there.
        tiles: At scale + 1.
        exchanges: One for each tile.
        clock: Told the time in the network and in the exchanges.
        heard: Told what the network carries after each of its steps.

    Returns:
        The tiles at `scale`, in the same order.
    """
    height, width = size
    means = np.stack([tile.image for tile in tiles])
    if means.shape[1:3] != reduced_size(height, width):
        raise ValueError(f"tiles of {means.shape[1:3]} do not become {size}")
    context = _stacked(tiles)
    with clock.measure("network"):
        state, logits = network.begin_scale(scale, float_planes(means, network.device), context)
    couplings = network.model.couplings[state.weight_set]
    sums = 4 * means.astype(np.int32) - 1
    for number, exchange in enumerate(exchanges):
        step = RemainderStep(tables, _array(logits[number]), couplings, means[number], *means.shape[1:3])
        with clock.measure("entropy"):
            sums[number] += exchange.remainders(step)
    network.set_sums(state, float_planes(sums, network.device))
    pixels = _walk_pixels(network, tables, state, sums, size, exchanges, clock, heard)
    planes = [pixel.transpose(0, 3, 1, 2) for pixel in pixels]
    images = join_blocks(planes, height, width).transpose(0, 2, 3, 1)
    # Nothing follows scale 0, and contexts are large.
    contexts = list(state.activations) if scale > 0 else [None] * len(tiles)
    return [TileScale(np.ascontiguousarray(image), context) for image, context in zip(images, contexts, strict=True)]


def _walk_pixels(
    network: CodingNetwork,
    tables: DistributionTables,
    state: ScaleWalk,
    sums: NDArray[np.int32],
    size: tuple[int, int],
    exchanges: Sequence[Exchange],
    clock: StageClock,
    heard: Heard,
) -> list[NDArray[np.uint8]]:
    """The four pixels of every block, each uint8 (N, h, w, 3)."""
    components = network.model.configuration.components
    remaining = sums.copy()
    pixels: list[NDArray[np.uint8]] = []
    for index in range(STEP_COUNT):
        with clock.measure("network"):
            parameters, linear = network.step(state)
        heard(state)
        values = np.empty(sums.shape, dtype=np.uint8)
        rows, columns = coded_rectangle(*size, index)
        for number, exchange in enumerate(exchanges):
            step = PixelStep(
                tables, components, _array(parameters[number]), None if linear is None else _array(linear[number]),
                remaining[number], 4 - index, rows, columns,
            )  # fmt: skip
            with clock.measure("entropy"):
                values[number] = exchange.pixels(index, step)
        # What lies outside the image repeats its last column or row, which is the block's first pixel.
        if pixels:
            values[:, rows:] = pixels[0][:, rows:]
            values[:, :, columns:] = pixels[0][:, :, columns:]
        remaining -= values
        network.add_known(state, float_planes(values, network.device))
        pixels.append(values)
    # A damaged file can leave an impossible last pixel where the block is half outside the image.
    pixels.append(np.clip(remaining, 0, 255).astype(np.uint8))
    return pixels


def _stacked(tiles: Sequence[TileScale]) -> Tensor | None:
    contexts = [tile.context for tile in tiles if tile.context is not None]
    return torch.stack(contexts).contiguous(memory_format=torch.channels_last) if contexts else None


def float_planes(values: NDArray[Any], device: torch.device) -> Tensor:
    """(N, h, w, 3) integers to float32 (N, 3, h, w) on the device."""
    return torch.from_numpy(values.astype(np.float32)).permute(0, 3, 1, 2).contiguous().to(device)


def _array(values: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = values.cpu().numpy()
    return array
