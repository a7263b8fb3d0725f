"""What can be chosen: layer, samples and channel of a side; the range of the colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from srec_gui.analysis import Layer, Part
from srec_gui.inspect.choice import Chooser, RangeMode, SideChoice, SideName
from srec_gui.inspect.words import NETWORK_NAMES, Names, layer_name, range_name

__all__ = ["RangeBox", "SideBoxes"]


class SideBoxes(QWidget):
    """The choices of one canvas."""

    def __init__(self, name: str, side: SideName, chooser: Chooser, parent: QWidget | None = None) -> None:
        """Choices of `side`, which people read as `name`."""
        super().__init__(parent)

        def choose(field: str) -> Callable[[Any], None]:
            return lambda value: chooser.choose_side(side, **{field: value})

        self._names = NETWORK_NAMES
        self._layer = _Box(f"{name}: {self.tr('layer')}", choose("layer"), self)
        self._part = _Box(f"{name}: {self.tr('samples')}", choose("part"), self)
        self._channel = _Box(f"{name}: {self.tr('channel')}", choose("channel"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for box, stretch in ((self._layer, 3), (self._part, 3), (self._channel, 2)):
            row.addWidget(box, stretch)

    def offer(self, layers: Sequence[Layer], parts: Sequence[Part], names: Names) -> None:
        """Offer what a file has."""
        self._names = names
        self._layer.offer(layers, layer_name)
        self._part.offer(parts, names.part)
        self._channel.offer([None, *range(len(names.channels))], names.channel)
        for index, layer in enumerate(layers):
            self._layer.setItemData(index, names.meaning(layer), Qt.ItemDataRole.ToolTipRole)

    def show_choice(self, choice: SideChoice, *, coloured: bool, coded: bool) -> None:
        """Show the choice; a grey picture has one channel, and the base has values only."""
        self._part.show_value(choice.part)
        self._channel.show_value(choice.channel)
        if self._layer.show_value(choice.layer):
            self._layer.setToolTip(f"{layer_name(choice.layer)}: {self._names.meaning(choice.layer)}")
        self._layer.setEnabled(coded)
        self._part.setEnabled(coded)
        self._channel.setEnabled(coloured)


class _Box(QComboBox):
    """A list of values, each with a text."""

    def __init__(self, name: str, chosen: Callable[[Any], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[Any] = []
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setMinimumWidth(64)
        self.activated.connect(lambda index: chosen(self._values[index]))

    def offer(self, values: Sequence[Any], text: Callable[[Any], str]) -> None:
        """Offer these."""
        self._values = list(values)
        self.clear()
        self.addItems([text(value) for value in values])

    def show_value(self, value: Any) -> bool:
        """Show what was chosen, or nothing where it is not offered; whether it is."""
        self.setCurrentIndex(self._values.index(value) if value in self._values else -1)
        return self.currentIndex() >= 0


class RangeBox(_Box):
    """What the colours of both views span."""

    def __init__(self, chooser: Chooser, parent: QWidget | None = None) -> None:
        """Follow the choice."""
        super().__init__(self.tr("Range of the colours"), chooser.choose_range, parent)
        self.offer(list(RangeMode), range_name)
        chooser.changed.connect(lambda: self.show_value(chooser.choice.range_mode))
