"""Giving the picture away: to the clipboard, to another program by dragging, to a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QObject, QPoint, QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QPixmap
from PySide6.QtWidgets import QFileDialog, QWidget

from srec_gui.engine import CancelToken, CodecOptions, Engine
from srec_gui.view.document import Document
from srec_gui.view.export import FORMATS, save_picture
from srec_gui.view.loading import explain
from srec_gui.view.original import Original, original_of, save_original
from srec_gui.view.picture import Picture, Pixel
from srec_gui.worker import LaneName, Task, Worker

__all__ = ["Sharing", "dragged_data", "picture_as_png"]

_DRAG_SIDE = 128


@dataclass(frozen=True, slots=True)
class _Kind:
    """Something that a document can be saved as.

    Attributes:
        filter: For the dialog.
        name: Of the file, as it is proposed.
        suffixes: That it may have; the first is given to names without one.
        is_original: Whether it is the file that the document was made of.
    """

    filter: str
    name: str
    suffixes: tuple[str, ...]
    is_original: bool = False

    @property
    def suffix(self) -> str:
        """Of new files: as it is in the original's name, which may be in capitals."""
        return Path(self.name).suffix


def picture_as_png(picture: Picture, cancel: CancelToken) -> bytes:
    """The stored pixels of `picture` as a PNG file, oriented, with their colour profile. For a worker."""
    from PIL import ImageOps

    cancel.raise_if_cancelled()
    image = ImageOps.exif_transpose(picture.original)
    if image.mode not in {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    buffer = io.BytesIO()
    # The clipboard wants it soon, not small.
    image.save(buffer, "PNG", compress_level=1, icc_profile=picture.original.info.get("icc_profile"))
    return buffer.getvalue()


def dragged_data(document: Document) -> QMimeData:
    """The file, and once every pixel is there the picture, for programs that do not know `.srec` files."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(document.path))])
    if document.picture is not None and document.picture.exact:
        data.setImageData(document.picture.levels[0])
    return data


class Sharing(QObject):
    """Copies, drags and saves.

    Signals:
        done(str): Something worth a word in the status line has happened.
        failed(str): Something went wrong; the message says what to do.
    """

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, worker: Worker, window: QWidget, engine: Engine, options: Callable[[], CodecOptions]) -> None:
        """Dialogs belong to `window`; `options` is asked for the device whenever the network has to run."""
        super().__init__(window)
        self._worker = worker
        self._window = window
        self._engine = engine
        self._options = options
        self._tasks: set[Task] = set()

    def copy_picture(self, document: Document) -> None:
        """Put the stored pixels on the clipboard, as PNG, and the picture for programs of this toolkit."""
        picture = document.picture
        if picture is None:
            return

        def work(cancel: CancelToken, _report: Callable[[object], None]) -> bytes:
            return picture_as_png(picture, cancel)

        def finished(png: object) -> None:
            data = QMimeData()
            data.setImageData(picture.levels[0])
            data.setData("image/png", QByteArray(png if isinstance(png, bytes) else b""))
            QGuiApplication.clipboard().setMimeData(data)
            self.done.emit(self.tr("Picture copied"))

        self._submit(work, finished, document.path)

    def copy_path(self, path: Path) -> None:
        """Put the file's path on the clipboard."""
        QGuiApplication.clipboard().setText(str(path))
        self.done.emit(self.tr("Path copied"))

    def copy_color(self, pixel: Pixel) -> None:
        """Put a pixel's colour on the clipboard, as "#RRGGBB"."""
        QGuiApplication.clipboard().setText(pixel.hex)
        self.done.emit(self.tr("{color} copied").format(color=pixel.hex))

    def drag(self, document: Document, source: QWidget) -> None:
        """Drag the file out of `source`."""
        drag = QDrag(source)
        drag.setMimeData(dragged_data(document))
        picture = document.picture
        if picture is not None:
            small = picture.levels[-1].scaled(
                _DRAG_SIDE, _DRAG_SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            drag.setPixmap(QPixmap.fromImage(small))
            drag.setHotSpot(QPoint(small.width() // 2, small.height() // 2))
        drag.exec(Qt.DropAction.CopyAction)

    def ask_where_to_save(self, document: Document, folder: Path | None) -> QFileDialog:
        """Ask for a file name, then save there: the original file first, where there is one, or the picture.

        The dialog is open when this returns.
        """
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        start = folder or (document.path.parent if document.path.parent.is_dir() else Path(pictures))
        kinds = self._kinds(document)
        dialog = QFileDialog(self._window, self.tr("Save As"), str(start))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([kind.filter for kind in kinds])
        dialog.setDefaultSuffix(kinds[0].suffix.lstrip("."))
        dialog.selectFile(kinds[0].name)

        def filter_chosen(name: str) -> None:
            kind = next((one for one in kinds if one.filter == name), kinds[0])
            dialog.setDefaultSuffix(kind.suffix.lstrip("."))
            chosen = dialog.selectedFiles()
            if chosen and Path(chosen[0]).suffix.lower() not in kind.suffixes:
                dialog.selectFile(kind.name if kind.is_original else Path(chosen[0]).stem + kind.suffix)

        dialog.filterSelected.connect(filter_chosen)
        dialog.fileSelected.connect(lambda name: self.save(document, Path(name)))
        dialog.open()
        return dialog

    def save(self, document: Document, destination: Path) -> None:
        """Write the original file to `destination` where its name asks for that, else the stored pixels."""
        original = original_of(document, self._engine)
        if original is not None and (document.picture is None or original.is_meant_by(destination)):
            self._save_original(original, destination)
        elif document.picture is not None:
            self._save_picture(document.picture, document.path, destination)

    def _kinds(self, document: Document) -> list[_Kind]:
        """What can be saved, most wanted first. A picture as what its file is anyway is not offered a second time."""
        original = original_of(document, self._engine)
        stem, kinds = document.path.stem, []
        if original is not None:
            text = self.tr("Original file (%1)").replace("%1", original.pattern)
            kinds.append(_Kind(text, original.name, (original.suffix.lower(),), is_original=True))
        mode = document.picture.original.mode if document.picture is not None else ""
        for form in FORMATS:
            # What could not hold the picture is not offered, nor, a second time, what its file is anyway.
            if mode in form.modes and (original is None or original.suffix.lower() not in form.suffixes):
                text = f"{form.name} ({' '.join('*' + suffix for suffix in form.suffixes)})"
                kinds.append(_Kind(text, stem + form.suffixes[0], form.suffixes))
        return kinds

    def _save_picture(self, picture: Picture, source: Path, destination: Path) -> None:
        def work(cancel: CancelToken, _report: Callable[[object], None]) -> Path:
            return save_picture(picture.original, destination, cancel, source)

        self._submit(work, self._saved(destination), destination)

    def _save_original(self, original: Original, destination: Path) -> None:
        engine, options = self._engine, self._options()

        def work(cancel: CancelToken, report: Callable[[object], None]) -> Path:
            return save_original(original, destination, engine, options, cancel, report)

        if original.needs_network:
            self.done.emit(self.tr("Saving “{name}”…").format(name=destination.name))
        lane: LaneName = "engine" if original.needs_network else "disk"
        self._submit(work, self._saved(destination), destination, lane)

    def _saved(self, destination: Path) -> Callable[[object], None]:
        return lambda _path: self.done.emit(self.tr("Saved as “{name}”").format(name=destination.name))

    def stop(self) -> None:
        """Stop what is under way; nothing half-written stays."""
        for task in list(self._tasks):
            task.cancel()

    def _submit(
        self,
        work: Callable[[CancelToken, Callable[[object], None]], object],
        finished: Callable[[object], None],
        path: Path,
        lane: LaneName = "disk",
    ) -> None:
        task = self._worker.submit(work, lane=lane, urgent=True)
        self._tasks.add(task)
        task.finished.connect(finished)
        task.failed.connect(lambda error: self.failed.emit(explain(error, path)))
        for end in (task.finished, task.failed, task.cancelled):
            end.connect(lambda *_: self._tasks.discard(task))
