"""What the clipboard holds, as files: copied files as they are, a copied picture (a screenshot) as a new PNG."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, QObject, QStandardPaths, Signal
from PySide6.QtGui import QImage

from srec_gui.drop import dropped_paths
from srec_gui.engine import CancelToken, Engine, ExistingPolicy, OutputError
from srec_gui.worker import Worker

__all__ = ["Pasting"]

translate = QCoreApplication.translate


class Pasting(QObject):
    """Turns the clipboard's contents into paths.

    Signals:
        arrived(list): The paths.
        failed(Exception): A picture could not be kept.
    """

    arrived = Signal(list)
    failed = Signal(object)

    def __init__(self, worker: Worker, engine: Engine, parent: QObject | None = None) -> None:
        """Write pictures in the disk lane of `worker`."""
        super().__init__(parent)
        self._worker = worker
        self._engine = engine

    def paste(self, data: QMimeData) -> None:
        """Take `data`; `arrived` follows unless there is nothing of use in it."""
        paths = dropped_paths(data)
        if paths:
            self.arrived.emit(paths)
            return
        image = data.imageData() if data.hasImage() else None
        if isinstance(image, QImage) and not image.isNull():
            task = self._worker.submit(partial(_save, image, _new_name(), self._engine), lane="disk")
            task.finished.connect(self._saved)
            task.failed.connect(self.failed)

    def _saved(self, path: Path) -> None:
        self.arrived.emit([path])


def _new_name() -> Path:
    """A file in the person's folder of pictures that says what it is and from when."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    moment = datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
    return Path(place or Path.home()) / translate("pasting", "Pasted %1.png").replace("%1", moment)


def _save(image: QImage, wanted: Path, engine: Engine, _cancel: CancelToken, _report: Callable[[object], None]) -> Path:
    path = engine.resolve_existing(wanted, ExistingPolicy.RENAME) or wanted
    path.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(path)):
        path.unlink(missing_ok=True)
        raise OutputError(f"The copied picture could not be saved in {path.parent}. Is there room on the disk?")
    return path
