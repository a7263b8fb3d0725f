"""The main window: rooms, menus, dropping, and closing in good order."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
)
from PySide6.QtWidgets import QDialog, QFileDialog, QMainWindow, QStackedWidget, QWidget

from srec_gui import APP_NAME
from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.compress.page import CompressPage
from srec_gui.drop import Cargo, DropOverlay, Half, dropped_paths
from srec_gui.engine import Engine, SrecEngine
from srec_gui.menus import ToolBar, fill_menu_bar
from srec_gui.pages import Page
from srec_gui.pasting import Pasting
from srec_gui.rooms import ROOMS, OpensPath, OpensPaths, make_page
from srec_gui.settings import Settings
from srec_gui.sheets import AboutSheet, SettingsSheet, ShortcutSheet
from srec_gui.worker import Worker

__all__ = ["MainWindow"]

logger = logging.getLogger(__name__)

_FIRST_SIZE = (1320, 820)
_LEAST_SIZE = (640, 420)


class MainWindow(QMainWindow):
    """One window, three rooms.

    Signals:
        close_wanted(): The person wants to close; `close_now` does it.
    """

    close_wanted = Signal()

    def __init__(self, worker: Worker, settings: Settings, actions: Actions, *, engine: Engine | None = None) -> None:
        """Make the window with the Compress room; the other rooms come when they are entered."""
        super().__init__()
        self.worker = worker
        self._settings = settings
        self.registry = actions
        self._engine = engine
        self._pages: dict[Context, Page] = {}
        self._current: Page | None = None
        self._closing = False
        self._stack = QStackedWidget(self)
        self.setCentralWidget(self._stack)
        self._menus = fill_menu_bar(self, actions, settings, self.view)
        self._tool_bar = ToolBar(actions, self)
        self.addToolBar(self._tool_bar)
        self.overlay = DropOverlay(self)
        self.setAcceptDrops(True)
        self.setMinimumSize(*_LEAST_SIZE)
        self._pasting = Pasting(worker, engine if engine is not None else SrecEngine(), self)
        self._pasting.arrived.connect(self._take_here)
        self._pasting.failed.connect(lambda error: self.compress_page.notice.show_text(str(error)))
        self._bind()
        self._restore_geometry()
        # Of the window, too: the keys of a menu bar that is hidden, as in full screen, are dead.
        self.addActions(actions.of(Context.WINDOW))
        for room in ROOMS:
            for action in actions.of(room):
                action.setEnabled(False)
        self.enter(settings.last_room if settings.last_room in ROOMS else Context.COMPRESS)

    @property
    def current(self) -> Page | None:
        """The room in front."""
        return self._current

    @property
    def compress_page(self) -> CompressPage:
        """The Compress room."""
        return cast("CompressPage", self.page(Context.COMPRESS))

    @property
    def _viewing(self) -> bool:
        return self._current is not None and self._current.context is Context.VIEW

    def page(self, context: Context) -> Page:
        """The room of `context`, made now when this is the first time."""
        if context not in self._pages:
            page = make_page(context, self.worker, self._settings, self.registry, self._engine)
            self._pages[context] = page
            self._stack.addWidget(page)
            page.title_changed.connect(partial(self._title_changed, page))
            page.inspect_requested.connect(self.inspect)
            page.open_requested.connect(self.view)
            page.compress_requested.connect(self.compress)
            if hasattr(page, "full_screen_changed"):
                page.full_screen_changed.connect(self._full_screen_changed)
        return self._pages[context]

    def has_room(self, context: Context) -> bool:
        """Whether the room of `context` is made."""
        return context in self._pages

    def make_rooms(self) -> None:
        """Make the rooms that nobody has entered yet, one at a time: entering them then only shows them."""
        missing = [context for context in ROOMS if not self.has_room(context)]
        if missing and not self._closing:
            self.page(missing[0])
            QTimer.singleShot(0, self, self.make_rooms)

    def enter(self, context: Context) -> None:
        """Bring the room of `context` to the front."""
        page = self.page(context)
        self.registry[f"window.{context.value}"].setChecked(True)
        if page is self._current:
            return
        if self._current is not None:
            self._current.leave()
            self._menus[self._current.context].menuAction().setVisible(False)
            for action in self.registry.of(self._current.context):
                action.setEnabled(False)
                self.removeAction(action)
        self._current = page
        self._stack.setCurrentWidget(page)
        self.addActions(self.registry.of(context))
        self._menus[context].menuAction().setVisible(True)
        self._tool_bar.show_tools(page.tool_actions())
        self._title_changed(page, "")
        page.enter()

    def take_paths(self, paths: list[Path]) -> None:
        """Do the likely thing with files and folders: compress pictures, open `.srec` files."""
        if not self._closing and paths:
            if not Cargo.of(paths).only_packed:
                self.enter(Context.COMPRESS)
            self.compress_page.add_paths(paths)

    def compress(self, paths: list[Path]) -> None:
        """Compress `paths`."""
        self.enter(Context.COMPRESS)
        self.compress_page.add_paths(paths)

    def view(self, paths: list[Path]) -> None:
        """Open `paths` in the viewer."""
        if paths:
            self.enter(Context.VIEW)
            cast("OpensPaths", self.page(Context.VIEW)).open_paths(paths)

    def inspect(self, path: Path) -> None:
        """Open `path` in the inspector."""
        self.enter(Context.INSPECT)
        cast("OpensPath", self.page(Context.INSPECT)).open_path(path)

    def come_to_front(self) -> None:
        """Show the window to the person, after another start of the program handed over its files."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def what_closing_interrupts(self) -> str:
        """A sentence about work that is not finished, or ""."""
        return " ".join(filter(None, (page.busy() for page in self._pages.values())))

    def begin_closing(self) -> None:
        """Take nothing more and stop everything; the worker's `idle` follows when all has stopped."""
        self._closing = True
        self.setAcceptDrops(False)
        self._settings.geometry = self.saveGeometry()
        if self._current is not None:
            self._settings.last_room = self._current.context
        for page in self._pages.values():
            page.stop()
        self.worker.cancel_all()

    def close_now(self) -> None:
        """Close for good, after `begin_closing`."""
        self._closing = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Close only once everything has stopped."""
        if self._closing:
            event.accept()
            return
        event.ignore()
        self.close_wanted.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Show what dropping would do."""
        paths = dropped_paths(event.mimeData())
        # What is dragged out of the window itself is not for the window.
        if paths and event.source() is None and not self._closing:
            logger.debug("Files are dragged over the window.")
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.overlay.show_for(Cargo.of(paths), viewing=self._viewing)
            self.overlay.move_to(event.position())

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        """Light up the half under the pointer."""
        self.overlay.move_to(event.position())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802
        """Forget it."""
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Do what the half under the pointer said."""
        half = self.overlay.move_to(event.position())
        self.overlay.hide()
        paths = dropped_paths(event.mimeData())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if half is Half.OPEN:
            self.view(paths)
            return
        self.enter(Context.COMPRESS)
        self.compress_page.add_paths(paths, expand=Cargo.of(paths).only_packed)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the overlay over everything."""
        self.overlay.setGeometry(self.rect())
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Draw icons anew in a new palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self.registry.refresh_icons()
        super().changeEvent(event)

    def _bind(self) -> None:
        functions = {
            "window.open": self._ask_for_files,
            "window.open_folder": self._ask_for_folder,
            "window.paste": self._paste,
            "window.settings": lambda: self._show(SettingsSheet(self._settings, self.worker, self)),
            "window.shortcuts": lambda: self._show(ShortcutSheet(self.registry, self)),
            "window.about": lambda: self._show(AboutSheet(self)),
            "window.quit": self.close,
            **{f"window.{room.value}": partial(self.enter, room) for room in ROOMS},
        }
        for action_id, function in functions.items():
            self.registry[action_id].triggered.connect(lambda _checked=False, function=function: function())

    def _show(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _ask_for_files(self) -> None:
        dialog = QFileDialog(self, self.tr("Open Pictures"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._ask(dialog)

    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Open Folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._ask(dialog)

    def _ask(self, dialog: QFileDialog) -> None:
        if self._settings.last_folder != Path():
            dialog.setDirectory(str(self._settings.last_folder))
        dialog.filesSelected.connect(self._files_chosen)
        self._show(dialog)

    def _files_chosen(self, names: list[str]) -> None:
        paths = [Path(name) for name in names]
        if not paths:
            return
        self._settings.last_folder = paths[0].parent
        self._take_here(paths)

    def _take_here(self, paths: list[Path]) -> None:
        """Do with `paths` what the room in front is for."""
        match self._current.context if self._current is not None else Context.COMPRESS:
            case Context.VIEW:
                self.view(paths)
            case Context.INSPECT:
                self.inspect(paths[0])
            case _:
                self.take_paths(paths)

    def _paste(self) -> None:
        self._pasting.paste(QGuiApplication.clipboard().mimeData())

    def _title_changed(self, page: Page, text: str) -> None:
        if page is self._current:
            self.setWindowTitle(f"{text} – {APP_NAME}" if text else APP_NAME)

    def _full_screen_changed(self, on: bool) -> None:
        for bar in cast("tuple[QWidget, ...]", (self.menuBar(), self._tool_bar)):
            bar.setVisible(not on)

    def _restore_geometry(self) -> None:
        geometry: QByteArray = self._settings.geometry
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            room = QGuiApplication.primaryScreen().availableSize() * 0.9
            self.resize(QSize(*_FIRST_SIZE).boundedTo(room))
