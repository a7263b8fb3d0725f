"""The files beside the shown one: listed in the disk lane, listed again when the folder changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from srec_gui.engine import CancelToken
from srec_gui.view.folder import Sequel, list_folder, readable_suffixes
from srec_gui.worker import Task, Worker

__all__ = ["Navigator"]


class Navigator(QObject):
    """Knows which picture comes next.

    Signals:
        changed(): `sequel` is another one.
    """

    changed = Signal()

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        """No files yet."""
        super().__init__(parent)
        self._worker = worker
        self._sequel = Sequel()
        self._folder: Path | None = None
        self._current: Path | None = None
        self._task: Task | None = None

    @property
    def sequel(self) -> Sequel:
        """The files, and which of them is shown."""
        return self._sequel

    @property
    def folder(self) -> Path | None:
        """The folder whose files these are; None for files the person chose."""
        return self._folder

    def go(self, path: Path) -> None:
        """`path` is shown now; its folder is listed unless it is the one at hand, or a chosen list has it."""
        self._current = path
        if path in self._sequel.paths:
            self._set(self._sequel.at(path))
        elif self._folder == path.parent:
            # A new file, which the listing under way or the next one will have.
            self._set(self._sequel.at(path))
            self.refresh()
        else:
            self._folder = path.parent
            self._set(Sequel((path,), 0))
            self.refresh()

    def choose(self, paths: list[Path], current: Path) -> None:
        """Walk through `paths` only."""
        self._stop()
        self._folder = None
        self._current = current
        self._set(Sequel(tuple(paths), paths.index(current)))

    def refresh(self) -> None:
        """List the folder again."""
        folder = self._folder
        if folder is None:
            return
        self._stop()

        def work(cancel: CancelToken, _report: Callable[[object], None]) -> list[Path]:
            return list_folder(folder, readable_suffixes(), cancel)

        task = self._worker.submit(work, lane="disk")
        self._task = task
        task.finished.connect(lambda paths: self._listed(task, paths))

    def stop(self) -> None:
        """Stop listing."""
        self._stop()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _listed(self, task: Task, paths: list[Path]) -> None:
        if task is not self._task:
            return
        self._task = None
        current = self._current
        if current is not None and current not in paths and current == self._sequel.current and current.exists():
            # A picture without a known suffix was opened: it is first, the others follow.
            paths = [current, *paths]
        self._set(self._sequel.replaced(paths, current))

    def _set(self, sequel: Sequel) -> None:
        if sequel != self._sequel:
            self._sequel = sequel
            self.changed.emit()
