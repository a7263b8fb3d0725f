"""Originals go to the trash only when it is safe, and a batch can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from srec_gui.compress.item import Direction, Item, State
from srec_gui.compress.manager import Queue
from srec_gui.engine import UnsupportedImageError, WithoutGain
from srec_gui.settings import Existing, Settings
from tests.gui.fake_engine import FakeEngine

ItemMaker = Callable[..., Item]


@pytest.fixture(autouse=True)
def _own_trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def queue(make_queue: Callable[[FakeEngine], Queue], engine: FakeEngine) -> Queue:
    return make_queue(engine)


def run(queue: Queue, items: list[Item], qtbot: QtBot) -> None:
    with qtbot.waitSignal(queue.batch_ended):
        queue.add(items)


def undo(queue: Queue, qtbot: QtBot) -> object:
    with qtbot.waitSignal(queue.undone) as undone:
        queue.undo()
    return undone.args[0]


def test_originals_stay_unless_it_is_asked_for(queue: Queue, make_item: ItemMaker, qtbot: QtBot) -> None:
    item = make_item("a.png")
    run(queue, [item], qtbot)
    assert item.source.exists()
    assert item.trashed is None


def test_originals_go_to_the_trash_after_a_verified_result_and_come_back(
    queue: Queue, settings: Settings, make_item: ItemMaker, qtbot: QtBot
) -> None:
    settings.trash_originals = True
    items = [make_item("a.png"), make_item("b.png")]
    before = {item.source: item.source.read_bytes() for item in items}
    run(queue, items, qtbot)
    assert not any(path.exists() for path in before)
    assert all(item.trashed is not None and item.trashed.exists() for item in items)
    assert queue.can_undo
    undo(queue, qtbot)
    assert {path: path.read_bytes() for path in before} == before
    assert not any(path.with_suffix(".srec").exists() for path in before)
    assert not queue.can_undo
    assert [item.state for item in items] == [State.TAKEN_BACK, State.TAKEN_BACK]


@pytest.mark.parametrize("trash", [True, False])
def test_without_verifying_no_original_is_touched(
    queue: Queue, settings: Settings, make_item: ItemMaker, qtbot: QtBot, trash: bool
) -> None:
    settings.trash_originals = trash
    settings.verify = False
    item = make_item("a.png")
    run(queue, [item], qtbot)
    assert item.state is State.DONE
    assert item.source.exists()


def test_an_original_stays_when_its_result_is_not_smaller(
    queue: Queue, engine: FakeEngine, settings: Settings, make_item: ItemMaker, qtbot: QtBot
) -> None:
    settings.trash_originals, settings.without_gain = True, WithoutGain.STORE
    larger, smaller = make_item("larger.png"), make_item("smaller.png")
    engine.gainless.add("larger.png")
    run(queue, [larger, smaller], qtbot)
    assert (larger.state, smaller.state) == (State.DONE, State.DONE)
    assert larger.source.exists()
    assert larger.trashed is None
    assert larger.note == "The original stays: the result is not smaller."
    assert not smaller.source.exists()
    undo(queue, qtbot)
    assert larger.source.exists()
    assert smaller.source.exists()
    assert not larger.source.with_suffix(".srec").exists()


def test_what_was_left_alone_stays_where_it_is_and_is_nothing_to_take_back(
    queue: Queue, engine: FakeEngine, settings: Settings, make_item: ItemMaker, qtbot: QtBot
) -> None:
    settings.trash_originals = True
    item = make_item("a.png")
    engine.gainless.add("a.png")
    run(queue, [item], qtbot)
    assert item.state is State.LEFT
    assert item.source.exists()
    assert not queue.can_undo
    assert item.can_retry


def test_expanding_never_trashes_the_srec(queue: Queue, settings: Settings, make_item: ItemMaker, qtbot: QtBot) -> None:
    item = make_item("a.png")
    run(queue, [item], qtbot)
    packed = item.source.with_suffix(".srec")
    settings.trash_originals = True
    settings.existing = Existing.RENAME
    run(queue, [Item(packed, Direction.EXPAND, packed.stat().st_size)], qtbot)
    assert packed.exists()
    assert queue.items[1].destination is not None
    assert queue.items[1].destination.name == "a (1).png"


def test_undo_concerns_the_last_batch_only(queue: Queue, make_item: ItemMaker, qtbot: QtBot) -> None:
    first, second = make_item("a.png"), make_item("b.png")
    run(queue, [first], qtbot)
    run(queue, [second], qtbot)
    undo(queue, qtbot)
    assert first.source.with_suffix(".srec").exists()
    assert not second.source.with_suffix(".srec").exists()


def test_trying_again_in_vain_does_not_take_undo_away(
    queue: Queue, engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    good, bad = make_item("good.png"), make_item("bad.png")
    engine.failures["bad.png"] = 2 * [UnsupportedImageError("It cannot be read.")]
    run(queue, [good, bad], qtbot)
    with qtbot.waitSignal(queue.batch_ended):
        queue.retry([bad])
    assert queue.can_undo
    undo(queue, qtbot)
    assert not good.source.with_suffix(".srec").exists()
    assert not queue.can_undo


def test_a_list_that_was_cleared_can_still_be_taken_back(
    queue: Queue, settings: Settings, make_item: ItemMaker, qtbot: QtBot
) -> None:
    settings.trash_originals = True
    item = make_item("a.png")
    before = item.source.read_bytes()
    run(queue, [item], qtbot)
    queue.clear_finished()
    assert queue.items == []
    assert queue.can_undo
    undo(queue, qtbot)
    assert item.source.read_bytes() == before
    assert not item.source.with_suffix(".srec").exists()


def test_a_result_that_replaced_an_older_file_stays(
    queue: Queue, settings: Settings, make_item: ItemMaker, qtbot: QtBot
) -> None:
    settings.existing = Existing.REPLACE
    item = make_item("a.png")
    item.source.with_suffix(".srec").write_text("older")
    run(queue, [item], qtbot)
    undo(queue, qtbot)
    assert item.source.with_suffix(".srec").exists()
    assert item.state is State.DONE


def test_a_result_stays_when_its_original_cannot_come_back(
    queue: Queue, settings: Settings, make_item: ItemMaker, qtbot: QtBot
) -> None:
    settings.trash_originals = True
    item = make_item("a.png")
    run(queue, [item], qtbot)
    item.source.write_text("something else has this name now")
    undo(queue, qtbot)
    assert item.source.read_text() == "something else has this name now"
    assert item.source.with_suffix(".srec").exists()
    assert item.trashed is not None
    assert item.trashed.exists()


def test_what_was_taken_back_can_be_done_again(queue: Queue, make_item: ItemMaker, qtbot: QtBot) -> None:
    item = make_item("a.png")
    run(queue, [item], qtbot)
    undo(queue, qtbot)
    with qtbot.waitSignal(queue.batch_ended):
        queue.retry([item])
    assert item.state is State.DONE
    assert item.source.with_suffix(".srec").exists()
