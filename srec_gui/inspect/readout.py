"""Everything about the pixel under the pointer, or the pinned one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from srec_gui.inspect.channel_readout import ChannelReadout
from srec_gui.inspect.legend import CURVE_MARKS, MAP_MARKS, Legend
from srec_gui.inspect.pixel_text import given_name, step_name, sum_text, sum_working
from srec_gui.inspect.words import CHANNELS, number

if TYPE_CHECKING:
    from srec_engine import PixelReadout

__all__ = ["Readout"]

_FREE_STEP = 4


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
        self._channels = [ChannelReadout(name, self) for name in CHANNELS]
        self._sums = _Sums(self)
        self._curve_marks = Legend(CURVE_MARKS, 2, self)
        self._map_marks = Legend(MAP_MARKS, 1, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._place)
        column.addWidget(self._step)
        column.addSpacing(6)
        column.addWidget(self._map_marks)
        for channel in self._channels:
            column.addWidget(channel, 1)
        column.addWidget(self._sums)
        column.addWidget(self._curve_marks)
        column.addStretch(0)
        self._column = column
        self.clear()

    @property
    def text(self) -> str:
        """All that is said."""
        told = [channel.text for channel in self._channels if not channel.isHidden()]
        return "\n".join([self._place.text(), self._step.text(), *told, self._sums.text])

    def clear(self) -> None:
        """Say how to begin."""
        self._place.setText(self.tr("Point at a pixel"))
        self._say(
            self.tr("A click holds it, the arrow keys move it, Esc lets it go.\n"
                    "While Shift is held, left and right are exchanged.\n"
                    "The wheel zooms; far in, the numbers stand in the pixels.")
        )  # fmt: skip
        self._map_marks.show()

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
        count, free = len(told.channels), told.step == _FREE_STEP
        for index, channel in enumerate(self._channels):
            channel.setVisible(index < count)
            self._column.setStretchFactor(channel, 0 if free else 1)
            if index < count and free:
                channel.show_working(CHANNELS[index] if count > 1 else given_name(0, 1), sum_working(told, index))
            elif index < count:
                channel.show_distribution(given_name(index, count), told.channels[index])
        self._sums.show_pixel(told)
        self._column.setStretch(self._column.count() - 1, 1 if free else 0)
        self._map_marks.hide()
        self._curve_marks.setVisible(not free)
        self._describe()

    def _say(self, text: str) -> None:
        self.pixel = None
        self._step.setText(text)
        for widget in (*self._channels, self._curve_marks, self._map_marks):
            widget.hide()
        self._sums.show_pixel(None)
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleName(self._place.text())
        self.setAccessibleDescription(" ".join(self.text.splitlines()[1:]))


class _Sums(QWidget):
    """What the pixel and its block cost, in lines with the numbers at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        titles = (self.tr("Pixel"), self.tr("Block of four"), self.tr("of which remainders"))
        self._numbers = [QLabel(self) for _ in titles]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 6, 0, 4)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        for row, (title, label) in enumerate(zip(titles, self._numbers, strict=True)):
            name = QLabel(title, self)
            name.setObjectName("faint")
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(name, row, 0)
            grid.addWidget(label, row, 1)

    def show_pixel(self, told: PixelReadout | None) -> None:
        """Show the sums of a pixel, or nothing."""
        self.setVisible(told is not None)
        self.text = sum_text(told) if told is not None else ""
        if told is None:
            return
        pixel, remainders = (sum(one.cost for one in many) for many in (told.channels, told.remainders))
        for label, bits in zip(self._numbers, (pixel, told.block_bits, remainders), strict=True):
            label.setText(self.tr("%1 bits").replace("%1", number(bits)))
