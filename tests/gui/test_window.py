"""The window: rooms, dropping, keys, and what goes where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QPalette,
)
from PySide6.QtWidgets import QApplication, QDialog, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.drop import Cargo, Half
from srec_gui.engine import EncodeOptions
from srec_gui.menus import RecentMenu
from srec_gui.settings import ColourScheme, Settings
from srec_gui.sheets import SettingsSheet
from srec_gui.theme import Theme
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
    made.show()
    return made


def mime(paths: list[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag(window: MainWindow, paths: list[Path], x_share: float) -> QPointF:
    """Drag over the window, to a place this far from its left; returns the place."""
    data, place = mime(paths), QPointF(window.width() * x_share, window.height() / 2)
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for event_type in (QDragEnterEvent, QDragMoveEvent):
        event = event_type(place.toPoint(), Qt.DropAction.CopyAction, data, buttons, modifiers)
        QApplication.sendEvent(window, event)
        assert event.isAccepted()
    return place


def drop(window: MainWindow, paths: list[Path], x_share: float = 0.2) -> None:
    data = mime(paths)
    place = drag(window, paths, x_share)
    event = QDropEvent(place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, event)
    assert event.isAccepted()


@pytest.fixture
def packed(picture: PictureMaker, engine: FakeEngine) -> Path:
    source = picture("packed/p.png")
    engine.encode_file(source, source.with_suffix(".srec"), EncodeOptions())
    source.unlink()
    return source.with_suffix(".srec")


def test_pictures_dropped_on_the_left_are_compressed(window: MainWindow, picture: PictureMaker, qtbot: QtBot) -> None:
    source = picture("a.png")
    with qtbot.waitSignal(window.compress_page.queue.batch_ended):
        drop(window, [source])
    assert source.with_suffix(".srec").exists()
    assert not window.overlay.isVisible()


@pytest.mark.parametrize("where", ["tool bar", "menu bar", "panel", "queue"])
def test_things_can_be_dropped_anywhere_in_the_window(window: MainWindow, where: str) -> None:
    page = window.compress_page
    target = {
        "tool bar": window._tool_bar,
        "menu bar": window.menuBar(),
        "panel": page.panel.viewport(),
        "queue": page.table.viewport(),
    }[where]
    # Qt gives a drag to the nearest ancestor that takes drops: nothing on the way may take it instead.
    while target is not window:
        assert not target.acceptDrops()
        target = target.parentWidget()
    assert window.acceptDrops()


def test_the_overlay_says_what_each_half_does_and_goes_when_the_drag_leaves(window: MainWindow) -> None:
    drag(window, [Path("/a.png"), Path("/b.png")], 0.2)
    assert window.overlay.isVisible()
    assert window.overlay.half is Half.COMPRESS
    drag(window, [Path("/a.png"), Path("/b.png")], 0.9)
    assert window.overlay.half is Half.OPEN
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.overlay.isVisible()


def test_the_likely_half_is_the_larger_one() -> None:
    assert Cargo.of([Path("a.png"), Path("folder")]).compress_share > 0.6
    assert Cargo.of([Path("a.srec"), Path("b.SREC")]).compress_share < 0.4
    assert Cargo.of([Path("a.png"), Path("b.srec")]).compress_share == 0.5


def test_whoever_views_pictures_most_likely_wants_to_open_another_one(window: MainWindow) -> None:
    window.enter(Context.VIEW)
    drag(window, [Path("/a.png")], 0.5)
    assert window.overlay.half is Half.OPEN
    window.enter(Context.COMPRESS)
    drag(window, [Path("/a.png")], 0.5)
    assert window.overlay.half is Half.COMPRESS


def test_srec_files_dropped_on_the_left_are_expanded(window: MainWindow, packed: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.compress_page.queue.batch_ended):
        drop(window, [packed], 0.1)
    assert packed.with_suffix(".png").exists()


def test_what_is_dropped_on_the_right_is_viewed(window: MainWindow, packed: Path) -> None:
    drop(window, [packed], 0.9)
    assert window.current is not None
    assert window.current.context is Context.VIEW
    assert window.compress_page.queue.items == []


def test_text_is_not_taken(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("just words")
    event = QDragEnterEvent(
        QPoint(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()
    assert not window.overlay.isVisible()


def test_files_on_the_clipboard_are_pasted(
    window: MainWindow, picture: PictureMaker, actions: Actions, qtbot: QtBot
) -> None:
    source = picture("a.png")
    QGuiApplication.clipboard().setMimeData(mime([source]))
    with qtbot.waitSignal(window.compress_page.queue.batch_ended):
        actions["window.paste"].trigger()
    assert source.with_suffix(".srec").exists()


def test_what_is_pasted_into_the_viewer_is_viewed(
    window: MainWindow, picture: PictureMaker, actions: Actions, qtbot: QtBot
) -> None:
    source = picture("a.png")
    window.enter(Context.VIEW)
    QGuiApplication.clipboard().setMimeData(mime([source]))
    actions["window.paste"].trigger()
    assert window.current is not None
    assert window.current.context is Context.VIEW
    qtbot.waitUntil(lambda: window.windowTitle().startswith("a.png"))
    assert window.compress_page.queue.items == []


def test_recent_pictures_are_in_the_file_menu(
    window: MainWindow, settings: Settings, picture: PictureMaker, qtbot: QtBot
) -> None:
    menu = window.findChild(RecentMenu)
    assert menu is not None
    assert not menu.menuAction().isEnabled()
    for name in ("first.png", "cats & dogs.png"):
        settings.add_recent(picture(name))
    entries = [action for action in menu.actions() if not action.isSeparator()]
    assert [action.text() for action in entries] == ["cats && dogs.png", "first.png", "&Clear List"]
    entries[1].trigger()
    qtbot.waitUntil(lambda: window.windowTitle().startswith("first.png"))
    entries[-1].trigger()
    assert settings.recent_files == ()
    assert not menu.menuAction().isEnabled()


def test_a_copied_picture_is_kept_and_compressed(
    window: MainWindow, actions: Actions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "user-dirs.dirs").write_text(f'XDG_PICTURES_DIR="{tmp_path}/Pictures"\n')
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    QGuiApplication.clipboard().setImage(image)
    with qtbot.waitSignal(window.compress_page.queue.batch_ended):
        actions["window.paste"].trigger()
    names = sorted(path.name for path in (tmp_path / "Pictures").iterdir())
    assert [name.rpartition(".")[2] for name in names] == ["png", "srec"]
    assert names[0].startswith("Pasted ")


def test_text_on_the_clipboard_is_left_alone(window: MainWindow, actions: Actions, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("just words")
    qtbot.waitUntil(lambda: not window.worker.busy)
    actions["window.paste"].trigger()
    assert not window.worker.busy


def test_given_srec_files_open_and_given_pictures_are_compressed(
    window: MainWindow, picture: PictureMaker, packed: Path, qtbot: QtBot
) -> None:
    window.take_paths([packed])
    qtbot.waitUntil(lambda: window.current is window.page(Context.VIEW))
    with qtbot.waitSignal(window.compress_page.queue.batch_ended):
        window.take_paths([picture("a.png")])
    assert window.current is window.compress_page


def test_keys_lead_from_room_to_room(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitExposed(window)
    for key, room in (
        (Qt.Key.Key_2, Context.VIEW),
        (Qt.Key.Key_3, Context.INSPECT),
        (Qt.Key.Key_1, Context.COMPRESS),
    ):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        assert window.current is window.page(room)


def test_keys_work_in_full_screen_where_no_menu_is(window: MainWindow, picture: PictureMaker, qtbot: QtBot) -> None:
    window.view([picture("a.png")])
    qtbot.waitUntil(lambda: window.windowTitle().startswith("a.png"))
    for leaving in (Qt.Key.Key_Escape, Qt.Key.Key_F11):
        window.registry["view.full_screen"].trigger()
        assert window.menuBar().isHidden()
        assert window.isFullScreen()
        qtbot.keyClick(window, leaving)
        assert not window.menuBar().isHidden()
        assert not window.isFullScreen()
    window.registry["view.full_screen"].trigger()
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.current is window.compress_page
    assert not window.menuBar().isHidden()


def test_only_the_actions_of_the_room_in_front_work(window: MainWindow, actions: Actions) -> None:
    for room in (Context.VIEW, Context.COMPRESS):
        window.enter(room)
        others = {Context.COMPRESS, Context.VIEW, Context.INSPECT} - {room}
        for other in others:
            assert not any(action.isEnabled() for action in actions.of(other)), (room, other)
    assert actions["compress.options"].isEnabled()


def test_rooms_may_use_the_same_key(
    window: MainWindow, picture: PictureMaker, engine: FakeEngine, qtbot: QtBot
) -> None:
    # An ambiguous key would log a warning of Qt, which fails the test.
    engine.failures["a.png"] = [ValueError("what went wrong")]
    window.enter(Context.VIEW)
    window.enter(Context.COMPRESS)
    with qtbot.waitSignal(window.compress_page.queue.batch_ended):
        window.take_paths([picture("a.png")])
    table = window.compress_page.table
    table.select_row(0)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "what went wrong" in QGuiApplication.clipboard().text()


@pytest.mark.parametrize("name", ["window.shortcuts", "window.settings", "window.about"])
def test_sheets_open_without_blocking(window: MainWindow, actions: Actions, name: str, qtbot: QtBot) -> None:
    actions[name].trigger()
    sheet = next(dialog for dialog in window.findChildren(QDialog) if dialog.isVisible())
    assert sheet.windowTitle()
    sheet.reject()
    qtbot.waitUntil(lambda: not window.findChildren(QDialog))


def test_the_settings_sheet_shows_and_changes_what_is_set(window: MainWindow, settings: Settings) -> None:
    settings.slideshow_seconds = 7.0
    window.registry["window.settings"].trigger()
    sheet = window.findChild(SettingsSheet)
    assert sheet is not None
    assert sheet.slide.value() == 7
    sheet.slide.setValue(9)
    sheet.wrap_around.click()
    assert (settings.slideshow_seconds, settings.wrap_around) == (9.0, False)
    settings.reset()
    assert sheet.wrap_around.isChecked()
    sheet.reject()


def test_the_question_mark_shows_the_keys(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, "?")
    assert any(dialog.isVisible() for dialog in window.findChildren(QDialog))


def test_the_title_says_how_far_the_queue_is(
    worker: Worker, settings: Settings, actions: Actions, held_engine: FakeEngine, picture: PictureMaker, qtbot: QtBot
) -> None:
    window = MainWindow(worker, settings, actions, engine=held_engine)
    qtbot.addWidget(window, before_close_func=MainWindow.begin_closing)
    window.show()
    window.take_paths([picture("a.png")])
    held_engine.let_go(1)
    qtbot.waitUntil(lambda: window.windowTitle() == "33 % – SReC")
    held_engine.let_go(2)
    qtbot.waitUntil(lambda: window.windowTitle() == "SReC")


def test_the_place_of_the_window_is_kept(
    window: MainWindow, worker: Worker, settings: Settings, actions: Actions, qtbot: QtBot
) -> None:
    window.resize(777, 555)
    window.begin_closing()
    again = MainWindow(worker, settings, Actions(), engine=FakeEngine())
    qtbot.addWidget(again, before_close_func=MainWindow.begin_closing)
    assert (again.width(), again.height()) == (777, 555)


def test_the_room_in_front_is_kept(window: MainWindow, worker: Worker, settings: Settings, qtbot: QtBot) -> None:
    window.enter(Context.VIEW)
    window.begin_closing()
    again = MainWindow(worker, settings, Actions(), engine=FakeEngine())
    qtbot.addWidget(again, before_close_func=MainWindow.begin_closing)
    assert again.current is not None
    assert again.current.context is Context.VIEW


@pytest.mark.parametrize(("scheme", "dark"), [(ColourScheme.DARK, True), (ColourScheme.LIGHT, False)])
def test_light_and_dark_are_chosen_at_once(
    qapp: QApplication, window: MainWindow, settings: Settings, scheme: ColourScheme, dark: bool
) -> None:
    theme = Theme(qapp, settings)
    try:
        settings.colour_scheme = ColourScheme.LIGHT if dark else ColourScheme.DARK
        settings.colour_scheme = scheme
        assert (window.palette().color(QPalette.ColorRole.Window).lightness() < 128) is dark
        assert (window.palette().color(QPalette.ColorRole.WindowText).lightness() > 128) is dark
    finally:
        settings.colour_scheme = ColourScheme.LIGHT
        theme.deleteLater()
        qapp.setStyleSheet("")


@pytest.mark.parametrize("room", [Context.COMPRESS, Context.VIEW, Context.INSPECT])
def test_whatever_takes_keys_has_a_name(window: MainWindow, room: Context) -> None:
    window.enter(room)
    for widget in window.findChildren(QWidget):
        # Parts that Qt makes for itself (of scroll areas, tables, combo boxes) speak for their owners.
        takes_keys = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
        if takes_keys and not widget.objectName().startswith("qt_"):
            text = widget.text() if hasattr(widget, "text") and callable(widget.text) else ""
            assert widget.accessibleName() or text, f"{type(widget).__name__} {widget.objectName()}"


def test_every_tool_button_has_a_name(window: MainWindow) -> None:
    for room in (Context.COMPRESS, Context.VIEW):
        window.enter(room)
        for button in window._tool_bar.findChildren(QToolButton):
            if button.isVisible():
                assert button.text() or button.accessibleName()
