"""The panel beside the views: what the colours span, and all of the pixel, or of the block, that is pointed at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from srec_gui.analysis import Part
from srec_gui.inspect.block_readout import BlockPanel
from srec_gui.inspect.block_text import block_report
from srec_gui.inspect.choice import Chooser
from srec_gui.inspect.controls import RangeBox
from srec_gui.inspect.pixel_text import pixel_report
from srec_gui.inspect.readout import Readout
from srec_gui.inspect.words import Names

if TYPE_CHECKING:
    from srec_engine import BlockReadout, PixelReadout

__all__ = ["PixelPanel"]

_WIDTH = 304


class PixelPanel(QFrame):
    """The panel.

    Attributes:
        pixels, blocks: What tells of pixels of the network's scales, and of blocks of a JPEG.
        readout: The one that is shown.
    """

    def __init__(self, chooser: Chooser, parent: QWidget | None = None) -> None:
        """Tell of pixels, until a file is opened."""
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(_WIDTH)
        self._chooser = chooser
        self.pixels, self.blocks = Readout(self), BlockPanel(self)
        self.readout: Readout | BlockPanel = self.pixels
        self._stack = QStackedWidget(self)
        for readout in (self.pixels, self.blocks):
            self._stack.addWidget(readout)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 12, 8)
        column.addWidget(RangeBox(chooser, self))
        column.addWidget(self._stack, 1)
        chooser.changed.connect(lambda: self.blocks.show_part(chooser.choice.part or Part.ALL))

    def offer(self, names: Names) -> None:
        """Another file is looked at."""
        self.readout = self.blocks if names.of_jpeg else self.pixels
        self.blocks.offer(names)
        self._stack.setCurrentWidget(self.readout)

    def clear(self) -> None:
        """Say how to begin."""
        for readout in (self.pixels, self.blocks):
            readout.clear()

    def show_pixel(self, told: PixelReadout | BlockReadout, scale: str) -> None:
        """Show all of a pixel, or of a block."""
        # Whichever is shown is the one for what the file tells.
        show: Any = self.readout.show_pixel
        show(told, scale)

    def report(self, name: str, names: Names) -> str:
        """All that is shown as text, "" for nothing: `name` is the file's."""
        if self.readout is self.blocks and self.blocks.pixel is not None:
            return block_report(self.blocks.pixel, name, names)
        told = self.pixels.pixel
        return "" if told is None else pixel_report(told, name, names.scale(told.scale))
