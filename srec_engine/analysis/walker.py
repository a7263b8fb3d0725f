"""Tiles walked on demand from the base to a scale, with everything they say on the way recorded at the last step."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from srec_engine.analysis.cache import ByteCache
from srec_engine.analysis.damage import DamageLog
from srec_engine.analysis.recording import RecordingExchange, TileSteps
from srec_engine.codec.clock import StageClock
from srec_engine.codec.runtime import Runtime
from srec_engine.codec.stored_tiles import StoredTiles
from srec_engine.codec.walk import Exchange, TileScale
from srec_engine.container import Reader
from srec_engine.container.geometry import Geometry
from srec_engine.control import CancelToken

__all__ = ["StateCache", "TileWalker"]

_log = logging.getLogger(__name__)

StateCache = ByteCache[tuple[int, int], TileScale]
"""Tiles by (scale, tile) as the walk left them."""


@dataclass
class TileWalker:
    """Walks tiles of one file. One walker serves one request; what it learns for the next is in `states`.

    Attributes:
        reader: The file.
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
        self._stored = StoredTiles(
            self.reader, self.geometry, self.runtime, self.cancel, StageClock(), self.damage.note
        )

    def record(self, scale: int, tiles: Sequence[int]) -> list[TileSteps]:
        """Walk `tiles`, which have one size, to `scale`; those that are damaged on the way are left out."""
        before = self._states_at(scale + 1, tiles)
        recordings: dict[int, RecordingExchange] = {}

        def recording(tile: int, exchange: Exchange) -> Exchange:
            recordings[tile] = RecordingExchange(exchange)
            return recordings[tile]

        after = self._stored.walk(scale, before, recording)
        self._keep(scale, after)
        return [
            recordings[tile].recorded(
                scale, tile, self.geometry.tile_box(scale, tile), self.reader.header.channels, state.image
            )
            for tile, state in after.items()
        ]

    def _states_at(self, scale: int, tiles: Iterable[int]) -> dict[int, TileScale]:
        """The tiles between `scale` and the next finer one."""
        if scale == self.geometry.scale_count:
            return {tile: self._stored.start(tile) for tile in tiles}
        found = {tile: self.states.get((scale, tile)) for tile in tiles}
        known = {tile: state for tile, state in found.items() if state is not None}
        missing = [tile for tile, state in found.items() if state is None]
        if missing:
            after = self._stored.walk(scale, self._states_at(scale + 1, missing))
            self._keep(scale, after)
            known |= after
        return {tile: known[tile] for tile in tiles if tile in known}

    def _keep(self, scale: int, tiles: dict[int, TileScale]) -> None:
        """Keep tiles for the next request; nothing follows scale 0."""
        for tile, state in tiles.items() if scale > 0 else ():
            try:
                # A slice of a batch would keep the whole batch alive.
                context = None if state.context is None else state.context.clone()
            except Exception as error:  # noqa: BLE001 - whatever a device that fails raises
                _log.info("Tile %d is walked again when it is wanted", tile, exc_info=error)
                return
            size = state.image.nbytes + (0 if context is None else context.nbytes)
            self.states.put((scale, tile), TileScale(state.image, context), size)
