"""The 64 coefficients of a block: what each was, what was expected, what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from srec_gui.analysis import Part
from srec_gui.colours import colours
from srec_gui.inspect.block_text import coefficient_text, expected_text
from srec_gui.inspect.words import number

if TYPE_CHECKING:
    from srec_engine import BlockChannel, BlockReadout

__all__ = ["BlockGrid"]

_SIDE = 8
_LEAST, _BEST = 22, 38
_SMALL, _LARGE = 9, 12
"""Heights of the texts, in pixels."""

_THREE_FROM = 34
"""Height of a cell that has room for what was, what was expected, and bits; a lower one has none for the bits."""

_DEAR = 8.0
"""Bits from which a cell has its darkest ground."""

_GROUND = 0.40
_FADED = 0.30


class BlockGrid(QWidget):
    """A square of cells, frequencies growing to the right and downwards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty square."""
        super().__init__(parent)
        self._told: BlockReadout | None = None
        self._channel: BlockChannel | None = None
        self._part = Part.ALL
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_SIDE * _LEAST)
        self.setMaximumHeight(_SIDE * (_BEST + 4))
        self.setAccessibleName(self.tr("Coefficients of the block"))

    def show_block(self, told: BlockReadout, channel: int, part: Part) -> None:
        """Show a channel's block; what the views do not show of it is faint."""
        self._told, self._channel, self._part = told, told.channels[channel], part
        self.setAccessibleDescription(self._described())
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Three lines in each cell."""
        return QSize(_SIDE * _BEST, _SIDE * _BEST)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw all cells."""
        if self._told is None or self._channel is None:
            return
        shown = self._told.shown(self._part)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for row in range(_SIDE):
                for column in range(_SIDE):
                    painter.setOpacity(1.0 if shown[row, column] else _FADED)
                    self._paint_cell(painter, self._told, self._channel, row, column)

    def event(self, event: QEvent) -> bool:
        """Say everything about the coefficient under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._place_at(QPointF(event.pos()))
            if self._told is not None and self._channel is not None and place is not None:
                QToolTip.showText(event.globalPos(), coefficient_text(self._told, self._channel, *place), self)
            return True
        return super().event(event)

    def _cell(self, row: int, column: int) -> QRectF:
        width, height = self.width() / _SIDE, self.height() / _SIDE
        return QRectF(column * width, row * height, width, height).adjusted(0.5, 0.5, -0.5, -0.5)

    def _place_at(self, point: QPointF) -> tuple[int, int] | None:
        row, column = int(point.y() * _SIDE // self.height()), int(point.x() * _SIDE // self.width())
        return (row, column) if 0 <= row < _SIDE and 0 <= column < _SIDE else None

    def _paint_cell(self, painter: QPainter, told: BlockReadout, channel: BlockChannel, row: int, column: int) -> None:
        field, bits = self._cell(row, column), float(channel.bits[row, column])
        ground = QColor(colours().accent if bits else colours().text)
        ground.setAlphaF(0.05 + _GROUND * min(1.0, bits / _DEAR) if bits else 0.03)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(field, 3, 3)
        actual = int(channel.actual[row, column])
        if not bits and not actual:
            return
        lines = [(number(actual, 0), _LARGE, colours().text, bool(actual))]
        expected = expected_text(told, channel, row, column)
        lines += [(expected or "–", _SMALL, colours().text, False)]
        if field.height() >= _THREE_FROM:
            lines += [(number(bits, 1), _SMALL, colours().text, False)]
        heights = [size + 2 for _, size, _, _ in lines]
        top = field.top() + (field.height() - sum(heights)) / 2
        for (text, size, colour, is_bold), height in zip(lines, heights, strict=True):
            self._paint_text(painter, QRectF(field.left(), top, field.width(), height), text, size, colour, is_bold)
            top += height

    def _paint_text(self, painter: QPainter, field: QRectF, text: str, size: int, colour: str, is_bold: bool) -> None:
        font = QFont(self.font())
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.DemiBold if is_bold else QFont.Weight.Normal)
        while size > 7 and QFontMetricsF(font).horizontalAdvance(text) > field.width():
            size -= 1
            font.setPixelSize(size)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(field, Qt.AlignmentFlag.AlignCenter, text)

    def _described(self) -> str:
        if self._told is None or self._channel is None:
            return ""
        told, channel = self._told, self._channel
        places = [(row, column) for row in range(_SIDE) for column in range(_SIDE) if channel.bits[row, column]]
        return "; ".join(coefficient_text(told, channel, *place).replace("\n", ", ") for place in places)
