"""What the colours mean, and how often each occurs. The ends can be dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from srec_gui.analysis import Layer, Part, ValueRange, byte_scale, unit_text
from srec_gui.colours import colours
from srec_gui.inspect.bar_axis import BarAxis
from srec_gui.inspect.tile_images import ColourTable
from srec_gui.inspect.words import number
from srec_gui.wording import share

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ColourBar"]

_HISTOGRAM = 30
_BAR = 10
_TEXT = 18
_MARGIN = 10
_BAR_TOP = _HISTOGRAM + 4
_TEXT_TOP = _BAR_TOP + _BAR + 4
_REACH = 9
"""Pixels from an end within which a press takes hold of it."""


class ColourBar(QWidget):
    """A bar with a histogram standing on it and a handle at each end of the range.

    Signals:
        limits_chosen(object): The person moved an end: a `ValueRange`; None for a double click, which moves both back.
    """

    limits_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show nothing."""
        super().__init__(parent)
        self._layer, self._part = Layer.ACTUAL, Part.ALL
        self._limits = ValueRange(0, 255)
        self._axis = BarAxis(self._layer, self._part, self._limits)
        self._table: ColourTable = ()
        self._histogram: NDArray[np.int64] | None = None
        self._held: str | None = None
        self._adjustable = True
        self._blank = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Colour bar"))

    @property
    def limits(self) -> ValueRange:
        """What the colours span."""
        return self._limits

    def show_layer(
        self, layer: Layer, part: Part, limits: ValueRange, table: ColourTable, *, adjustable: bool = True
    ) -> None:
        """Explain the colours of a layer; those of a picture in colour cannot be adjusted."""
        self._adjustable = adjustable
        if (layer, part) != (self._layer, self._part):
            self._histogram, self._held = None, None
        self._layer, self._part, self._limits, self._table = layer, part, limits, table
        if self._held is None:
            self._axis = BarAxis(layer, part, limits)
        self._describe()
        self.update()

    def show_histogram(self, counts: NDArray[np.int64] | None) -> None:
        """How often each byte of the layer occurs, (256,)."""
        self._histogram = counts
        self._describe()
        self.update()

    def set_blank(self, on: bool) -> None:
        """Show nothing, in the same room: there are no colours to be explained."""
        if on != self._blank:
            self._blank = on
            self._describe()
            self.update()

    def handle_place(self, end: str) -> QPointF:
        """Where the handle of an end ("low" or "high") is."""
        return QPointF(self._x(getattr(self._limits, end)), _BAR_TOP + _BAR / 2)

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line of text under the bar."""
        return QSize(240, _TEXT_TOP + _TEXT + 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of an end."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._held = self._end_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move the end that is held."""
        x = event.position().x()
        if self._held is None:
            near = self._end_at(x) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor)
            return
        moved = self._axis.moved(self._limits, self._held, (x - _MARGIN) / max(1, self._width()))
        if moved != self._limits:
            self.limits_chosen.emit(moved)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        """Let go: the bar makes room around the new range."""
        if self._held is not None:
            self._held = None
            self._axis = BarAxis(self._layer, self._part, self._limits)
            self.update()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        """Back to the range that the mode says."""
        self._held = None
        if self._adjustable and not self._blank:
            self.limits_chosen.emit(None)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Histogram, bar, handles, numbers."""
        if self._width() < 20 or not self._table or self._blank:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_histogram(painter)
            painter.drawImage(QRectF(_MARGIN, _BAR_TOP, self._width(), _BAR), self._strip())
            for value in (self._limits.low, self._limits.high) if self._adjustable else ():
                self._paint_handle(painter, self._x(value))
            self._paint_texts(painter)

    def _width(self) -> int:
        return self.width() - 2 * _MARGIN

    def _x(self, value: float) -> float:
        return _MARGIN + self._width() * self._axis.place(value)

    def _end_at(self, x: float) -> str | None:
        if not self._adjustable or self._blank:
            return None
        distances = {end: abs(x - self._x(getattr(self._limits, end))) for end in ("low", "high")}
        nearest = min(distances, key=lambda end: distances[end])
        return nearest if distances[nearest] <= _REACH else None

    def _strip(self) -> QImage:
        """One row of the bar's colours."""
        row = np.array(self._table, np.uint32)[self._axis.bytes_along(self._width())]
        return QImage(row.data, len(row), 1, row.nbytes, QImage.Format.Format_RGB32).copy()

    def _paint_handle(self, painter: QPainter, x: float) -> None:
        painter.setPen(QPen(QColor(colours().base), 1))
        painter.setBrush(QColor(colours().text))
        painter.drawRoundedRect(QRectF(x - 2.5, _BAR_TOP - 2.5, 5, _BAR + 5), 2, 2)

    def _paint_histogram(self, painter: QPainter) -> None:
        counts = self._histogram
        if counts is None or not counts.any():
            return
        first, last = self._axis.byte_span
        seen = counts[first : last + 1]
        # The root lets rare values be seen beside the common ones.
        heights = np.sqrt(seen / max(1, seen.max())) * _HISTOGRAM
        outline = QPolygonF([QPointF(_MARGIN, _BAR_TOP - 2)])
        for byte, height in enumerate(heights, start=first):
            for edge in (byte - 0.5, byte + 0.5):
                outline.append(QPointF(_MARGIN + self._width() * self._axis.byte_place(edge), _BAR_TOP - 2 - height))
        outline.append(QPointF(_MARGIN + self._width(), _BAR_TOP - 2))
        fill = QColor(colours().faint)
        fill.setAlphaF(0.45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(outline)

    def _paint_texts(self, painter: QPainter) -> None:
        digits = 0 if self._limits.high - self._limits.low >= 3 else 1
        low, high = number(self._limits.low, digits), number(self._limits.high, digits)
        painter.setPen(QColor(colours().text))
        left = self._paint_text(painter, low, self._x(self._limits.low)).right()
        right = self._paint_text(painter, high, self._x(self._limits.high)).left()
        words = unit_text(self._layer, self._part)
        beyond = sum(self._shares_beyond())
        if beyond >= 0.0005:
            words += self.tr("; %1 beyond").replace("%1", share(beyond))
        between = QRectF(left + 8, _TEXT_TOP, right - left - 16, _TEXT)
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, max(0, round(between.width())))
        painter.setPen(QColor(colours().faint))
        painter.drawText(between, Qt.AlignmentFlag.AlignHCenter, text)

    def _paint_text(self, painter: QPainter, text: str, x: float) -> QRectF:
        """Write below a place of the bar, inside of the widget; returns where."""
        width = painter.fontMetrics().horizontalAdvance(text) + 2
        left = min(max(_MARGIN, x - width / 2), self.width() - _MARGIN - width)
        place = QRectF(left, _TEXT_TOP, width, _TEXT)
        painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, text)
        return place

    def _shares_beyond(self) -> tuple[float, float]:
        """Shares of the values that lie below and above the range."""
        if self._histogram is None or not self._histogram.any():
            return 0.0, 0.0
        scale = byte_scale(self._layer, self._part)
        low, high = scale.byte(self._limits.low) - 0.5, scale.byte(self._limits.high) + 0.5
        places, total = np.arange(256), self._histogram.sum()
        below, above = self._histogram[places < low].sum(), self._histogram[places > high].sum()
        return float(below / total), float(above / total)

    def _describe(self) -> None:
        if self._blank:
            self.setAccessibleDescription("")
            self.setToolTip("")
            return
        text = f"{number(self._limits.low, 0)} … {number(self._limits.high, 0)} {unit_text(self._layer, self._part)}"
        if self._histogram is not None and self._histogram.any():
            scale = byte_scale(self._layer, self._part)
            mean = scale.value(float((self._histogram * np.arange(256)).sum() / self._histogram.sum()))
            beyond = self.tr("; %1 % beyond the range").replace("%1", number(100 * sum(self._shares_beyond()), 1))
            text += self.tr("; mean %1").replace("%1", number(mean)) + beyond
        self.setAccessibleDescription(text)
        hint = self.tr("Drag the ends to move them; a double click moves them back.")
        self.setToolTip(f"{text}\n{hint}" if self._adjustable else text)
