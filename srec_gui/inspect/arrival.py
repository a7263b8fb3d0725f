"""A file that was just opened is shown at once at a coarse scale, then finer, until the person chooses."""

from __future__ import annotations

from PySide6.QtCore import QObject

from srec_gui.inspect.choice import Chooser
from srec_gui.inspect.session import Session

__all__ = ["Arrival"]

_FIRST_PIXELS = 60_000
"""The finest scale of at most so many pixels is shown first: a blink of the network."""

_LAST_PIXELS = 1_200_000
"""The finest scale of at most so many pixels is shown in the end: a few seconds."""


class Arrival(QObject):
    """Steps from scale to scale as they become complete."""

    def __init__(self, session: Session, chooser: Chooser, parent: QObject | None = None) -> None:
        """Wait for a file."""
        super().__init__(parent)
        self._session = session
        self._chooser = chooser
        self._stops: list[int] = []
        session.tiles_changed.connect(self._look)
        chooser.changed.connect(self._check)
        self._shown = 0

    def begin(self) -> None:
        """Show the file that was opened."""
        self._shown, *self._stops = self._way()
        self._chooser.choose(scale=self._shown)

    def end(self) -> None:
        """Stay where it is."""
        self._stops = []

    def _look(self) -> None:
        if self._stops and self._is_complete(self._shown):
            self._shown = self._stops.pop(0)
            self._chooser.choose(scale=self._shown)

    def _check(self) -> None:
        """A person who chooses a scale wants to stay there."""
        if self._chooser.choice.scale != self._shown:
            self.end()

    def _way(self) -> list[int]:
        """The scales to be shown. Of a JPEG, which is decoded at once: its means, then all of it."""
        inspection = self._session.inspection
        if inspection is not None and not inspection.has_free_pixels:
            return [inspection.scales[0], inspection.scales[-1]]
        return list(range(self._scale_below(_FIRST_PIXELS), self._scale_below(_LAST_PIXELS) - 1, -1))

    def _scale_below(self, pixels: int) -> int:
        """The finest coded scale of at most so many pixels; the coarsest when there is none."""
        inspection = self._session.inspection
        if inspection is None or inspection.geometry is None:
            return 0
        sizes = {scale: inspection.geometry.scale_size(scale) for scale in inspection.scales}
        small = [scale for scale, (height, width) in sizes.items() if height * width <= pixels]
        return min(small, default=max(sizes))

    def _is_complete(self, scale: int) -> bool:
        inspection = self._session.inspection
        if inspection is None or scale not in inspection.scales:
            return False
        lost = inspection.damage.of_scale(scale)
        return all(tile in lost for tile in self._session.store.missing(scale, inspection.tiles_touching(scale)))
