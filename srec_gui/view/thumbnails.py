"""Small pictures of files for the strip: made in the disk lane, the newest wish first, kept in a bounded cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from srec_gui.engine import CancelToken, Engine, FileKind
from srec_gui.view.display import display_image
from srec_gui.view.loading import open_image
from srec_gui.worker import Task, Worker

__all__ = ["Thumbnails", "make_thumbnail"]

_MOST_KEPT = 600
_MOST_WAITING = 60
_AT_ONCE = 2


def make_thumbnail(path: Path, side: int, engine: Engine, cancel: CancelToken) -> QImage:
    """A picture of `path` at most `side` pixels wide and high; of a `.srec` from its base, without the network.

    Raises:
        Cancelled: The token was set.
        SrecError, OSError, ValueError: The file cannot be shown.
    """
    image = engine.read_preview(path) if engine.identify(path) is FileKind.SREC else open_image(path)
    cancel.raise_if_cancelled()
    image.draft("RGB", (side, side))
    if image.mode in {"P", "1"}:
        # Palette indices cannot be averaged.
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((side, side))
    return display_image(image, cancel)


class Thumbnails(QObject):
    """Makes and keeps thumbnails.

    Signals:
        ready(Path): `get` has an answer for this file now.
    """

    ready = Signal(Path)

    def __init__(self, worker: Worker, engine: Engine, side: int, parent: QObject | None = None) -> None:
        """Thumbnails of at most `side` × `side` device pixels."""
        super().__init__(parent)
        self._worker = worker
        self._engine = engine
        self._side = side
        self._kept: OrderedDict[Path, QImage | None] = OrderedDict()
        self._waiting: list[Path] = []
        self._tasks: dict[Path, Task] = {}

    def get(self, path: Path) -> QImage | None:
        """The thumbnail of `path`; None (and a wish for it) while there is none, or when there cannot be one."""
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        if path not in self._tasks:
            if path in self._waiting:
                self._waiting.remove(path)
            # What is looked at now comes first; what was scrolled past long ago is forgotten.
            self._waiting.append(path)
            del self._waiting[:-_MOST_WAITING]
            self._start()
        return None

    def failed(self, path: Path) -> bool:
        """Whether there cannot be a thumbnail of `path`."""
        return path in self._kept and self._kept[path] is None

    def forget(self, path: Path) -> None:
        """The file has changed: make its thumbnail anew when it is asked for."""
        self._kept.pop(path, None)

    def stop(self) -> None:
        """Make no more."""
        self._waiting.clear()
        for task in list(self._tasks.values()):
            task.cancel()

    def _start(self) -> None:
        while self._waiting and len(self._tasks) < _AT_ONCE:
            self._submit(self._waiting.pop())

    def _submit(self, path: Path) -> None:
        def work(cancel: CancelToken, _report: Callable[[object], None]) -> QImage | None:
            try:
                return make_thumbnail(path, self._side, self._engine, cancel)
            except (OSError, ValueError, SyntaxError, MemoryError):
                return None

        task = self._worker.submit(work, lane="disk")
        self._tasks[path] = task
        task.finished.connect(lambda image: self._made(path, image))
        task.failed.connect(lambda _error: self._made(path, None))
        task.cancelled.connect(lambda: self._tasks.pop(path, None))

    def _made(self, path: Path, image: QImage | None) -> None:
        self._tasks.pop(path, None)
        self._kept[path] = image
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        self.ready.emit(path)
        self._start()
