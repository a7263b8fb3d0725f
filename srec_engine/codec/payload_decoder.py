"""From a base and chunks back to colour planes, scale by scale over the whole picture (or a region of it)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.codec.parking import parked
from srec_engine.codec.runtime import Runtime
from srec_engine.codec.stored_tiles import StoredTiles
from srec_engine.codec.walk import TileScale
from srec_engine.container.geometry import DEFAULT_TILE_SIZE, Box, Geometry
from srec_engine.container.reader import Reader
from srec_engine.control import CancelToken

__all__ = ["DecodedScale", "PayloadDecoder", "tile_batches"]

MOST_TILES = 32
"""Tiles that share a call of the network, at most."""


@dataclass(frozen=True, slots=True)
class DecodedScale:
    """News from the decoder.

    Attributes:
        scale: The scale that is being decoded (0 is the full image).
        fraction: Share of the whole work that is done, by pixels.
        image: uint8 (h, w, channels) of the region at `scale`, once that scale is complete; else None.
    """

    scale: int
    fraction: float
    image: NDArray[np.uint8] | None = None


@dataclass(slots=True)
class _Tile:
    """One tile on its way through the scales; `whole` until it stops short of one."""

    number: int
    state: TileScale
    whole: bool = True


@dataclass
class PayloadDecoder:
    """Decodes the chunks of one file.

    Attributes:
        reader: The file.
        runtime: The file's model, ready.
        cancel: Polled between streams.
        clock: Told where the time goes.
        region: Rectangle at scale 0; the whole picture when None.
        finest: Scales finer than this are not decoded but enlarged.
        damage: A sentence for each tile that could not be decoded.
    """

    reader: Reader
    runtime: Runtime
    cancel: CancelToken
    clock: StageClock = field(default_factory=StageClock)
    region: Box | None = None
    finest: int = 0
    damage: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        geometry = self.reader.geometry
        if geometry is None:
            raise ValueError("this file has no chunks")
        self._geometry: Geometry = geometry
        self._region = self.region or Box(0, 0, geometry.width, geometry.height)

    def scales(self) -> Iterator[DecodedScale]:
        """Decode coarse to fine. The base comes first, then every scale when it is complete, with progress between."""
        geometry = self._geometry
        stored = StoredTiles(self.reader, geometry, self.runtime, self.cancel, self.clock, self._note)
        tiles = [_Tile(tile, stored.start(tile)) for tile in geometry.tiles_touching(self._region)]
        image = self._blank(geometry.scale_count)
        self._paste(image, tiles, geometry.scale_count)
        yield DecodedScale(geometry.scale_count, 0.0, image)
        total = sum(self._area(tiles, scale) for scale in geometry.coded_scales())
        done = 0
        # One pool for all scales: each of its threads makes threads of its own for torch.
        with self.runtime.pool(len(tiles)) as pool:
            for scale in geometry.coded_scales():
                image = self._blank(scale)
                for finished in self._decode_scale(pool, stored, scale, tiles):
                    self._paste(image, finished, scale)
                    if scale == 0:
                        self._release(finished)
                    done += self._area(finished, scale)
                    yield DecodedScale(scale, done / total)
                yield DecodedScale(scale, done / total, image)

    def _note(self, tile: int, scale: int, reason: str) -> None:  # noqa: ARG002 - the sentence names them
        self.damage.append(reason)

    def _decode_scale(
        self, pool: Executor, stored: StoredTiles, scale: int, tiles: Sequence[_Tile]
    ) -> Iterator[list[_Tile]]:
        """Decode `tiles` at `scale` in place; yields groups of tiles as they are finished."""
        sizes = [self._size(scale, tile.number) for tile in tiles]
        batches = tile_batches(sizes, self._geometry.tile_size >> scale, self.runtime.threads)
        futures = [
            pool.submit(self._decode_batch, stored, scale, [tiles[index] for index in batch]) for batch in batches
        ]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()

    def _decode_batch(self, stored: StoredTiles, scale: int, tiles: list[_Tile]) -> list[_Tile]:
        """Decode tiles of one size; those whose chunk is missing or damaged are enlarged from the scale before."""
        self.cancel.raise_if_cancelled()
        whole = {tile.number: tile.state for tile in tiles if tile.whole and scale >= self.finest}
        decoded = stored.walk(scale, whole)
        for tile in tiles:
            state = decoded.get(tile.number)
            tile.whole = tile.whole and (state is not None or scale < self.finest)
            if state is None:
                tile.state = TileScale(_enlarged(tile.state.image, *self._size(scale, tile.number)))
            else:
                tile.state = TileScale(state.image, parked(state.context))
        return tiles

    def _blank(self, scale: int) -> NDArray[np.uint8]:
        """An image for the region at `scale`."""
        width = -(-self._region.right >> scale) - (self._region.left >> scale)
        height = -(-self._region.bottom >> scale) - (self._region.top >> scale)
        return np.zeros((height, width, self.reader.header.channels), dtype=np.uint8)

    def _paste(self, image: NDArray[np.uint8], tiles: Sequence[_Tile], scale: int) -> None:
        """Put what of `tiles` lies in the region into its image."""
        left, top = self._region.left >> scale, self._region.top >> scale
        for tile in tiles:
            box = self._geometry.tile_box(scale, tile.number)
            rows = slice(max(box.top, top), min(box.bottom, top + image.shape[0]))
            columns = slice(max(box.left, left), min(box.right, left + image.shape[1]))
            if rows.start >= rows.stop or columns.start >= columns.stop:
                continue
            piece = tile.state.image[rows.start - box.top : rows.stop - box.top]
            piece = piece[:, columns.start - box.left : columns.stop - box.left, : image.shape[2]]
            image[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = piece

    @staticmethod
    def _release(tiles: Sequence[_Tile]) -> None:
        """Let go of finished tiles: for a large picture they would double the memory."""
        for tile in tiles:
            tile.state = TileScale(np.empty((0, 0, 3), dtype=np.uint8))

    def _size(self, scale: int, tile: int) -> tuple[int, int]:
        box = self._geometry.tile_box(scale, tile)
        return box.height, box.width

    def _area(self, tiles: Sequence[_Tile], scale: int) -> int:
        return sum(height * width for height, width in (self._size(scale, tile.number) for tile in tiles))


def tile_batches(sizes: Sequence[tuple[int, int]], side: int, threads: int) -> list[list[int]]:
    """Group tiles of equal size, so that small ones share a call of the network.

    A group covers at most a full tile's worth of pixels (full tiles have `side` here), and there are groups for every
    thread.
    """
    most = max(1, min(DEFAULT_TILE_SIZE**2 // (side * side), -(-len(sizes) // threads), MOST_TILES))
    by_size: dict[tuple[int, int], list[int]] = {}
    for index, size in enumerate(sizes):
        by_size.setdefault(size, []).append(index)
    return [group[start : start + most] for group in by_size.values() for start in range(0, len(group), most)]


def _enlarged(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Each pixel as a 2×2 block, cut to `height` × `width`."""
    return np.ascontiguousarray(image.repeat(2, axis=0).repeat(2, axis=1)[:height, :width])
