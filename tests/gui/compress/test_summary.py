"""What a batch has come to is said where everybody sees it, and to those who do not see."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessibleAnnouncementEvent, QAccessibleEvent
from pytestqt.qtbot import QtBot

from srec_gui.actions import Actions
from srec_gui.compress import notices
from srec_gui.compress.estimate import total
from srec_gui.compress.item import Direction, Item, State
from srec_gui.compress.summary import summary_lines
from srec_gui.engine import UnsupportedImageError
from srec_gui.settings import Settings
from srec_gui.window import MainWindow
from srec_gui.worker import Worker
from tests.gui.fake_engine import FakeEngine

PictureMaker = Callable[..., Path]


@pytest.fixture
def window(
    worker: Worker, settings: Settings, actions: Actions, engine: FakeEngine, qtbot: QtBot
) -> Iterator[MainWindow]:
    made = MainWindow(worker, settings, actions, engine=engine)
    qtbot.addWidget(made, before_close_func=MainWindow.begin_closing)
    made.resize(900, 600)
    made.show()
    return made


def ended(name: str, state: State, before: int = 1000, after: int | None = None) -> Item:
    item = Item(Path(f"/pictures/{name}"), Direction.COMPRESS, before, state=state)
    item.result_bytes = after
    return item


def mixed_folder(picture: PictureMaker, engine: FakeEngine) -> Path:
    """200 pictures: every eighth would gain nothing, five cannot be read, one has its result already."""
    one = picture("folder/000.png", (24, 16))
    for number in range(1, 200):
        os.link(one, one.with_name(f"{number:03}.png"))
    engine.gainless = {f"{number:03}.png" for number in range(0, 200, 8)}
    for number in (3, 5, 7, 9, 11):
        engine.failures[f"{number:03}.png"] = [UnsupportedImageError("It has sixteen bits.")]
    return one.parent


def test_a_folder_of_200_mixed_pictures_is_summed_up_in_a_line_for_each_end(
    window: MainWindow, engine: FakeEngine, picture: PictureMaker, qtbot: QtBot
) -> None:
    page = window.compress_page
    with qtbot.waitSignal(page.queue.batch_ended, timeout=30_000):
        page.add_paths([mixed_folder(picture, engine)])
    states = Counter(item.state for item in page.queue.items)
    assert states == {State.DONE: 170, State.LEFT: 25, State.FAILED: 5}
    assert page.summary.isVisible()
    gained, left, failed = page.summary.label.text().split("\n")
    size = page.queue.items[1].source_bytes
    totals, _ = page.queue.estimate()
    assert (totals.picture_bytes, totals.compressed) == (170 * size, 170)
    assert gained.startswith("170 pictures compressed in ")
    assert " → " in gained
    assert gained.endswith(" % saved")
    assert left == "25 left alone, since nothing would be gained: 000.png, 008.png and 23 more"
    assert failed == "5 failed: 003.png, 005.png and 3 more"
    assert page.summary.accessibleName() == page.summary.label.text()
    assert "\n" not in page.footer.label.text()
    assert page.footer.label.text().startswith("200 files · 5 failed · 25 left alone · ")
    qtbot.mouseClick(page.summary.close_button, Qt.MouseButton.LeftButton)
    assert not page.summary.isVisible()


def test_what_was_left_out_of_a_folder_stays_said_beside_the_summary(
    window: MainWindow, picture: PictureMaker, qtbot: QtBot
) -> None:
    folder = picture("folder/a.png").parent
    picture("folder/b.png")
    (folder / "firmware.srec").write_text("S00600004844521B\n")
    page = window.compress_page
    with qtbot.waitSignal(page.queue.batch_ended):
        page.add_paths([folder])
    assert page.notice.label.text() == "One other file in the folder is not a picture and was left out."
    assert page.notice.isVisible()
    assert page.summary.isVisible()
    page.queue.clear_finished()
    assert not page.summary.isVisible()


def test_the_row_of_a_single_file_says_it_all_and_a_screen_reader_hears_it(
    window: MainWindow, picture: PictureMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def hear(event: QAccessibleEvent) -> None:
        assert isinstance(event, QAccessibleAnnouncementEvent)
        said.append(event.message())

    monkeypatch.setattr(notices.QAccessible, "updateAccessibility", hear)
    page = window.compress_page
    with qtbot.waitSignal(page.queue.batch_ended):
        page.add_paths([picture("a.png")])
    assert not page.summary.isVisible()
    assert len(said) == 1
    assert said[0].startswith("One picture compressed in ")


def test_a_new_batch_puts_the_summary_of_the_one_before_away(
    window: MainWindow, engine: FakeEngine, picture: PictureMaker, qtbot: QtBot
) -> None:
    page = window.compress_page
    engine.failures["a.png"] = [UnsupportedImageError("It has sixteen bits.")]
    with qtbot.waitSignal(page.queue.batch_ended):
        page.add_paths([picture("a.png"), picture("b.png")])
    assert page.summary.isVisible()
    with qtbot.waitSignal(page.queue.batch_ended):
        page.queue.retry([page.queue.items[0]])
    assert not page.summary.isVisible()


def test_each_end_has_its_line_and_few_names_are_all_said() -> None:
    items = [ended("a.png", State.DONE, 1000, 600), ended("b.png", State.DONE, 1000, 600)]
    items += [ended(f"{name}.jpg", State.LEFT) for name in "abc"]
    items += [ended("c.png", State.SKIPPED), ended("d.png", State.CANCELLED)]
    items += [ended(f"{'x' * 100}.png", State.FAILED)]
    packed = Item(Path("/pictures/e.srec"), Direction.EXPAND, 500, state=State.DONE)
    packed.result_bytes = 100_000
    shown = f"{'x' * 20}…{'x' * 16}.png"
    items.append(packed)
    assert summary_lines(items, total(items), 134.0) == (
        "2 pictures compressed in 2 min 14 s: 2.0 kB → 1.2 kB, 40.0 % saved",
        "One file expanded in 2 min 14 s",
        "3 left alone, since nothing would be gained: a.jpg, b.jpg, c.jpg",
        "1 skipped, since a file of that name exists: c.png",
        "1 stopped: d.png",
        f"1 failed: {shown}",
    )
    assert summary_lines([], total([]), 1.0) == ()
