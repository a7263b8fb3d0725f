"""What the marks in curves and maps stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from srec_gui.action_table import QT_TRANSLATE_NOOP
from srec_gui.analysis import BELOW, BEYOND
from srec_gui.colours import colours

__all__ = [
    "BAND_MARKS",
    "CURVE_MARKS",
    "MAP_MARKS",
    "Legend",
    "Mark",
    "hatch_brushes",
    "paint_actual",
    "paint_mean",
    "paint_mode",
]

_SWATCH = 18
_ROW = 19


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark.

    Attributes:
        text: What it stands for, to be translated.
        paint: Draws it into a small field.
    """

    text: str
    paint: Callable[[QPainter, QRectF], None]


class Legend(QWidget):
    """Marks with words, in columns."""

    def __init__(self, marks: Sequence[Mark], columns: int, parent: QWidget | None = None) -> None:
        """Explain `marks`, row by row."""
        super().__init__(parent)
        self._marks = tuple(marks)
        self._columns = columns
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Marks"))
        self.setAccessibleDescription(", ".join(_translate(mark.text) for mark in marks))

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line for each row."""
        return QSize(240, _ROW * -(-len(self._marks) // self._columns))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Mark and words beside each other."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            metrics = QFontMetricsF(painter.font())
            width = self.width() / self._columns
            for index, mark in enumerate(self._marks):
                row, column = divmod(index, self._columns)
                field = QRectF(column * width, row * _ROW + 3, _SWATCH, _ROW - 6)
                mark.paint(painter, field)
                painter.setPen(QColor(colours().faint))
                words = QRectF(field.right() + 7, row * _ROW, width - _SWATCH - 11, _ROW)
                text = metrics.elidedText(_translate(mark.text), Qt.TextElideMode.ElideRight, words.width())
                painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)


def paint_actual(painter: QPainter, x: float, top: float, bottom: float) -> None:
    """The line of the value that was there."""
    painter.setPen(QPen(QColor(colours().text), 2))
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))


def paint_mean(painter: QPainter, x: float, top: float, bottom: float) -> None:
    """The line of the expected value."""
    painter.setPen(QPen(QColor(colours().text), 1.2, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))


def paint_mode(painter: QPainter, x: float, top: float) -> None:
    """The mark of the most likely value."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours().text))
    painter.drawPolygon(QPolygonF([QPointF(x - 4, top), QPointF(x + 4, top), QPointF(x, top + 6)]))


def hatch_brushes() -> tuple[QBrush, QBrush]:
    """Ground and lines of what follows from the sum: grey, so that no colour of a map is taken for it."""
    return QBrush(QColor(74, 76, 84)), QBrush(QColor(134, 136, 146), Qt.BrushStyle.BDiagPattern)


def _actual(painter: QPainter, field: QRectF) -> None:
    paint_actual(painter, field.center().x(), field.top(), field.bottom())


def _mean(painter: QPainter, field: QRectF) -> None:
    paint_mean(painter, field.center().x(), field.top(), field.bottom())


def _mode(painter: QPainter, field: QRectF) -> None:
    paint_mode(painter, field.center().x(), field.center().y() - 3)


def _allowed(painter: QPainter, field: QRectF) -> None:
    shade = QColor(colours().accent)
    shade.setAlphaF(0.18)
    painter.fillRect(field, shade)


def _free(painter: QPainter, field: QRectF) -> None:
    for brush in hatch_brushes():
        painter.fillRect(field, brush)


def _beyond(painter: QPainter, field: QRectF) -> None:
    painter.fillRect(field, QColor(*BEYOND))


def _below(painter: QPainter, field: QRectF) -> None:
    painter.fillRect(field, QColor(*BELOW))


def _translate(text: str) -> str:
    return QCoreApplication.translate("inspect", text)


CURVE_MARKS = (
    Mark(QT_TRANSLATE_NOOP("inspect", "actual"), _actual),
    Mark(QT_TRANSLATE_NOOP("inspect", "mean"), _mean),
    Mark(QT_TRANSLATE_NOOP("inspect", "most likely"), _mode),
    Mark(QT_TRANSLATE_NOOP("inspect", "allowed"), _allowed),
)
"""Marks of the curves, in words that are short enough for two columns."""

MAP_MARKS = (
    Mark(QT_TRANSLATE_NOOP("inspect", "follows from the sum, costs nothing"), _free),
    Mark(QT_TRANSLATE_NOOP("inspect", "beyond the range of the colours"), _beyond),
    Mark(QT_TRANSLATE_NOOP("inspect", "below it"), _below),
)
"""Marks of the maps, one in a line."""

BAND_MARKS = MAP_MARKS[1:]
"""Marks of the maps of a JPEG."""
