"""The picture that is shown, and its neighbours that are opened ahead. The newest request wins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from srec_gui.engine import CodecOptions, Engine
from srec_gui.view.document import Document, State
from srec_gui.view.load import Load
from srec_gui.worker import Worker

__all__ = ["Loader"]

_AHEAD_PIXELS = 40_000_000
"""Pixels a picture may have to be opened ahead: about half a gigabyte for one before and one after."""


class Loader(QObject):
    """Opens pictures for the room.

    Signals:
        changed(): `document` is a newer one.
    """

    changed = Signal()

    def __init__(
        self, worker: Worker, engine: Engine, options: Callable[[], CodecOptions], parent: QObject | None = None
    ) -> None:
        """Nothing is open yet; `options` is asked for device and threads at every opening."""
        super().__init__(parent)
        self._worker = worker
        self._engine = engine
        self._options = options
        self._current: Load | None = None
        self._ahead: dict[Path, Load] = {}
        self._wanted: tuple[Path, ...] = ()

    @property
    def document(self) -> Document | None:
        """What is shown, None when nothing is."""
        return self._current.document if self._current is not None else None

    @property
    def loading(self) -> bool:
        """Whether the shown picture is still to become better."""
        return self._current is not None and not self._current.settled

    def open(self, path: Path) -> None:
        """Show `path`; what was being opened for the picture before is stopped."""
        previous, self._current = self._current, self._ahead.pop(path, None)
        if self._current is not None and self._current.document.state is State.FAILED:
            self._forget(self._current)
            self._current = None
        for load in self._ahead.values():
            if not load.settled:
                load.cancel()
        self._ahead = {other: load for other, load in self._ahead.items() if load.document.settled}
        self._keep_or_stop(previous)
        if self._current is None:
            self._current = Load(self._worker, self._engine, path, self._options(), parent=self)
        else:
            self._current.hurry()
        self._current.changed.connect(self._current_changed)
        self.changed.emit()

    def reload(self) -> None:
        """Open the shown file again, as it is now."""
        document = self.document
        if document is None or self._current is None:
            return
        self._forget(self._current)
        self._current = Load(self._worker, self._engine, document.path, self._options(), parent=self)
        self._current.changed.connect(self._current_changed)

    def forget(self, path: Path) -> None:
        """Drop what was opened ahead of `path`: the file has changed."""
        load = self._ahead.pop(path, None)
        if load is not None:
            self._forget(load)

    def forget_ahead(self) -> None:
        """Drop all that was opened ahead: files of the folder have changed."""
        for path in list(self._ahead):
            self.forget(path)

    def preload(self, paths: tuple[Path, ...]) -> None:
        """Open `paths` ahead, one after the other, once the shown picture is complete."""
        self._wanted = paths
        for path in [path for path in self._ahead if path not in paths]:
            self.forget(path)
        self._preload_next()

    def close(self) -> None:
        """Show nothing and stop everything."""
        if self._current is not None:
            self._forget(self._current)
            self._current = None
        self.forget_ahead()
        self._wanted = ()
        self.changed.emit()

    def _keep_or_stop(self, previous: Load | None) -> None:
        """A complete picture of modest size stays for the way back; an unfinished one stops at once."""
        if previous is None:
            return
        previous.changed.disconnect(self._current_changed)
        document = previous.document
        if document.state is State.COMPLETE and document.pixels <= _AHEAD_PIXELS:
            self._ahead[document.path] = previous
        else:
            self._forget(previous)

    def _preload_next(self) -> None:
        if self._current is None or not self._current.settled:
            return
        if any(not load.settled for load in self._ahead.values()):
            return
        for path in self._wanted:
            if path not in self._ahead and path != self._current.document.path:
                load = Load(
                    self._worker,
                    self._engine,
                    path,
                    self._options(),
                    urgent=False,
                    max_pixels=_AHEAD_PIXELS,
                    parent=self,
                )
                load.changed.connect(self._ahead_changed)
                self._ahead[path] = load
                return

    def _current_changed(self) -> None:
        self.changed.emit()
        self._preload_next()

    def _ahead_changed(self) -> None:
        self._preload_next()

    def _forget(self, load: Load) -> None:
        load.cancel()
        load.blockSignals(True)
        load.deleteLater()
