"""What stands in front where no scales can be looked at: the placard, and beside it what else is known of the file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from srec_gui.analysis import JpegPart
from srec_gui.engine import FileInfo, method_words
from srec_gui.inspect.placard import Placard
from srec_gui.inspect.source_parts import SourceParts

__all__ = ["Front"]


class Front(QWidget):
    """Placard and parts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """The placard alone, which invites to open a file."""
        super().__init__(parent)
        self.placard = Placard(self)
        self.parts = SourceParts(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.placard, 1)
        row.addWidget(self.parts)

    def explain(self, info: FileInfo, name: str) -> None:
        """Say how the file of this name is held, without the network."""
        if info.is_picture_known:
            self.placard.explain_method(method_words(info.method).how, name)
        else:
            self.placard.explain_kept(name, info.source_name or "")

    def show_parts(self, info: FileInfo | None, parts: Sequence[JpegPart]) -> None:
        """Show where the bits are of the file that is held; nothing hides them."""
        self.parts.show_parts(info, parts)
