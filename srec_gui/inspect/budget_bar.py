"""All bytes of the file as one stacked bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from srec_gui.analysis import Part
from srec_gui.colours import colours
from srec_gui.inspect.budget import Budget, BudgetLine
from srec_gui.inspect.choice import Choice
from srec_gui.wording import byte_size, share

__all__ = ["BudgetBar"]

_HUES = (212, 28, 152, 268, 336, 48, 184)
_SHADES = (0.68, 0.92, 0.84, 0.76)
"""Lightness of remainders, pixel 1, 2, 3; or of the channels of a band."""


_TOP = 6
_BAR = 22


class BudgetBar(QWidget):
    """Parts of the file, as wide as their share.

    Signals:
        chosen(object): The person clicked a `BudgetLine`.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty bar."""
        super().__init__(parent)
        self._lines: list[BudgetLine] = []
        self._choice = Choice()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Shares of the file"))

    def show_budget(self, budget: Budget | None) -> None:
        """Show a file's parts."""
        lines = [] if budget is None else [line for line in budget.parts if line.coded_bytes]
        if _drawn(lines) == _drawn(self._lines):
            return
        self._lines = lines
        largest = sorted(self._lines, key=lambda line: -line.coded_bytes)[:4]
        self.setAccessibleDescription("; ".join(f"{line.name}: {share(line.share)}" for line in largest))
        self.update()

    def show_choice(self, choice: Choice) -> None:
        """Outline the part that the canvases show."""
        self._choice = choice
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """A bar with a line of names."""
        return QSize(400, _TOP + _BAR + 22)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Segments, then the names of the scales below them."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            spans: dict[str, tuple[float, float]] = {}
            for line, left, width in self._segments():
                field = QRectF(left, _TOP, max(0.5, width - 0.8), _BAR)
                painter.fillRect(field, self._colour(line))
                self._paint_name(painter, field, line)
                before = spans.get(line.group, (left, left))
                spans[line.group] = (before[0], left + width)
            chosen = [segment for segment in self._segments() if self._is_chosen(segment[0])]
            if chosen:
                left, right = chosen[0][1], chosen[-1][1] + chosen[-1][2]
                painter.setPen(QPen(QColor(colours().text), 1.6))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(left, _TOP - 1.5, max(3.0, right - left), _BAR + 3), 3, 3)
            painter.setPen(QColor(colours().faint))
            metrics = QFontMetricsF(painter.font())
            for name, (left, right) in spans.items():
                if metrics.horizontalAdvance(name) + 6 < right - left:
                    below = QRectF(left, _TOP + _BAR + 3, right - left, 18)
                    painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, name)

    @staticmethod
    def _paint_name(painter: QPainter, field: QRectF, line: BudgetLine) -> None:
        """The label and its share in a segment that is wide enough for both, or for one."""
        metrics = QFontMetricsF(painter.font())
        for text in (f"{line.label}  {share(line.share)}", share(line.share)) if line.label else ():
            if metrics.horizontalAdvance(text) + 12 < field.width():
                painter.setPen(QColor(255, 255, 255))
                painter.drawText(field, Qt.AlignmentFlag.AlignCenter, text)
                return

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose the part that was clicked."""
        line = self._line_at(event.position().x())
        if line is not None:
            self.chosen.emit(line)

    def event(self, event: QEvent) -> bool:
        """Say what a segment is."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            line = self._line_at(event.pos().x())
            text = f"{line.name}: {byte_size(line.coded_bytes)}, {share(line.share)}" if line is not None else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _segments(self) -> list[tuple[BudgetLine, float, float]]:
        """Lines with left edge and width. Scales stand together: their stream lengths go to the container."""
        total = sum(line.coded_bytes for line in self._lines) or 1
        width = self.width() - 24
        segments, left = [], 12.0
        ordered = [line for line in self._lines if line.scale is None]
        ordered += [line for line in self._lines if line.scale is not None]
        for line in ordered:
            size = width * line.coded_bytes / total
            segments.append((line, left, size))
            left += size
        return segments

    def _line_at(self, x: float) -> BudgetLine | None:
        return next((line for line, left, width in self._segments() if left <= x < left + width), None)

    def _is_chosen(self, line: BudgetLine) -> bool:
        choice = self._choice
        if line.scale != choice.scale:
            return False
        return choice.part in (None, Part.ALL) or choice.shows_alone(line.part, line.channel)

    def _colour(self, line: BudgetLine) -> QColor:
        if line.scale is None:
            return QColor(colours().bad if line.is_lost else colours().faint)
        hue = _HUES[line.scale % len(_HUES)]
        return QColor.fromHslF(hue / 360, 0.48, 0.50 * _SHADES[line.shade])


def _drawn(lines: list[BudgetLine]) -> list[tuple[str, int]]:
    """What the bar shows of `lines`: the model's bits come in by and by, and it does not show them."""
    return [(line.name, line.coded_bytes) for line in lines]
