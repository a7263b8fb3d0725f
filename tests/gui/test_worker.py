"""Functions in threads, their results as signals in the UI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from srec_gui.engine import Cancelled, CancelToken
from srec_gui.worker import Task, Worker

Report = Callable[[object], None]


class Heard:
    """Everything a task said, with the thread in which it was heard."""

    def __init__(self, task: Task) -> None:
        self.words: list[tuple[str, object]] = []
        self.threads: set[int] = set()
        task.progressed.connect(lambda value: self._hear("progressed", value))
        task.finished.connect(lambda value: self._hear("finished", value))
        task.failed.connect(lambda error: self._hear("failed", error))
        task.cancelled.connect(lambda: self._hear("cancelled", None))

    def _hear(self, word: str, value: object) -> None:
        self.words.append((word, value))
        self.threads.add(threading.get_ident())

    @property
    def last(self) -> tuple[str, object]:
        return self.words[-1]

    @property
    def ended(self) -> bool:
        return bool(self.words) and self.words[-1][0] != "progressed"


def wait_for(cancel: CancelToken, gate: threading.Event) -> None:
    while not gate.wait(0.005):
        cancel.raise_if_cancelled()


def test_a_result_arrives_in_the_ui_thread(worker: Worker, qtbot: QtBot) -> None:
    heard = Heard(worker.submit(lambda *_: threading.get_ident()))
    qtbot.waitUntil(lambda: heard.ended)
    assert heard.last[0] == "finished"
    assert heard.last[1] != threading.get_ident()
    assert heard.threads == {threading.get_ident()}


def test_a_crash_is_a_signal_and_the_thread_goes_on(
    worker: Worker, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(cancel: CancelToken, report: Report) -> None:
        raise ZeroDivisionError("nothing to divide by")

    first, second = Heard(worker.submit(crash)), Heard(worker.submit(lambda *_: "fine"))
    qtbot.waitUntil(lambda: first.ended and second.ended)
    assert isinstance(first.last[1], ZeroDivisionError)
    assert second.last == ("finished", "fine")
    assert "A job crashed" in caplog.text


def test_engine_tasks_run_one_after_the_other_in_order(worker: Worker, qtbot: QtBot) -> None:
    order: list[int] = []
    tasks = [Heard(worker.submit(lambda *_, n=n: order.append(n))) for n in range(20)]
    qtbot.waitUntil(lambda: all(task.ended for task in tasks))
    assert order == list(range(20))


def test_an_urgent_task_comes_before_the_others_that_wait(worker: Worker, qtbot: QtBot) -> None:
    gate, order = threading.Event(), []
    worker.submit(lambda cancel, _report: wait_for(cancel, gate))
    tasks = [
        Heard(worker.submit(lambda *_: order.append("patient"))),
        Heard(worker.submit(lambda *_: order.append("urgent"), urgent=True)),
    ]
    gate.set()
    qtbot.waitUntil(lambda: all(task.ended for task in tasks))
    assert order == ["urgent", "patient"]


def test_work_that_gives_way_stands_still_while_something_urgent_is_done(worker: Worker, qtbot: QtBot) -> None:
    first_half, second_half, order = threading.Event(), threading.Event(), []

    def patient(cancel: CancelToken, report: Report) -> None:
        report("begun")
        wait_for(cancel, first_half)
        report("half")
        order.append("patient")

    def urgent(cancel: CancelToken, report: Report) -> None:
        first_half.set()
        wait_for(cancel, second_half)
        order.append("urgent")

    first = Heard(worker.submit(patient, gives_way=True))
    waiting = Heard(worker.submit(lambda *_: order.append("later")))
    qtbot.waitUntil(lambda: ("progressed", "begun") in first.words)
    second = Heard(worker.submit(urgent, urgent=True))
    qtbot.waitUntil(lambda: ("progressed", "half") in first.words)
    second_half.set()
    qtbot.waitUntil(lambda: first.ended and second.ended and waiting.ended)
    assert order == ["urgent", "patient", "later"]


def test_urgent_work_waits_for_what_does_not_give_way(worker: Worker, qtbot: QtBot) -> None:
    gate, order = threading.Event(), []

    def stubborn(cancel: CancelToken, report: Report) -> None:
        report("begun")
        wait_for(cancel, gate)
        order.append("stubborn")

    first = Heard(worker.submit(stubborn))
    qtbot.waitUntil(lambda: bool(first.words))
    second = Heard(worker.submit(lambda *_: order.append("urgent"), urgent=True))
    gate.set()
    qtbot.waitUntil(lambda: first.ended and second.ended)
    assert order == ["stubborn", "urgent"]


def test_what_stands_still_for_something_urgent_stops_at_once_when_it_is_cancelled(
    worker: Worker, qtbot: QtBot
) -> None:
    reports, end = threading.Event(), threading.Event()

    def patient(cancel: CancelToken, report: Report) -> None:
        report("begun")
        wait_for(cancel, reports)
        report("half")
        cancel.raise_if_cancelled()

    task = worker.submit(patient, gives_way=True)
    first = Heard(task)
    qtbot.waitUntil(lambda: bool(first.words))
    second = Heard(worker.submit(lambda cancel, _report: wait_for(cancel, end), urgent=True))
    reports.set()
    task.cancel()
    qtbot.waitUntil(lambda: first.ended)
    assert first.last[0] == "cancelled"
    assert not second.ended
    end.set()
    qtbot.waitUntil(lambda: second.ended)


def test_what_waits_can_become_urgent(worker: Worker, qtbot: QtBot) -> None:
    gate = threading.Event()

    def patient(cancel: CancelToken, report: Report) -> None:
        report("begun")
        wait_for(cancel, gate)

    first = Heard(worker.submit(patient, gives_way=True))
    task = worker.submit(lambda *_: "there")
    second = Heard(task)
    qtbot.waitUntil(lambda: bool(first.words))
    task.hurry()
    qtbot.waitUntil(lambda: second.ended)
    assert not first.ended
    gate.set()
    qtbot.waitUntil(lambda: first.ended)


def test_the_disk_lane_does_not_wait_for_the_engine(worker: Worker, qtbot: QtBot) -> None:
    gate = threading.Event()
    busy = Heard(worker.submit(lambda cancel, _report: wait_for(cancel, gate)))
    disk = Heard(worker.submit(lambda *_: "scanned", lane="disk"))
    qtbot.waitUntil(lambda: disk.ended)
    assert not busy.ended
    gate.set()
    qtbot.waitUntil(lambda: busy.ended)


def test_a_running_task_stops_when_its_token_is_polled(worker: Worker, qtbot: QtBot) -> None:
    began = threading.Event()

    def work(cancel: CancelToken, report: Report) -> None:
        began.set()
        wait_for(cancel, threading.Event())

    task = worker.submit(work)
    heard = Heard(task)
    qtbot.waitUntil(began.is_set)
    task.cancel()
    task.cancel()
    qtbot.waitUntil(lambda: heard.ended)
    assert heard.words == [("cancelled", None)]


def test_a_waiting_task_that_is_cancelled_never_runs(worker: Worker, qtbot: QtBot) -> None:
    gate, ran = threading.Event(), []
    blocker = Heard(worker.submit(lambda cancel, _report: wait_for(cancel, gate)))
    task = worker.submit(lambda *_: ran.append(1))
    heard = Heard(task)
    task.cancel()
    qtbot.waitUntil(lambda: heard.ended)
    assert heard.last[0] == "cancelled"
    assert not blocker.ended
    gate.set()
    qtbot.waitUntil(lambda: blocker.ended)
    assert ran == []


def test_work_that_was_faster_than_its_cancelling_is_finished(worker: Worker, qtbot: QtBot) -> None:
    began, gate = threading.Event(), threading.Event()

    def work(cancel: CancelToken, report: Report) -> str:
        began.set()
        gate.wait()
        return "written"

    task = worker.submit(work)
    heard = Heard(task)
    qtbot.waitUntil(began.is_set)
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: heard.ended)
    assert heard.last == ("finished", "written")


def test_a_flood_of_progress_is_thinned_and_its_last_value_comes(worker: Worker, qtbot: QtBot) -> None:
    def work(cancel: CancelToken, report: Report) -> str:
        for number in range(100_000):
            report(number)
        return "end"

    heard = Heard(worker.submit(work))
    qtbot.waitUntil(lambda: heard.ended, timeout=20_000)
    numbers = [value for word, value in heard.words if word == "progressed"]
    assert len(numbers) < 100
    assert numbers[-1] == 99_999
    assert numbers == sorted(numbers)
    assert heard.last == ("finished", "end")


def test_the_newest_value_of_each_type_survives_the_thinning(worker: Worker, qtbot: QtBot) -> None:
    def work(cancel: CancelToken, report: Report) -> None:
        report(0)
        report("picture")
        for number in range(50):
            report(number)

    heard = Heard(worker.submit(work))
    qtbot.waitUntil(lambda: heard.ended)
    assert ("progressed", "picture") in heard.words
    assert ("progressed", 49) in heard.words


def test_progress_comes_although_the_work_goes_on(worker: Worker, qtbot: QtBot) -> None:
    gate = threading.Event()

    def work(cancel: CancelToken, report: Report) -> None:
        report(1)
        report(2)
        wait_for(cancel, gate)

    heard = Heard(worker.submit(work))
    qtbot.waitUntil(lambda: ("progressed", 2) in heard.words)
    gate.set()
    qtbot.waitUntil(lambda: heard.ended)


def test_the_worker_is_idle_after_the_last_task(worker: Worker, qtbot: QtBot) -> None:
    with qtbot.waitSignal(worker.idle):
        worker.submit(lambda *_: None)
        worker.submit(lambda *_: None, lane="disk")
        assert worker.busy
    assert not worker.busy


def test_shutting_down_ends_running_work_and_all_threads(qtbot: QtBot) -> None:
    worker = Worker()
    began, stopped = threading.Event(), threading.Event()

    def work(cancel: CancelToken, report: Report) -> None:
        began.set()
        try:
            wait_for(cancel, threading.Event())
        except Cancelled:
            stopped.set()
            raise

    worker.submit(work)
    worker.submit(lambda *_: None)
    qtbot.waitUntil(began.is_set)
    assert worker.shutdown(5)
    assert stopped.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("srec-")]
    with pytest.raises(RuntimeError):
        worker.submit(lambda *_: None)


def test_shutting_down_does_not_wait_for_ever(qtbot: QtBot) -> None:
    worker = Worker()
    gate = threading.Event()
    began = threading.Event()

    def deaf(cancel: CancelToken, report: Report) -> None:
        began.set()
        gate.wait()

    worker.submit(deaf)
    qtbot.waitUntil(began.is_set)
    assert not worker.shutdown(0.05)
    gate.set()
    assert worker.shutdown(5)
