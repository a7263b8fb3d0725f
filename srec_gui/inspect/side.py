"""One side of the room: the choice of a layer, the view, the colour bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from srec_gui.analysis import Layer, Part, ValueRange
from srec_gui.inspect.canvas import Canvas
from srec_gui.inspect.choice import Chooser
from srec_gui.inspect.colour_bar import ColourBar
from srec_gui.inspect.controls import LayerBox
from srec_gui.inspect.session import Session
from srec_gui.inspect.tile_images import ColourTable
from srec_gui.inspect.viewport import Viewport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Side"]


class Side(QWidget):
    """A canvas with what belongs to it.

    Attributes:
        box, canvas, bar: The parts.
    """

    def __init__(
        self, name: str, session: Session, chooser: Chooser, viewport: Viewport, parent: QWidget | None = None
    ) -> None:
        """An empty side called `name`."""
        super().__init__(parent)
        self.box = LayerBox(name, self)
        self.canvas = Canvas(session, chooser, viewport, self)
        self.bar = ColourBar(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 0, 6, 0)
        column.setSpacing(4)
        column.addWidget(self.box)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.bar)

    def show_layer(
        self, layer: Layer, part: Part, limits: ValueRange, table: ColourTable, counts: NDArray[np.int64] | None
    ) -> None:
        """Show a layer in these colours."""
        self.box.show_layer(layer)
        self.canvas.show_layer(layer, table)
        self.bar.show_layer(layer, part, limits, table)
        self.bar.show_histogram(counts)
