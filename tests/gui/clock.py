"""Time that is fair to a program on a busy machine."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

__all__ = ["FairClock"]


class FairClock:
    """Time as it passes for this process: what another process took away does not count.

    Where the system does not tell (anywhere but on Linux), it is the time of the clock on the wall.
    """

    def __init__(self) -> None:
        self._last = self._now()

    def lap(self) -> float:
        """Seconds since the last lap."""
        now, before = self._now(), self._last
        self._last = now
        # A thread that ended takes its waiting out of the sum: that must not count as time of ours.
        return (now[0] - before[0]) - max(0.0, now[1] - before[1])

    @staticmethod
    def _now() -> tuple[float, float]:
        """The clock, and for how long threads of this process were ready to run while the machine ran others."""
        waited = 0
        for task in Path("/proc/self/task").glob("*/schedstat"):
            with suppress(OSError):  # the thread has ended meanwhile
                waited += int(task.read_text().split()[1])
        return time.monotonic(), waited / 1e9
