"""The distribution of one number as a curve: what was possible, what was expected, what it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from srec_gui.colours import colours
from srec_gui.inspect.legend import paint_actual, paint_mean, paint_mode
from srec_gui.inspect.words import number

if TYPE_CHECKING:
    from srec_engine import Distribution

__all__ = ["DistributionPlot"]

_TEXT = 16
_LEAST_VALUES = 24
_CURVES = {"R": "#e0605a", "G": "#43a866", "B": "#4d86e8"}


class DistributionPlot(QWidget):
    """One curve with its axis."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """A plot of the channel `name`, with nothing in it."""
        super().__init__(parent)
        self._name = name
        self._distribution: Distribution | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(64)
        self.setAccessibleName(name)

    def show_distribution(self, distribution: Distribution | None) -> None:
        """Show a distribution, or none."""
        self._distribution = distribution
        self.setAccessibleDescription(self.describe())
        self.update()

    def describe(self) -> str:
        """The curve in words."""
        told = self._distribution
        if told is None:
            return ""
        first, last = told.interval(0.99)
        return (
            self.tr("value %1, expected %2, most likely %3, allowed %4 to %5, 99 % within %6 to %7")
            .replace("%1", str(told.actual))
            .replace("%2", number(told.mean, 1))
            .replace("%3", str(told.most_likely))
            .replace("%4", str(told.lowest))
            .replace("%5", str(told.highest))
            .replace("%6", str(first))
            .replace("%7", str(last))
        )

    def sizeHint(self) -> QSize:  # noqa: N802
        """Flat and wide."""
        return QSize(260, 92)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Allowed interval, curve, mean and mode, actual value, axis."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            field = QRectF(2, 4, self.width() - 4, self.height() - _TEXT - 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours().base))
            painter.drawRoundedRect(field, 4, 4)
            told = self._distribution
            if told is None:
                return
            first, last = self._span(told)
            step = field.width() / (last - first + 1)

            def place(value: float) -> float:
                return field.left() + (value - first + 0.5) * step

            shade = QColor(_CURVES.get(self._name, colours().accent))
            shade.setAlphaF(0.13)
            low, high = max(first, told.lowest), min(last, told.highest)
            painter.fillRect(QRectF(place(low - 0.5), field.top(), (high - low + 1) * step, field.height()), shade)
            self._paint_curve(painter, field, told, (low, high), place)
            self._paint_ticks(painter, field, told, place)
            painter.setPen(QColor(colours().faint))
            line = QRectF(field.left(), field.bottom() + 2, field.width(), _TEXT)
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, number(max(first, told.lowest), 0))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight, number(min(last, told.highest), 0))
            allowed = self.tr("allowed %1 to %2").replace("%1", str(told.lowest)).replace("%2", str(told.highest))
            painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, allowed)

    def _paint_curve(
        self,
        painter: QPainter,
        field: QRectF,
        told: Distribution,
        span: tuple[int, int],
        place: Callable[[float], float],
    ) -> None:
        """A step for each value, as high as its probability beside the largest."""
        probabilities = told.probabilities
        top = float(probabilities.max())
        half = (place(1) - place(0)) / 2
        outline = QPolygonF([QPointF(place(span[0]) - half, field.bottom())])
        for value in range(span[0], span[1] + 1):
            height = float(probabilities[value - told.lowest]) / top * (field.height() - 6)
            for x in (place(value) - half, place(value) + half):
                outline.append(QPointF(x, field.bottom() - height))
        outline.append(QPointF(place(span[1]) + half, field.bottom()))
        colour = QColor(_CURVES.get(self._name, colours().accent))
        fill = QColor(colour)
        fill.setAlphaF(0.45)
        painter.setPen(QPen(colour, 1.2))
        painter.setBrush(fill)
        painter.drawPolygon(outline)

    @staticmethod
    def _paint_ticks(painter: QPainter, field: QRectF, told: Distribution, place: Callable[[float], float]) -> None:
        paint_actual(painter, place(told.actual), field.top(), field.bottom())
        paint_mean(painter, place(told.mean), field.top() + 3, field.bottom())
        paint_mode(painter, place(told.most_likely), field.top())

    def _span(self, told: Distribution) -> tuple[int, int]:
        """First and last value of the axis: all that is likely, and what it was."""
        first, last = told.interval(0.99)
        first, last = min(first, told.actual), max(last, told.actual)
        if told.highest - told.lowest < _LEAST_VALUES:
            return min(first, told.lowest) - 1, max(last, told.highest) + 1
        spare = max(2, (last - first) // 8, (_LEAST_VALUES - (last - first)) // 2)
        return max(-1, first - spare), min(256, last + spare)
