"""What the window knows of a room."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.engine import Engine, SrecEngine
from srec_gui.settings import Settings
from srec_gui.worker import Worker

__all__ = ["Page"]


class Page(QWidget):
    """A room of the window. A subclass says its `context` and builds its widgets.

    Signals:
        title_changed(str): What the window's title shall say before the program's name, "" for nothing.
        inspect_requested(Path), open_requested(list), compress_requested(list): Wishes for another room.

    Attributes:
        context: The actions of this context work while the room is in front.
    """

    title_changed = Signal(str)
    inspect_requested = Signal(Path)
    open_requested = Signal(list)
    compress_requested = Signal(list)

    context: ClassVar[Context]

    def __init__(
        self,
        worker: Worker,
        settings: Settings,
        actions: Actions,
        parent: QWidget | None = None,
        *,
        engine: Engine | None = None,
    ) -> None:
        """Keep what every room needs; `engine` defaults to the real one."""
        super().__init__(parent)
        self.worker = worker
        self.settings = settings
        # Not named `actions`: that is a method of QWidget.
        self.registry = actions
        self.engine: Engine = engine if engine is not None else SrecEngine()

    def enter(self) -> None:
        """Called when the room has come to the front."""

    def leave(self) -> None:
        """Called when another room has come to the front."""

    def busy(self) -> str:
        """What closing would interrupt, as a sentence for the question, or ""."""
        return ""

    def stop(self) -> None:
        """Stop timers and tasks for good; the worker shuts down next."""

    def tool_actions(self) -> list[str]:
        """Ids of the actions the tool bar shows while the room is in front; "" is a gap."""
        return []
