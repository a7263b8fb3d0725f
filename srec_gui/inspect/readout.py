"""Everything about the pixel under the pointer, or the pinned one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from srec_gui.inspect.distribution_plot import DistributionPlot
from srec_gui.inspect.words import CHANNELS, number

if TYPE_CHECKING:
    from srec_engine import Distribution, PixelReadout

__all__ = ["Readout"]

_WIDTH = 300


class Readout(QFrame):
    """Where, then a curve with numbers for each channel, then the block's sum."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Say how to begin."""
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(_WIDTH)
        self._place = QLabel(self)
        self._place.setObjectName("heading")
        self._step = QLabel(self)
        self._step.setObjectName("faint")
        self._step.setWordWrap(True)
        self._numbers = [QLabel(self) for _ in CHANNELS]
        self._plots = [DistributionPlot(name, self) for name in CHANNELS]
        self._sum = QLabel(self)
        self._sum.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(4)
        column.addWidget(self._place)
        column.addWidget(self._step)
        for label, plot in zip(self._numbers, self._plots, strict=True):
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addSpacing(4)
            column.addWidget(label)
            column.addWidget(plot, 1)
        column.addWidget(self._sum)
        self._channels = len(CHANNELS)
        self.clear()

    def clear(self) -> None:
        """Say how to begin."""
        self._place.setText(self.tr("Point at a pixel"))
        self._step.setText(self.tr("A click holds it; the arrow keys move it; Esc lets it go."))
        for label, plot in zip(self._numbers, self._plots, strict=True):
            label.clear()
            plot.show_distribution(None)
        self._sum.clear()

    def show_place(self, x: int, y: int, scale: str) -> None:
        """Say where, before the numbers are there."""
        where = self.tr("x %1, y %2").replace("%1", str(x)).replace("%2", str(y))
        self._place.setText(f"{where}  ·  {scale}")

    def show_pixel(self, told: PixelReadout, scale: str) -> None:
        """Show all of a pixel."""
        self.show_place(told.x, told.y, scale)
        self._step.setText(self._step_name(told.step))
        for index, (label, plot) in enumerate(zip(self._numbers, self._plots, strict=True)):
            known = index < len(told.channels)
            label.setVisible(known)
            plot.setVisible(known)
            if known:
                label.setText(self._text(index, told.channels[index]))
                plot.show_distribution(told.channels[index])
        remainders = sum(one.cost for one in told.remainders)
        self._sum.setText(
            self.tr("Pixel: %1 bits. Block of four: %2 bits, of which %3 for the remainders.")
            .replace("%1", number(sum(one.cost for one in told.channels)))
            .replace("%2", number(told.block_bits))
            .replace("%3", number(remainders))
        )
        self.setAccessibleName(self._place.text())
        self.setAccessibleDescription(" ".join(label.text() for label in self._numbers))

    def _step_name(self, step: int) -> str:
        return (
            self.tr("Pixel 1 of its block, top left"),
            self.tr("Pixel 2 of its block, top right"),
            self.tr("Pixel 3 of its block, bottom left"),
            self.tr("Pixel 4 of its block: follows from the sum, 0 bits"),
        )[step - 1]

    def _text(self, index: int, told: Distribution) -> str:
        given = ("R", self.tr("G given R"), self.tr("B given R, G"))[index]
        return (
            self.tr("%1:  %2\np %3 · cost %4 · expected %5 bits")
            .replace("%1", given)
            .replace("%2", str(told.actual))
            .replace("%3", number(told.probability, 3))
            .replace("%4", number(told.cost))
            .replace("%5", number(told.entropy))
        )
