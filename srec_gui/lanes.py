"""Threads that run jobs in order. No Qt here: what happens to a job is told to a callback, in the job's thread."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from srec_gui.engine import Cancelled, CancelToken, Progress, SrecError, Stage, write_fault_report

__all__ = ["Job", "Lane", "Outcome", "Work"]

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.05
"""How often a job that waits looks whether it was asked to stop."""

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
        gives_way: Whether it waits at its reports while urgent work of its lane is done.
        urgent: Whether somebody waits for it now.
    """

    def __init__(self, work: Work, tell: Callable[[Outcome, object], None], *, gives_way: bool = False) -> None:
        """Prepare `work`; `tell(outcome, value)` is called in the lane's thread."""
        self.token = CancelToken()
        self.gives_way = gives_way
        self.urgent = False
        self._work: Work | None = work
        self._tell = tell
        self._lock = threading.Lock()
        self._reported: dict[type, object] = {}
        self._pause: Callable[[CancelToken], None] | None = None

    def run(self, pause: Callable[[CancelToken], None] | None = None) -> None:
        """Run to the end and tell how it went. Nothing escapes: a crash is an outcome, and a report that can be sent.

        `pause(token)` is called after each report of a job that gives way, and returns when it may go on.
        """
        self._pause = pause if self.gives_way else None
        work, self._work = self._work, None
        if work is None or self.token.cancelled:
            self._tell(Outcome.CANCELLED, None)
            return
        self._tell(Outcome.STARTED, None)
        try:
            value = work(self.token, self._report)
        except Cancelled:
            self._tell(Outcome.CANCELLED, None)
        # Not only Exception: libraries that are written in Rust raise what is none (PanicException).
        except BaseException as error:
            if not isinstance(error, SrecError):
                logger.warning("A job crashed. What is known about it is in %s.", write_fault_report(error))
                logger.debug("It was this.", exc_info=True)
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
        # What is being prepared may be under a lock of the engine, and what comes first may need the same.
        preparing = isinstance(value, Progress) and value.stage is Stage.PREPARING
        if self._pause is not None and not preparing:
            self._pause(self.token)


class Lane:
    """A few threads with one queue.

    Urgent work does not wait for a running job that gives way: a thread more does it, and the running job stops at its
    next report until nothing urgent is left. So a picture is opened in the middle of a batch, and one job works at a
    time.
    """

    def __init__(self, name: str, threads: int) -> None:
        """Make a lane called `name`; its threads start with the first job."""
        self._name = name
        self._size = threads
        self._threads: list[threading.Thread] = []
        self._queue: deque[Job] = deque()
        self._running: set[Job] = set()
        self._stand_in: threading.Thread | None = None
        self._change = threading.Condition()
        self._stopping = False

    def put(self, job: Job, *, urgent: bool = False) -> None:
        """Queue `job`, at the front when `urgent`. Raises RuntimeError once the lane was stopped."""
        with self._change:
            if self._stopping:
                raise RuntimeError(f"the {self._name} lane was stopped")
            job.urgent = urgent
            if urgent:
                self._queue.appendleft(job)
            else:
                self._queue.append(job)
            if len(self._threads) < self._size:
                self._threads.append(self._start_thread(self._loop, str(len(self._threads))))
            elif urgent and self._stand_in is None and self._all_busy and any(job.gives_way for job in self._running):
                self._stand_in = self._start_thread(self._do_urgent, "urgent")
            self._change.notify_all()

    @property
    def _all_busy(self) -> bool:
        return len(self._running) >= self._size

    def hurry(self, job: Job) -> None:
        """Make `job` urgent, if it still waits."""
        if self.discard(job):
            self.put(job, urgent=True)

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
        with self._change:
            threads = [*self._threads, *([self._stand_in] if self._stand_in is not None else [])]
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _start_thread(self, target: Callable[[], None], name: str) -> threading.Thread:
        # Daemon threads: one that is stuck in a library must not keep the process alive after the window is gone.
        thread = threading.Thread(target=target, name=f"srec-{self._name}-{name}", daemon=True)
        thread.start()
        return thread

    def _loop(self) -> None:
        while (job := self._next()) is not None:
            self._run(job)
            del job  # a waiting thread must not keep the last job's result alive

    def _next(self) -> Job | None:
        """The next job, once there is one and nobody stands in; None when the lane was stopped."""
        with self._change:
            while not self._stopping and (not self._queue or self._stand_in is not None):
                self._change.wait()
            if self._stopping:
                return None
            job = self._queue.popleft()
            self._running.add(job)
            return job

    def _run(self, job: Job) -> None:
        job.run(self._give_way)
        with self._change:
            self._running.discard(job)

    def _do_urgent(self) -> None:
        """What the thread that stands in does: everything urgent, then it is over."""
        while True:
            with self._change:
                if self._stopping or not self._queue or not self._queue[0].urgent:
                    self._stand_in = None
                    self._change.notify_all()
                    return
                job = self._queue.popleft()
            job.run()
            del job

    def _give_way(self, token: CancelToken) -> None:
        """Wait, in a job's thread, until nobody stands in any more, or the job itself was asked to stop."""
        with self._change:
            while self._stand_in is not None and not self._stopping and not token.cancelled:
                self._change.wait(_POLL_SECONDS)
