"""The View room in the window: canvas, damage bar, footer, strip and information around one `Room`."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.engine import CodecOptions, Engine
from srec_gui.pages import Page
from srec_gui.placard import Placard
from srec_gui.settings import Settings
from srec_gui.thumbnails import Thumbnails
from srec_gui.view.bindings import bind_actions, context_menu, update_actions
from srec_gui.view.canvas import Canvas
from srec_gui.view.document import Document, State
from srec_gui.view.footer import Footer
from srec_gui.view.information import describe
from srec_gui.view.information_panel import InformationPanel
from srec_gui.view.notice import DamageBar
from srec_gui.view.original import original_of
from srec_gui.view.room import Room
from srec_gui.view.sharing import Sharing
from srec_gui.view.status import counter_text, describe_view, state_text
from srec_gui.view.strip import THUMBNAIL_SIDE, Strip, StripModel
from srec_gui.worker import Worker

__all__ = ["ViewPage"]

_PATIENCE_MS = 300
"""How long the picture before stays while the next one is opened."""

_WORD_MS = 2500
"""How long a word like "Picture copied" stays."""

_RECENT_SHOWN = 6


class ViewPage(Page):
    """The viewer.

    Signals:
        full_screen_changed(bool): The window should hide its bars, or show them again.
    """

    context: ClassVar[Context] = Context.VIEW
    full_screen_changed = Signal(bool)

    def __init__(
        self,
        worker: Worker,
        settings: Settings,
        actions: Actions,
        parent: QWidget | None = None,
        *,
        engine: Engine | None = None,
    ) -> None:
        """An empty room."""
        super().__init__(worker, settings, actions, parent, engine=engine)
        self.room = Room(worker, settings, self.engine, self)
        self.sharing = Sharing(worker, self, self.engine, lambda: CodecOptions(device=settings.device))
        self.canvas = Canvas(self)
        self.damage_bar = DamageBar(self)
        self.footer = Footer(self)
        self.information = InformationPanel(self)
        self.placard = Placard(self)
        self._save_file = QAction(self.tr("Save Original File…"), self)
        self._save_file.triggered.connect(actions["view.save_as"].trigger)
        self._thumbnails = Thumbnails(worker, self.engine, 2 * THUMBNAIL_SIDE, self)
        self.strip = Strip(StripModel(self._thumbnails, self), self)
        self._shown: Path | None = None
        self._word = ""
        self._patience = self._timer(_PATIENCE_MS, self._lose_patience)
        self._word_timer = self._timer(_WORD_MS, self._forget_word)
        self._full_screen = False
        self.in_front = False
        self._lay_out()
        self._connect()
        bind_actions(self, actions)
        self.footer.set_zoom_actions([actions["view.zoom_fit"], actions["view.zoom_actual"]])
        self._show_parts()
        self._show_document()
        self._show_sequel()

    @property
    def document(self) -> Document | None:
        """What is shown."""
        return self.room.document

    def open_path(self, path: Path) -> None:
        """Show `path`, and its folder around it."""
        self.room.open_path(path.absolute())
        self._focus()

    def open_paths(self, paths: list[Path]) -> None:
        """Show the first of `paths` and walk through them; one path alone brings its folder."""
        self.room.open_paths([path.absolute() for path in paths])
        self._focus()

    def close_document(self) -> None:
        """Show nothing."""
        self.room.close()

    def enter(self) -> None:
        """The room has come to the front."""
        self.in_front = True
        self._show_sequel()
        self._update_actions()
        self._update_title()
        self._focus()

    def _focus(self) -> None:
        shown = self._stack.currentWidget()
        if shown is not None:
            shown.setFocus()

    def leave(self) -> None:
        """Another room has come to the front."""
        self.in_front = False
        self.room.set_slideshow(False)
        self.set_full_screen(False)

    def stop(self) -> None:
        """Stop everything for good, and keep how wide the information is."""
        self.settings.splitter = self._splitter.saveState()
        self.room.close()
        self.sharing.stop()
        self._thumbnails.stop()

    def tool_actions(self) -> list[str]:
        """What the tool bar shows."""
        return [
            "view.previous",
            "view.next",
            "",
            "view.zoom_out",
            "view.zoom_in",
            "view.zoom_fit",
            "view.zoom_actual",
            "view.lock_zoom",
            "",
            "view.strip",
            "view.info",
            "",
            "view.save_as",
            "view.inspect",
            "view.compress",
        ]

    def set_full_screen(self, on: bool) -> None:
        """Fill the screen with the picture, or return."""
        if on == self._full_screen:
            return
        self._full_screen = on
        window = self.window()
        state = window.windowState()
        full = Qt.WindowState.WindowFullScreen
        window.setWindowState(state | full if on else state & ~full)
        self.canvas.fill_screen(on)
        self.full_screen_changed.emit(on)
        self._show_parts()
        self._check("view.full_screen", on)

    def leave_mode(self) -> None:
        """End the slideshow, else full screen, else let the pinned pixel go."""
        if self.room.slideshow:
            self.room.set_slideshow(False)
        elif self._full_screen:
            self.set_full_screen(False)
        else:
            self.canvas.set_pin(None)

    def say(self, word: str) -> None:
        """Say a word in the footer for a moment."""
        self._word = word
        self._word_timer.start()
        self._show_state()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """No slides while nobody looks."""
        self.room.set_slideshow(False)
        super().hideEvent(event)

    def _timer(self, milliseconds: int, then: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(then)
        return timer

    def _lay_out(self) -> None:
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.placard)
        self._stack.addWidget(self.canvas)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.damage_bar)
        column.addWidget(self._stack, 1)
        column.addWidget(self.strip)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(middle)
        self._splitter.addWidget(self.information)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([900, 300])
        self._splitter.restoreState(self.settings.splitter)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._splitter, 1)
        outer.addWidget(self.footer)

    def _connect(self) -> None:
        self.room.document_changed.connect(self._show_document)
        self.room.sequel_changed.connect(self._show_sequel)
        self.room.slideshow_changed.connect(self._slideshow_changed)
        self.sharing.done.connect(self.say)
        self.sharing.failed.connect(self.say)
        self.canvas.view_changed.connect(self._view_changed)
        self.canvas.pixel_changed.connect(self.footer.show_pixel)
        self.canvas.step_requested.connect(self.room.step)
        self.canvas.drag_out_requested.connect(self._drag_out)
        self.canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.canvas.customContextMenuRequested.connect(self._open_menu)
        self.footer.zoom_chosen.connect(self.canvas.zoom_to)
        self.strip.chosen.connect(self.room.go_to)
        self.settings.changed.connect(self._setting_changed)

    def _show_document(self) -> None:
        document = self.document
        if document is None:
            self._patience.stop()
            self.canvas.show_picture(None)
            self._shown = None
        elif document.picture is not None:
            self._patience.stop()
            self._show_picture(document)
        elif document.state is State.FAILED:
            self._patience.stop()
            self.canvas.show_picture(None)
            self._shown = document.path
        elif document.path != self._shown and not self._patience.isActive():
            self._patience.start()
        if document is not None and document.state is State.COMPLETE and document.picture is not None:
            # The thumbnail of a `.srec` is its base, which is tiny for a small picture: now there is a better one.
            self._thumbnails.put(document.path, document.picture.level_of_side(2 * THUMBNAIL_SIDE))
        self._show_placard()
        self.damage_bar.show_damage(document.damage if document is not None else ())
        if self.information.isVisible():
            self.information.show_sections(describe(document))
        self._show_state()
        self._show_name()
        self._update_actions()
        self._update_title()

    def _show_picture(self, document: Document) -> None:
        if document.picture is self.canvas.picture:
            return
        keep = document.path == self._shown or self.settings.lock_zoom
        self.canvas.show_picture(document.picture, keep_view=keep and self.canvas.picture is not None)
        self._shown = document.path

    def _lose_patience(self) -> None:
        """The next picture takes its time: do not pretend that the old one is it."""
        self.canvas.show_picture(None)
        self._shown = None

    def _show_placard(self) -> None:
        document = self.document
        failed = document is not None and document.state is State.FAILED
        self._stack.setCurrentWidget(self.placard if document is None or failed else self.canvas)
        if document is None:
            self.placard.show_words(
                "drop",
                self.tr("Drop a picture here"),
                self.tr("SReC pictures appear at once and sharpen as they decode.\nOther picture files open as well."),
            )
            self.placard.set_buttons([self.registry["window.open"]])
            self.placard.set_links(self.tr("Recent"), self._recent_actions())
        elif failed:
            self._explain_failure(document)

    def _explain_failure(self, document: Document) -> None:
        kept = original_of(document, self.engine) is not None
        heading = self.tr("This file cannot be shown") if kept else self.tr("This picture cannot be shown")
        self.placard.show_words("file" if kept else "warning", heading, document.message, bad=not kept)
        first = self._save_file if kept else self.registry["view.reload"]
        self.placard.set_buttons([first, self.registry["window.open"]])
        self.placard.set_links("", [])

    def _recent_actions(self) -> list[QAction]:
        actions = []
        for name in self.settings.recent_files[:_RECENT_SHOWN]:
            action = QAction(Path(name).name.replace("&", "&&"), self)
            action.setToolTip(name)
            action.triggered.connect(lambda _checked=False, name=name: self.open_path(Path(name)))
            actions.append(action)
        return actions

    def _show_sequel(self) -> None:
        if not self.strip.isHidden():
            self.strip.show_sequel(self.room.sequel)
        self._show_name()
        self._update_actions()

    def _show_name(self) -> None:
        document = self.document
        self.footer.show_file(document.path.name if document is not None else "", counter_text(self.room.sequel))

    def _show_state(self) -> None:
        text, fraction = state_text(self.document)
        self.footer.show_state(self._word or text, fraction)

    def _forget_word(self) -> None:
        self._word = ""
        self._show_state()

    def _view_changed(self) -> None:
        viewport = self.canvas.viewport
        self.footer.show_zoom(viewport.zoom if self.canvas.picture is not None else None)
        self.canvas.setAccessibleDescription(describe_view(self.document, viewport.zoom))

    def _show_parts(self) -> None:
        """Show or hide strip, information and footer as the settings and full screen say."""
        self.footer.setVisible(not self._full_screen)
        self.strip.setVisible(self.settings.show_strip and not self._full_screen)
        self.information.setVisible(self.settings.show_info and not self._full_screen)
        if not self.information.isHidden():
            self.information.show_sections(describe(self.document))
        if not self.strip.isHidden():
            self.strip.show_sequel(self.room.sequel)

    def _setting_changed(self, name: str) -> None:
        if name in {"show_strip", "show_info"}:
            self._show_parts()
            self._check("view.strip", self.settings.show_strip)
            self._check("view.info", self.settings.show_info)
        elif name == "wrap_around":
            self._update_actions()
        elif name == "lock_zoom":
            self._check("view.lock_zoom", self.settings.lock_zoom)

    def _slideshow_changed(self, on: bool) -> None:
        self._check("view.slideshow", on)
        self.set_full_screen(on)

    def _check(self, action_id: str, on: bool) -> None:
        self.registry[action_id].setChecked(on)

    def _update_actions(self) -> None:
        update_actions(self, self.registry)

    def _update_title(self) -> None:
        document = self.document
        self.title_changed.emit(document.path.name if document is not None else "")

    def _drag_out(self) -> None:
        if self.document is not None:
            self.sharing.drag(self.document, self.canvas)

    def _open_menu(self, position: QPoint) -> None:
        menu = context_menu(self, self.registry)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.canvas.mapToGlobal(position))
