"""Threads that run jobs in order. No Qt here: what happens to a job is told to a callback, in the job's thread."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from srec_gui.engine import Cancelled, CancelToken, SrecError

__all__ = ["Job", "Lane", "Outcome", "Work"]

logger = logging.getLogger(__name__)

Work = Callable[[CancelToken, Callable[[object], None]], object]
"""What a job runs: `function(cancel, report)`; its result is the job's value."""


class Outcome(StrEnum):
    """What a job tells about itself."""

    STARTED = "started"
    PROGRESSED = "progressed"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job:
    """One function on its way through a lane.

    Attributes:
        token: The job's cancel token.
    """

    def __init__(self, work: Work, tell: Callable[[Outcome, object], None]) -> None:
        """Prepare `work`; `tell(outcome, value)` is called in the lane's thread."""
        self.token = CancelToken()
        self._work: Work | None = work
        self._tell = tell
        self._lock = threading.Lock()
        self._reported: dict[type, object] = {}

    def run(self) -> None:
        """Run to the end and tell how it went. Nothing escapes: a crash is an outcome."""
        work, self._work = self._work, None
        if work is None or self.token.cancelled:
            self._tell(Outcome.CANCELLED, None)
            return
        self._tell(Outcome.STARTED, None)
        try:
            value = work(self.token, self._report)
        except Cancelled:
            self._tell(Outcome.CANCELLED, None)
        except Exception as error:
            if not isinstance(error, SrecError):
                logger.exception("A job crashed.")
            # The traceback would keep every array of the crashed frames alive.
            self._tell(Outcome.FAILED, error.with_traceback(None))
        else:
            self._tell(Outcome.FINISHED, value)

    def take_reported(self) -> list[object]:
        """Return and forget the newest reported value of each type, in the order the types first came."""
        with self._lock:
            values = list(self._reported.values())
            self._reported.clear()
        return values

    def _report(self, value: object) -> None:
        with self._lock:
            first = not self._reported
            self._reported[type(value)] = value
        # One message per batch of values: a fast reporter cannot flood a busy receiver.
        if first:
            self._tell(Outcome.PROGRESSED, None)


class Lane:
    """A few threads with one queue."""

    def __init__(self, name: str, threads: int) -> None:
        """Make a lane called `name`; its threads start with the first job."""
        self._name = name
        self._size = threads
        self._threads: list[threading.Thread] = []
        self._queue: deque[Job] = deque()
        self._change = threading.Condition()
        self._stopping = False

    def put(self, job: Job, *, urgent: bool = False) -> None:
        """Queue `job`, at the front when `urgent`. Raises RuntimeError once the lane was stopped."""
        with self._change:
            if self._stopping:
                raise RuntimeError(f"the {self._name} lane was stopped")
            if urgent:
                self._queue.appendleft(job)
            else:
                self._queue.append(job)
            if len(self._threads) < self._size:
                self._start_thread()
            self._change.notify()

    def discard(self, job: Job) -> bool:
        """Take `job` out of the queue; False when it already runs or ran."""
        with self._change:
            try:
                self._queue.remove(job)
            except ValueError:
                return False
        return True

    def stop(self) -> None:
        """Forget what waits and let the threads end after what they run."""
        with self._change:
            self._stopping = True
            self._queue.clear()
            self._change.notify_all()

    def join(self, deadline: float) -> bool:
        """Wait for the threads until `deadline` (of `time.monotonic`); whether all have ended."""
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _start_thread(self) -> None:
        # Daemon threads: one that is stuck in a library must not keep the process alive after the window is gone.
        thread = threading.Thread(target=self._loop, name=f"srec-{self._name}-{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _loop(self) -> None:
        while True:
            with self._change:
                while not self._queue and not self._stopping:
                    self._change.wait()
                if self._stopping:
                    return
                job = self._queue.popleft()
            job.run()
            del job  # a waiting thread must not keep the last job's result alive
