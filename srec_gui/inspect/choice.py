"""What the person looks at, as plain data, and who is told when it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

    def shows_alone(self, part: Part | None, channel: int | None) -> bool:
        """Whether both canvases show just these samples, and this channel, where there is only one of it."""
        if part is None or part is not self.part:
            return False
        return channel is None or self.left.channel == self.right.channel == channel


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
        self._halvings: Callable[[int], int] = int

    def offer(self, layers: Sequence[Layer], parts: Sequence[Part], halvings: Callable[[int], int]) -> None:
        """Another file is looked at: what it has not of the choice is replaced by what is like it.

        Args:
            layers: What it has.
            parts: Likewise.
            halvings: How often the picture was halved at a scale.
        """
        self._halvings = halvings
        left, right = (_offered(side, layers, parts) for side in (self.choice.left, self.choice.right))
        self.choose(left=left, right=right)

    def choose(self, **changes: Any) -> None:
        """Change fields of the choice. A pin belongs to a scale: it moves along when that changes."""
        before = self.choice
        scale = changes.get("scale", before.scale)
        if scale != before.scale and "pin" not in changes and before.pin is not None:
            finer = self._halvings(before.scale) - self._halvings(scale)
            changes["pin"] = tuple(_rescaled(place, finer) for place in before.pin)
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


def _offered(side: SideChoice, layers: Sequence[Layer], parts: Sequence[Part]) -> SideChoice:
    """The side, or what is most like it among these."""
    layer = side.layer
    if layer not in layers:
        alike = [other for other in layers if other.in_bits] if layer.in_bits else [Layer.PREDICTED]
        layer = alike[0]
    part = side.part if side.part in parts else Part.ALL
    return side if (layer, part) == (side.layer, side.part) else SideChoice(layer, part)


def _changed(side: SideChoice, changes: dict[str, Any]) -> SideChoice:
    after = replace(side, **changes)
    if "limits" not in changes and _kind(after) != _kind(side):
        after = replace(after, limits=None)
    return after


def _kind(side: SideChoice) -> tuple[Layer, bool, bool]:
    """What has a range of its own."""
    return side.layer, side.part is Part.REMAINDERS, side.part is Part.BAND


def _rescaled(place: int, finer: int) -> int:
    return place << finer if finer >= 0 else place >> -finer
