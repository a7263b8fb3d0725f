"""The room's actions: what each does, and when each can be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from srec_gui.actions import Actions
from srec_gui.compress.item import FINISHED, Item, State
from srec_gui.desktop import reveal

if TYPE_CHECKING:
    from srec_gui.compress.page import CompressPage

__all__ = ["bind_actions", "fill_menu", "update_actions"]

_MENU = (
    *("compress.open", "compress.inspect", "compress.reveal", "compress.copy_error", ""),
    *("compress.cancel", "compress.retry", "compress.remove"),
)


def bind_actions(page: CompressPage, actions: Actions) -> None:
    """Let the actions of the registry work on `page`."""
    queue, table = page.queue, page.table
    functions: dict[str, Callable[[], object]] = {
        "compress.expand": lambda: _ask_for_srec(page),
        "compress.expand_folder": lambda: _ask_for_folder_of_srec(page),
        "compress.cancel": lambda: queue.cancel(table.selected_items()),
        "compress.cancel_all": queue.cancel_all,
        "compress.retry": lambda: queue.retry(_to_retry(page, table.selected_items())),
        "compress.remove": lambda: queue.remove(table.selected_items()),
        "compress.clear_done": queue.clear_finished,
        "compress.select_all": table.selectAll,
        "compress.open": lambda: page.open_requested.emit([item.result for item in table.selected_items()]),
        "compress.inspect": lambda: _inspect(page),
        "compress.reveal": lambda: _reveal(page),
        "compress.copy_error": lambda: _copy_message(_with_message(page, table.selected_items())),
        "compress.undo": queue.undo,
    }
    for action_id, function in functions.items():
        actions[action_id].triggered.connect(lambda _checked=False, function=function: function())
    table.doubleClicked.connect(lambda _index: actions["compress.open"].trigger())
    options = actions["compress.options"]
    options.setChecked(page.settings.show_options)
    options.triggered.connect(lambda on: setattr(page.settings, "show_options", on))


def update_actions(page: CompressPage, actions: Actions) -> None:
    """Enable what can be done with the selection and the queue."""
    if not page.in_front:
        return
    selected, items = page.table.selected_items(), page.queue.items
    usable = {
        "compress.expand": True,
        "compress.expand_folder": True,
        "compress.options": True,
        "compress.cancel": any(item.open for item in selected),
        "compress.cancel_all": page.queue.busy,
        "compress.retry": bool(_to_retry(page, selected)),
        "compress.remove": bool(selected),
        "compress.clear_done": not page.queue.busy and any(item.state in FINISHED for item in items),
        "compress.select_all": bool(items),
        "compress.open": bool(selected),
        "compress.inspect": _srec_of(selected) is not None,
        "compress.reveal": bool(selected),
        "compress.copy_error": bool(_with_message(page, selected)),
        "compress.undo": page.queue.can_undo,
    }
    for action_id, enabled in usable.items():
        actions[action_id].setEnabled(enabled)


def fill_menu(menu: QMenu, actions: Actions) -> None:
    """Fill the context menu of rows."""
    for action_id in _MENU:
        if action_id:
            menu.addAction(actions[action_id])
        else:
            menu.addSeparator()


def _to_retry(page: CompressPage, selected: list[Item]) -> list[Item]:
    """What trying again concerns: of the selected items those that can be, without a selection all that failed."""
    if selected:
        return [item for item in selected if item.can_retry]
    return [item for item in page.queue.items if item.state is State.FAILED]


def _with_message(page: CompressPage, selected: list[Item]) -> list[Item]:
    """Items whose message can be copied: the selected ones', without a selection those of all that failed."""
    if selected:
        return [item for item in selected if item.note]
    return [item for item in page.queue.items if item.state is State.FAILED and item.note]


def _srec_of(items: list[Item]) -> Path | None:
    """The `.srec` of the one selected item."""
    if len(items) != 1:
        return None
    item = items[0]
    if item.source.suffix.lower() == ".srec":
        return item.source
    return item.destination if item.state is State.DONE else None


def _inspect(page: CompressPage) -> None:
    path = _srec_of(page.table.selected_items())
    if path is not None:
        page.inspect_requested.emit(path)


def _reveal(page: CompressPage) -> None:
    selected = page.table.selected_items()
    if selected:
        reveal(selected[0].result, page)


def _copy_message(items: list[Item]) -> None:
    lines = [f"{item.source}: {item.note}" for item in items if item.note]
    if lines:
        QGuiApplication.clipboard().setText("\n".join(lines))


def _ask_for_srec(page: CompressPage) -> None:
    dialog = QFileDialog(page, page.tr("Expand .srec Files"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters([page.tr("SReC pictures (*.srec)"), page.tr("All files (*)")])
    _ask_what_to_expand(page, dialog)


def _ask_for_folder_of_srec(page: CompressPage) -> None:
    dialog = QFileDialog(page, page.tr("Expand a Folder of .srec Files"))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _ask_what_to_expand(page, dialog)


def _ask_what_to_expand(page: CompressPage, dialog: QFileDialog) -> None:
    if page.settings.last_folder != Path():
        dialog.setDirectory(str(page.settings.last_folder))

    def chosen(names: list[str]) -> None:
        paths = [Path(name) for name in names]
        if paths:
            page.settings.last_folder = paths[0].parent
            page.add_paths(paths, expand=True)

    dialog.filesSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
