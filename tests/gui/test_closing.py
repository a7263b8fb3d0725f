"""Closing: at once when idle, after one question during work, and always in good order."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from srec_gui import aio
from srec_gui.app import Session
from srec_gui.compress.item import State
from srec_gui.settings import Settings
from tests.gui.fake_engine import FakeEngine

PictureMaker = Callable[..., Path]


@pytest.fixture
def session(qapp: QApplication, settings: Settings, held_engine: FakeEngine) -> Iterator[Session]:
    made = Session(qapp, settings, engine=held_engine)
    made.window.show()
    yield made
    made.worker.shutdown(5)
    made.garbage.stop()
    made.theme.deleteLater()
    made.window.deleteLater()
    qapp.setStyleSheet("")


def run(qapp: QApplication, coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in Qt's own loop, for ten seconds at most."""

    async def bounded() -> int:
        await asyncio.wait_for(coroutine, 10)
        return 0

    assert aio.run(qapp, bounded, lambda: None) == 0


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


async def start_work(session: Session, paths: list[Path]) -> None:
    session.window.take_paths(paths)
    items = session.window.compress_page.queue.items
    await until(lambda: items and items[0].stage is not None)


def question(session: Session) -> QMessageBox | None:
    boxes = [box for box in session.window.findChildren(QMessageBox) if box.isVisible()]
    assert len(boxes) <= 1
    return boxes[0] if boxes else None


def press(box: QMessageBox | None, text: str) -> None:
    assert box is not None
    next(button for button in box.findChildren(QPushButton) if text in button.text().replace("&", "")).click()


def test_an_idle_window_closes_at_once_and_without_a_question(qapp: QApplication, session: Session) -> None:
    async def scene() -> None:
        session.window.close()
        await until(lambda: not session.window.isVisible())
        assert question(session) is None

    run(qapp, scene())
    assert session.worker.shutdown(1)


def test_closing_during_work_asks_once_stops_quickly_and_leaves_nothing(
    qapp: QApplication, session: Session, picture: PictureMaker
) -> None:
    sources = [picture("a.png"), picture("b.png")]

    async def scene() -> None:
        await start_work(session, sources)
        session.window.close()
        session.window.close()
        await until(lambda: question(session))
        box = question(session)
        assert box is not None
        assert "2 files are not finished." in box.informativeText()
        assert session.window.isVisible()
        begin = time.monotonic()
        press(box, "Stop and Close")
        await until(lambda: not session.window.isVisible())
        assert time.monotonic() - begin < 2

    run(qapp, scene())
    assert session.worker.shutdown(1)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("srec-")]
    assert sorted(path.name for path in sources[0].parent.iterdir()) == ["a.png", "b.png"]


def test_one_may_keep_working(
    qapp: QApplication, session: Session, held_engine: FakeEngine, picture: PictureMaker
) -> None:
    source = picture("a.png")

    async def scene() -> None:
        await start_work(session, [source])
        session.window.close()
        await until(lambda: question(session))
        press(question(session), "Keep Working")
        await until(lambda: question(session) is None)
        held_engine.let_go()
        item = session.window.compress_page.queue.items[0]
        await until(lambda: item.state is State.DONE)
        assert session.window.isVisible()

    run(qapp, scene())
    assert source.with_suffix(".srec").exists()


def test_work_that_does_not_listen_does_not_keep_the_window(
    qapp: QApplication, session: Session, held_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    session.worker.submit(lambda *_: gate.wait(20))

    async def scene() -> None:
        begin = time.monotonic()
        session.window.close()
        await until(lambda: not session.window.isVisible())
        assert time.monotonic() - begin < 2

    run(qapp, scene())
    gate.set()


def test_nothing_is_taken_while_closing(qapp: QApplication, session: Session, picture: PictureMaker) -> None:
    source = picture("a.png")

    async def scene() -> None:
        session.window.begin_closing()
        session.window.take_paths([source])
        session.window.close()
        await until(lambda: not session.window.isVisible())

    run(qapp, scene())
    assert session.window.compress_page.queue.items == []


def test_settings_are_on_the_disk_after_closing(qapp: QApplication, session: Session, settings: Settings) -> None:
    async def scene() -> None:
        session.window.resize(801, 602)
        session.window.close()
        await until(lambda: not session.window.isVisible())

    run(qapp, scene())
    assert "geometry" in Path(settings.store.fileName()).read_text()


def test_showing_a_dialog_lets_other_tasks_run(qapp: QApplication, session: Session) -> None:
    async def scene() -> None:
        box = QMessageBox(session.window)
        box.addButton("Fine", QMessageBox.ButtonRole.AcceptRole)
        beats: list[float] = []

        async def beat() -> None:
            while True:
                beats.append(time.monotonic())
                await asyncio.sleep(0.005)

        heart = asyncio.create_task(beat())
        shown = asyncio.create_task(aio.show(box))
        await until(lambda: len(beats) > 5)
        press(box, "Fine")
        await shown
        heart.cancel()

    run(qapp, scene())


def test_what_a_spawned_coroutine_raises_is_logged(
    qapp: QApplication, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ValueError("said so")

    async def scene() -> None:
        task = aio.Spawner().spawn(fail(), "failing")
        await until(task.done)
        await asyncio.sleep(0)

    run(qapp, scene())
    assert "The task failing failed" in caplog.text
