"""One row of the queue: what shall be done to which file, how far it is, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from srec_gui.engine import DecodeReport, EncodeReport, Method, Progress, Stage

__all__ = ["FINISHED", "Direction", "Item", "State"]


class Direction(StrEnum):
    """Which way a file goes."""

    COMPRESS = "compress"
    EXPAND = "expand"


class State(StrEnum):
    """Where an item is on its way."""

    WAITING = "waiting"
    ASKING = "asking"
    """Its result's file exists, and the person has not said yet what to do with such files."""
    RUNNING = "running"
    DONE = "done"
    LEFT = "left alone"
    """Nothing would have been gained, and nothing was written."""
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TAKEN_BACK = "taken back"
    """It was done, and its batch was undone."""


FINISHED = frozenset({State.DONE, State.LEFT, State.SKIPPED, State.CANCELLED, State.TAKEN_BACK})
"""States of rows that need no more attention."""


@dataclass(eq=False, slots=True)
class Item:
    """One file in the queue. Plain data; the manager changes it.

    Attributes:
        source: The file.
        direction: To `.srec`, or from it.
        source_bytes: Its size.
        root: The dropped folder it was found in, or None.
        width, height: Pixels, 0 while unknown.
        stored_name: For a `.srec`, the name of the file it was made from, where it is known; else None.
        state: Where it is.
        stage, fraction, scale, message: Of the last progress.
        destination: The result's file once known.
        stopping: Whether it was asked to stop and has not yet.
        replaced: Whether the result took the place of an older file.
        trashed: Where the original is in the trash, or None.
        report: What the engine said at the end.
        result_bytes: Size of the result's file once there is one.
        note: What the person should know: why it was left alone, skipped or failed, or how it was stored.
        batch: Number of the batch it belongs to.
    """

    source: Path
    direction: Direction
    source_bytes: int
    root: Path | None = None
    width: int = 0
    height: int = 0
    stored_name: str | None = None
    state: State = State.WAITING
    stage: Stage | None = None
    fraction: float = 0.0
    scale: int | None = None
    message: str = ""
    destination: Path | None = None
    stopping: bool = False
    replaced: bool = False
    trashed: Path | None = None
    report: EncodeReport | DecodeReport | None = None
    result_bytes: int | None = None
    note: str = ""
    batch: int = 0

    @property
    def pixels(self) -> int:
        """Pixels of the picture, 0 while unknown."""
        return self.width * self.height

    @property
    def open(self) -> bool:
        """Whether work on it is still to come."""
        return self.state in {State.WAITING, State.ASKING, State.RUNNING}

    @property
    def can_retry(self) -> bool:
        """Whether trying again makes sense."""
        return not self.open and self.state is not State.DONE

    @property
    def srec_bytes(self) -> int | None:
        """Size of the `.srec` on whichever side it is."""
        return self.source_bytes if self.direction is Direction.EXPAND else self.result_bytes

    @property
    def picture_bytes(self) -> int | None:
        """Size of the ordinary picture file on whichever side it is."""
        return self.result_bytes if self.direction is Direction.EXPAND else self.source_bytes

    @property
    def saved(self) -> float | None:
        """Share of the picture file's bytes that the `.srec` saves."""
        if self.srec_bytes is None or not self.picture_bytes:
            return None
        return 1.0 - self.srec_bytes / self.picture_bytes

    @property
    def bpsp(self) -> float | None:
        """Bits per subpixel of the whole `.srec`."""
        if self.srec_bytes is None or not self.pixels:
            return None
        return 8.0 * self.srec_bytes / (3.0 * self.pixels)

    @property
    def method(self) -> Method | None:
        """How the `.srec` holds the picture."""
        return self.report.method if self.report is not None else None

    @property
    def seconds(self) -> float | None:
        """Wall time of the engine's work, without what it prepared once for all pictures."""
        return self.report.working_seconds if self.report is not None else None

    @property
    def speed(self) -> float | None:
        """Pixels per second."""
        return self.pixels / self.seconds if self.pixels and self.seconds else None

    @property
    def verified(self) -> bool:
        """Whether the result was decoded again and compared with the source."""
        return isinstance(self.report, EncodeReport) and self.report.verified

    @property
    def result(self) -> Path:
        """The file to show to the person: the result where there is one, else the source."""
        return self.destination if self.state is State.DONE and self.destination else self.source

    def take_progress(self, progress: Progress) -> None:
        """Remember how far the work is."""
        self.stage = progress.stage
        # Never backwards: the engine begins anew when it compares methods.
        self.fraction = min(1.0, max(self.fraction, progress.fraction))
        self.scale = progress.scale
        self.message = progress.message

    def take_result(self, destination: Path, report: EncodeReport | DecodeReport, result_bytes: int) -> None:
        """Remember how it went well."""
        self.state = State.DONE
        self.destination, self.report, self.result_bytes = destination, report, result_bytes
        self._take_size(report)
        self.note = _as_sentence(report.note if isinstance(report, EncodeReport) else " ".join(report.damage))

    def take_left(self, report: EncodeReport) -> None:
        """Remember that nothing would have been gained. The report is of a result that there is not: it is let go."""
        self.state = State.LEFT
        self._take_size(report)
        self.note = _as_sentence(report.note)

    def take_back(self) -> None:
        """Forget how it went: its result is gone again."""
        self.restart()
        self.state = State.TAKEN_BACK

    def restart(self) -> None:
        """Forget how it went and wait again."""
        self.state = State.WAITING
        self.stage, self.fraction, self.scale, self.message = None, 0.0, None, ""
        self.destination, self.replaced, self.trashed = None, False, None
        self.stopping = False
        self.report, self.result_bytes, self.note = None, None, ""

    def _take_size(self, report: EncodeReport | DecodeReport) -> None:
        if report.is_picture_known:
            self.width, self.height = report.width, report.height


def _as_sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
