"""What the colours of each side span, and the tables of colours that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srec_gui.analysis import ValueRange, colour_table, default_range
from srec_gui.inspect.choice import Choice, RangeMode, SideChoice
from srec_gui.inspect.histograms import Counts, limits_of
from srec_gui.inspect.tile_images import ColourTable, qt_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Ranges"]

_MOST_TABLES = 64


class Ranges:
    """Knows what was counted last, and which colours were made."""

    def __init__(self) -> None:
        """Nothing was counted."""
        self.counts: Counts | None = None
        self._tables: dict[tuple[object, ...], ColourTable] = {}

    def limits(self, choice: Choice, side: SideChoice) -> ValueRange:
        """What the colour bar of a side spans."""
        if side.limits is not None:
            return side.limits
        if choice.range_mode is RangeMode.FIXED or self.counts is None:
            return default_range(side.layer, side.part)
        scale = choice.scale if choice.range_mode is RangeMode.SCALE else None
        return limits_of(side.layer, side.part, self.counts.of(side, scale))

    def histogram(self, choice: Choice, side: SideChoice) -> NDArray[np.int64] | None:
        """How often each byte of what a side shows occurs, (256,); None where that is not known."""
        return self.counts.of(side, choice.scale) if self.counts is not None else None

    def table(self, side: SideChoice, limits: ValueRange) -> ColourTable:
        """The colours; the same object for the same colours, so that images need not be coloured again."""
        key = (side.layer, side.part, limits)
        if key not in self._tables:
            while len(self._tables) >= _MOST_TABLES:
                del self._tables[next(iter(self._tables))]
            self._tables[key] = qt_table(colour_table(side.layer, side.part, limits))
        return self._tables[key]
