"""The rooms of the window: loaded and made once the window is up, or when one is entered before that."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Protocol, cast

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.engine import Engine
from srec_gui.pages import Page
from srec_gui.settings import Settings
from srec_gui.worker import Worker

__all__ = ["ROOMS", "OpensPath", "OpensPaths", "load_rooms", "make_page"]

ROOMS = (Context.COMPRESS, Context.VIEW, Context.INSPECT)
"""In the order of the tool bar."""

_CLASSES = {
    Context.COMPRESS: ("srec_gui.compress.page", "CompressPage"),
    Context.VIEW: ("srec_gui.view.page", "ViewPage"),
    Context.INSPECT: ("srec_gui.inspect.page", "InspectPage"),
}


class OpensPath(Protocol):
    """A room that shows one file."""

    def open_path(self, path: Path) -> None:
        """Show `path`."""


class OpensPaths(Protocol):
    """A room that shows several files."""

    def open_paths(self, paths: list[Path]) -> None:
        """Show `paths`."""


def make_page(context: Context, worker: Worker, settings: Settings, actions: Actions, engine: Engine | None) -> Page:
    """Make the page of a room."""
    module_name, class_name = _CLASSES[context]
    page_class = cast("type[Page]", getattr(importlib.import_module(module_name), class_name))
    return page_class(worker, settings, actions, engine=engine)


def load_rooms() -> None:
    """Import what all rooms need, numpy among it: for a thread, so that entering one later need not wait for that."""
    for module_name, _ in _CLASSES.values():
        importlib.import_module(module_name)
