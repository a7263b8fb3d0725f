"""One channel of a pixel: its value, the curve it was expected with, and the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from srec_gui.inspect.distribution_plot import DistributionPlot
from srec_gui.inspect.pixel_text import channel_text, figures

if TYPE_CHECKING:
    from srec_engine import Distribution

__all__ = ["ChannelReadout"]

_SMALLER = 0.86
_FIGURES = 5


class ChannelReadout(QWidget):
    """Name and value, then curve and numbers, or how the value follows from others.

    Attributes:
        text: All that is said.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Show nothing of the channel `name`."""
        super().__init__(parent)
        self.text = ""
        self._name = QLabel(self)
        self._value = QLabel(self)
        self._value.setObjectName("heading")
        self._working = QLabel(self)
        self._working.setObjectName("faint")
        for label in (self._name, self._value, self._working):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._plot = DistributionPlot(name, self)
        self._figures = _Figures(self)
        heading = QHBoxLayout()
        heading.addWidget(self._name, 1)
        heading.addWidget(self._value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        column.addLayout(heading)
        column.addWidget(self._plot, 1)
        column.addWidget(self._figures)
        column.addWidget(self._working)

    def show_distribution(self, name: str, told: Distribution) -> None:
        """Show what was expected and what was there."""
        self._show(name, str(told.actual), told, "")
        self.text = f"{name}: {told.actual}, {self._plot.describe()}. {channel_text(told)}".replace("\n", "  ·  ")

    def show_working(self, name: str, working: str) -> None:
        """Show how the value follows from others; it stands at the end of `working`."""
        value = working.rsplit(" ", 1)[-1]
        self._show(name, value, None, working)
        self.text = f"{name}: {working}"

    def _show(self, name: str, value: str, told: Distribution | None, working: str) -> None:
        self._name.setText(name)
        self._value.setText(value)
        self._working.setText(working)
        self._plot.show_distribution(told)
        for widget in (self._plot, self._figures):
            widget.setVisible(told is not None)
        self._working.setVisible(bool(working))
        if told is not None:
            self._figures.show_distribution(told)


class _Figures(QWidget):
    """Numbers below their titles, in columns that stay where they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = [QLabel(self) for _ in range(_FIGURES)]
        self._numbers = [QLabel(self) for _ in range(_FIGURES)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        small = self.font()
        small.setPointSizeF(small.pointSizeF() * _SMALLER)
        for column, (title, number) in enumerate(zip(self._titles, self._numbers, strict=True)):
            title.setObjectName("faint")
            title.setFont(small)
            side = Qt.AlignmentFlag.AlignRight if column == _FIGURES - 1 else Qt.AlignmentFlag.AlignLeft
            title.setAlignment(side)
            number.setAlignment(side)
            grid.setColumnStretch(column, 1)
            grid.addWidget(title, 0, column)
            grid.addWidget(number, 1, column)

    def show_distribution(self, told: Distribution) -> None:
        """Show the numbers of a distribution."""
        for (title, number), title_label, number_label in zip(figures(told), self._titles, self._numbers, strict=True):
            title_label.setText(title)
            number_label.setText(number)
