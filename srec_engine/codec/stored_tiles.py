"""The tiles of a file, walked from the base with the streams of their chunks: for decoding and inspecting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.chunks import Chunk, read_chunk
from srec_engine.codec.clock import StageClock
from srec_engine.codec.exchange import DecodingExchange
from srec_engine.codec.runtime import Runtime
from srec_engine.codec.walk import Exchange, TileScale, walk_scale
from srec_engine.container.geometry import Geometry
from srec_engine.container.reader import Reader
from srec_engine.control import CancelToken
from srec_engine.errors import DamagedFileError
from srec_engine.integer.prepared import CodingNetwork

__all__ = ["Damaged", "StoredTiles", "Wrapped"]

Wrapped = Callable[[int, Exchange], Exchange]
"""Puts an exchange around that of a tile, told the tile's number."""


class Damaged(Protocol):
    """Told of a tile that cannot be decoded."""

    def __call__(self, tile: int, scale: int, sentence: str, /) -> None:
        """The sentence says why."""


def _unwrapped(_tile: int, exchange: Exchange) -> Exchange:
    return exchange


@dataclass
class StoredTiles:
    """Walks tiles of one file. May be used by several threads.

    Attributes:
        reader: The file. Its reads are serialised.
        geometry: Its tiles.
        runtime: The file's model, ready.
        cancel: Polled between streams.
        clock: Told where the time goes.
        damaged: Told which tiles cannot be decoded, and why.
    """

    reader: Reader
    geometry: Geometry
    runtime: Runtime
    cancel: CancelToken
    clock: StageClock
    damaged: Damaged

    def __post_init__(self) -> None:
        self._reading = threading.Lock()
        self.base: NDArray[np.uint8] = self.reader.base()

    def start(self, tile: int) -> TileScale:
        """A tile at the base."""
        box = self.geometry.tile_box(self.geometry.scale_count, tile)
        piece = self.base[box.rows, box.columns]
        return TileScale(np.ascontiguousarray(np.repeat(piece, 3, axis=2) if piece.shape[2] == 1 else piece))

    def walk(self, scale: int, before: Mapping[int, TileScale], wrapped: Wrapped = _unwrapped) -> dict[int, TileScale]:
        """Take tiles of one size from scale + 1 to `scale`; those that are damaged there are left out."""
        self.cancel.raise_if_cancelled()
        chunks = self._chunks(scale, before)
        if not chunks:
            return {}

        def work(network: CodingNetwork) -> tuple[list[TileScale], dict[int, DecodingExchange]]:
            exchanges = {tile: self._exchange(chunk) for tile, chunk in chunks.items()}
            states = [self._within_reach(network, scale + 1, tile, before[tile]) for tile in chunks]
            outer = [wrapped(tile, exchange) for tile, exchange in exchanges.items()]
            return self._walked(network, scale, next(iter(chunks)), states, outer), exchanges

        states, exchanges = self.runtime.processor.run(work)
        after = dict(zip(chunks, states, strict=True))
        for tile, exchange in exchanges.items():
            if exchange.fault:
                self.damaged(tile, scale, exchange.fault_sentence(self.reader.name, scale, tile))
                del after[tile]
        return after

    def _chunks(self, scale: int, tiles: Mapping[int, TileScale]) -> dict[int, Chunk]:
        """The chunks of tiles at a scale, but for those that are missing or damaged."""
        chunks: dict[int, Chunk] = {}
        for tile in tiles:
            try:
                chunks[tile] = self._chunk(scale, tile)
            except DamagedFileError as error:
                self.damaged(tile, scale, str(error))
        return chunks

    def _chunk(self, scale: int, tile: int) -> Chunk:
        with self._reading:
            return read_chunk(self.reader, scale, tile)

    def _exchange(self, chunk: Chunk) -> DecodingExchange:
        return DecodingExchange(chunk, self.reader.header.channels, self.runtime.coder, self.cancel)

    def _walked(
        self, network: CodingNetwork, scale: int, tile: int, states: list[TileScale], exchanges: list[Exchange]
    ) -> list[TileScale]:
        """Walk tiles that have the size of `tile`."""
        box = self.geometry.tile_box(scale, tile)
        size = (box.height, box.width)
        return walk_scale(network, self.runtime.tables, scale, size, states, exchanges, self.clock)

    def _within_reach(self, network: CodingNetwork, scale: int, tile: int, state: TileScale) -> TileScale:
        """A tile between two scales with its context where the network is.

        A context that lies on a device which has failed is lost; then the tile is walked from the base once more.
        """
        if state.context is None or state.context.device.type == network.device.type:
            return state
        try:
            return TileScale(state.image, state.context.to(network.device))
        except Exception:  # noqa: BLE001 - whatever a lost device raises
            return self._from_the_base(network, scale, tile)

    def _from_the_base(self, network: CodingNetwork, scale: int, tile: int) -> TileScale:
        state = self.start(tile)
        for coarser in range(self.geometry.scale_count - 1, scale - 1, -1):
            exchange = self._exchange(self._chunk(coarser, tile))
            (state,) = self._walked(network, coarser, tile, [state], [exchange])
            if exchange.fault:
                raise DamagedFileError(exchange.fault_sentence(self.reader.name, coarser, tile))
        return state
