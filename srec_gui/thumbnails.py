"""Small pictures of files: made in the disk lane, the newest wish first, kept in a bounded cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from srec_gui.engine import CancelToken, Engine, FileKind, SrecError, require_no_pipe
from srec_gui.worker import Task, Worker

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Thumbnails", "make_thumbnail"]

_MOST_KEPT = 1000
_MOST_WAITING = 60
_AT_ONCE = 2


def make_thumbnail(
    path: Path, side: int, engine: Engine, cancel: CancelToken, _report: Callable[[object], None]
) -> QImage | None:
    """A picture of `path` at most `side` pixels wide and high, upright; None when there cannot be one.

    Of a `.srec` it is made from the base, without the network.
    """
    from PIL import Image as pillow  # noqa: N813 - the name of the type is taken

    try:
        require_no_pipe(path)
        opened = engine.read_preview(path) if engine.identify(path) is FileKind.SREC else pillow.open(path)
        with opened:  # also when cancelled: the file must not stay open
            cancel.raise_if_cancelled()
            image = _reduced(opened, side)
    except (
        OSError,
        ValueError,
        SyntaxError,
        SrecError,
        pillow.DecompressionBombError,
        pillow.DecompressionBombWarning,
    ):
        return None
    data = image.tobytes()
    made = QImage(data, image.width, image.height, 4 * image.width, QImage.Format.Format_RGBA8888)
    return made.copy()  # `data` does not outlive this function


def _reduced(image: Image, side: int) -> Image:
    """The picture at most `side` pixels wide and high, upright, as RGBA."""
    from PIL import ImageOps

    image.draft("RGB", (side, side))
    if image.mode in {"P", "1"}:
        # Palette indices cannot be averaged.
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((side, side))
    return ImageOps.exif_transpose(image).convert("RGBA")


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
        self._stopped = False

    def get(self, path: Path) -> QImage | None:
        """The thumbnail of `path`; None (and a wish for it) while there is none, or when there cannot be one."""
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        if path not in self._tasks and not self._stopped:
            if path in self._waiting:
                self._waiting.remove(path)
            # What is looked at now comes first; what was scrolled past long ago is forgotten.
            self._waiting.append(path)
            del self._waiting[:-_MOST_WAITING]
            self._start()
        return None

    def put(self, path: Path, image: QImage) -> None:
        """Take `image`, which shows the whole picture, for the thumbnail of `path`."""
        self._tasks.pop(path, None)
        size = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        self._keep(path, image.scaled(self._side, self._side, *size))

    def stop(self) -> None:
        """Make no more."""
        self._stopped = True
        self._waiting.clear()
        for task in list(self._tasks.values()):
            task.cancel()

    def _start(self) -> None:
        while self._waiting and len(self._tasks) < _AT_ONCE:
            path = self._waiting.pop()
            task = self._worker.submit(partial(make_thumbnail, path, self._side, self._engine), lane="disk")
            self._tasks[path] = task
            task.finished.connect(partial(self._made, path))
            task.failed.connect(partial(self._could_not, path))
            task.cancelled.connect(partial(self._could_not, path, None))

    def _could_not(self, path: Path, _error: Exception | None) -> None:
        self._made(path, None)

    def _made(self, path: Path, image: QImage | None) -> None:
        if self._tasks.pop(path, None) is not None:  # else a better one was put in the meantime
            self._keep(path, image)
        self._start()

    def _keep(self, path: Path, image: QImage | None) -> None:
        self._kept[path] = image
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        self.ready.emit(path)
