"""What happened to one file of a batch."""

from __future__ import annotations

from dataclasses import asdict, dataclass, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from srec_engine.reports import DecodeReport, EncodeReport, FileInfo

__all__ = ["Outcome", "State"]


class State(StrEnum):
    """How a file ended."""

    DONE = "done"
    SKIPPED = "skipped"
    LEFT = "left_alone"
    """Its result would not be smaller, and nothing was written."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file of a batch.

    Attributes:
        source: The file worked on.
        state: How it ended.
        message: One line for the person: the figures, or why it was skipped or failed.
        destination: What was written, or None.
        report: What the engine told, or None.
        details: More for `--json`, by name.
        note: What the person should know besides, or "".
    """

    source: Path
    state: State
    message: str
    destination: Path | None = None
    report: EncodeReport | DecodeReport | FileInfo | None = None
    details: dict[str, Any] | None = None
    note: str = ""

    @property
    def fallback(self) -> str:
        """Why the CPU took over from an accelerator, a clause of the report or the details; "" where it did not."""
        return str(getattr(self.report, "fallback", "") or (self.details or {}).get("fallback", ""))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the person should know besides, line by line."""
        by_cpu = f"done by the CPU, since {self.fallback}" if self.fallback else ""
        return tuple(filter(None, (self.note, by_cpu)))

    def as_json(self) -> dict[str, Any]:
        """Plain values for a JSON document: the report's figures beside the names and the state."""
        values: dict[str, Any] = {"source": str(self.source), "state": self.state.value}
        if self.state is not State.DONE:
            values["message"] = self.message
        if self.report is not None and is_dataclass(self.report):
            values |= asdict(self.report)
            values["bpsp"] = getattr(self.report, "bpsp", None)
        if self.note:
            values["note"] = self.note
        values["destination"] = None if self.destination is None else str(self.destination)
        return values | (self.details or {})
