"""Tiles whose pixels are known, walked coarse to fine: for encoding, and for all that asks what encoding would say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.codec.walk import Exchange, Heard, TileScale, unheard, walk_scale
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.steps import PixelStep, RemainderStep
from srec_engine.entropy.tables import DistributionTables
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.model.configuration import STEP_COUNT
from srec_engine.pyramid import block_pixels, block_sums, mean_and_remainder

__all__ = ["KnownExchange", "KnownValues", "walk_known_tiles"]

KnownExchange = TypeVar("KnownExchange", bound=Exchange)


class KnownValues:
    """The exchange of a tile that is known: gives its values and does nothing else with the distributions.

    Attributes:
        symbols: Remainders + 1, uint8 (h, w, 3).
        planes: Values of the three coded pixels, uint8 (h, w, 3) each.
    """

    def __init__(self, image: NDArray[np.uint8]) -> None:
        pixels = block_pixels(image.transpose(2, 0, 1).astype(np.int32))
        _, remainders = mean_and_remainder(block_sums(pixels))
        self.symbols = _interleaved(remainders + 1)
        self.planes = [_interleaved(pixel) for pixel in pixels[:STEP_COUNT]]

    @property
    def memory(self) -> TileMemory | None:
        """See `Exchange.memory`."""
        return None

    def remainders(self, step: RemainderStep) -> NDArray[np.uint8]:  # noqa: ARG002 - known without it
        """Remainders + 1 of the tile."""
        return self.symbols

    def pixels(self, index: int, step: PixelStep) -> NDArray[np.uint8]:  # noqa: ARG002 - known without it
        """Values of coded pixel `index`."""
        return self.planes[index]


def walk_known_tiles(
    network: CodingNetwork,
    tables: DistributionTables,
    tiles: Sequence[Sequence[NDArray[np.uint8]]],
    exchange_of: Callable[[int, int, NDArray[np.uint8]], KnownExchange],
    clock: StageClock,
    heard: Heard = unheard,
) -> Iterator[tuple[int, list[KnownExchange]]]:
    """Walk tiles of one size through all scales together.

    Args:
        network: The model on a device.
        tables: Its distribution tables.
        tiles: Each at every scale, fine to coarse (`picture_levels`).
        exchange_of: Makes the exchange that gives a tile's values at a scale, told the scale, which of the
            tiles it is, and its pixels there.
        clock: Told where the time goes.
        heard: Told what the network carries after each of its steps.

    Yields:
        Each scale, coarse to fine, with the tiles' exchanges, once it is walked.
    """
    states = [TileScale(levels[-1]) for levels in tiles]
    for scale in reversed(range(len(tiles[0]) - 1)):
        exchanges = [exchange_of(scale, number, levels[scale]) for number, levels in enumerate(tiles)]
        height, width = tiles[0][scale].shape[:2]
        states = walk_scale(network, tables, scale, (height, width), states, exchanges, clock, heard)
        yield scale, exchanges


def _interleaved(planes: NDArray[np.int32]) -> NDArray[np.uint8]:
    """(3, h, w) to contiguous uint8 (h, w, 3)."""
    return np.ascontiguousarray(planes.transpose(1, 2, 0), dtype=np.uint8)
