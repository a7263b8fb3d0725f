"""The rooms of the window: made when they are first entered, so that the window is up before they are."""

from __future__ import annotations

import importlib
import logging
from pathlib import Path
from typing import Protocol, cast

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.engine import Engine
from srec_gui.pages import Page, PlaceholderPage
from srec_gui.settings import Settings
from srec_gui.worker import Worker

__all__ = ["ROOMS", "OpensPath", "OpensPaths", "make_page"]

logger = logging.getLogger(__name__)

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
    """Make the page of a room, or a placeholder when this version does not have it."""
    module_name, class_name = _CLASSES[context]
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            raise
        logger.info("There is no room %s.", context)
        return PlaceholderPage(context, worker, settings, actions, engine)
    page_class = cast("type[Page]", getattr(module, class_name))
    return page_class(worker, settings, actions, engine=engine)
