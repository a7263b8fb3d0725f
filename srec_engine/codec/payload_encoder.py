"""From colour planes to a base and chunks."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.codec.exchange import EncodingExchange, ScaleStreams
from srec_engine.codec.kept_tiles import KeptTile, walk_kept_tile
from srec_engine.codec.known_tiles import walk_known_tiles
from srec_engine.codec.levels import picture_levels
from srec_engine.codec.runtime import Runtime
from srec_engine.container.geometry import Geometry
from srec_engine.control import Advance, CancelToken
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.reports import ScaleBytes

__all__ = ["EncodedPayload", "encode_payload"]


@dataclass(frozen=True, slots=True)
class EncodedPayload:
    """A picture as the network codes it.

    Attributes:
        base: uint8 (h, w, channels), the coarsest scale.
        chunks: In the container's order: coarse to fine, tiles in raster order.
        scales: Coded bytes by scale and step, coarse to fine.
        model_bits: The model's own bits by scale, coarse to fine.
    """

    base: NDArray[np.uint8]
    chunks: list[bytes]
    scales: tuple[ScaleBytes, ...]
    model_bits: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _CodedChunk:
    """A chunk, its bytes by step, and the model's own bits for it."""

    data: bytes
    parts: tuple[int, int, int, int]
    model_bits: float

    @classmethod
    def of(cls, written: ScaleStreams) -> _CodedChunk:
        """Pack what was written of a tile at a scale."""
        chunk = written.chunk()
        return cls(chunk.packed(), chunk.step_bytes(), written.model_bits())


def encode_payload(
    runtime: Runtime,
    colour: NDArray[np.uint8],
    geometry: Geometry,
    kept: dict[int, KeptTile],
    cancel: CancelToken,
    advance: Advance,
    clock: StageClock,
) -> EncodedPayload:
    """Code `colour`, uint8 (H, W, 3) or (H, W, 1), tile by tile on the runtime's threads.

    Tiles that were `kept` from an earlier walk are classified anew only; each is let go once it is coded.
    """
    channels = colour.shape[2]
    work = _Progress(geometry, advance)
    base = np.empty((*geometry.base_size, channels), dtype=np.uint8)

    def exchange_of(_scale: int, _tile: int, image: NDArray[np.uint8]) -> EncodingExchange:
        cancel.raise_if_cancelled()
        return EncodingExchange(image, channels, runtime.coder, cancel)

    def encode(
        network: CodingNetwork, tile: int, levels: list[NDArray[np.uint8]], known: KeptTile | None
    ) -> list[_CodedChunk]:
        if known is None:
            walk = walk_known_tiles(network, runtime.tables, [levels], exchange_of, clock)
        else:
            walk = walk_kept_tile(network, runtime.tables, known, levels, exchange_of, clock)
        chunks = []
        for scale, (exchange,) in walk:
            chunks.append(_CodedChunk.of(exchange.written))
            work.finished(scale, tile)
        return chunks

    def encode_tile(tile: int) -> list[_CodedChunk]:
        box = geometry.tile_box(0, tile)
        levels = picture_levels(colour[box.rows, box.columns], geometry.scale_count)
        corner = geometry.tile_box(geometry.scale_count, tile)
        base[corner.rows, corner.columns] = levels[-1][..., :channels]
        known = kept.pop(tile, None)
        return runtime.processor.run(lambda network: encode(network, tile, levels, known))

    with runtime.pool(geometry.tile_count) as pool:
        try:
            tiles = list(pool.map(encode_tile, range(geometry.tile_count)))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return _assemble(base, tiles, geometry)


def _assemble(base: NDArray[np.uint8], tiles: list[list[_CodedChunk]], geometry: Geometry) -> EncodedPayload:
    """Put the tiles' chunks into the container's order and add up their parts."""
    chunks: list[bytes] = []
    scales: list[ScaleBytes] = []
    model_bits: list[float] = []
    for position, scale in enumerate(geometry.coded_scales()):
        column = [tile[position] for tile in tiles]
        chunks.extend(chunk.data for chunk in column)
        remainders, first, second, third = (
            sum(parts) for parts in zip(*(chunk.parts for chunk in column), strict=True)
        )
        scales.append(ScaleBytes(scale, (remainders, first, second, third)))
        model_bits.append(sum(chunk.model_bits for chunk in column))
    return EncodedPayload(base, chunks, tuple(scales), tuple(model_bits))


class _Progress:
    """Adds up finished tiles by their pixels, each once, and tells the caller."""

    def __init__(self, geometry: Geometry, advance: Advance) -> None:
        self._geometry = geometry
        self._advance = advance
        self._lock = threading.Lock()
        self._done = 0
        self._known: set[tuple[int, int]] = set()
        self._total = sum(height * width for height, width in map(geometry.scale_size, geometry.coded_scales()))

    def finished(self, scale: int, tile: int) -> None:
        """Of a tile that is coded again after its device failed, the scales that were finished before are known."""
        box = self._geometry.tile_box(scale, tile)
        with self._lock:
            if (scale, tile) in self._known:
                return
            self._known.add((scale, tile))
            self._done += box.width * box.height
            self._advance(self._done / self._total, scale)
