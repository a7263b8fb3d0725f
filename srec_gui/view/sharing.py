"""Giving the picture away: to the clipboard, to another program by dragging, to a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QObject, QPoint, QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QPixmap
from PySide6.QtWidgets import QFileDialog, QWidget

from srec_gui.engine import CancelToken
from srec_gui.view.document import Document
from srec_gui.view.export import FORMATS, format_of, save_picture
from srec_gui.view.loading import explain
from srec_gui.view.picture import Picture, Pixel
from srec_gui.worker import Task, Worker

__all__ = ["Sharing", "dragged_data", "picture_as_png"]

_DRAG_SIDE = 128


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

    def __init__(self, worker: Worker, window: QWidget) -> None:
        """Dialogs belong to `window`."""
        super().__init__(window)
        self._worker = worker
        self._window = window
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
        """Ask for a file name, then save the picture there. The dialog is open when this returns."""
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        start = folder or (document.path.parent if document.path.parent.is_dir() else Path(pictures))
        filters = [f"{form.name} ({' '.join('*' + suffix for suffix in form.suffixes)})" for form in FORMATS]
        dialog = QFileDialog(self._window, self.tr("Save Picture As"), str(start), ";;".join(filters))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(FORMATS[0].suffixes[0].lstrip("."))
        dialog.selectFile(document.path.stem + FORMATS[0].suffixes[0])

        def filter_chosen(name: str) -> None:
            form = FORMATS[filters.index(name)] if name in filters else FORMATS[0]
            dialog.setDefaultSuffix(form.suffixes[0].lstrip("."))
            chosen = dialog.selectedFiles()
            if chosen and format_of(Path(chosen[0])) is not form:
                dialog.selectFile(Path(chosen[0]).stem + form.suffixes[0])

        dialog.filterSelected.connect(filter_chosen)
        dialog.fileSelected.connect(lambda name: self.save(document, Path(name)))
        dialog.open()
        return dialog

    def save(self, document: Document, destination: Path) -> None:
        """Write the stored pixels to `destination`, in the disk lane."""
        picture = document.picture
        if picture is None:
            return

        def work(cancel: CancelToken, _report: Callable[[object], None]) -> Path:
            return save_picture(picture.original, destination, cancel, document.path)

        def finished(_path: object) -> None:
            self.done.emit(self.tr("Saved as “{name}”").format(name=destination.name))

        self._submit(work, finished, destination)

    def stop(self) -> None:
        """Stop what is under way; nothing half-written stays."""
        for task in list(self._tasks):
            task.cancel()

    def _submit(
        self,
        work: Callable[[CancelToken, Callable[[object], None]], object],
        finished: Callable[[object], None],
        path: Path,
    ) -> None:
        task = self._worker.submit(work, lane="disk", urgent=True)
        self._tasks.add(task)
        task.finished.connect(finished)
        task.failed.connect(lambda error: self.failed.emit(explain(error, path)))
        for end in (task.finished, task.failed, task.cancelled):
            end.connect(lambda *_: self._tasks.discard(task))
