"""Values printed into pixels. Thousands of numbers are one drawing call, so that panning over them stays fluid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QFont, QGlyphRun, QPainter, QPen, QRawFont

from srec_gui.view.picture import Picture, stored_point
from srec_gui.view.viewport import Rect, Viewport

__all__ = ["VALUES_FROM", "paint_values"]

VALUES_FROM = 32.0
"""Zoom from which values are printed in pixels."""

_MOST_PRINTED_PIXELS = 4000  # about 50 ms
_CHARACTERS = "0123456789.-+e"
_MIDDLE_GREY = 140.0
_ON_LIGHT = QColor(0, 0, 0, 190)
_ON_DARK = QColor(255, 255, 255, 215)


def paint_values(painter: QPainter, picture: Picture, viewport: Viewport, font: QFont) -> bool:
    """Print each pixel's stored values into it; whether they were (large enough, exact, not too many).

    `font` gives the family; `painter` has device pixels.
    """
    part = viewport.visible()
    if part is None or viewport.zoom < VALUES_FROM or not picture.exact:
        return False
    if part.width * part.height > _MOST_PRINTED_PIXELS:
        return False
    _paint_grid(painter, part, viewport)
    typesetter = _Typesetter(_sized(font, viewport.zoom, _channels(picture)), viewport.zoom)
    _set_pixels(typesetter, picture, part, viewport)
    for text, color in ((typesetter.on_light, _ON_LIGHT), (typesetter.on_dark, _ON_DARK)):
        painter.setPen(color)
        painter.drawGlyphRun(QPointF(0, 0), typesetter.run(text))
    return True


@dataclass(slots=True)
class _Text:
    """Glyphs and where they stand."""

    glyphs: list[int] = field(default_factory=list)
    points: list[QPointF] = field(default_factory=list)


class _Typesetter:
    """Collects the numbers of all pixels, dark ones for light pixels and light ones for dark pixels."""

    def __init__(self, font: QFont, zoom: float) -> None:
        self.on_light = _Text()
        self.on_dark = _Text()
        self._raw = QRawFont.fromFont(font)
        indexes = self._raw.glyphIndexesForString(_CHARACTERS)
        advances = self._raw.advancesForGlyphIndexes(indexes)
        self._glyphs = {
            character: (index, advance.x())
            for character, index, advance in zip(_CHARACTERS, indexes, advances, strict=True)
        }
        self._zoom = zoom
        self._line = self._raw.ascent() + 1.0
        self._shift = self._raw.ascent() - self._raw.descent() / 3
        self._set: dict[float, tuple[tuple[int, ...], tuple[float, ...]]] = {}

    def put(self, left: float, top: float, values: tuple[float, ...], light: float) -> None:
        """Set one pixel's `values` below each other, in its middle."""
        text = self.on_light if light > _MIDDLE_GREY else self.on_dark
        baseline = top + (self._zoom - self._line * len(values)) / 2 + self._shift
        for value in values:
            glyphs, offsets = self._set.get(value) or self._measure(value)
            text.glyphs += glyphs
            text.points += [QPointF(left + offset, baseline) for offset in offsets]
            baseline += self._line

    def run(self, text: _Text) -> QGlyphRun:
        """The collected glyphs, to be drawn at once."""
        run = QGlyphRun()
        run.setRawFont(self._raw)
        run.setGlyphIndexes(text.glyphs)
        run.setPositions(text.points)
        return run

    def _measure(self, value: float) -> tuple[tuple[int, ...], tuple[float, ...]]:
        written = str(value) if isinstance(value, int) else f"{value:.3g}"
        parts = [self._glyphs[character] for character in written if character in self._glyphs]
        position = (self._zoom - sum(advance for _, advance in parts)) / 2
        offsets = []
        for _, advance in parts:
            offsets.append(position)
            position += advance
        self._set[value] = tuple(index for index, _ in parts), tuple(offsets)
        return self._set[value]


def _set_pixels(typesetter: _Typesetter, picture: Picture, part: Rect, viewport: Viewport) -> None:
    access: Any = picture.original.load()
    in_color = picture.original.mode in {"RGB", "RGBA"}
    plain = picture.original.mode in {"L", "LA", "1"}
    for y in range(int(part.top), int(part.top + part.height)):
        for x in range(int(part.left), int(part.left + part.width)):
            stored = (x, y)
            if picture.orientation != 1:
                stored = stored_point(x, y, picture.width, picture.height, picture.orientation)
            value = access[stored]
            values = value if isinstance(value, tuple) else (value,)
            if in_color:
                light = 0.299 * values[0] + 0.587 * values[1] + 0.114 * values[2]
            else:
                light = float(values[0]) if plain else picture.levels[0].pixelColor(x, y).lightnessF() * 255
            left, top = viewport.to_view(x, y)
            typesetter.put(left, top, values, light)


def _channels(picture: Picture) -> int:
    return max(1, len(picture.original.getbands()))


def _sized(font: QFont, zoom: float, lines: int) -> QFont:
    """`font` so small that `lines` lines of three digits fit a pixel."""
    sized = QFont(font)
    sized.setPixelSize(max(7, min(20, int(zoom / (lines + 0.45)), int(zoom * 0.36))))
    return sized


def _paint_grid(painter: QPainter, part: Rect, viewport: Viewport) -> None:
    """Hairlines between pixels of one colour."""
    left, top = viewport.to_view(part.left, part.top)
    right, bottom = left + part.width * viewport.zoom, top + part.height * viewport.zoom
    columns = (left + column * viewport.zoom for column in range(int(part.width) + 1))
    rows = (top + row * viewport.zoom for row in range(int(part.height) + 1))
    painter.setPen(QPen(QColor(128, 128, 128, 70), 1))
    painter.drawLines([QLineF(x, top, x, bottom) for x in columns] + [QLineF(left, y, right, y) for y in rows])
