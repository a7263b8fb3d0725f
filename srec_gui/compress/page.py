"""The Compress room in the window: the queue, the options beside it, and the totals under it."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.compress.bindings import bind_actions, fill_menu, update_actions
from srec_gui.compress.delegate import THUMBNAIL_SIDE
from srec_gui.compress.footer import Footer
from srec_gui.compress.intake import Found, Rejected, Scanning, scan
from srec_gui.compress.item import Direction, Item, State
from srec_gui.compress.manager import BatchEnd, Queue
from srec_gui.compress.model import QueueModel
from srec_gui.compress.notices import Notice, Question
from srec_gui.compress.panel import OptionsPanel
from srec_gui.compress.policy import Policy
from srec_gui.compress.sentences import (
    nothing_text,
    passed_over_text,
    question_text,
    rejected_text,
    scanning_text,
    undo_result_text,
)
from srec_gui.compress.summary import summary_lines
from srec_gui.compress.table import QueueTable
from srec_gui.compress.undo import Undone
from srec_gui.desktop import notify
from srec_gui.engine import AUTOMATIC_DEVICE, CPU, Device, EncodeReport, Engine, home_folder
from srec_gui.pages import Page
from srec_gui.placard import Placard
from srec_gui.settings import OutputPlace, Settings
from srec_gui.thumbnails import Thumbnails
from srec_gui.wording import counted
from srec_gui.worker import Task, Worker

__all__ = ["CompressPage"]

logger = logging.getLogger(__name__)

_TOTALS_MS = 250
_ACTIONS_MS = 150
_LONG_BATCH = 10.0
_MOST_REJECTED = 4


class CompressPage(Page):
    """The room."""

    context: ClassVar[Context] = Context.COMPRESS

    def __init__(
        self,
        worker: Worker,
        settings: Settings,
        actions: Actions,
        parent: QWidget | None = None,
        *,
        engine: Engine | None = None,
    ) -> None:
        """An empty queue."""
        super().__init__(worker, settings, actions, parent, engine=engine)
        self.queue = Queue(worker, self.engine, partial(Policy.from_settings, settings), self)
        self.thumbnails = Thumbnails(worker, self.engine, 2 * THUMBNAIL_SIDE, self)
        self._model = QueueModel(self.queue, self)
        self.table = QueueTable(self._model, self.thumbnails, self)
        self.panel = OptionsPanel(settings, self)
        self.notice = Notice(self)
        self.summary = Notice(self)
        self.question = Question(self)
        self.footer = Footer(
            {
                self.tr("Try Again"): actions["compress.retry"],
                self.tr("Undo"): actions["compress.undo"],
                self.tr("Clear Finished"): actions["compress.clear_done"],
                self.tr("Cancel All"): actions["compress.cancel_all"],
            },
            self,
        )
        self.empty = self._invitation()
        self._scans: list[Task] = []
        self._stopped = False
        self.in_front = False
        self._timer = QTimer(self)
        self._timer.setInterval(_TOTALS_MS)
        self._actions_timer = QTimer(self)
        self._actions_timer.setSingleShot(True)
        self._actions_timer.setInterval(_ACTIONS_MS)
        self._actions_timer.timeout.connect(partial(update_actions, self, actions))
        self._lay_out()
        bind_actions(self, actions)
        fill_menu(self.table.menu, actions)
        self._connect()
        self.table.restore_columns(settings.columns)
        self._refresh()

    def add_paths(self, paths: list[Path], *, expand: bool = False) -> None:
        """Look at files and folders, and queue them: pictures to be compressed, or with `expand` `.srec` files.

        Without `expand`, `.srec` files that were named one by one, or came without any picture, are opened instead.
        """
        if self._stopped or not paths:
            return
        self.notice.show_text(scanning_text(0))
        task = self.worker.submit(partial(scan, tuple(paths), self.engine), lane="disk", urgent=True)
        self._scans.append(task)
        task.progressed.connect(self._scan_progressed)
        task.finished.connect(partial(self._scanned, task, expand))
        task.cancelled.connect(partial(self._scan_ended, task))
        task.failed.connect(partial(self._scan_failed, task))

    def enter(self) -> None:
        """Let the actions work, and the table take the keys."""
        self.in_front = True
        self._refresh()
        (self.table if self.queue.items else self.empty).setFocus()

    def leave(self) -> None:
        """Leave the actions alone from now on."""
        self.in_front = False

    def busy(self) -> str:
        """What closing would interrupt."""
        if not self.queue.busy:
            return ""
        totals, _ = self.queue.estimate()
        return counted(
            totals.open_items,
            self.tr("One file is not finished."),
            self.tr("%1 files are not finished."),
        )

    def stop(self) -> None:
        """Stop for good and keep the columns."""
        self._stopped = True
        self._timer.stop()
        self._actions_timer.stop()
        self.thumbnails.stop()
        for task in self._scans:
            task.cancel()
        self.queue.cancel_all()
        self.settings.columns = self.table.save_columns()

    def tool_actions(self) -> list[str]:
        """What the tool bar shows."""
        return ["window.open", "compress.options"]

    def choose_folder(self) -> None:
        """Ask for the folder of results."""
        dialog = QFileDialog(self, self.tr("Folder for Results"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._folder_chosen)
        dialog.rejected.connect(self._folder_refused)
        dialog.open()

    def choose_model(self) -> None:
        """Ask for a model file."""
        dialog = QFileDialog(self, self.tr("Model File"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Models (*.safetensors)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(setattr, self.settings, "model"))
        dialog.open()

    def _ask_for_models(self) -> None:
        engine = self.engine
        task = self.worker.submit(lambda _cancel, _report: engine.model_names(), lane="disk")
        task.finished.connect(self.panel.set_models)

    def _ask_for_devices(self) -> None:
        engine = self.engine
        # Not in the engine's lane: whoever opens the list while pictures are compressed wants it now.
        task = self.worker.submit(lambda _cancel, _report: engine.list_devices(), lane="disk", urgent=True)
        task.finished.connect(self.panel.device.show_devices)
        task.failed.connect(self._devices_unknown)

    def _devices_unknown(self, error: Exception) -> None:
        logger.warning("The devices of this machine could not be listed: %s", error)
        self.panel.device.show_devices((Device(CPU),))

    def _invitation(self) -> Placard:
        placard = Placard(self)
        placard.show_words(
            "drop",
            self.tr("Drop pictures or folders here"),
            self.tr("They become smaller and lose nothing: every pixel comes back.\nOriginals stay where they are."),
        )
        placard.set_buttons([self.registry["window.open"], self.registry["window.open_folder"]])
        return placard

    def _lay_out(self) -> None:
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        for widget in (self.question, self.notice, self.summary):
            left.addWidget(widget)
        left.addWidget(self._stack, 1)
        left.addWidget(self.footer)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.panel)

    def _connect(self) -> None:
        self._timer.timeout.connect(self._show_totals)
        self.queue.changed.connect(self._items_changed)
        self.queue.added.connect(self._refresh)
        self.queue.removed.connect(self._refresh)
        self.queue.activity_changed.connect(self._refresh)
        self.queue.question_changed.connect(self._ask)
        self.queue.batch_ended.connect(self._batch_ended)
        self.queue.undone.connect(self._undone)
        self.question.answered.connect(self.queue.answer)
        self.table.selection_changed.connect(self._selection_changed)
        self.thumbnails.ready.connect(self.table.viewport().update)
        self.panel.folder_wanted.connect(self.choose_folder)
        self.panel.model_wanted.connect(self.choose_model)
        self.panel.model.contents_wanted.connect(self._ask_for_models)
        self.panel.device.contents_wanted.connect(self._ask_for_devices)
        self.settings.changed.connect(self._setting_changed)

    def _scan_progressed(self, value: object) -> None:
        if isinstance(value, Scanning):
            self.notice.show_text(scanning_text(value.files))

    def _scanned(self, task: Task, expand: bool, found: Found) -> None:
        self._scan_ended(task)
        items, opened = _sort_out(found, expand)
        if len(found.rejected) > _MOST_REJECTED:
            # More than the note can name: each has its row then.
            items = [*items, *map(_rejected_item, found.rejected)]
        texts = [rejected_text(one) for one in found.rejected[:_MOST_REJECTED]]
        if len(found.rejected) > _MOST_REJECTED:
            texts.append(self.tr("…and %1 more like these.").replace("%1", str(len(found.rejected) - _MOST_REJECTED)))
        if items or opened:
            texts += [passed_over_text(found.passed_over)] if found.passed_over else []
        elif not found.rejected:
            texts.append(nothing_text(expand=expand))
        self.notice.show_text("\n".join(texts))
        self.queue.add(items)
        if opened:
            self.open_requested.emit(opened)

    def _scan_ended(self, task: Task) -> None:
        self._scans.remove(task)
        if not self._scans:
            self.notice.show_text("")

    def _scan_failed(self, task: Task, error: Exception) -> None:
        self._scan_ended(task)
        self.notice.show_text(str(error))

    def _items_changed(self, items: list[Item]) -> None:
        for item in items:
            if (
                isinstance(item.report, EncodeReport)
                and item.report.device
                and self.settings.device == AUTOMATIC_DEVICE
            ):
                self.panel.device.show_used(item.report.device, item.report.kernel)
        # Small pictures end many times a second, and a thousand selected rows take a while to look at.
        if not self._actions_timer.isActive():
            self._actions_timer.start()

    def _selection_changed(self) -> None:
        update_actions(self, self.registry)
        self._show_example()

    def _refresh(self) -> None:
        self._stack.setCurrentWidget(self.table if self.queue.items else self.empty)
        self.footer.setVisible(bool(self.queue.items) or self.queue.can_undo)
        self.panel.setVisible(self.settings.show_options)
        if self.queue.busy or not self.queue.items:
            self.summary.hide()
        if self.queue.busy:
            self._timer.start()
        else:
            self._timer.stop()
        self._selection_changed()
        self._show_totals()

    def _show_totals(self) -> None:
        totals, seconds_left = self.queue.estimate()
        self.footer.show_totals(totals, seconds_left, busy=self.queue.busy)
        percent = f"{round(100 * totals.fraction)} %"
        self.title_changed.emit(percent if self.queue.busy else "")

    def _ask(self) -> None:
        asking = self.queue.asking
        self.question.ask(question_text(asking) if asking else "")

    def _batch_ended(self, end: BatchEnd) -> None:
        self._show_totals()
        text = "\n".join(summary_lines(end.items, end.totals, end.seconds))
        # The row of a single file says it all, and is seen.
        self.summary.announce(text, shown=len(end.items) > 1)
        if end.seconds >= _LONG_BATCH and not self.isActiveWindow() and self.settings.notify and not self._stopped:
            notify(QGuiApplication.applicationDisplayName(), text, self)
            QApplication.alert(self.window())

    def _undone(self, result: Undone) -> None:
        self.summary.hide()
        self.notice.show_text(undo_result_text(result))
        self._refresh()

    def _setting_changed(self, name: str) -> None:
        if name == "show_options":
            self.panel.setVisible(self.settings.show_options)
        if name == "device":
            self.panel.device.show_used("", "")
        self._show_example()

    def _show_example(self) -> None:
        item = self.table.first_selected_item() or (self.queue.items or [_example_item()])[0]
        self.panel.show_example(item.source, Policy.from_settings(self.settings).destination(item, self.engine))

    def _folder_chosen(self, folder: str) -> None:
        self.settings.output_folder = Path(folder)
        if self.settings.output_place is OutputPlace.SAME:
            self.settings.output_place = OutputPlace.CHOSEN

    def _folder_refused(self) -> None:
        if self.settings.output_folder == Path():
            self.settings.output_place = OutputPlace.SAME


def _sort_out(found: Found, expand: bool) -> tuple[list[Item], list[Path]]:
    """What goes to the queue, and which `.srec` files are opened."""
    if expand:
        return [*found.packed, *found.closed], []
    # `.srec` files inside dropped folders are most likely earlier results; they are only opened when asked for.
    pictures = [item for item in found.pictures if item.state is State.WAITING]
    opened = [item.source for item in found.packed if item.root is None or not pictures]
    return [*found.pictures, *found.closed], opened


def _rejected_item(rejected: Rejected) -> Item:
    return Item(rejected.path, Direction.COMPRESS, 0, state=State.FAILED, note=rejected_text(rejected))


def _example_item() -> Item:
    source = (home_folder() or Path()) / "photo.png"
    return Item(source, Direction.COMPRESS, 0)
