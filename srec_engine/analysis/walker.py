"""Tiles walked on demand from the base to a scale, with everything they say on the way recorded at the last step."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from srec_engine.analysis.cache import ByteCache
from srec_engine.analysis.damage import DamageLog
from srec_engine.analysis.recording import RecordingExchange, TileSteps
from srec_engine.codec.clock import StageClock
from srec_engine.codec.exchange import DecodingExchange
from srec_engine.codec.runtime import Runtime
from srec_engine.codec.walk import Exchange, TileScale, walk_scale
from srec_engine.container import Reader
from srec_engine.container.geometry import Geometry
from srec_engine.control import CancelToken
from srec_engine.errors import DamagedFileError

__all__ = ["StateCache", "TileWalker"]

StateCache = ByteCache[tuple[int, int], TileScale]
"""Tiles by (scale, tile) as the walk left them."""


@dataclass
class TileWalker:
    """Walks tiles of one file. One walker serves one request; what it learns for the next is in `states`.

    Attributes:
        reader: The file. Its reads are serialised, since tiles are walked in several threads.
        geometry: Its tiles.
        runtime: The file's model, ready.
        states: Tiles between the scales, kept from request to request.
        cancel: Polled between streams.
        damage: Told which tiles cannot be decoded, and why.
    """

    reader: Reader
    geometry: Geometry
    runtime: Runtime
    states: StateCache
    cancel: CancelToken
    damage: DamageLog

    def __post_init__(self) -> None:
        self._reading = threading.Lock()
        self._base = self.reader.base()

    def record(self, scale: int, tiles: Sequence[int]) -> list[TileSteps]:
        """Walk `tiles`, which have one size, to `scale`; those that are damaged on the way are left out."""
        before = self._states_at(scale + 1, tiles)
        inner = self._open(scale, before)
        exchanges = {tile: RecordingExchange(exchange) for tile, exchange in inner.items()}
        after = self._walk(scale, before, exchanges)
        return [
            exchange.recorded(
                scale, tile, self.geometry.tile_box(scale, tile), self.reader.header.channels, after[tile].image
            )
            for tile, exchange in exchanges.items()
        ]

    def _states_at(self, scale: int, tiles: Iterable[int]) -> dict[int, TileScale]:
        """The tiles between `scale` and the next finer one."""
        if scale == self.geometry.scale_count:
            return {tile: TileScale(self._base_of(tile)) for tile in tiles}
        found = {tile: self.states.get((scale, tile)) for tile in tiles}
        known = {tile: state for tile, state in found.items() if state is not None}
        missing = [tile for tile, state in found.items() if state is None]
        if missing:
            before = self._states_at(scale + 1, missing)
            known |= self._walk(scale, before, self._open(scale, before))
        return {tile: known[tile] for tile in tiles if tile in known}

    def _walk(
        self, scale: int, before: dict[int, TileScale], exchanges: dict[int, RecordingExchange] | dict[int, Exchange]
    ) -> dict[int, TileScale]:
        if not exchanges:
            return {}
        self.cancel.raise_if_cancelled()
        numbers = list(exchanges)
        box = self.geometry.tile_box(scale, numbers[0])
        states = walk_scale(
            self.runtime.network,
            self.runtime.tables,
            scale,
            (box.height, box.width),
            [before[tile] for tile in numbers],
            [exchanges[tile] for tile in numbers],
            StageClock(),
        )
        after = dict(zip(numbers, states, strict=True))
        if scale > 0:
            for tile, state in after.items():
                self._keep(scale, tile, state)
        return after

    def _keep(self, scale: int, tile: int, state: TileScale) -> None:
        if state.context is not None:
            # A slice of a batch would keep the whole batch alive.
            state = TileScale(state.image, state.context.clone())
        size = state.image.nbytes + (state.context.nbytes if state.context is not None else 0)
        self.states.put((scale, tile), state, size)

    def _open(self, scale: int, tiles: Iterable[int]) -> dict[int, Exchange]:
        """The streams of `tiles` at `scale`; a damaged chunk is noted and left out."""
        exchanges: dict[int, Exchange] = {}
        for tile in tiles:
            try:
                with self._reading:
                    chunk = self.reader.chunk(scale, tile)
                exchanges[tile] = DecodingExchange(chunk, self.reader.header.channels, self.runtime.coder, self.cancel)
            except DamagedFileError as error:
                self.damage.note(tile, scale, str(error))
        return exchanges

    def _base_of(self, tile: int) -> np.ndarray:
        box = self.geometry.tile_box(self.geometry.scale_count, tile)
        piece = self._base[box.rows, box.columns]
        return np.ascontiguousarray(np.repeat(piece, 3, axis=2) if piece.shape[2] == 1 else piece)
