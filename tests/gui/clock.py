"""Time that is fair to a program on a busy machine."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

__all__ = ["FairClock", "slowness"]

_DESKTOP_SECONDS = 0.012
"""What `_some_python` takes on a desktop of today, for which the limits of the tests are meant."""


def slowness() -> float:
    """How many times as long as on a desktop of today a piece of Python takes here; at least 1.

    A rented core may be half as fast: what is slow there is the machine, not the window.
    """
    seconds = []
    for _ in range(7):
        begin = time.thread_time()
        _some_python()
        seconds.append(time.thread_time() - begin)
    return max(1.0, min(seconds) / _DESKTOP_SECONDS)


def _some_python() -> list[str]:
    """Work of the kind that a window does: texts, look-ups, a sorted list."""
    numbers = {f"{number} of many": number for number in range(60_000)}
    return sorted(numbers, key=numbers.__getitem__)


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
