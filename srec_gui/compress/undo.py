"""Taking a batch back: results to the trash, originals out of it. Runs in the disk lane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from srec_gui.desktop import move_to_trash, restore_from_trash
from srec_gui.engine import CancelToken, OutputError

__all__ = ["Step", "Undone", "take_back"]


@dataclass(frozen=True, slots=True)
class Step:
    """What one item of the batch did.

    Attributes:
        source: The original's place.
        trashed: Where the original is in the trash, or None when it never moved.
        result: The file that was made.
        replaced: Whether `result` replaced an older file, which cannot be brought back.
    """

    source: Path
    trashed: Path | None
    result: Path
    replaced: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """How it went.

    Attributes:
        removed, restored: Numbers of results moved to the trash and of originals brought back.
        kept: Results left in place because the file they replaced is gone.
        problems: One sentence for each thing that did not work.
    """

    removed: int
    restored: int
    kept: int
    problems: tuple[str, ...]


def take_back(steps: Sequence[Step], cancel: CancelToken, _report: Callable[[object], None]) -> Undone:
    """Undo `steps`. A result only goes once its original is in its place again."""
    removed = restored = kept = 0
    problems: list[str] = []
    for step in steps:
        cancel.raise_if_cancelled()
        try:
            if step.trashed is not None:
                restore_from_trash(step.trashed, step.source)
                restored += 1
            if step.replaced or not step.source.exists():
                kept += 1
            elif step.result.exists():
                move_to_trash(step.result)
                removed += 1
        except OutputError as error:
            problems.append(str(error))
    return Undone(removed, restored, kept, tuple(problems))
