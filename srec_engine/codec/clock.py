"""Where the time went, added up over threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["StageClock"]


class StageClock:
    """Seconds by stage. Threads that work at the same time add up, so the sum can exceed the wall time.

    Attributes:
        seconds: So far, by the stage's name.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._started = time.perf_counter()
        self._lock = threading.Lock()

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Count what runs in the block towards `stage`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            with self._lock:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + spent

    @property
    def elapsed(self) -> float:
        """Wall time since the clock was made."""
        return time.perf_counter() - self._started
