"""Functions in threads, their progress and results as signals in the UI thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from srec_gui.lanes import Job, Lane, Outcome, Work

__all__ = ["LaneName", "Task", "Worker"]

LaneName = Literal["engine", "disk"]

_PROGRESS_INTERVAL = 0.05
_END_STATES = (Outcome.FINISHED, Outcome.FAILED, Outcome.CANCELLED)


class Task(QObject):
    """One submitted function, seen from the UI thread.

    Signals:
        progressed(object): The newest value of each type reported, at most 20 times a second.
        finished(object): What the function returned.
        failed(object): The exception it raised.
        cancelled(): It stopped on request, or never began.

    Exactly one of the last three comes, after the last `progressed`.
    """

    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, job: Job, lane: Lane, parent: QObject) -> None:
        """Made by `Worker.submit`."""
        super().__init__(parent)
        self._job = job
        self._lane = lane
        self._state: Outcome | None = None
        self._delivered = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._deliver_progress)

    @property
    def running(self) -> bool:
        """Whether the function has begun and not ended."""
        return self._state is Outcome.STARTED

    @property
    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._state in _END_STATES

    @property
    def cancel_requested(self) -> bool:
        """Whether `cancel` was called."""
        return self._job.token.cancelled

    def cancel(self) -> None:
        """Ask it to stop; `cancelled` follows, or `finished` when it was faster. Safe more than once."""
        self._job.token.cancel()
        if self._lane.discard(self._job):
            QTimer.singleShot(0, self, self._end_unstarted)

    def hurry(self) -> None:
        """Do it before everything else, if it has not begun."""
        self._lane.hurry(self._job)

    def receive(self, outcome: Outcome, value: object) -> None:
        """Take one message of the job, in the UI thread. Called by the worker only."""
        if self.done:
            return
        if outcome is Outcome.PROGRESSED:
            self._schedule_progress()
            return
        if outcome in _END_STATES:
            self._timer.stop()
            self._deliver_progress()
        self._state = outcome
        match outcome:
            case Outcome.FINISHED:
                self.finished.emit(value)
            case Outcome.FAILED:
                self.failed.emit(value)
            case Outcome.CANCELLED:
                self.cancelled.emit()

    def _end_unstarted(self) -> None:
        worker = self.parent()
        if isinstance(worker, Worker):
            worker.post(self._job, Outcome.CANCELLED, None)

    def _schedule_progress(self) -> None:
        wait = self._delivered + _PROGRESS_INTERVAL - time.monotonic()
        if wait <= 0:
            self._deliver_progress()
        elif not self._timer.isActive():
            self._timer.start(max(1, round(wait * 1000)))

    def _deliver_progress(self) -> None:
        self._delivered = time.monotonic()
        for value in self._job.take_reported():
            if not self.cancel_requested:
                self.progressed.emit(value)


class Worker(QObject):
    """Owns every thread of the window: one for the engine, a few for the disk.

    Signals:
        idle(): The last task has ended.
    """

    idle = Signal()
    _woken = Signal()

    def __init__(self, parent: QObject | None = None, *, disk_threads: int = 2) -> None:
        """Make the lanes; their threads start with the first task."""
        super().__init__(parent)
        self._lanes: dict[LaneName, Lane] = {"engine": Lane("engine", 1), "disk": Lane("disk", disk_threads)}
        self._tasks: dict[Job, Task] = {}
        self._mail: deque[tuple[Job, Outcome, object]] = deque()
        self._lock = threading.Lock()
        self._signalled = False
        self._closing = False
        # Threads only ever touch `_woken` of this object, which outlives them: no task can die in a thread.
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether any task has not ended."""
        return bool(self._tasks)

    def submit(
        self, function: Work, *, lane: LaneName = "engine", urgent: bool = False, gives_way: bool = False
    ) -> Task:
        """Run `function(cancel, report)` in a thread of `lane`.

        Args:
            function: The work.
            lane: Where.
            urgent: Before the others that wait, and in the middle of a running one that gives way.
            gives_way: It waits at its reports while something urgent of its lane is done.

        The task is kept alive until it has ended. Raises RuntimeError after `shutdown`.
        """
        job: Job = Job(function, lambda outcome, value: self.post(job, outcome, value), gives_way=gives_way)
        task = Task(job, self._lanes[lane], self)
        self._tasks[job] = task
        try:
            self._lanes[lane].put(job, urgent=urgent)
        except RuntimeError:
            del self._tasks[job]
            raise
        return task

    def post(self, job: Job, outcome: Outcome, value: object) -> None:
        """Take a job's message, from any thread; it is delivered in the UI thread."""
        with self._lock:
            if self._closing:
                return
            self._mail.append((job, outcome, value))
            first, self._signalled = not self._signalled, True
            if first:
                self._woken.emit()

    def cancel_all(self) -> None:
        """Ask every task to stop."""
        for task in list(self._tasks.values()):
            task.cancel()

    def shutdown(self, timeout: float = 2.0) -> bool:
        """Stop everything and wait at most `timeout` seconds; whether all threads have ended. No signal comes after."""
        with self._lock:
            self._closing = True
        for job in self._tasks:
            job.token.cancel()
        for lane in self._lanes.values():
            lane.stop()
        deadline = time.monotonic() + timeout
        ended = [lane.join(deadline) for lane in self._lanes.values()]
        self._tasks.clear()
        self._mail.clear()
        return all(ended)

    def _drain(self) -> None:
        with self._lock:
            self._signalled = False
        while self._mail:
            job, outcome, value = self._mail.popleft()
            task = self._tasks.get(job)
            if task is None:
                continue
            task.receive(outcome, value)
            if outcome in _END_STATES and job in self._tasks:
                del self._tasks[job]
                task.deleteLater()
                if not self._tasks:
                    self.idle.emit()
