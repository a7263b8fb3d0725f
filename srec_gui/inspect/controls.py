"""What can be chosen: part, channel, range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from srec_gui.analysis import Layer, Part
from srec_gui.inspect.choice import Chooser, RangeMode
from srec_gui.inspect.words import channel_name, layer_name, part_name, range_name

__all__ = ["Controls", "LayerBox"]


class LayerBox(QComboBox):
    """The choice of a canvas's layer.

    Signals:
        chosen(object): A `Layer`.
    """

    chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """All layers; `name` says of which canvas."""
        super().__init__(parent)
        for layer in Layer:
            self.addItem(layer_name(layer), layer)
        self.setAccessibleName(name)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def show_layer(self, layer: Layer) -> None:
        """Show the choice."""
        self.setCurrentIndex(list(Layer).index(layer))


class Controls(QWidget):
    """Three choices, and a line that says what is being computed."""

    def __init__(self, chooser: Chooser, parent: QWidget | None = None) -> None:
        """Follow the choice."""
        super().__init__(parent)
        self._chooser = chooser
        self._part = self._box(self.tr("Samples"), list(Part), part_name, "part")
        self._channel = self._box(self.tr("Channel"), [None, 0, 1, 2], channel_name, "channel")
        self._range = self._box(self.tr("Range of the colours"), list(RangeMode), range_name, "range_mode")
        self._state = QLabel(self)
        self._state.setObjectName("faint")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 4)
        row.setSpacing(8)
        for box in (self._part, self._channel, self._range):
            row.addWidget(box)
        row.addStretch(1)
        row.addWidget(self._state)
        chooser.changed.connect(self._show)

    def show_state(self, text: str) -> None:
        """Say what is being computed."""
        self._state.setText(text)

    def _box(self, name: str, values: Sequence[Any], text: Callable[[Any], str], field: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        for value in values:
            box.addItem(text(value), value)
        box.activated.connect(lambda index: self._chooser.choose(**{field: box.itemData(index)}))
        return box

    def _show(self) -> None:
        choice = self._chooser.choice
        self._part.setCurrentIndex(list(Part).index(choice.part))
        self._channel.setCurrentIndex(0 if choice.channel is None else choice.channel + 1)
        self._range.setCurrentIndex(list(RangeMode).index(choice.range_mode))
