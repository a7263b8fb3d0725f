"""What the person looks at, as plain data, and who is told when it changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from srec_gui.analysis import Layer, Part, ValueRange

__all__ = ["Choice", "Chooser", "RangeMode", "SideChoice", "SideName"]

SideName = Literal["left", "right"]


class RangeMode(StrEnum):
    """What the colour bar spans."""

    FIXED = "fixed"
    """The same for all files: 0 to 8 bits."""
    SCALE = "scale"
    """What this scale needs."""
    IMAGE = "image"
    """What all scales that are known need."""


@dataclass(frozen=True, slots=True)
class SideChoice:
    """What one canvas shows of the chosen scale.

    Attributes:
        layer: What.
        part: Of which samples.
        channel: 0, 1, 2, or None for all.
        limits: The colour bar's ends where the person moved them; None where the range mode decides.
    """

    layer: Layer
    part: Part = Part.ALL
    channel: int | None = None
    limits: ValueRange | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What both canvases show.

    Attributes:
        scale: 0 is the full picture; the scale count is the base.
        left, right: What each canvas shows.
        range_mode: What the colour bars span.
        pin: Pixel of `scale` that the readout stays at, or None.
    """

    scale: int = 0
    left: SideChoice = field(default_factory=lambda: SideChoice(Layer.ACTUAL))
    right: SideChoice = field(default_factory=lambda: SideChoice(Layer.COST))
    range_mode: RangeMode = RangeMode.FIXED
    pin: tuple[int, int] | None = None

    @property
    def part(self) -> Part | None:
        """The samples that both canvases show; None when they differ."""
        return self.left.part if self.left.part is self.right.part else None


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

    def choose_side(self, side: SideName, **changes: Any) -> None:
        """Change fields of one side. Limits belong to a layer: another one begins with its own."""
        self.choose(**{side: _changed(getattr(self.choice, side), changes)})

    def choose_both(self, *, scale: int | None = None, **changes: Any) -> None:
        """Change fields of both sides, and the scale where one is given."""
        left, right = (_changed(side, changes) for side in (self.choice.left, self.choice.right))
        self.choose(scale=self.choice.scale if scale is None else scale, left=left, right=right)

    def choose_range(self, mode: RangeMode) -> None:
        """Let the range mode decide on both sides."""
        left, right = (replace(side, limits=None) for side in (self.choice.left, self.choice.right))
        self.choose(range_mode=mode, left=left, right=right)

    def exchange(self) -> None:
        """Put left what is right."""
        self.choose(left=self.choice.right, right=self.choice.left)


def _changed(side: SideChoice, changes: dict[str, Any]) -> SideChoice:
    after = replace(side, **changes)
    kind = (side.layer, side.part is Part.REMAINDERS)
    if "limits" not in changes and (after.layer, after.part is Part.REMAINDERS) != kind:
        after = replace(after, limits=None)
    return after


def _rescaled(place: int, finer: int) -> int:
    return place << finer if finer >= 0 else place >> -finer
