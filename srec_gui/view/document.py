"""What the room knows about the picture it shows, from the first byte to the last pixel. Immutable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from srec_gui.view.facts import Facts
from srec_gui.view.picture import Picture

__all__ = ["Document", "State"]


class State(StrEnum):
    """How far a picture has come."""

    LOADING = "loading"
    """Nothing to see yet."""
    REFINING = "refining"
    """A coarser picture is shown, more is to come."""
    COMPLETE = "complete"
    """Every pixel is there."""
    DAMAGED = "damaged"
    """What could be decoded is shown; `Document.damage` says what is missing."""
    FAILED = "failed"
    """Nothing can be shown; `Document.message` says why. There are facts where the file that it holds comes back."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file on its way to the screen.

    Attributes:
        path: The file.
        state: How far it has come.
        picture: The best picture so far.
        facts: What is known about the file.
        fraction: Share of the decoding that is done, 0 to 1.
        scale: The scale being decoded (0 is the full picture), or None.
        message: Why it failed; while it is refined, what the engine says it is doing.
        damage: One sentence for each missing part.
        note: What the person should know about how it was decoded, or "".
    """

    path: Path
    state: State = State.LOADING
    picture: Picture | None = None
    facts: Facts | None = None
    fraction: float = 0.0
    scale: int | None = None
    message: str = ""
    damage: tuple[str, ...] = ()
    note: str = ""

    @property
    def settled(self) -> bool:
        """Whether nothing more is to come."""
        return self.state in {State.COMPLETE, State.DAMAGED, State.FAILED}

    @property
    def pixels(self) -> int:
        """Pixels of the full picture, 0 while unknown."""
        return self.picture.width * self.picture.height if self.picture is not None else 0

    def failed(self, message: str) -> Document:
        """This document after an error: what is there stays visible."""
        if self.picture is None:
            return replace(self, state=State.FAILED, message=message)
        return replace(self, state=State.DAMAGED, damage=(message,), message="")
