"""Layers of tiles that have been computed, kept within bounds. Filled by threads, read by the UI thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from srec_gui.analysis import LayeredTile

__all__ = ["TileStore"]

_LIMIT = 320 << 20
"""Bytes: all layers of a picture of about 13 megapixels."""


class TileStore:
    """Tiles by (scale, tile); what was unused longest goes first."""

    def __init__(self, limit: int = _LIMIT) -> None:
        """An empty store of at most `limit` bytes."""
        self._limit = limit
        self._held = 0
        self._tiles: OrderedDict[tuple[int, int], LayeredTile] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, layers: LayeredTile) -> None:
        """Keep a tile."""
        with self._lock:
            before = self._tiles.pop((layers.scale, layers.tile), None)
            self._held -= before.byte_count if before is not None else 0
            self._tiles[layers.scale, layers.tile] = layers
            self._held += layers.byte_count
            while self._held > self._limit and len(self._tiles) > 1:
                self._held -= self._tiles.popitem(last=False)[1].byte_count

    def get(self, scale: int, tile: int) -> LayeredTile | None:
        """A tile, which is used with that; None when it is not here."""
        with self._lock:
            layers = self._tiles.get((scale, tile))
            if layers is not None:
                self._tiles.move_to_end((scale, tile))
            return layers

    def missing(self, scale: int, tiles: Iterable[int]) -> list[int]:
        """Those of `tiles` that are not here, in their order."""
        with self._lock:
            return [tile for tile in tiles if (scale, tile) not in self._tiles]

    def of_scale(self, scale: int | None) -> list[LayeredTile]:
        """The tiles of a scale that are here; of all scales for None."""
        with self._lock:
            return [layers for (own, _), layers in self._tiles.items() if scale is None or own == scale]
