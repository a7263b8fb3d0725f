"""Everything about the pixel under the pointer, or the pinned one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from srec_gui.inspect.distribution_plot import DistributionPlot
from srec_gui.inspect.pixel_text import channel_text, given_name, step_name, sum_text
from srec_gui.inspect.words import CHANNELS

if TYPE_CHECKING:
    from srec_engine import Distribution, PixelReadout

__all__ = ["Readout"]


class Readout(QWidget):
    """Where, then a curve with numbers for each channel, then the block's sum.

    Attributes:
        pixel: What is shown, or None.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Say how to begin."""
        super().__init__(parent)
        self.pixel: PixelReadout | None = None
        self._place = QLabel(self)
        self._place.setObjectName("heading")
        self._step = QLabel(self)
        self._step.setObjectName("faint")
        self._step.setWordWrap(True)
        self._channels = [_ChannelReadout(name, self) for name in CHANNELS]
        self._sum = QLabel(self)
        self._sum.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._place)
        column.addWidget(self._step)
        for channel in self._channels:
            column.addWidget(channel, 1)
        column.addStretch(0)
        column.addWidget(self._sum)
        self.clear()

    @property
    def text(self) -> str:
        """All that is said."""
        return "\n".join([self._place.text(), self._step.text(), self._sum.text()])

    def clear(self) -> None:
        """Say how to begin."""
        self._place.setText(self.tr("Point at a pixel"))
        hold = self.tr("A click holds it, the arrow keys move it, Esc lets it go.")
        self._say(f"{hold} {self.tr('While Shift is held, the views are exchanged.')}")

    def show_place(self, x: int, y: int, scale: str) -> None:
        """Say where, before the numbers are there."""
        where = self.tr("x %1, y %2").replace("%1", str(x)).replace("%2", str(y))
        self._place.setText(f"{where}  ·  {scale}")

    def show_problem(self, text: str) -> None:
        """Say why there are no numbers."""
        self._say(text)

    def show_pixel(self, told: PixelReadout, scale: str) -> None:
        """Show all of a pixel."""
        self.pixel = told
        self.show_place(told.x, told.y, scale)
        self._step.setText(step_name(told.step))
        for index, channel in enumerate(self._channels):
            channel.setVisible(index < len(told.channels))
            if index < len(told.channels):
                channel.show_distribution(given_name(index, len(told.channels)), told.channels[index])
        self._sum.setText(sum_text(told))
        self._describe()

    def _say(self, text: str) -> None:
        self.pixel = None
        self._step.setText(text)
        for channel in self._channels:
            channel.hide()
        self._sum.clear()
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleName(self._place.text())
        told = [channel.text for channel in self._channels if channel.isVisibleTo(self)]
        self.setAccessibleDescription(" ".join([self._step.text(), *told, self._sum.text()]))


class _ChannelReadout(QWidget):
    """Name and value, curve, numbers of one channel."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = QLabel(self)
        self._value = QLabel(self)
        self._value.setObjectName("heading")
        self._numbers = QLabel(self)
        self._numbers.setObjectName("faint")
        for label in (self._name, self._value, self._numbers):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._plot = DistributionPlot(name, self)
        heading = QHBoxLayout()
        heading.addWidget(self._name, 1)
        heading.addWidget(self._value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        column.addLayout(heading)
        column.addWidget(self._plot, 1)
        column.addWidget(self._numbers)

    @property
    def text(self) -> str:
        return f"{self._name.text()}: {self._value.text()}, {self._plot.describe()}. {self._numbers.text()}"

    def show_distribution(self, name: str, told: Distribution) -> None:
        self._name.setText(name)
        self._value.setText(str(told.actual))
        self._numbers.setText(channel_text(told))
        self._plot.show_distribution(told)
