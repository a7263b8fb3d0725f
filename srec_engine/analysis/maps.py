"""Pictures of a tile: what was there, what was expected, what it cost. From the frequencies that the coder used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.analysis.recording import TileSteps
from srec_engine.container import Box
from srec_engine.control import CancelToken
from srec_engine.entropy.maps import pixel_maps, remainder_maps
from srec_engine.entropy.steps import EntropyCoder
from srec_engine.pyramid import join_blocks
from srec_engine.reports import CODED_STEPS

__all__ = ["PartMaps", "TileMaps", "coder_bits", "make_maps"]

_FIRST_ROW_AND_COLUMN = ((0, 0), (0, 1), (1, 0))
"""Where in their block the coded pixels lie."""


@dataclass(frozen=True, eq=False, slots=True)
class PartMaps:
    """Maps of the pixels or of the remainders, each (channels, height, width).

    Attributes:
        actual: int16, what the file says.
        mean: float32, expected value.
        most_likely: int16, value with the largest probability.
        entropy: float32, bits that the network expected to pay.
        cost: float32, bits that the actual value took.
    """

    actual: NDArray[np.int16]
    mean: NDArray[np.float32]
    most_likely: NDArray[np.int16]
    entropy: NDArray[np.float32]
    cost: NDArray[np.float32]

    @property
    def residual(self) -> NDArray[np.float32]:
        """Actual minus expected value, signed."""
        return self.actual - self.mean


@dataclass(frozen=True, eq=False, slots=True)
class TileMaps:
    """Maps of one tile at one scale.

    Attributes:
        scale, tile: Which.
        box: Where the tile lies in the picture at `scale`.
        pixels: At the size of the box, in grey levels. The fourth pixel of a block follows from the sum: it is expected
            with certainty and costs nothing.
        remainders: At half the size, rounded up; values −1 … 2.
    """

    scale: int
    tile: int
    box: Box
    pixels: PartMaps
    remainders: PartMaps

    def model_bits(self) -> NDArray[np.float64]:
        """Bits of each coded step and channel, (4, channels): the sums of the costs."""
        costs = self.pixels.cost
        sums = [self.remainders.cost.sum(axis=(1, 2), dtype=np.float64)]
        for row, column in _FIRST_ROW_AND_COLUMN:
            sums.append(costs[:, row::2, column::2].sum(axis=(1, 2), dtype=np.float64))
        return np.stack(sums)


def make_maps(steps: TileSteps, cancel: CancelToken) -> TileMaps:
    """Compute the maps of a tile.

    Raises:
        Cancelled: When the token was set; it is polled for every step and channel.
    """
    return TileMaps(steps.scale, steps.tile, steps.box, _pixel_part(steps, cancel), _remainder_part(steps, cancel))


def coder_bits(steps: TileSteps, coder: EntropyCoder, cancel: CancelToken) -> NDArray[np.float64]:
    """Bits of each coded step and channel, (4, channels), told by the coder: far faster than maps.

    Raises:
        Cancelled: When the token was set.
    """
    bits = np.zeros((len(CODED_STEPS), steps.channels))
    for channel in range(steps.channels):
        cancel.raise_if_cancelled()
        bits[0, channel] = coder.encode_remainders(steps.remainder, channel, steps.symbols, steps.memory).model_bits
        for index, (step, values) in enumerate(zip(steps.pixels, steps.values, strict=True)):
            bits[1 + index, channel] = coder.encode_pixels(step, channel, values, steps.memory).model_bits
    return bits


def _remainder_part(steps: TileSteps, cancel: CancelToken) -> PartMaps:
    described = []
    for channel in range(steps.channels):
        cancel.raise_if_cancelled()
        maps = remainder_maps(steps.remainder, channel, steps.symbols, steps.memory)
        described.append(np.stack([maps.mean - 1, maps.most_likely - 1, maps.entropy, maps.cost]))
    actual = steps.symbols[..., : steps.channels].transpose(2, 0, 1).astype(np.int16) - 1
    return _part(actual, np.stack(described, axis=1))


def _pixel_part(steps: TileSteps, cancel: CancelToken) -> PartMaps:
    actual = np.ascontiguousarray(steps.image[..., : steps.channels].transpose(2, 0, 1), dtype=np.int16)
    height, width = actual.shape[1:]
    rows, columns = steps.symbols.shape[:2]
    blocks = [np.zeros((4, steps.channels, rows, columns), np.float32) for _ in range(4)]
    for index, (step, values) in enumerate(zip(steps.pixels, steps.values, strict=True)):
        for channel in range(steps.channels):
            cancel.raise_if_cancelled()
            maps = pixel_maps(step, channel, values, steps.memory)
            described = np.stack([maps.mean, maps.most_likely, maps.entropy, maps.cost])
            blocks[index][:, channel, : step.height, : step.width] = described
    joined = join_blocks(blocks, height, width)
    joined[:2, :, 1::2, 1::2] = actual[:, 1::2, 1::2]
    return _part(actual, joined)


def _part(actual: NDArray[np.int16], described: NDArray[np.float32]) -> PartMaps:
    mean, most_likely, entropy, cost = (np.ascontiguousarray(plane) for plane in described)
    return PartMaps(actual, mean, most_likely.astype(np.int16), entropy, cost)
