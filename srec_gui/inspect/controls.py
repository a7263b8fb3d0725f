"""What can be chosen: layer, samples and channel of a side; the range of the colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from srec_gui.analysis import Layer, Part
from srec_gui.inspect.choice import Chooser, RangeMode, SideChoice, SideName
from srec_gui.inspect.words import channel_name, layer_meaning, layer_name, part_name, range_name

__all__ = ["RangeBox", "SideBoxes"]

_CHANNELS = (None, 0, 1, 2)


class SideBoxes(QWidget):
    """The choices of one canvas."""

    def __init__(self, name: str, side: SideName, chooser: Chooser, parent: QWidget | None = None) -> None:
        """Choices of `side`, which people read as `name`."""
        super().__init__(parent)

        def choose(field: str) -> Callable[[Any], None]:
            return lambda value: chooser.choose_side(side, **{field: value})

        self._layer = _box(f"{name}: {self.tr('layer')}", list(Layer), layer_name, choose("layer"), self)
        self._part = _box(f"{name}: {self.tr('samples')}", list(Part), part_name, choose("part"), self)
        self._channel = _box(f"{name}: {self.tr('channel')}", _CHANNELS, channel_name, choose("channel"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for index, layer in enumerate(Layer):
            self._layer.setItemData(index, layer_meaning(layer), Qt.ItemDataRole.ToolTipRole)
        for box, stretch in ((self._layer, 3), (self._part, 3), (self._channel, 2)):
            row.addWidget(box, stretch)

    def show_choice(self, choice: SideChoice, *, coloured: bool, coded: bool) -> None:
        """Show the choice; a grey picture has one channel, and the base has values only."""
        self._layer.setCurrentIndex(list(Layer).index(choice.layer))
        self._layer.setToolTip(f"{layer_name(choice.layer)}: {layer_meaning(choice.layer)}")
        self._part.setCurrentIndex(list(Part).index(choice.part))
        self._channel.setCurrentIndex(_CHANNELS.index(choice.channel))
        self._layer.setEnabled(coded)
        self._part.setEnabled(coded)
        self._channel.setEnabled(coloured)


class RangeBox(QComboBox):
    """What the colours of both views span."""

    def __init__(self, chooser: Chooser, parent: QWidget | None = None) -> None:
        """Follow the choice."""
        super().__init__(parent)
        self._chooser = chooser
        _fill(self, self.tr("Range of the colours"), list(RangeMode), range_name, chooser.choose_range)
        chooser.changed.connect(self._show)

    def _show(self) -> None:
        self.setCurrentIndex(list(RangeMode).index(self._chooser.choice.range_mode))


def _box(
    name: str,
    values: Sequence[Any],
    text: Callable[[Any], str],
    chosen: Callable[[Any], None],
    parent: QWidget,
) -> QComboBox:
    box = QComboBox(parent)
    _fill(box, name, values, text, chosen)
    return box


def _fill(
    box: QComboBox, name: str, values: Sequence[Any], text: Callable[[Any], str], chosen: Callable[[Any], None]
) -> None:
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setMinimumWidth(64)
    for value in values:
        box.addItem(text(value), value)
    box.activated.connect(lambda index: chosen(values[index]))
