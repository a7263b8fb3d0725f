"""Our own icons: one SVG each, drawn in the palette's colours, sharp at every scale."""

from __future__ import annotations

import functools

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from srec_gui.resources import resource_path

__all__ = ["draw_icon", "icon"]


class _SvgIconEngine(QIconEngine):
    """Draws a monochrome SVG in the palette's text colour of the moment, so light and dark need no second set."""

    def __init__(self, name: str, colour: QColor | None) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    def clone(self) -> QIconEngine:
        return _SvgIconEngine(self._name, self._colour)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        draw_icon(painter, QRectF(rect), self._name, self._colour or _mode_colour(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return QPixmap.fromImage(image)


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """The icon `name` of `resources/icons`, in `colour` or in the palette's colour of the moment it is drawn."""
    return QIcon(_SvgIconEngine(name, colour))


def draw_icon(painter: QPainter, target: QRectF, name: str, colour: QColor) -> None:
    """Draw the icon `name` into `target` in one `colour`; nothing is drawn when there is no such icon."""
    source = _source(name).replace(b"currentColor", colour.name().encode("ascii"))
    if not source:
        return
    painter.save()
    painter.setOpacity(painter.opacity() * colour.alphaF())
    QSvgRenderer(QByteArray(source)).render(painter, target)
    painter.restore()


@functools.lru_cache(maxsize=256)
def _source(name: str) -> bytes:
    """The SVG of an icon, empty when there is none. Rows are painted often, and the files never change."""
    path = resource_path("icons", f"{name}.svg")
    return path.read_bytes() if path.is_file() else b""


def _mode_colour(mode: QIcon.Mode) -> QColor:
    palette = QGuiApplication.palette()
    if mode == QIcon.Mode.Disabled:
        return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    return palette.color(QPalette.ColorRole.ButtonText)
