"""Tells when the shown file, or its folder, changes on the disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

__all__ = ["FileWatch"]

_QUIET_MS = 200
"""Programs write a file in many pieces: wait until none came for so long."""


class FileWatch(QObject):
    """Watches one file and one folder.

    Signals:
        file_changed(): The file was written, replaced, or came back.
        folder_changed(): Files were added to the folder or taken from it.
    """

    file_changed = Signal()
    folder_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Watch nothing yet."""
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._file: Path | None = None
        self._file_timer = self._timer(self._tell_file)
        self._folder_timer = self._timer(self.folder_changed.emit)
        self._watcher.fileChanged.connect(self._file_event)
        self._watcher.directoryChanged.connect(self._folder_event)

    def watch(self, path: Path | None) -> None:
        """Watch `path` and its folder, and nothing else."""
        if path == self._file:
            return
        self._file_timer.stop()
        old = self._watcher.files()
        if old:
            self._watcher.removePaths(old)
        if self._file is None or path is None or path.parent != self._file.parent:
            self._folder_timer.stop()
            folders = self._watcher.directories()
            if folders:
                self._watcher.removePaths(folders)
            if path is not None:
                self._watcher.addPath(str(path.parent))
        self._file = path
        if path is not None:
            self._watcher.addPath(str(path))

    def _timer(self, then: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(_QUIET_MS)
        timer.timeout.connect(then)
        return timer

    def _file_event(self) -> None:
        self._file_timer.start()

    def _folder_event(self) -> None:
        self._folder_timer.start()
        if self._file is not None and str(self._file) not in self._watcher.files():
            # Replaced by renaming another file over it: that ends the watch of the old one.
            self._file_timer.start()

    def _tell_file(self) -> None:
        if self._file is None:
            return
        if str(self._file) not in self._watcher.files():
            self._watcher.addPath(str(self._file))
        if str(self._file) in self._watcher.files():
            self.file_changed.emit()
