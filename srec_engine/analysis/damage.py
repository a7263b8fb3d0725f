"""Which tiles of a file cannot be decoded, and from which scale on."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DamageLog", "TileDamage"]


@dataclass(frozen=True, slots=True)
class TileDamage:
    """One tile.

    Attributes:
        scale: The coarsest scale that is lost; the finer ones, which need it, are lost with it.
        sentence: What is wrong, for a person.
    """

    scale: int
    sentence: str


class DamageLog:
    """What was found so far. A tile that breaks at a fine scale can still be shown at the coarser ones."""

    def __init__(self) -> None:
        """Nothing was found."""
        self._tiles: dict[int, TileDamage] = {}

    def __bool__(self) -> bool:
        return bool(self._tiles)

    def note(self, tile: int, scale: int, sentence: str) -> None:
        """Remember that a tile's chunk at `scale` cannot be decoded."""
        known = self._tiles.get(tile)
        if known is None or scale > known.scale:
            self._tiles[tile] = TileDamage(scale, sentence)

    def at(self, scale: int, tile: int) -> str:
        """Why a tile cannot be decoded at `scale`; "" when it can, as far as is known."""
        found = self._tiles.get(tile)
        return found.sentence if found is not None and scale <= found.scale else ""

    def of_scale(self, scale: int) -> dict[int, str]:
        """The sentences of the tiles that are lost at `scale`."""
        return {tile: found.sentence for tile, found in sorted(self._tiles.items()) if scale <= found.scale}

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them, in the order of the tiles."""
        return tuple(found.sentence for _, found in sorted(self._tiles.items()))
