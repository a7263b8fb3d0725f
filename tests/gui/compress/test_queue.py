"""The queue: what runs when, what stops, what is tried again."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from srec_gui.compress.item import Direction, Item, State
from srec_gui.compress.manager import BatchEnd, Queue
from srec_gui.compress.sentences import state_text
from srec_gui.engine import ExistingPolicy, Progress, Stage, UnsupportedImageError
from srec_gui.settings import Existing, Settings
from tests.gui.fake_engine import FakeEngine

ItemMaker = Callable[..., Item]
QueueMaker = Callable[[FakeEngine], Queue]


def states(queue: Queue) -> list[State]:
    return [item.state for item in queue.items]


@pytest.fixture
def queue(make_queue: QueueMaker, engine: FakeEngine) -> Queue:
    return make_queue(engine)


@pytest.fixture
def held_queue(make_queue: QueueMaker, held_engine: FakeEngine) -> Queue:
    return make_queue(held_engine)


def test_items_are_compressed_beside_their_sources(queue: Queue, make_item: ItemMaker, qtbot: QtBot) -> None:
    items = [make_item("a.png"), make_item("b.png")]
    with qtbot.waitSignal(queue.batch_ended) as ended:
        queue.add(items)
    assert states(queue) == [State.DONE, State.DONE]
    for item in items:
        assert item.destination == item.source.with_suffix(".srec")
        assert item.destination.stat().st_size == item.result_bytes
        assert item.verified
        assert item.saved is not None
    end = ended.args[0]
    assert isinstance(end, BatchEnd)
    assert end.totals.counts[State.DONE] == 2


def test_one_runs_while_the_others_wait(
    held_queue: Queue, held_engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    held_queue.add([make_item("a.png"), make_item("b.png"), make_item("c.png")])
    qtbot.waitUntil(lambda: held_queue.items[0].stage is not None)
    assert states(held_queue) == [State.RUNNING, State.WAITING, State.WAITING]
    held_engine.let_go()
    qtbot.waitUntil(lambda: held_queue.items[1].stage is not None)
    assert states(held_queue) == [State.DONE, State.RUNNING, State.WAITING]
    assert held_engine.started == ["a.png", "b.png"]
    held_queue.cancel_all()
    qtbot.waitUntil(lambda: not held_queue.busy)


def test_cancelling_the_running_item_leaves_nothing_and_goes_on_with_the_next(
    held_queue: Queue, held_engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    first, second = make_item("a.png"), make_item("b.png")
    held_queue.add([first, second])
    qtbot.waitUntil(lambda: first.stage is not None)
    held_queue.cancel([first])
    qtbot.waitUntil(lambda: second.state is State.RUNNING, timeout=300)
    assert first.state is State.CANCELLED
    assert not first.source.with_suffix(".srec").exists()
    held_engine.let_go()
    qtbot.waitUntil(lambda: not held_queue.busy)
    assert states(held_queue) == [State.CANCELLED, State.DONE]


def test_a_row_that_is_stopped_says_so_at_once(
    held_queue: Queue, held_engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    item = make_item("a.png")
    held_queue.add([item])
    qtbot.waitUntil(lambda: bool(held_engine.started))
    held_queue.cancel_all()
    assert state_text(item) == "Stopping…"
    qtbot.waitUntil(lambda: item.state is State.CANCELLED)
    assert state_text(item) == "Stopped"


def test_a_row_says_what_is_prepared_on_a_new_machine(make_item: ItemMaker) -> None:
    item = make_item("a.png")
    item.state = State.RUNNING
    assert state_text(item) == "Starting"
    item.take_progress(Progress(Stage.PREPARING, 0.0))
    assert state_text(item) == "Preparing"
    item.take_progress(Progress(Stage.PREPARING, 0.0, message="preparing the entropy coder (first run)"))
    assert state_text(item) == "Preparing the entropy coder (first run)"
    item.take_progress(Progress(Stage.ENCODING, 0.42, 1))
    assert state_text(item) == "Compressing 42 % · scale 1/2"


def test_cancelling_everything_keeps_what_is_finished(
    held_queue: Queue, held_engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    held_queue.add([make_item(f"{n}.png") for n in range(6)])
    held_engine.let_go()
    qtbot.waitUntil(lambda: held_queue.items[0].state is State.DONE)
    with qtbot.waitSignal(held_queue.batch_ended):
        held_queue.cancel_all()
    assert states(held_queue) == [State.DONE] + 5 * [State.CANCELLED]
    assert held_queue.items[0].source.with_suffix(".srec").exists()


def test_a_failure_is_a_state_with_a_reason_and_the_others_go_on(
    queue: Queue, engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    engine.failures["a.png"] = [UnsupportedImageError("a.png has 16 bits a channel.")]
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([make_item("a.png"), make_item("b.png")])
    assert states(queue) == [State.FAILED, State.DONE]
    assert queue.items[0].note == "a.png has 16 bits a channel."


@pytest.mark.parametrize("error", [ValueError("odd"), MemoryError(), RecursionError("deep")])
def test_a_crash_is_a_state_too(
    queue: Queue,
    engine: FakeEngine,
    make_item: ItemMaker,
    qtbot: QtBot,
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    engine.failures["a.png"] = [error]
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([make_item("a.png")])
    assert queue.items[0].state is State.FAILED
    assert type(error).__name__ in queue.items[0].note


def test_what_failed_can_be_tried_again(queue: Queue, engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot) -> None:
    engine.failures["a.png"] = [ValueError("once")]
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([make_item("a.png")])
    with qtbot.waitSignal(queue.batch_ended):
        queue.retry(queue.items)
    assert states(queue) == [State.DONE]
    assert queue.items[0].note == ""


@pytest.mark.parametrize("expanding", [False, True])
def test_a_device_that_failed_is_named_in_the_row(
    queue: Queue, engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot, expanding: bool
) -> None:
    item = make_item("a.png")
    if expanding:
        packed = item.source.with_name("b.srec")
        engine.encode_file(item.source, packed)
        item = Item(packed, Direction.EXPAND, packed.stat().st_size)
    engine.fallback = "cuda failed (CUDA out of memory)"
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([item])
    assert states(queue) == [State.DONE]
    assert item.note == "Done by the CPU, since cuda failed (CUDA out of memory)."


def test_the_same_file_is_not_queued_twice_but_again_once_it_is_done(
    held_queue: Queue, held_engine: FakeEngine, make_item: ItemMaker, settings: Settings, qtbot: QtBot
) -> None:
    settings.existing = Existing.REPLACE
    held_queue.add([make_item("a.png")])
    held_queue.add([make_item("a.png")])
    assert len(held_queue.items) == 1
    held_engine.let_go()
    qtbot.waitUntil(lambda: not held_queue.busy)
    held_engine.let_go()
    with qtbot.waitSignal(held_queue.batch_ended):
        held_queue.add([make_item("a.png")])
    assert held_engine.started == ["a.png", "a.png"]
    assert len(held_queue.items) == 1


def test_removing_a_running_item_stops_it_and_takes_the_row(
    held_queue: Queue, make_item: ItemMaker, qtbot: QtBot
) -> None:
    held_queue.add([make_item("a.png")])
    qtbot.waitUntil(lambda: held_queue.items[0].stage is not None)
    held_queue.remove(list(held_queue.items))
    qtbot.waitUntil(lambda: not held_queue.items)
    assert not held_queue.busy


def test_clearing_leaves_what_failed_and_touches_no_file(
    queue: Queue, engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    engine.failures["b.png"] = [UnsupportedImageError("no")]
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([make_item("a.png"), make_item("b.png"), make_item("c.png")])
    results = [item.destination for item in queue.items if item.destination]
    queue.clear_finished()
    assert [item.source.name for item in queue.items] == ["b.png"]
    assert all(path.exists() for path in results)
    assert len(results) == 2


def test_an_existing_result_is_asked_about_once_while_the_others_go_on(
    queue: Queue, engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    items = [make_item("a.png"), make_item("b.png"), make_item("c.png")]
    for item in items[:2]:
        item.source.with_suffix(".srec").write_text("an older result")
    queue.add(items)
    qtbot.waitUntil(lambda: items[2].state is State.DONE)
    assert states(queue) == [State.ASKING, State.ASKING, State.DONE]
    assert [item.source.name for item in queue.asking] == ["a.png", "b.png"]
    assert queue.busy
    with qtbot.waitSignal(queue.batch_ended):
        queue.answer(ExistingPolicy.RENAME)
    assert [item.destination.name for item in items if item.destination] == ["a (1).srec", "b (1).srec", "c.srec"]
    assert items[0].source.with_suffix(".srec").read_text() == "an older result"


def test_an_answer_holds_for_the_batch_and_not_for_the_next(
    held_queue: Queue, held_engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    items = [make_item("a.png"), make_item("b.png")]
    for item in items:
        item.source.with_suffix(".srec").write_text("an older result")
    held_queue.add(items[:1])
    qtbot.waitUntil(lambda: bool(held_queue.asking))
    held_queue.answer(ExistingPolicy.SKIP)
    held_queue.add(items[1:])
    qtbot.waitUntil(lambda: not held_queue.busy)
    assert states(held_queue) == [State.SKIPPED, State.SKIPPED]
    held_queue.retry(items[:1])
    qtbot.waitUntil(lambda: bool(held_queue.asking))
    held_queue.cancel_all()
    assert not held_queue.busy


@pytest.mark.parametrize(
    ("existing", "state", "kept"),
    [(Existing.SKIP, State.SKIPPED, True), (Existing.REPLACE, State.DONE, False), (Existing.RENAME, State.DONE, True)],
)
def test_a_chosen_policy_never_asks(
    queue: Queue,
    settings: Settings,
    make_item: ItemMaker,
    qtbot: QtBot,
    existing: Existing,
    state: State,
    kept: bool,
) -> None:
    settings.existing = existing
    item = make_item("a.png")
    older = item.source.with_suffix(".srec")
    older.write_text("an older result")
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([item])
    assert item.state is state
    assert (older.read_bytes() == b"an older result") is kept
    assert item.replaced is (existing is Existing.REPLACE)
    if state is State.SKIPPED:
        assert "a.srec" in item.note


@pytest.mark.parametrize("existing", [Existing.REPLACE, Existing.SKIP])
def test_two_sources_of_one_name_do_not_overwrite_each_other(
    queue: Queue, settings: Settings, make_item: ItemMaker, qtbot: QtBot, existing: Existing
) -> None:
    settings.existing = existing
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([make_item("photo.png"), make_item("photo.jpg")])
    assert [item.destination.name for item in queue.items if item.destination] == ["photo.srec", "photo (1).srec"]


def test_srec_files_are_expanded_to_pictures(queue: Queue, make_item: ItemMaker, qtbot: QtBot) -> None:
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([make_item("a.png", (40, 30))])
    packed = queue.items[0].destination
    assert packed is not None
    queue.remove(list(queue.items))
    packed.with_suffix(".png").unlink()
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([Item(packed, Direction.EXPAND, packed.stat().st_size)])
    item = queue.items[0]
    assert item.state is State.DONE
    assert item.destination == packed.with_suffix(".png")
    assert (item.width, item.height) == (40, 30)
    assert item.srec_bytes == packed.stat().st_size


def test_an_expanded_picture_keeps_the_dates_of_its_srec(
    queue: Queue, settings: Settings, make_item: ItemMaker, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([make_item("a.png")])
    packed, settings.keep_timestamps, settings.existing = queue.items[0].result, True, Existing.REPLACE
    os.utime(packed, (1_000_000_000, 1_100_000_000))
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([Item(packed, Direction.EXPAND, packed.stat().st_size)])
    assert packed.with_suffix(".png").stat().st_mtime == 1_100_000_000


def test_the_estimate_follows_the_batch(
    held_queue: Queue, held_engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    held_queue.add([make_item("a.png", (100, 100)), make_item("b.png", (300, 100))])
    held_engine.let_go(4)
    qtbot.waitUntil(lambda: held_queue.items[1].fraction > 0)
    totals, _ = held_queue.estimate()
    assert totals.fraction == pytest.approx((1 + 3 * held_queue.items[1].fraction) / 4)
    held_engine.let_go(2)
    qtbot.waitUntil(lambda: not held_queue.busy)


def test_what_is_added_while_working_joins_the_batch(
    held_queue: Queue, held_engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    held_queue.add([make_item("a.png")])
    held_queue.add([make_item("b.png")])
    held_engine.let_go(6)
    with qtbot.waitSignal(held_queue.batch_ended) as ended:
        pass
    assert ended.args[0].totals.items == 2
