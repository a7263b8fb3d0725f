"""The Compress room as a person meets it: rows, options, questions, keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.compress.estimate import Totals
from srec_gui.compress.item import Direction, Item, State
from srec_gui.compress.manager import BatchEnd
from srec_gui.compress.model import Column, QueueModel
from srec_gui.compress.page import CompressPage
from srec_gui.desktop import notify
from srec_gui.engine import (
    Device,
    EncodeOptions,
    EncodeReport,
    ExistingPolicy,
    Method,
    UnsupportedImageError,
    WithoutGain,
    method_words,
)
from srec_gui.settings import Existing, OutputPlace, Settings
from srec_gui.worker import Worker
from tests.gui.fake_engine import FakeEngine

PictureMaker = Callable[..., Path]
PageMaker = Callable[[FakeEngine], CompressPage]


@pytest.fixture
def make_page(worker: Worker, settings: Settings, actions: Actions, qtbot: QtBot) -> PageMaker:
    def make(engine: FakeEngine) -> CompressPage:
        page = CompressPage(worker, settings, actions, engine=engine)
        page.addActions(actions.of(Context.COMPRESS))
        qtbot.addWidget(page, before_close_func=CompressPage.stop)
        page.resize(1100, 600)
        page.show()
        page.enter()
        return page

    return make


@pytest.fixture
def page(make_page: PageMaker, engine: FakeEngine) -> CompressPage:
    return make_page(engine)


def compress(page: CompressPage, paths: list[Path], qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.queue.batch_ended):
        page.add_paths(paths)


def cell(page: CompressPage, row: int, column: Column) -> str:
    return str(page.table.model().index(row, column).data())


def test_an_empty_room_invites_and_offers_nothing_that_cannot_be_done(page: CompressPage, actions: Actions) -> None:
    assert page.empty.isVisible()
    assert not page.table.isVisible()
    assert not page.footer.isVisible()
    for name in ("cancel", "cancel_all", "retry", "remove", "clear_done", "open", "inspect", "reveal", "undo"):
        assert not actions[f"compress.{name}"].isEnabled(), name


def test_a_row_shows_what_was_saved(page: CompressPage, picture: PictureMaker, qtbot: QtBot) -> None:
    source = picture("a.png", (640, 480))
    compress(page, [source], qtbot)
    assert page.table.isVisible()
    assert cell(page, 0, Column.NAME) == "a.png"
    assert cell(page, 0, Column.PIXELS) == "640 × 480"
    assert cell(page, 0, Column.STATE) == "Done, verified"
    assert cell(page, 0, Column.METHOD) == "SReC"
    assert cell(page, 0, Column.SAVED) in {"50.0 %", "50.1 %"}
    assert float(cell(page, 0, Column.BPSP)) > 0
    assert "saved" in page.footer.label.text()


def test_progress_is_in_the_row_and_in_the_footer(
    make_page: PageMaker, held_engine: FakeEngine, picture: PictureMaker, qtbot: QtBot
) -> None:
    page = make_page(held_engine)
    page.add_paths([picture("a.png"), picture("b.png")])
    held_engine.let_go(1)
    qtbot.waitUntil(lambda: page.queue.items != [] and page.queue.items[0].fraction > 0.3)
    assert cell(page, 0, Column.STATE) == "Compressing 33 % · scale 1/1"
    assert cell(page, 1, Column.STATE) == "Waiting"
    qtbot.waitUntil(lambda: "0 of 2 · 17 %" in page.footer.label.text())
    assert page.busy() == "2 files are not finished."
    held_engine.let_go(5)
    qtbot.waitUntil(lambda: not page.queue.busy)
    assert page.busy() == ""


def test_a_jpeg_that_would_grow_is_shown_honestly(page: CompressPage, picture: PictureMaker, qtbot: QtBot) -> None:
    source = picture("photo.jpg")
    item = Item(source, Direction.COMPRESS, source.stat().st_size, None, 64, 48)
    report = EncodeReport(None, 64, 48, Method.VERBATIM, 1000, 1040, verified=True, note="Stored as it was.")
    page.queue.add([item])
    qtbot.waitUntil(lambda: not page.queue.busy)
    item.source_bytes = 1000
    item.take_result(source.with_suffix(".srec"), report, 1040)
    page.queue.changed.emit([item])
    assert cell(page, 0, Column.SAVED) == "−4.0 %"
    assert cell(page, 0, Column.METHOD) == "stored"
    index = page.table.model().index(0, Column.STATE)
    assert "Stored as it was." in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "Stored as it was." in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_picture_that_would_gain_nothing_is_left_alone_and_its_row_says_why(
    page: CompressPage, engine: FakeEngine, picture: PictureMaker, actions: Actions, qtbot: QtBot
) -> None:
    source = picture("photo.jpg")
    engine.gainless.add("photo.jpg")
    compress(page, [source], qtbot)
    assert not source.with_suffix(".srec").exists()
    assert cell(page, 0, Column.STATE) == "Left alone"
    spoken = page.table.model().index(0, Column.STATE).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Left alone. The file is smaller than what could be made of it"
    assert [cell(page, 0, column) for column in (Column.SREC, Column.SAVED, Column.METHOD)] == ["", "", ""]
    assert page.footer.label.text() == "1 file · 1 left alone"
    assert not actions["compress.undo"].isEnabled()
    page.table.select_row(0)
    with qtbot.waitSignal(page.open_requested) as opened:
        actions["compress.open"].trigger()
    assert opened.args == [[source]]
    qtbot.waitUntil(actions["compress.clear_done"].isEnabled)
    actions["compress.clear_done"].trigger()
    assert page.queue.items == []


def test_what_was_left_alone_can_be_stored_all_the_same(
    page: CompressPage, engine: FakeEngine, settings: Settings, picture: PictureMaker, qtbot: QtBot
) -> None:
    source = picture("photo.jpg")
    engine.gainless.add("photo.jpg")
    compress(page, [source], qtbot)
    settings.without_gain = WithoutGain.STORE
    page.table.select_row(0)
    with qtbot.waitSignal(page.queue.batch_ended):
        page.registry["compress.retry"].trigger()
    assert page.queue.items[0].state is State.DONE
    assert cell(page, 0, Column.SAVED).startswith("−")
    assert source.with_suffix(".srec").exists()


@pytest.mark.parametrize("method", Method)
def test_a_method_calls_itself_what_it_is_called_in_the_row(
    page: CompressPage, picture: PictureMaker, qtbot: QtBot, method: Method
) -> None:
    compress(page, [picture("a.png")], qtbot)
    page.queue.items[0].report = EncodeReport(None, 64, 48, method, 1000, 800)
    assert cell(page, 0, Column.METHOD) == method_words(method).label


def test_the_existing_question_is_a_bar_with_three_answers_and_no_dialog(
    page: CompressPage, picture: PictureMaker, qtbot: QtBot
) -> None:
    sources = [picture("a.png"), picture("b.png"), picture("c.png")]
    for source in sources:
        source.with_suffix(".srec").write_text("older")
    page.add_paths(sources)
    qtbot.waitUntil(lambda: len(page.queue.asking) == 3)
    assert page.question.isVisible()
    assert page.question.label.text() == "a.srec and 2 more exist already."
    with qtbot.waitSignal(page.queue.batch_ended):
        qtbot.mouseClick(page.question.buttons[ExistingPolicy.RENAME], Qt.MouseButton.LeftButton)
    assert not page.question.isVisible()
    assert sources[0].with_name("a (1).srec").exists()


def test_rejected_files_are_named_with_the_reason(page: CompressPage, tmp_path: Path, qtbot: QtBot) -> None:
    motorola = tmp_path / "firmware.srec"
    motorola.write_text("S00600004844521B\nS9030000FC\n")
    page.add_paths([motorola])
    qtbot.waitUntil(lambda: "Motorola" in page.notice.label.text())
    assert page.notice.isVisible()
    qtbot.mouseClick(page.notice.close_button, Qt.MouseButton.LeftButton)
    assert not page.notice.isVisible()


def test_an_empty_file_is_called_empty(page: CompressPage, tmp_path: Path, qtbot: QtBot) -> None:
    empty = tmp_path / "zero.png"
    empty.touch()
    page.add_paths([empty])
    qtbot.waitUntil(lambda: page.notice.label.text() == "zero.png is empty.")


def test_a_long_name_does_not_push_the_options_about(page: CompressPage, picture: PictureMaker, qtbot: QtBot) -> None:
    example = page.panel.example

    def height() -> int:
        return example.heightForWidth(example.width())

    compress(page, [picture("a.png")], qtbot)
    before = height()
    page.queue.remove(list(page.queue.items))
    compress(page, [picture("a long name of a picture " * 8 + ".png")], qtbot)
    assert height() - before <= 4 * example.fontMetrics().lineSpacing()
    assert "…" in page.panel.example.text()
    assert page.panel.example.toolTip().endswith("picture .srec")


def test_srec_files_are_opened_unless_they_shall_be_expanded(
    page: CompressPage, engine: FakeEngine, picture: PictureMaker, qtbot: QtBot
) -> None:
    source = picture("a.png")
    packed = source.with_suffix(".srec")
    engine.encode_file(source, packed, EncodeOptions())
    with qtbot.waitSignal(page.open_requested) as opened:
        page.add_paths([packed])
    assert opened.args == [[packed]]
    assert page.queue.items == []
    source.unlink()
    with qtbot.waitSignal(page.queue.batch_ended):
        page.add_paths([packed], expand=True)
    assert source.exists()


def test_a_folder_of_srec_files_is_expanded_in_bulk(
    page: CompressPage, settings: Settings, actions: Actions, picture: PictureMaker, tmp_path: Path, qtbot: QtBot
) -> None:
    sources = [picture(f"trip/{name}.png") for name in ("day 1/a", "day 2/b")]
    compress(page, sources, qtbot)
    page.queue.clear_finished()
    settings.output_place, settings.output_folder = OutputPlace.MIRROR, tmp_path / "out"
    actions["compress.expand_folder"].trigger()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(page.queue.batch_ended):
        dialog.filesSelected.emit([str(tmp_path / "pictures" / "trip")])
        dialog.close()
    made = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.png"))
    assert made == ["trip/day 1/a.png", "trip/day 2/b.png"]


def test_a_folder_without_anything_of_use_says_so(page: CompressPage, picture: PictureMaker, qtbot: QtBot) -> None:
    folder = picture("a.png").parent
    page.add_paths([folder], expand=True)
    qtbot.waitUntil(lambda: "no .srec files" in page.notice.label.text())
    (folder / "a.png").rename(folder / "a.txt")
    (folder / "a.txt").write_text("words")
    page.add_paths([folder])
    qtbot.waitUntil(lambda: page.notice.label.text() == "There are no pictures in there.")


def test_a_folder_of_pictures_does_not_open_the_results_in_it(
    page: CompressPage, engine: FakeEngine, picture: PictureMaker, qtbot: QtBot
) -> None:
    source = picture("folder/a.png")
    engine.encode_file(source, source.with_name("old.srec"), EncodeOptions())
    opened: list[object] = []
    page.open_requested.connect(opened.append)
    compress(page, [source.parent], qtbot)
    assert [item.source.name for item in page.queue.items] == ["a.png"]
    assert opened == []


def test_keys_select_remove_and_retry(
    page: CompressPage, engine: FakeEngine, picture: PictureMaker, qtbot: QtBot
) -> None:
    engine.failures["a.png"] = [UnsupportedImageError("a.png has 16 bits a channel.")]
    compress(page, [picture("a.png"), picture("b.png")], qtbot)
    page.table.select_row(0)
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "a.png has 16 bits a channel." in QGuiApplication.clipboard().text()
    with qtbot.waitSignal(page.queue.batch_ended):
        qtbot.keyClick(page.table, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert page.queue.items[0].state is State.DONE
    qtbot.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert page.queue.items == []
    assert page.empty.isVisible()


def test_without_a_selection_all_that_failed_is_tried_again_and_its_messages_copied(
    page: CompressPage, engine: FakeEngine, picture: PictureMaker, actions: Actions, qtbot: QtBot
) -> None:
    names = ("a.png", "b.png", "c.png")
    for name in names[:2]:
        engine.failures[name] = [UnsupportedImageError(f"{name} has sixteen bits.")]
    compress(page, [picture(name) for name in names], qtbot)
    qtbot.waitUntil(actions["compress.retry"].isEnabled)
    actions["compress.copy_error"].trigger()
    assert QGuiApplication.clipboard().text().count("sixteen bits") == 2
    with qtbot.waitSignal(page.queue.batch_ended):
        actions["compress.retry"].trigger()
    assert Counter(item.state for item in page.queue.items) == {State.DONE: 3}
    qtbot.waitUntil(lambda: not actions["compress.retry"].isEnabled())


def test_opening_and_inspecting_a_row_asks_the_window(page: CompressPage, picture: PictureMaker, qtbot: QtBot) -> None:
    source = picture("a.png")
    compress(page, [source], qtbot)
    page.table.select_row(0)
    with qtbot.waitSignal(page.open_requested) as opened:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [[source.with_suffix(".srec")]]
    with qtbot.waitSignal(page.inspect_requested) as inspected:
        page.registry["compress.inspect"].trigger()
    assert inspected.args == [source.with_suffix(".srec")]


def test_rows_sort_by_what_they_mean_not_by_their_text(page: CompressPage, picture: PictureMaker, qtbot: QtBot) -> None:
    compress(page, [picture("b.png", (90, 90)), picture("a.png", (1000, 800)), picture("c.png", (200, 150))], qtbot)
    page.table.sortByColumn(Column.PIXELS, Qt.SortOrder.AscendingOrder)
    assert [cell(page, row, Column.NAME) for row in range(3)] == ["b.png", "c.png", "a.png"]
    page.table.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    page.table.select_row(0)
    assert [item.source.name for item in page.table.selected_items()] == ["c.png"]


def test_options_are_settings_and_the_example_follows(
    page: CompressPage, settings: Settings, tmp_path: Path, picture: PictureMaker, qtbot: QtBot
) -> None:
    compress(page, [picture("trip/a.png").parent], qtbot)
    page.table.select_row(0)
    settings.output_folder = tmp_path / "out"
    page.panel.place_buttons[OutputPlace.MIRROR].click()
    assert settings.output_place is OutputPlace.MIRROR
    assert page.panel.example.toolTip() == str(tmp_path / "out" / "trip" / "a.srec")
    page.panel.place_buttons[OutputPlace.SAME].click()
    assert page.panel.example.toolTip() == str(tmp_path / "pictures" / "trip" / "a.srec")
    page.panel.verify.click()
    assert settings.verify is False
    assert not page.panel.trash.isEnabled()
    assert settings.without_gain is WithoutGain.LEAVE
    page.panel.without_gain.setCurrentIndex(1)
    page.panel.without_gain.activated.emit(1)
    assert settings.without_gain is WithoutGain.STORE
    assert "mirror" in page.panel.without_gain.toolTip()
    settings.existing = Existing.REPLACE
    assert page.panel.existing.currentData() == Existing.REPLACE
    settings.reset()
    assert page.panel.existing.currentData() == Existing.ASK
    assert page.panel.without_gain.currentData() == WithoutGain.LEAVE
    assert page.panel.verify.isChecked()


def test_the_chosen_folder_is_named_whatever_it_is_called(
    page: CompressPage, settings: Settings, tmp_path: Path
) -> None:
    settings.output_place = OutputPlace.CHOSEN
    width = page.panel.width()
    for name in ("Cats & dogs", "w" * 200):
        settings.output_folder = tmp_path / name
        button = page.panel.folder_button
        assert button.toolTip() == str(tmp_path / name)
        assert button.fontMetrics().horizontalAdvance(button.text()) < width
        assert name in button.accessibleName()
    settings.output_folder = tmp_path / "Cats & dogs"
    assert page.panel.folder_button.text() == "Cats && dogs"  # else Qt would take the mark for a key's


def test_automatic_says_which_device_it_was(page: CompressPage, picture: PictureMaker, qtbot: QtBot) -> None:
    assert page.panel.device.currentText() == "Automatic"
    compress(page, [picture("a.png")], qtbot)
    assert page.panel.device.currentText() == "Automatic (CPU, int8)"


def listed(page: CompressPage) -> list[str]:
    return [page.panel.device.itemText(row) for row in range(page.panel.device.count())]


def test_the_devices_of_the_machine_are_offered_once_somebody_looks(
    page: CompressPage, engine: FakeEngine, settings: Settings, qtbot: QtBot
) -> None:
    engine.machine = (Device("cuda:0", "NVIDIA H200"), Device("cuda:1"), Device("cpu"))
    assert listed(page) == ["Automatic", "CPU", "Looking for others…"]
    page.panel.device.setFocus()
    qtbot.waitUntil(lambda: listed(page) == ["Automatic", "NVIDIA H200", "GPU (cuda:1)", "CPU"])
    page.panel.device.setCurrentIndex(1)
    page.panel.device.activated.emit(1)
    assert settings.device == "cuda:0"
    page.panel.device.show_used("cuda:0", "float32")
    assert listed(page)[0] == "Automatic (NVIDIA H200, float32)"


def test_on_a_machine_with_nothing_but_a_cpu_automatic_is_that(page: CompressPage, qtbot: QtBot) -> None:
    page.panel.device.setFocus()
    qtbot.waitUntil(lambda: listed(page) == ["Automatic (CPU)", "CPU"])


def test_a_device_chosen_on_another_machine_is_kept_and_marked(
    page: CompressPage, settings: Settings, qtbot: QtBot
) -> None:
    settings.device = "cuda"
    assert page.panel.device.currentText() == "GPU (cuda)"
    page.panel.device.setFocus()
    qtbot.waitUntil(lambda: page.panel.device.currentText() == "GPU (cuda) (not here)")


def test_undo_is_offered_after_a_batch(
    page: CompressPage, picture: PictureMaker, actions: Actions, qtbot: QtBot
) -> None:
    source = picture("a.png")
    compress(page, [source], qtbot)
    assert actions["compress.undo"].isEnabled()
    with qtbot.waitSignal(page.queue.undone):
        actions["compress.undo"].trigger()
    assert not source.with_suffix(".srec").exists()
    assert "trash" in page.notice.label.text()
    assert not actions["compress.undo"].isEnabled()


def test_undo_is_still_offered_when_the_list_was_cleared(
    page: CompressPage, picture: PictureMaker, actions: Actions, qtbot: QtBot
) -> None:
    source = picture("a.png")
    compress(page, [source], qtbot)
    actions["compress.clear_done"].trigger()
    assert page.empty.isVisible()
    assert page.footer.isVisible()
    with qtbot.waitSignal(page.queue.undone):
        actions["compress.undo"].trigger()
    assert not source.with_suffix(".srec").exists()
    assert not page.footer.isVisible()


def test_every_control_can_be_reached_by_tab_and_has_a_name(
    page: CompressPage, picture: PictureMaker, qtbot: QtBot
) -> None:
    compress(page, [picture("a.png")], qtbot)
    reached = set()
    widget = page.table
    for _ in range(60):
        reached.add(widget)
        widget = widget.nextInFocusChain()
    for control in (page.table, page.panel.verify, page.panel.existing, page.panel.model, page.panel.device):
        assert control in reached
    for button in page.findChildren(QPushButton):
        assert button.text() or button.accessibleName()
    assert page.table.accessibleName()


def test_the_model_keeps_qts_rules_while_rows_come_and_go(
    make_page: PageMaker, held_engine: FakeEngine, picture: PictureMaker, qtbot: QtBot
) -> None:
    page = make_page(held_engine)
    model = QueueModel(page.queue)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    page.add_paths([picture(f"{number}.png") for number in range(8)])
    qtbot.waitUntil(lambda: model.rowCount() == 8)
    held_engine.let_go(6)
    qtbot.waitUntil(lambda: page.queue.items[1].state is State.DONE)
    page.queue.remove(page.queue.items[0:1] + page.queue.items[4:6])
    assert model.rowCount() == 5
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None
    page.queue.cancel_all()
    qtbot.waitUntil(lambda: not page.queue.busy)
    page.queue.clear_finished()
    assert model.rowCount() == 0
    del tester


def test_columns_can_be_hidden_and_are_kept(page: CompressPage, make_page: PageMaker, engine: FakeEngine) -> None:
    page.table.setColumnHidden(Column.BPSP, True)
    page.settings.columns = page.table.save_columns()
    assert make_page(engine).table.isColumnHidden(Column.BPSP)


def test_the_name_keeps_its_room_in_a_narrow_window(page: CompressPage, picture: PictureMaker, qtbot: QtBot) -> None:
    compress(page, [picture("a.png")], qtbot)
    for width in (500, 700, 1600):
        page.resize(width, 500)
        assert page.table.columnWidth(Column.NAME) >= 150
    assert page.table.horizontalHeader().length() >= page.table.viewport().width()


def test_a_thumbnail_comes_into_the_row(page: CompressPage, picture: PictureMaker, qtbot: QtBot) -> None:
    source = picture("a.png", (300, 200))
    page.add_paths([source])
    qtbot.waitUntil(lambda: page.thumbnails.get(source) is not None)
    image = page.thumbnails.get(source)
    assert image is not None
    assert max(image.width(), image.height()) == 68
    assert page.table.visualRect(page.table.model().index(0, 0)).contains(QPoint(20, 20))


@pytest.mark.parametrize(
    ("seconds", "wanted", "expected"), [(60.0, True, True), (60.0, False, False), (2.0, True, False)]
)
def test_only_a_long_batch_in_the_background_is_notified(
    page: CompressPage,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
    seconds: float,
    wanted: bool,
    expected: bool,
) -> None:
    said = tmp_path / "said"
    program = tmp_path / "bin" / "notify-send"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> "{said}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    settings.notify = wanted
    page.hide()
    left = [Item(tmp_path / f"{name}.jpg", Direction.COMPRESS, 100, state=State.LEFT) for name in "abc"]
    page.queue.batch_ended.emit(BatchEnd(tuple(left), Totals(Counter({State.LEFT: 3})), seconds))
    notify("the last", "word", page)
    qtbot.waitUntil(lambda: said.exists() and said.read_text().count("\n") == 1 + expected)
    summary = "3 left alone, since nothing would be gained: a.jpg, b.jpg, c.jpg"
    assert (summary in said.read_text()) is expected


def test_the_models_that_are_installed_are_offered(page: CompressPage, qtbot: QtBot) -> None:
    assert page.panel.model.findData("another") < 0
    page.panel.model.setFocus()
    qtbot.waitUntil(lambda: page.panel.model.findData("another") >= 0)
    assert page.panel.model.currentData() == "photo"
