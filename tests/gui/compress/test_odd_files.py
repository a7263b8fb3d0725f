"""Odd files, odd names and odd libraries in the window: each has its row, and the others are done."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from pytestqt.qtbot import QtBot

import srec_engine
from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.compress.intake import scan
from srec_gui.compress.item import Direction, Item, State
from srec_gui.compress.manager import Queue
from srec_gui.compress.model import Column
from srec_gui.compress.page import CompressPage
from srec_gui.compress.policy import Policy
from srec_gui.drop import dropped_paths
from srec_gui.engine import CancelToken, EncodeOptions, Method, SrecEngine
from srec_gui.settings import Existing, OutputPlace, Settings
from srec_gui.worker import Worker
from tests.gui.fake_engine import FakeEngine

PictureMaker = Callable[..., Path]
ItemMaker = Callable[..., Item]
QueueMaker = Callable[[FakeEngine], Queue]

posix_only = pytest.mark.skipif(os.name != "posix", reason="uses pipes and links of POSIX")


@pytest.fixture
def page(worker: Worker, settings: Settings, actions: Actions, engine: FakeEngine, qtbot: QtBot) -> CompressPage:
    page = CompressPage(worker, settings, actions, engine=engine)
    page.addActions(actions.of(Context.COMPRESS))
    qtbot.addWidget(page, before_close_func=CompressPage.stop)
    return page


def rows(page: CompressPage) -> dict[str, State]:
    return {item.source.name: item.state for item in page.queue.items}


@posix_only
def test_every_odd_file_of_a_folder_has_a_row_that_says_why_and_the_others_are_done(
    page: CompressPage, picture: PictureMaker, qtbot: QtBot
) -> None:
    folder = picture("trip/a.png").parent
    picture("trip/z.png")
    (folder / "byte.jpg").write_bytes(b"\n")
    (folder / "empty.png").touch()
    (folder / "text.png").write_text("no picture")
    (folder / "one.jpg").symlink_to("two.jpg")
    (folder / "two.jpg").symlink_to("one.jpg")
    os.mkfifo(folder / "pipe.png")
    with qtbot.waitSignal(page.queue.batch_ended):
        page.add_paths([folder])
    assert {name for name, state in rows(page).items() if state is State.DONE} == {"a.png", "z.png"}
    failed = {item.source.name: item.note for item in page.queue.items if item.state is State.FAILED}
    assert set(failed) == {"byte.jpg", "empty.png", "text.png", "one.jpg", "two.jpg", "pipe.png"}
    assert all(failed.values())
    assert "leads back to itself" in failed["one.jpg"]
    assert "is a pipe" in failed["pipe.png"]


class OneClosedFolder(FakeEngine):
    """Finds a folder that the system does not let anybody read, which an administrator cannot be shown otherwise."""

    def find_files(
        self,
        paths: Iterable[Path],
        *,
        cancel: CancelToken | None = None,
        unreadable: Callable[[Path, OSError], None] | None = None,
    ) -> Iterator[Path]:
        top = next(iter(paths))
        yield from super().find_files([top], cancel=cancel, unreadable=unreadable)
        assert unreadable is not None
        unreadable(top / "closed", PermissionError(13, "Permission denied", str(top / "closed")))


@pytest.mark.parametrize("expand", [False, True])
def test_a_closed_folder_has_a_row_whichever_way_files_go(
    worker: Worker, settings: Settings, actions: Actions, picture: PictureMaker, qtbot: QtBot, expand: bool
) -> None:
    page = CompressPage(worker, settings, actions, engine=OneClosedFolder())
    qtbot.addWidget(page, before_close_func=CompressPage.stop)
    page.add_paths([picture("trip/a.png").parent], expand=expand)
    qtbot.waitUntil(lambda: "closed" in rows(page) and not page.queue.busy)
    assert rows(page)["closed"] is State.FAILED
    assert (rows(page).get("a.png") is State.DONE) is not expand


def test_files_that_are_named_and_cannot_be_taken_are_all_named(
    page: CompressPage, tmp_path: Path, qtbot: QtBot
) -> None:
    missing = [tmp_path / f"{number}.png" for number in range(6)]
    page.add_paths([*missing[:5], tmp_path / ("x" * 300 + ".png")])
    qtbot.waitUntil(lambda: len(page.queue.items) == 6)
    assert set(rows(page).values()) == {State.FAILED}
    assert "0.png does not exist" in page.notice.label.text()


def test_an_odd_library_does_not_end_a_scan(picture: PictureMaker) -> None:
    class Stumbling(FakeEngine):
        def identify(self, path: Path) -> srec_engine.FileKind:
            if path.name == "b.png":
                raise RuntimeError("unpack requires a buffer")
            return super().identify(path)

    folder = picture("trip/a.png").parent
    for name in ("b", "c"):
        picture(f"trip/{name}.png")
    found = scan([folder], Stumbling(), CancelToken(), lambda _: None)
    assert [(item.source.stem, item.state) for item in found.pictures] == [
        ("a", State.WAITING),
        ("b", State.FAILED),
        ("c", State.WAITING),
    ]
    assert "unpack requires a buffer" in found.pictures[1].note


@pytest.mark.parametrize("error", [ValueError("odd"), MemoryError(), BaseException("a panic of Rust")])
def test_a_crash_leaves_a_report_that_can_be_sent(
    make_queue: QueueMaker, engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot, error: Exception
) -> None:
    queue = make_queue(engine)
    engine.failures["a.png"] = [error]
    with qtbot.waitSignal(queue.batch_ended):
        queue.add([make_item("a.png"), make_item("b.png")])
    assert [item.state for item in queue.items] == [State.FAILED, State.DONE]
    report = Path(queue.items[0].note.rsplit(" is in ", 1)[1].removesuffix("."))
    assert "a.png" in report.read_text(encoding="utf-8")
    assert str(queue.items[0].source.parent) not in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("existing", list(Existing))
def test_names_that_differ_in_case_give_two_results_and_ask_nothing(
    make_queue: QueueMaker,
    engine: FakeEngine,
    settings: Settings,
    make_item: ItemMaker,
    qtbot: QtBot,
    existing: Existing,
) -> None:
    settings.existing = existing
    queue = make_queue(engine)
    items = [make_item("Cat.png"), make_item("cat.jpg"), make_item("CAT.bmp")]
    with qtbot.waitSignal(queue.batch_ended):
        queue.add(items)
    assert [item.result.name for item in items] == ["Cat.srec", "cat (1).srec", "CAT (2).srec"]


def test_the_question_about_a_namesake_is_about_its_own_result(
    make_queue: QueueMaker, engine: FakeEngine, make_item: ItemMaker, qtbot: QtBot
) -> None:
    queue = make_queue(engine)
    items = [make_item("cat.png"), make_item("Cat.jpg")]
    items[1].source.with_name("Cat (1).srec").write_text("an older result")
    queue.add(items)
    qtbot.waitUntil(lambda: bool(queue.asking))
    assert [item.destination and item.destination.name for item in queue.asking] == ["Cat (1).srec"]
    with qtbot.waitSignal(queue.batch_ended):
        queue.answer(srec_engine.ExistingPolicy.REPLACE)
    assert [item.result.name for item in items] == ["cat.srec", "Cat (1).srec"]


@pytest.mark.parametrize(
    "name",
    ["a.mpo", "a.ico", "a.cur", "a.dds", "a.pfm", "a.psd", "a.jfif", "a", "a.gif~", "a.jpg_orig", "a.tif (1)", "a.PNG"],
)
def test_what_is_stored_comes_back_in_the_window_under_its_own_name(
    worker: Worker, settings: Settings, tmp_path: Path, qtbot: QtBot, name: str
) -> None:
    source = tmp_path / name
    with source.open("wb") as file:
        Image.new("RGB", (20, 10), "teal").save(file, "JPEG")
    content = source.read_bytes()
    srec_engine.encode_file(source, tmp_path / "a.srec", EncodeOptions(method=Method.VERBATIM))
    settings.output_place, settings.output_folder = OutputPlace.CHOSEN, tmp_path / "back"
    engine = SrecEngine()
    queue = Queue(worker, engine, partial(Policy.from_settings, settings))
    found = scan([tmp_path / "a.srec"], engine, CancelToken(), lambda _: None)
    with qtbot.waitSignal(queue.batch_ended):
        queue.add(found.packed)
    assert queue.items[0].state is State.DONE, queue.items[0].note
    assert [path.name for path in (tmp_path / "back").iterdir()] == [name]
    assert (tmp_path / "back" / name).read_bytes() == content


def test_a_picture_that_is_called_like_its_result_is_not_replaced(
    make_queue: QueueMaker, engine: FakeEngine, settings: Settings, picture: PictureMaker, qtbot: QtBot
) -> None:
    settings.existing = Existing.REPLACE
    misnamed = picture("a.png").rename(picture("b.png").with_name("b.srec"))
    content = misnamed.read_bytes()
    items = [Item(path, Direction.COMPRESS, 100) for path in (misnamed.with_name("b.png"), misnamed)]
    queue = make_queue(engine)
    with qtbot.waitSignal(queue.batch_ended):
        queue.add(items)
    assert misnamed.read_bytes() == content
    assert [item.result.name for item in items] == ["b (1).srec", "b (2).srec"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have names in Unicode only")
def test_a_dropped_file_whose_name_is_not_utf_8_is_done_and_shown(
    page: CompressPage, picture: PictureMaker, qtbot: QtBot
) -> None:
    source = picture("a.png").rename(picture("b.png").with_name(os.fsdecode(b"caf\xe9.png")))
    data = QMimeData()
    data.setUrls([QUrl.fromEncoded(f"file://{source.parent}/caf%E9.png".encode())])
    with qtbot.waitSignal(page.queue.batch_ended):
        page.add_paths(dropped_paths(data))
    assert rows(page) == {source.name: State.DONE}
    assert source.with_suffix(".srec").exists()
    assert page.table.model().index(0, Column.NAME).data() == "caf\\udce9.png"
