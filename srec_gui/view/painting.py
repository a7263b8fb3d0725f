"""How a picture is painted: the right level, smooth or in hard pixels, with values in them when they are large."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPalette, QPen, QPixmap

from srec_gui.view.picture import Picture
from srec_gui.view.viewport import Rect, Viewport

__all__ = ["NEAREST_FROM", "backdrop_color", "paint_picture", "paint_pin"]

NEAREST_FROM = 2.0
"""Zoom from which pixels are painted as squares."""

_CHECK_SIDE = 8
_LIGHT_BACKDROP = 0xE4E4E6
_DARK_BACKDROP = 0x19191B


def backdrop_color(palette: QPalette) -> QColor:
    """The neutral grey around a picture: darker than a light window, and than a dark one."""
    dark = palette.color(QPalette.ColorRole.Window).lightness() < 128
    return QColor(_DARK_BACKDROP if dark else _LIGHT_BACKDROP)


def checks(palette: QPalette, ratio: float) -> QBrush:
    """Squares that show through transparent pictures."""
    dark = palette.color(QPalette.ColorRole.Window).lightness() < 128
    side = round(_CHECK_SIDE * ratio)
    tile = QPixmap(2 * side, 2 * side)
    tile.fill(QColor(0x3A3A3D if dark else 0xFFFFFF))
    painter = QPainter(tile)
    second = QColor(0x2C2C2F if dark else 0xDDDDE0)
    painter.fillRect(0, 0, side, side, second)
    painter.fillRect(side, side, side, side, second)
    painter.end()
    return QBrush(tile)


def paint_picture(painter: QPainter, picture: Picture, viewport: Viewport, palette: QPalette, ratio: float) -> None:
    """Paint what `viewport` sees of `picture`.

    Args:
        painter: Its coordinates are device pixels.
        picture: What to paint.
        viewport: Where.
        palette: For the squares behind a transparent picture.
        ratio: Device pixels per logical pixel.
    """
    part = viewport.visible()
    if part is None:
        return
    target = target_rect(part, viewport)
    level = picture.level_for(viewport.zoom)
    image = picture.levels[level]
    if image.hasAlphaChannel():
        painter.setBrushOrigin(QPointF(*viewport.origin))
        painter.fillRect(target, checks(palette, ratio))
    # A coarser scale is an approximation: hard squares would look like the picture's own pixels.
    smooth = viewport.zoom < NEAREST_FROM or not picture.exact
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth and viewport.zoom != 1.0)
    painter.drawImage(target, image, picture.source(part, level))


def target_rect(part: Rect, viewport: Viewport) -> QRectF:
    """Where `part` of the picture is in the view, in device pixels."""
    left, top = viewport.to_view(part.left, part.top)
    return QRectF(left, top, part.width * viewport.zoom, part.height * viewport.zoom)


def paint_pin(painter: QPainter, x: int, y: int, viewport: Viewport, ratio: float) -> None:
    """Frame pixel (x, y) so that it is found on every background."""
    left, top = viewport.to_view(x, y)
    side = max(viewport.zoom, 5.0 * ratio)
    shift = (side - viewport.zoom) / 2
    frame = QRectF(left - shift, top - shift, side, side)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((QColor(0, 0, 0, 200), 3.0), (QColor(255, 255, 255), 1.2)):
        pen = QPen(color, width * ratio)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(frame)
