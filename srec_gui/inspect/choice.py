"""What the person looks at, as plain data, and who is told when it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

from srec_gui.analysis import Layer, Part

__all__ = ["Choice", "Chooser", "RangeMode"]


class RangeMode(StrEnum):
    """What the colour bar spans."""

    FIXED = "fixed"
    """The same for all files: 0 to 8 bits."""
    SCALE = "scale"
    """What this scale needs."""
    IMAGE = "image"
    """What all scales that are known need."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What both canvases show.

    Attributes:
        scale: 0 is the full picture; the scale count is the base.
        part: Which samples.
        channel: 0, 1, 2, or None for all.
        left, right: The layers.
        range_mode: What the colour bars span.
        pin: Pixel of `scale` that the readout stays at, or None.
    """

    scale: int = 0
    part: Part = Part.ALL
    channel: int | None = None
    left: Layer = Layer.ACTUAL
    right: Layer = Layer.COST
    range_mode: RangeMode = RangeMode.FIXED
    pin: tuple[int, int] | None = None


class Chooser(QObject):
    """The one place where the choice is kept.

    Signals:
        changed(): `choice` is another one.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin with the defaults."""
        super().__init__(parent)
        self.choice = Choice()

    def choose(self, **changes: Any) -> None:
        """Change fields of the choice. A pin belongs to a scale: it moves along when that changes."""
        before = self.choice
        scale = changes.get("scale", before.scale)
        if scale != before.scale and "pin" not in changes and before.pin is not None:
            changes["pin"] = tuple(_rescaled(place, before.scale - scale) for place in before.pin)
        after = replace(before, **changes)
        if after != before:
            self.choice = after
            self.changed.emit()


def _rescaled(place: int, finer: int) -> int:
    return place << finer if finer >= 0 else place >> -finer
