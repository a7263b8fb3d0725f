"""How a caller watches and stops a long operation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from srec_engine.errors import Cancelled

__all__ = ["Advance", "CancelToken", "Progress", "ProgressCallback", "Stage"]


class Stage(StrEnum):
    """What an operation is doing right now."""

    READING = "reading"
    PREPARING = "preparing"
    ENCODING = "encoding"
    DECODING = "decoding"
    VERIFYING = "verifying"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of progress.

    Attributes:
        stage: What is being done.
        fraction: Share of the whole operation that is done, 0 to 1, weighted by pixels.
        scale: Scale being coded (0 is the full image), or None outside the network's work.
        message: Something worth telling the person ("preparing the entropy coder (first run)"), or "".
    """

    stage: Stage
    fraction: float
    scale: int | None = None
    message: str = ""


Advance = Callable[[float, int], None]
"""Told the share of a piece of work that is done, and the scale."""

ProgressCallback = Callable[[Progress], None]


class CancelToken:
    """A flag that one thread sets and the engine polls (at least every 100 ms of work).

    One token belongs to one operation; it cannot be reset.
    """

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the operation to stop. Safe from any thread, and more than once."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` once `cancel` was called."""
        if self._event.is_set():
            raise Cancelled("Stopped on request. Nothing was written.")
