"""The queue: what is next, cancel, try again, remove; one batch at a time, and the batch's undo."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from srec_gui.compress.estimate import Rate, Totals, total
from srec_gui.compress.item import FINISHED, Direction, Item, State
from srec_gui.compress.job import Asks, Finished, LeftAlone, Skipped, run_item
from srec_gui.compress.policy import Policy
from srec_gui.compress.sentences import crash_text, job_texts, skipped_text
from srec_gui.compress.undo import Step, Undone, take_back
from srec_gui.engine import Engine, ExistingPolicy, Progress, ResultNames, SrecError
from srec_gui.worker import Task, Worker

__all__ = ["BatchEnd", "Queue"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BatchEnd:
    """A batch has ended.

    Attributes:
        items: All of it that is still in the list.
        totals: Of these.
        seconds: From its first item to its last.
    """

    items: tuple[Item, ...]
    totals: Totals
    seconds: float


class Queue(QObject):
    """All items in the order they came, and the one that runs.

    A batch is everything that is added until nothing is left to do.

    Signals:
        adding(int, int), added(): Rows first to last are about to come, have come.
        removing(int, int), removed(): Likewise for going.
        changed(list): These items have changed.
        question_changed(): `asking` is another list now.
        activity_changed(): `busy` has changed.
        batch_ended(BatchEnd), undone(Undone).
    """

    adding = Signal(int, int)
    added = Signal()
    removing = Signal(int, int)
    removed = Signal()
    changed = Signal(list)
    question_changed = Signal()
    activity_changed = Signal()
    batch_ended = Signal(object)
    undone = Signal(object)

    def __init__(
        self, worker: Worker, engine: Engine, policy: Callable[[], Policy], parent: QObject | None = None
    ) -> None:
        """Run items with `engine` in `worker`; `policy()` is asked anew for each item."""
        super().__init__(parent)
        self.items: list[Item] = []
        self._worker = worker
        self._engine = engine
        self._policy = policy
        self._by_source: dict[tuple[Path, Direction], Item] = {}
        self._current: tuple[Item, Task] | None = None
        self._leaving: list[Item] = []
        self._answer: ExistingPolicy | None = None
        self._names = ResultNames()
        self._batch = 0
        self._steps: list[Step] = []
        self._undoable: list[Step] = []
        self._started = 0.0
        self._active = False
        self._undo_task: Task | None = None
        self._rate = Rate()

    @property
    def busy(self) -> bool:
        """Whether anything is left to do."""
        return self._active

    @property
    def asking(self) -> list[Item]:
        """Items that wait for an answer about existing files."""
        return [item for item in self.items if item.state is State.ASKING]

    @property
    def can_undo(self) -> bool:
        """Whether the last batch has something to take back."""
        return not self._active and self._undo_task is None and bool(self._undoable)

    def estimate(self) -> tuple[Totals, float | None]:
        """Totals of the running batch (of everything when none runs) and the seconds left, where one can tell."""
        if not self._active:
            return total(self.items), None
        totals = total(item for item in self.items if item.batch == self._batch)
        self._rate.add(time.monotonic(), totals.done_pixels)
        return totals, self._rate.seconds_left(totals.pixels - totals.done_pixels)

    def add(self, items: Iterable[Item]) -> None:
        """Queue `items`. One that is in the list already is tried again unless it is still to be done."""
        fresh, again = [], []
        for item in items:
            known = self._by_source.get((item.source, item.direction))
            if known is None:
                self._by_source[item.source, item.direction] = item
                fresh.append(item)
            elif not known.open:
                again.append(known)
        if fresh:
            self._begin_batch()
            for item in fresh:
                item.batch = self._batch
            self._names.keep(item.source for item in fresh)
            self.adding.emit(len(self.items), len(self.items) + len(fresh) - 1)
            self.items.extend(fresh)
            self.added.emit()
        self._restart(again)

    def retry(self, items: Iterable[Item]) -> None:
        """Try again what failed, was left alone, skipped or cancelled."""
        self._restart([item for item in items if item.can_retry])

    def cancel(self, items: Iterable[Item]) -> None:
        """Stop `items`; what is finished stays."""
        changed = []
        for item in items:
            if self._current is not None and item is self._current[0]:
                self._current[1].cancel()
                # Loading torch cannot be interrupted: the row answers at once nevertheless.
                item.stopping = True
                changed.append(item)
            elif item.open:
                item.state = State.CANCELLED
                changed.append(item)
        self._tell(changed)
        self._advance()

    def cancel_all(self) -> None:
        """Stop everything."""
        self.cancel([item for item in self.items if item.open])

    def remove(self, items: Iterable[Item]) -> None:
        """Take `items` off the list; no file is touched. The running one is stopped first."""
        going = set(items)
        if self._current is not None and self._current[0] in going:
            self._leaving.append(self._current[0])
            self._current[0].stopping = True
            self._current[1].cancel()
            going.discard(self._current[0])
        # From the end, in runs of neighbours, so that a thousand rows are a few messages.
        last = len(self.items) - 1
        while last >= 0:
            if self.items[last] not in going:
                last -= 1
                continue
            first = last
            while first > 0 and self.items[first - 1] in going:
                first -= 1
            self._remove_rows(first, last)
            last = first - 1
        self._advance()
        self.question_changed.emit()

    def clear_finished(self) -> None:
        """Take everything off the list that needs no more attention."""
        self.remove([item for item in self.items if item.state in FINISHED])

    def answer(self, existing: ExistingPolicy) -> None:
        """Say what to do with existing files, for the rest of this batch."""
        self._answer = existing
        asking = self.asking
        for item in asking:
            item.state = State.WAITING
        self._tell(asking)
        self.question_changed.emit()
        self._advance()

    def undo(self) -> None:
        """Take the last batch back; `undone` follows."""
        if self.can_undo:
            self._undo_task = self._worker.submit(partial(take_back, tuple(self._undoable)), lane="disk")
            self._undo_task.finished.connect(self._after_undo)
            self._undo_task.cancelled.connect(partial(self._after_undo, Undone(0, 0, 0, ())))
            self._undo_task.failed.connect(lambda error: self._after_undo(Undone(0, 0, 0, (str(error),))))

    def _after_undo(self, result: Undone) -> None:
        self._undo_task = None
        made = {step.result for step in self._undoable}
        touched = [item for item in self.items if item.state is State.DONE and item.destination in made]
        for item in touched:
            if item.destination is not None and not item.destination.exists():
                item.take_back()
        self._tell(touched)
        # What is left of the batch was kept on purpose: it is not offered again.
        self._undoable = []
        self.undone.emit(result)

    def _begin_batch(self) -> None:
        if not self._active:
            self._batch += 1
            self._answer = None
            self._names = ResultNames()
            self._steps = []
            self._rate.clear()
            self._started = time.monotonic()

    def _restart(self, items: list[Item]) -> None:
        if items:
            self._begin_batch()
        for item in items:
            item.restart()
            item.batch = self._batch
        self._names.keep(item.source for item in items)
        self._tell(items)
        self._advance()

    def _remove_rows(self, first: int, last: int) -> None:
        self.removing.emit(first, last)
        for item in self.items[first : last + 1]:
            del self._by_source[item.source, item.direction]
        del self.items[first : last + 1]
        self.removed.emit()

    def _tell(self, items: list[Item]) -> None:
        if items:
            self.changed.emit(items)

    def _advance(self) -> None:
        if self._current is None:
            waiting = next((item for item in self.items if item.state is State.WAITING), None)
            if waiting is not None:
                self._start(waiting)
        active = self._current is not None or any(item.open for item in self.items)
        if active != self._active:
            self._active = active
            if not active and self._steps:
                # A batch that gave nothing, such as trying again in vain, leaves the one before to be taken back.
                self._undoable = self._steps
            self.activity_changed.emit()
            if not active:
                self._end_batch()

    def _end_batch(self) -> None:
        items = tuple(item for item in self.items if item.batch == self._batch)
        totals = total(items)
        logger.info("A batch has ended: %s.", dict(totals.counts))
        self.batch_ended.emit(BatchEnd(items, totals, time.monotonic() - self._started))

    def _start(self, item: Item) -> None:
        policy = self._policy().with_existing(self._answer)
        work = partial(run_item, item, policy, self._names, self._engine, job_texts())
        item.state = State.RUNNING
        # Whoever opens a picture while a batch runs shall not wait for it.
        task = self._worker.submit(work, gives_way=True)
        self._current = (item, task)
        task.progressed.connect(partial(self._progressed, item))
        task.finished.connect(partial(self._finished, item))
        task.failed.connect(partial(self._failed, item))
        task.cancelled.connect(partial(self._cancelled, item))
        self._tell([item])

    def _progressed(self, item: Item, value: object) -> None:
        if isinstance(value, Progress):
            item.take_progress(value)
            self._tell([item])

    def _finished(self, item: Item, value: object) -> None:
        match value:
            case Asks(destination):
                item.destination = destination
                item.state = State.ASKING if self._answer is None else State.WAITING
            case Skipped(destination):
                item.destination = destination
                item.state = State.SKIPPED
                item.note = skipped_text(destination)
            case LeftAlone(report):
                item.take_left(report)
            case Finished():
                item.take_result(value.destination, value.report, value.result_bytes)
                item.replaced, item.trashed = value.replaced, value.trashed
                # Kept apart from the row: a list that was cleared can still be taken back.
                self._steps.append(Step(item.source, value.trashed, value.destination, value.replaced))
                item.note = " ".join(filter(None, (item.note, *value.notes)))
        self._end(item)
        if item.state is State.ASKING:
            self.question_changed.emit()

    def _failed(self, item: Item, error: Exception) -> None:
        item.state = State.FAILED
        note = str(error) if isinstance(error, SrecError) else crash_text(error)
        # The row shows the folder: whole paths would leave no room for the reason.
        item.note = note.replace(str(item.source), item.source.name)
        self._end(item)

    def _cancelled(self, item: Item) -> None:
        item.state = State.CANCELLED
        self._end(item)

    def _end(self, item: Item) -> None:
        self._current = None
        item.stopping = False
        self._tell([item])
        if item in self._leaving:
            self._leaving.remove(item)
            row = self.items.index(item)
            self._remove_rows(row, row)
        self._advance()
