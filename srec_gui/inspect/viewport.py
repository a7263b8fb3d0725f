"""The view that both canvases share: one zoom and one middle, in pixels of the full picture."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Signal

__all__ = ["MAX_ZOOM", "Viewport"]

MAX_ZOOM = 96.0
"""Device pixels that a pixel of the full picture may take."""


class Viewport(QObject):
    """Which part of the picture is seen, and how large.

    Signals:
        changed(): Zoom or middle are others.

    Attributes:
        zoom: Device pixels per pixel of the full picture.
        center: The picture's point in the middle of each canvas.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """A view of nothing."""
        super().__init__(parent)
        self.zoom = 1.0
        self.center = (0.0, 0.0)
        self._picture = (1, 1)
        self._view = (1, 1)
        self._fitted = True

    def show(self, width: int, height: int) -> None:
        """Look at the whole of another picture."""
        self._picture = (max(1, width), max(1, height))
        self.fit()

    def resize(self, width: int, height: int) -> None:
        """A canvas has this many device pixels; a fitted picture stays fitted."""
        if self._view != (width, height):
            self._view = (max(1, width), max(1, height))
            self._settle()

    def fit(self) -> None:
        """Show the whole picture as large as it goes."""
        self._fitted = True
        self.center = (self._picture[0] / 2, self._picture[1] / 2)
        self._settle()

    @property
    def fitting_zoom(self) -> float:
        """The zoom at which the whole picture just fits."""
        return min(MAX_ZOOM, self._view[0] / self._picture[0], self._view[1] / self._picture[1])

    def zoom_by(self, factor: float, at: tuple[float, float] | None = None) -> None:
        """Zoom; the point under `at`, device pixels from the middle of the canvas, stays where it is."""
        x, y = at or (0.0, 0.0)
        zoom = min(MAX_ZOOM, max(self.fitting_zoom / 2, self.zoom * factor))
        self.center = (
            self.center[0] + x / self.zoom - x / zoom,
            self.center[1] + y / self.zoom - y / zoom,
        )
        self.zoom, self._fitted = zoom, False
        self._settle()

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by device pixels."""
        self.center = (self.center[0] - dx / self.zoom, self.center[1] - dy / self.zoom)
        self._fitted = False
        self._settle()

    @property
    def picture_size(self) -> tuple[int, int]:
        """Width and height of the full picture."""
        return self._picture

    def show_closely(self, x: float, y: float, zoom: float) -> None:
        """Bring the picture's point into the middle, at this zoom."""
        self.zoom, self.center, self._fitted = min(MAX_ZOOM, zoom), (x, y), False
        self._settle()

    def reveal(self, x: float, y: float) -> None:
        """Bring the picture's point into the middle when it is not seen."""
        if abs(x - self.center[0]) * self.zoom > self._view[0] / 2 - 8 or (
            abs(y - self.center[1]) * self.zoom > self._view[1] / 2 - 8
        ):
            self.center, self._fitted = (x, y), False
            self._settle()

    def to_picture(self, dx: float, dy: float) -> tuple[float, float]:
        """The picture's point at device pixels (dx, dy) from the middle of a canvas."""
        return self.center[0] + dx / self.zoom, self.center[1] + dy / self.zoom

    def visible(self, halvings: int) -> tuple[int, int, int, int]:
        """What is seen of the picture halved so often: (left, top, right, bottom), grown to whole pixels of it."""
        half_width, half_height = self._view[0] / 2 / self.zoom, self._view[1] / 2 / self.zoom
        size = 1 << halvings
        left = math.floor((self.center[0] - half_width) / size)
        top = math.floor((self.center[1] - half_height) / size)
        right = math.ceil((self.center[0] + half_width) / size)
        bottom = math.ceil((self.center[1] + half_height) / size)
        width, height = -(-self._picture[0] >> halvings), -(-self._picture[1] >> halvings)
        return max(0, left), max(0, top), max(0, min(width, right)), max(0, min(height, bottom))

    def _settle(self) -> None:
        if self._fitted:
            self.zoom = self.fitting_zoom
        self.center = (
            _settled(self.center[0], self._picture[0], self._view[0] / self.zoom),
            _settled(self.center[1], self._picture[1], self._view[1] / self.zoom),
        )
        self.changed.emit()


def _settled(center: float, picture: float, seen: float) -> float:
    """`center` moved so that no margin is seen that need not be."""
    if picture <= seen:
        return picture / 2
    return min(max(center, seen / 2), picture - seen / 2)
