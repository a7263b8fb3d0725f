"""What the colours mean, and how often each occurs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from srec_gui.analysis import Layer, Part, ValueRange, byte_scale, unit_text
from srec_gui.colours import colours
from srec_gui.inspect.tile_images import ColourTable
from srec_gui.inspect.words import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ColourBar"]

_HISTOGRAM = 30
_BAR = 10
_TEXT = 18
_MARGIN = 10


class ColourBar(QWidget):
    """A bar from the low to the high end with a histogram standing on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show nothing."""
        super().__init__(parent)
        self._layer, self._part = Layer.ACTUAL, Part.ALL
        self._limits = ValueRange(0, 255)
        self._table: ColourTable = ()
        self._histogram: NDArray[np.int64] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_layer(self, layer: Layer, part: Part, limits: ValueRange, table: ColourTable) -> None:
        """Explain the colours of a layer."""
        if (layer, part) != (self._layer, self._part):
            self._histogram = None
        self._layer, self._part, self._limits, self._table = layer, part, limits, table
        self._describe()
        self.update()

    def show_histogram(self, counts: NDArray[np.int64] | None) -> None:
        """How often each byte of the layer occurs, (256,)."""
        self._histogram = counts
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line of text under the bar."""
        return QSize(240, _HISTOGRAM + _BAR + _TEXT + 8)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Histogram, bar, numbers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() - 2 * _MARGIN
        if width < 20 or not self._table:
            return
        self._paint_histogram(painter, width)
        painter.drawImage(QRectF(_MARGIN, _HISTOGRAM + 4, width, _BAR), self._strip(width))
        line = QRectF(_MARGIN, _HISTOGRAM + _BAR + 6, width, _TEXT)
        painter.setPen(QColor(colours().text))
        digits = 0 if self._limits.high - self._limits.low >= 3 else 1
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, number(self._limits.low, digits))
        beyond = self._share_beyond()
        more = self.tr(" and more: %1 %").replace("%1", number(100 * beyond, 1)) if beyond >= 0.0005 else ""
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, number(self._limits.high, digits) + more)
        painter.setPen(QColor(colours().faint))
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, unit_text(self._layer, self._part))

    def _strip(self, width: int) -> QImage:
        scale = byte_scale(self._layer, self._part)
        strip = QImage(width, 1, QImage.Format.Format_RGB32)
        for x, byte in enumerate(np.linspace(scale.byte(self._limits.low), scale.byte(self._limits.high), width)):
            strip.setPixel(x, 0, self._table[min(255, max(0, round(float(byte))))])
        return strip

    def _paint_histogram(self, painter: QPainter, width: int) -> None:
        counts = self._histogram
        if counts is None or not counts.any():
            return
        scale = byte_scale(self._layer, self._part)
        low, high = scale.byte(self._limits.low), scale.byte(self._limits.high)
        first, last = max(0, round(low)), min(255, round(high))
        # The root lets rare values be seen beside the common ones.
        heights = np.sqrt(counts[first : last + 1] / max(1, counts[first : last + 1].max())) * _HISTOGRAM
        outline = QPolygonF()
        for index, height in enumerate(heights):
            for edge in (index, index + 1):
                x = _MARGIN + width * (first + edge - 0.5 - low) / max(1e-9, high - low)
                outline.append(QPointF(min(_MARGIN + width, max(_MARGIN, x)), _HISTOGRAM + 3 - float(height)))
        outline.append(QPointF(_MARGIN + width, _HISTOGRAM + 3))
        outline.prepend(QPointF(_MARGIN, _HISTOGRAM + 3))
        fill = QColor(colours().faint)
        fill.setAlphaF(0.45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(outline)

    def _share_beyond(self) -> float:
        """Share of the values that lie above the high end (for residuals: on either side)."""
        if self._histogram is None or not self._histogram.any() or self._layer.in_values:
            return 0.0
        scale = byte_scale(self._layer, self._part)
        low, high = scale.byte(self._limits.low) - 0.5, scale.byte(self._limits.high) + 0.5
        places = np.arange(256)
        return float(self._histogram[(places < low) | (places > high)].sum() / self._histogram.sum())

    def _describe(self) -> None:
        text = f"{number(self._limits.low, 0)} … {number(self._limits.high, 0)} {unit_text(self._layer, self._part)}"
        if self._histogram is not None and self._histogram.any():
            scale = byte_scale(self._layer, self._part)
            mean = scale.value(float((self._histogram * np.arange(256)).sum() / self._histogram.sum()))
            text += self.tr("; mean %1").replace("%1", number(mean))
        self.setAccessibleName(self.tr("Colour bar"))
        self.setAccessibleDescription(text)
        self.setToolTip(text)
