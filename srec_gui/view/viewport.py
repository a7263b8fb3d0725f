"""Which part of a picture is seen, and how large. Plain arithmetic in device pixels; no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["MAX_ZOOM", "ZOOM_STEPS", "Fit", "Rect", "Viewport"]

MAX_ZOOM = 128.0
"""Device pixels a picture's pixel may take."""

ZOOM_STEPS = (
    *(0.01, 0.02, 0.03, 0.05, 0.0625, 0.08, 0.1, 0.125, 0.167, 0.25, 0.333, 0.5, 0.667),
    *(1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0),
)
"""Where the zoom keys stop. Whole numbers from 2 up keep every pixel the same size."""


class Fit(StrEnum):
    """How the zoom follows the size of the view."""

    NONE = "none"
    """The person chose a zoom."""
    SHRINK = "shrink"
    """Large pictures are made to fit, small ones are shown at 100 %."""
    FILL = "fill"
    """Every picture is made as large as fits."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of reals: left, top, width, height."""

    left: float
    top: float
    width: float
    height: float


class Viewport:
    """The view of one picture of `picture_width` × `picture_height` pixels.

    Attributes:
        zoom: Device pixels per picture pixel (1 is 100 %).
        center_x, center_y: The picture's point in the middle of the view, in picture pixels.
        fit: Whether the zoom follows the view's size.
    """

    def __init__(self) -> None:
        """An empty view of no picture."""
        self.zoom = 1.0
        self.center_x = 0.0
        self.center_y = 0.0
        self.fit = Fit.SHRINK
        self._view = (1, 1)
        self._picture = (0, 0)

    @property
    def view_size(self) -> tuple[int, int]:
        """Width and height of the view in device pixels."""
        return self._view

    @property
    def picture_size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels; (0, 0) without one."""
        return self._picture

    def resize(self, width: int, height: int) -> None:
        """The view has `width` × `height` device pixels now; a fitted picture stays fitted."""
        self._view = (max(1, width), max(1, height))
        self._settle()

    def show(self, width: int, height: int, *, keep_view: bool = False) -> None:
        """Look at a picture of `width` × `height` pixels.

        With `keep_view` the zoom and the relative position stay (the same pixel, for pictures of one size);
        otherwise the picture is fitted.
        """
        old_width, old_height = self._picture
        self._picture = (width, height)
        if keep_view and old_width and old_height:
            self.center_x *= width / old_width
            self.center_y *= height / old_height
        else:
            self.center_x, self.center_y = width / 2, height / 2
            if not keep_view:
                self.fit = Fit.SHRINK
        self._settle()

    def clear(self) -> None:
        """Look at nothing."""
        self._picture = (0, 0)

    def set_fit(self, fit: Fit) -> None:
        """Choose how the zoom follows the view."""
        self.fit = fit
        self._settle()

    def zoom_to(self, zoom: float, at: tuple[float, float] | None = None) -> None:
        """Zoom so that the picture's point under `at` (device pixels; the middle when None) stays where it is."""
        x, y = at if at is not None else (self._view[0] / 2, self._view[1] / 2)
        picture_x, picture_y = self.to_picture(x, y)
        self.fit = Fit.NONE
        self.zoom = float(min(MAX_ZOOM, max(self.min_zoom, zoom)))
        self.center_x = picture_x - (x - self._view[0] / 2) / self.zoom
        self.center_y = picture_y - (y - self._view[1] / 2) / self.zoom
        self._settle()

    def zoom_by(self, factor: float, at: tuple[float, float] | None = None) -> None:
        """Multiply the zoom by `factor` around `at`, resting at 100 % on the way past it."""
        zoom = self.zoom * factor
        if (self.zoom < 1.0 < zoom) or (zoom < 1.0 < self.zoom):
            zoom = 1.0
        self.zoom_to(zoom, at)

    def step(self, direction: int) -> None:
        """Zoom to the next of `ZOOM_STEPS` (`direction` > 0: in, else out) around the middle."""
        if direction > 0:
            self.zoom_to(min((step for step in ZOOM_STEPS if step > self.zoom * 1.001), default=MAX_ZOOM))
        else:
            self.zoom_to(max((step for step in ZOOM_STEPS if step < self.zoom * 0.999), default=self.min_zoom))

    def toggle(self, at: tuple[float, float] | None = None) -> None:
        """Between the whole picture and 100 % (at the point `at`): what a double click does."""
        if self.zoom == 1.0:
            # A small picture is whole at 100 % already: fill the view with it.
            self.set_fit(Fit.SHRINK if self.fitting_zoom < 1.0 else Fit.FILL)
        elif self.fit is Fit.NONE:
            self.set_fit(Fit.SHRINK)
        else:
            self.zoom_to(1.0, at)

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by (dx, dy) device pixels."""
        self.center_x -= dx / self.zoom
        self.center_y -= dy / self.zoom
        self._settle()

    def center_on(self, x: float, y: float) -> None:
        """Bring the picture's point (x, y) as near to the middle as the edges allow."""
        self.center_x, self.center_y = x, y
        self._settle()

    def reveal(self, x: int, y: int) -> None:
        """Move as little as needed to see pixel (x, y) whole."""
        left, top = self.to_view(x, y)
        right, bottom = self.to_view(x + 1, y + 1)
        self.pan(_shift(left, right, self._view[0]), _shift(top, bottom, self._view[1]))

    @property
    def can_pan(self) -> tuple[bool, bool]:
        """Whether the picture is wider, and whether it is higher, than the view."""
        return (
            self._picture[0] * self.zoom > self._view[0] + 0.5,
            self._picture[1] * self.zoom > self._view[1] + 0.5,
        )

    @property
    def fitting_zoom(self) -> float:
        """The zoom at which the whole picture just fits."""
        width, height = self._picture
        if not width or not height:
            return 1.0
        return min(MAX_ZOOM, self._view[0] / width, self._view[1] / height)

    @property
    def min_zoom(self) -> float:
        """The smallest zoom: the picture fits twice over, or is at least 16 device pixels long."""
        longest = max(1, *self._picture)
        return min(1.0, max(self.fitting_zoom / 2, 16 / longest))

    @property
    def origin(self) -> tuple[int, int]:
        """Where the picture's top-left corner is, in whole device pixels: at 100 % pixels meet pixels."""
        return (
            math.floor(self._view[0] / 2 - self.center_x * self.zoom + 0.5),
            math.floor(self._view[1] / 2 - self.center_y * self.zoom + 0.5),
        )

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """The picture's point under the view's point (x, y)."""
        left, top = self.origin
        return (x - left) / self.zoom, (y - top) / self.zoom

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """Where the picture's point (x, y) is in the view."""
        left, top = self.origin
        return left + x * self.zoom, top + y * self.zoom

    def pixel_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The picture's pixel under the view's point (x, y); None beside the picture."""
        picture_x, picture_y = self.to_picture(x, y)
        column, row = math.floor(picture_x), math.floor(picture_y)
        if 0 <= column < self._picture[0] and 0 <= row < self._picture[1]:
            return column, row
        return None

    def visible(self) -> Rect | None:
        """The part of the picture that is seen, in picture pixels grown to whole ones; None when there is none."""
        left, top = self.to_picture(0, 0)
        right, bottom = self.to_picture(*self._view)
        x0, y0 = max(0, math.floor(left)), max(0, math.floor(top))
        x1, y1 = min(self._picture[0], math.ceil(right)), min(self._picture[1], math.ceil(bottom))
        if x0 >= x1 or y0 >= y1:
            return None
        return Rect(x0, y0, x1 - x0, y1 - y0)

    def _settle(self) -> None:
        """Apply the fit and keep the picture in the view."""
        if self.fit is Fit.SHRINK:
            self.zoom = min(1.0, self.fitting_zoom)
        elif self.fit is Fit.FILL:
            self.zoom = self.fitting_zoom
        self.center_x = _settled_center(self.center_x, self._picture[0], self._view[0] / self.zoom)
        self.center_y = _settled_center(self.center_y, self._picture[1], self._view[1] / self.zoom)


def _settled_center(center: float, picture: int, seen: float) -> float:
    """`center` moved so that no empty margin is seen that need not be; all in picture pixels."""
    if picture <= seen:
        return picture / 2
    return min(max(center, seen / 2), picture - seen / 2)


def _shift(low: float, high: float, size: int) -> float:
    """How far to move [low, high] to lie in [0, size]."""
    if low < 0:
        return -low
    if high > size:
        return size - high
    return 0.0
