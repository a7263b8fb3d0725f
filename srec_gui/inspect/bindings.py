"""The room's actions: what each does, and when each can be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.desktop import reveal
from srec_gui.engine import CancelToken
from srec_gui.inspect.words import layer_name

if TYPE_CHECKING:
    from srec_gui.inspect.page import InspectPage

__all__ = ["bind_actions", "update_actions"]

_ZOOM_STEP = 1.5


def bind_actions(page: InspectPage, actions: Actions) -> None:
    """Let the actions of the registry work on `page`."""
    choose = page.chooser.choose_both
    functions: dict[str, Callable[[], object]] = {
        "inspect.zoom_in": lambda: page.viewport.zoom_by(_ZOOM_STEP),
        "inspect.zoom_out": lambda: page.viewport.zoom_by(1 / _ZOOM_STEP),
        "inspect.zoom_fit": page.viewport.fit,
        "inspect.coarser": lambda: page.step_scale(-1),
        "inspect.finer": lambda: page.step_scale(1),
        "inspect.exchange": page.chooser.exchange,
        "inspect.all_channels": lambda: choose(channel=None),
        "inspect.red": lambda: choose(channel=0),
        "inspect.green": lambda: choose(channel=1),
        "inspect.blue": lambda: choose(channel=2),
        "inspect.copy_pixel": page.copy_pixel,
        "inspect.network": page.analyse_with_network,
        "inspect.save_map": lambda: _ask_for_map(page),
        "inspect.save_table": lambda: _ask_for_table(page),
        "inspect.reveal": lambda: _with_path(page, lambda path: reveal(path, page)),
        "inspect.open": lambda: _with_path(page, lambda path: page.open_requested.emit([path])),
    }
    for action_id, function in functions.items():
        actions[action_id].triggered.connect(lambda _checked=False, function=function: function())
    actions["inspect.play"].triggered.connect(page.play.set_running)


def update_actions(page: InspectPage, actions: Actions) -> None:
    """Enable what can be done. Only while the room is in front: the window disables the rest."""
    if not page.in_front:
        return
    inspection = page.session.inspection
    coded = inspection is not None and bool(inspection.scales)
    coloured = inspection is not None and coded and inspection.colour_channels > 1
    on_a_scale = inspection is not None and page.chooser.choice.scale in inspection.scales
    opened = page.session.path is not None
    usable = {"inspect.reveal": opened, "inspect.open": opened, "inspect.save_map": on_a_scale}
    usable["inspect.save_table"] = inspection is not None
    usable["inspect.copy_pixel"] = page.panel.readout.pixel is not None
    usable["inspect.network"] = page.placard.offers_network or (inspection is not None and page.session.names.of_jpeg)
    usable |= dict.fromkeys(("inspect.red", "inspect.green", "inspect.blue"), coloured)
    for action in actions.of(Context.INSPECT):
        action.setEnabled(usable.get(action.objectName(), coded))


def _with_path(page: InspectPage, function: Callable[[Path], object]) -> None:
    if page.session.path is not None:
        function(page.session.path)


def _ask_for_map(page: InspectPage) -> None:
    """Where the map goes: that of the left view when the keys go there, else that of the right one."""
    from srec_gui.inspect.saving import map_name, save_map

    inspection, path = page.session.inspection, page.session.path
    if inspection is None or path is None:
        return
    choice, store = page.chooser.choice, page.session.store
    side = choice.left if page.left.canvas.hasFocus() else choice.right
    limits = page.ranges.limits(choice, side)

    def save(destination: Path) -> None:
        def work(cancel: CancelToken, _report: Callable[[object], None]) -> Path:
            return save_map(inspection, store, destination, choice.scale, side, limits, cancel)

        _save(page, work)

    name = path.with_name(map_name(path, choice.scale, side, page.session.names.channels))
    title = page.tr("Save Map: %1").replace("%1", layer_name(side.layer))
    _ask(page, title, name, [page.tr("PNG (*.png)")], save)


def _ask_for_table(page: InspectPage) -> None:
    from srec_gui.inspect.saving import save_ledger, save_parts

    ledger, parts, path = page.session.ledger, page.session.parts, page.session.path
    of_jpeg = page.session.names.of_jpeg
    if ledger is None or path is None:
        return

    def save(destination: Path) -> None:
        def work(_cancel: CancelToken, _report: Callable[[object], None]) -> Path:
            return save_parts(parts, destination) if of_jpeg else save_ledger(ledger, destination)

        _save(page, work)

    filters = [page.tr("CSV (*.csv)"), page.tr("JSON (*.json)")]
    _ask(page, page.tr("Save Table"), path.with_suffix(".csv"), filters, save)


def _ask(page: InspectPage, title: str, name: Path, filters: list[str], save: Callable[[Path], None]) -> None:
    dialog = QFileDialog(page, title, str(name))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(filters)
    dialog.setDefaultSuffix(name.suffix.lstrip("."))
    dialog.filterSelected.connect(
        lambda chosen: dialog.setDefaultSuffix("json" if "json" in chosen else name.suffix[1:])
    )
    dialog.fileSelected.connect(lambda chosen: save(Path(chosen)))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _save(page: InspectPage, work: Any) -> None:
    """Write in the engine's lane; what went wrong is said in the page's line."""
    task = page.worker.submit(work, urgent=True)
    said = page.status.show_state
    task.finished.connect(lambda path: said(page.tr("Saved %1").replace("%1", Path(path).name)))
    task.failed.connect(lambda error: said(str(error)))
