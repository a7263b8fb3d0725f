"""Everything about the blocks of a JPEG under the pointer, or under the pinned pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from srec_gui.analysis import Part
from srec_gui.inspect.block_grid import BlockGrid
from srec_gui.inspect.block_text import block_place
from srec_gui.inspect.legend import BAND_MARKS, Legend
from srec_gui.inspect.words import NETWORK_NAMES, Names, number

if TYPE_CHECKING:
    from srec_engine import BlockReadout

__all__ = ["BlockPanel"]

_KEY_FROM, _BITS_FROM, _SUMS_FROM = 260, 400, 430
"""Heights of the panel from which there is room for what the numbers mean, for bits in the cells, and for the sums."""


class BlockPanel(QWidget):
    """Where, then a channel's coefficients, then the bits of each band in each channel.

    Attributes:
        pixel: What is shown, or None.
        channel_box: Which channel's coefficients are shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Say how to begin."""
        super().__init__(parent)
        self.pixel: BlockReadout | None = None
        self._names = NETWORK_NAMES
        self._part = Part.ALL
        self._place = QLabel(self)
        self._place.setObjectName("heading")
        self._block = QLabel(self)
        self._block.setObjectName("faint")
        self._block.setWordWrap(True)
        self.channel_box = QComboBox(self)
        self.channel_box.setAccessibleName(self.tr("Channel of the coefficients"))
        self.channel_box.activated.connect(lambda _index: self._show())
        self._grid = BlockGrid(self)
        self._key = QLabel(self)
        self._key.setObjectName("faint")
        self._key.setWordWrap(True)
        self._sums = _Sums(self)
        self._marks = Legend(BAND_MARKS, 1, self)
        row = QHBoxLayout()
        row.addWidget(self._block, 1)
        row.addWidget(self.channel_box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._place)
        column.addLayout(row)
        column.addWidget(self._marks)
        column.addWidget(self._grid, 1)
        column.addWidget(self._key)
        column.addWidget(self._sums)
        column.addStretch(0)
        self._column = column
        self.clear()

    @property
    def text(self) -> str:
        """All that is said."""
        return "\n".join([self._place.text(), self._block.text(), self._grid.accessibleDescription(), self._sums.text])

    def offer(self, names: Names) -> None:
        """Another file is looked at."""
        self._names = names
        self.channel_box.clear()
        self.channel_box.addItems(list(names.channels))

    def show_part(self, part: Part) -> None:
        """Which coefficients the views show."""
        if part is not self._part:
            self._part = part
            self._show()

    def clear(self) -> None:
        """Say how to begin."""
        self._place.setText(self.tr("Point at a block"))
        self._say(
            self.tr("A click holds it, the arrow keys move it, Esc lets it go.\n"
                    "While Shift is held, left and right are exchanged.\n"
                    "Scales are bands of frequencies here: first the means of blocks, then finer and finer detail. "
                    "With the means stands how many coefficients of a block are not zero; in the JPEG, codes that end "
                    "blocks stand with the others.")
        )  # fmt: skip
        self._marks.show()

    def show_place(self, x: int, y: int, scale: str) -> None:
        """Say where, before the numbers are there."""
        where = self.tr("x %1, y %2").replace("%1", str(x)).replace("%2", str(y))
        self._place.setText(f"{where}  ·  {scale}")

    def show_problem(self, text: str) -> None:
        """Say why there are no numbers."""
        self._say(text)

    def show_pixel(self, told: BlockReadout, scale: str) -> None:
        """Show all of the blocks at a pixel."""
        self.pixel = told
        self.show_place(told.x, told.y, scale)
        self._show()

    def _show(self) -> None:
        told = self.pixel
        if told is None:
            return
        index = max(0, self.channel_box.currentIndex())
        self._block.setText(block_place(told.channels[index]))
        self._grid.show_block(told, index, self._part)
        self._sums.show_block(told, self._names)
        self._marks.hide()
        self._grid.show()
        self._make_room()
        self.channel_box.setVisible(len(told.channels) > 1)
        self._column.setStretch(self._column.count() - 1, 0)
        self._describe()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave out what there is no room for."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        bits = self.tr("Each: what it was, in steps; what was expected; bits")
        self._key.setText(bits if self.height() >= _BITS_FROM else self.tr("Each: what it was, in steps; expected"))
        self._key.setVisible(self.pixel is not None and self.height() >= _KEY_FROM)
        self._sums.setVisible(self.pixel is not None and self.height() >= _SUMS_FROM)

    def _say(self, text: str) -> None:
        self.pixel = None
        self._block.setText(text)
        for widget in (self._grid, self._key, self._sums, self.channel_box, self._marks):
            widget.hide()
        self._column.setStretch(self._column.count() - 1, 1)
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleName(self._place.text())
        self.setAccessibleDescription(" ".join(self.text.splitlines()[1:]) if self.pixel is not None else "")


class _Sums(QWidget):
    """Bits of each band in each channel, and all together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 4)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self._labels: dict[tuple[int, int], QLabel] = {}

    def show_block(self, told: BlockReadout, names: Names) -> None:
        """Show the sums of a block."""
        lines = [(self.tr("Bits"), *names.channels)]
        lines += [
            (names.scale(scale), *(number(one.band_bits(scale), 1) for one in told.channels)) for scale in told.scales
        ]
        lines.append((self.tr("Block"), *(number(one.bits.sum(), 1) for one in told.channels)))
        self.text = "\n".join(" ".join(line) for line in lines)
        for label in self._labels.values():
            label.hide()
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                label = self._label(row, column)
                label.setObjectName("faint" if row == 0 or column == 0 else "")
                label.setText(text)
                label.show()

    def _label(self, row: int, column: int) -> QLabel:
        if (row, column) not in self._labels:
            label = self._labels[row, column] = QLabel(self)
            label.setObjectName("faint" if row == 0 or column == 0 else "")
            if column:
                label.setAlignment(Qt.AlignmentFlag.AlignRight)
                label.setMinimumWidth(52)
            self._grid.addWidget(label, row, column)
        return self._labels[row, column]
