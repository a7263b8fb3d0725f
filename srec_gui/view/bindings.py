"""The room's actions: what each does, and when each can be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.desktop import reveal
from srec_gui.view.document import State
from srec_gui.view.original import original_of
from srec_gui.view.viewport import Fit

if TYPE_CHECKING:
    from srec_gui.view.page import ViewPage

__all__ = ["bind_actions", "context_menu", "update_actions"]

_MENU = (
    *("view.copy_image", "view.copy_path", "view.pin", "view.copy_colour", "view.save_as", ""),
    *("view.zoom_fit", "view.zoom_actual", "view.lock_zoom", ""),
    *("view.strip", "view.info", "view.slideshow", "view.full_screen", ""),
    *("view.inspect", "view.compress", "view.reveal", "view.reload"),
)


def bind_actions(page: ViewPage, actions: Actions) -> None:
    """Let the actions of the registry work on `page`."""
    plain: dict[str, Callable[[], object]] = {
        "view.next": lambda: page.room.step(1),
        "view.previous": lambda: page.room.step(-1),
        "view.first": lambda: page.room.go_to(0),
        "view.last": lambda: page.room.go_to(-1),
        "view.zoom_in": lambda: page.canvas.zoom_step(1),
        "view.zoom_out": lambda: page.canvas.zoom_step(-1),
        "view.zoom_fit": lambda: page.canvas.fit(Fit.FILL),
        "view.zoom_actual": lambda: page.canvas.zoom_to(1.0),
        "view.copy_image": lambda: _copy_picture(page),
        "view.copy_path": lambda: _with_path(page, page.sharing.copy_path),
        "view.pin": page.canvas.toggle_pin,
        "view.copy_colour": lambda: _copy_color(page),
        "view.save_as": lambda: _save(page),
        "view.reload": page.room.reload,
        "view.reveal": lambda: _with_path(page, lambda path: reveal(path, page)),
        "view.compress": lambda: _with_path(page, lambda path: page.compress_requested.emit([path])),
        "view.inspect": lambda: _with_path(page, page.inspect_requested.emit),
        "view.leave": page.leave_mode,
    }
    for action_id, function in plain.items():
        actions[action_id].triggered.connect(lambda _checked=False, function=function: function())
    switches: dict[str, Callable[[bool], object]] = {
        "view.full_screen": page.set_full_screen,
        "view.slideshow": page.room.set_slideshow,
        "view.strip": lambda on: setattr(page.settings, "show_strip", on),
        "view.info": lambda on: setattr(page.settings, "show_info", on),
        "view.lock_zoom": lambda on: setattr(page.settings, "lock_zoom", on),
    }
    for action_id, switch in switches.items():
        actions[action_id].triggered.connect(switch)
    actions["view.strip"].setChecked(page.settings.show_strip)
    actions["view.info"].setChecked(page.settings.show_info)
    actions["view.lock_zoom"].setChecked(page.settings.lock_zoom)


def update_actions(page: ViewPage, actions: Actions) -> None:
    """Enable what can be done with what is shown. Only while the room is in front: the window disables the rest."""
    if not page.in_front:
        return
    document = page.document
    seen = document is not None and document.picture is not None
    whole = document is not None and document.state in {State.COMPLETE, State.DAMAGED} and seen
    several = len(page.room.sequel.paths) > 1
    next_one, previous_one = page.room.can_step(1), page.room.can_step(-1)
    is_srec = document is not None and document.facts is not None and document.facts.info is not None
    usable = {
        "view.next": next_one,
        "view.previous": previous_one,
        "view.first": several,
        "view.last": several,
        "view.slideshow": several,
        "view.copy_image": whole,
        "view.save_as": _can_be_saved(page),
        "view.inspect": is_srec,
        "view.compress": whole and not is_srec,
        "view.copy_path": document is not None,
        "view.reveal": document is not None,
        "view.reload": document is not None,
    }
    for action_id in ("zoom_in", "zoom_out", "zoom_fit", "zoom_actual", "pin", "copy_colour"):
        usable[f"view.{action_id}"] = seen
    for action in actions.of(Context.VIEW):
        action.setEnabled(usable.get(action.objectName(), True))


def _can_be_saved(page: ViewPage) -> bool:
    """Whether all that is to come of the document is here, and is a picture, or a file that comes back."""
    document = page.document
    if document is None or not document.settled:
        return False
    return document.picture is not None or original_of(document, page.engine) is not None


def context_menu(page: ViewPage, actions: Actions) -> QMenu:
    """The menu of the picture."""
    menu = QMenu(page)
    for action_id in _MENU:
        if action_id:
            menu.addAction(actions[action_id])
        else:
            menu.addSeparator()
    return menu


def _with_path(page: ViewPage, function: Callable[[Path], object]) -> None:
    if page.document is not None:
        function(page.document.path)


def _copy_picture(page: ViewPage) -> None:
    if page.document is not None:
        page.sharing.copy_picture(page.document)


def _copy_color(page: ViewPage) -> None:
    if page.canvas.pixel is not None:
        page.sharing.copy_color(page.canvas.pixel)


def _save(page: ViewPage) -> None:
    document = page.document
    if document is None or not _can_be_saved(page):
        return
    settings = page.settings
    dialog = page.sharing.ask_where_to_save(document, settings.save_folder if settings.save_folder != Path() else None)
    dialog.fileSelected.connect(lambda name: setattr(settings, "save_folder", Path(name).parent))
