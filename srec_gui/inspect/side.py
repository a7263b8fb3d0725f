"""One side of the room: its choices, the view, the colour bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from srec_gui.analysis import Part, ValueRange
from srec_gui.inspect.canvas import Canvas, Views
from srec_gui.inspect.choice import SideChoice, SideName
from srec_gui.inspect.colour_bar import ColourBar
from srec_gui.inspect.controls import SideBoxes
from srec_gui.inspect.tile_images import ColourTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Side"]


class Side(QWidget):
    """A canvas with what belongs to it.

    Attributes:
        boxes, canvas, bar: The parts.
    """

    def __init__(
        self,
        title: str,
        name: SideName,
        views: Views,
        parent: QWidget | None = None,
    ) -> None:
        """The empty side `name`, which people read as `title`."""
        super().__init__(parent)
        self.boxes = SideBoxes(title, name, views.chooser, self)
        self.canvas = Canvas(views, self)
        self.bar = ColourBar(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12 if name == "left" else 6, 0, 6 if name == "left" else 12, 0)
        column.setSpacing(6)
        column.addWidget(self.boxes)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.bar)

    def show_choice(
        self,
        choice: SideChoice,
        limits: ValueRange,
        table: ColourTable,
        counts: NDArray[np.int64] | None,
        *,
        coloured: bool,
        told: bool,
    ) -> None:
        """Show what was chosen in these colours.

        `coloured` says whether the picture has three channels, `told` whether there is anything to see of the layer.
        """
        self.canvas.show_choice(choice, table)
        in_colour = coloured and choice.layer.in_values and choice.channel is None
        adjustable = not in_colour or choice.part is Part.REMAINDERS
        self.bar.show_layer(choice.layer, choice.part, limits, table, adjustable=adjustable)
        self.bar.show_histogram(counts)
        self.bar.set_blank(not told)
