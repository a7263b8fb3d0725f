"""The strip of thumbnails under the picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from srec_gui.colours import colours
from srec_gui.icons import draw_icon
from srec_gui.thumbnails import Thumbnails
from srec_gui.view.folder import Sequel

__all__ = ["THUMBNAIL_SIDE", "Strip", "StripModel"]

THUMBNAIL_SIDE = 72
"""Logical pixels a thumbnail may be wide and high."""

_CELL = THUMBNAIL_SIDE + 12
_FAILED_ROLE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class StripModel(QAbstractListModel):
    """The files of a `Sequel`, with their thumbnails as they are made."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        """No files yet."""
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._paths: tuple[Path, ...] = ()
        self._rows: dict[Path, int] = {}
        self._failed: set[Path] = set()
        thumbnails.ready.connect(self._ready)

    def show_paths(self, paths: tuple[Path, ...]) -> None:
        """Show other files."""
        if paths == self._paths:
            return
        self.beginResetModel()
        self._paths = paths
        self._rows = {path: row for row, path in enumerate(paths)}
        self.endResetModel()

    def settled(self, rows: range) -> bool:
        """Whether all of `rows` have a thumbnail, or cannot have one; those that have none are asked for."""
        paths = [self._paths[row] for row in rows if row < len(self._paths)]
        return all(self._thumbnails.get(path) is not None or path in self._failed for path in paths)

    def rowCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802
        """Number of files."""
        return 0 if parent.isValid() else len(self._paths)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, thumbnail (asked for when it is first painted), and whether there cannot be one."""
        if not index.isValid() or index.row() >= len(self._paths):
            return None
        path = self._paths[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return path.name
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(path)
        if role == _FAILED_ROLE:
            return path in self._failed
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Files can be dragged out."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:  # type: ignore[override]  # noqa: N802
        """The files, as every program takes them."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._paths[index.row()])) for index in indexes])
        return data

    def _ready(self, path: Path) -> None:
        row = self._rows.get(path)
        if row is not None:
            if self._thumbnails.get(path) is None:
                self._failed.add(path)
            index = self.index(row)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])


class _ThumbnailDelegate(QStyledItemDelegate):
    """Paints one thumbnail, framed when it is the shown picture."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802, ARG002
        return QSize(_CELL, _CELL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        scheme = colours()
        cell: QRect = option.rect
        state = option.state
        image = index.data(Qt.ItemDataRole.DecorationRole)
        target = QRect(0, 0, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
        target.moveCenter(cell.center())
        if isinstance(image, QImage) and not image.isNull():
            target = _paint_thumbnail(painter, image, target)
        else:
            _paint_missing(painter, target, failed=bool(index.data(_FAILED_ROLE)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(scheme.accent), 2))
            painter.drawRoundedRect(target.adjusted(-3, -3, 3, 3), 4, 4)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(scheme.faint), 1))
            painter.drawRoundedRect(target.adjusted(-3, -3, 2, 2), 4, 4)
        painter.restore()


def _paint_thumbnail(painter: QPainter, image: QImage, box: QRect) -> QRect:
    """Paint `image` into `box` at device pixels and return where it is."""
    ratio = painter.device().devicePixelRatioF()
    width, height = image.width() / ratio, image.height() / ratio
    # The base of a small picture is smaller than a thumbnail: all stand in the strip with one size.
    factor = min(box.width() / width, box.height() / height)
    target = QRect(0, 0, max(1, round(width * factor)), max(1, round(height * factor)))
    target.moveCenter(box.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, image)
    return target


def _paint_missing(painter: QPainter, box: QRect, *, failed: bool) -> None:
    scheme = colours()
    painter.fillRect(box, QColor(scheme.line))
    icon = QRect(0, 0, 24, 24)
    icon.moveCenter(box.center())
    draw_icon(painter, icon.toRectF(), "warning" if failed else "file", QColor(scheme.faint))


class Strip(QListView):
    """One row of thumbnails.

    Signals:
        chosen(int): The person chose the file of this row.
    """

    chosen = Signal(int)

    def __init__(self, model: StripModel, parent: QWidget | None = None) -> None:
        """Show `model`."""
        super().__init__(parent)
        self.setModel(model)
        self._model = model
        self.setItemDelegate(_ThumbnailDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setFixedHeight(_CELL + 20)
        self.setObjectName("strip")
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setAccessibleName(self.tr("Thumbnails"))
        self.setAccessibleDescription(self.tr("The pictures of this folder. Left and Right show the neighbours."))
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.activated.connect(lambda index: self.chosen.emit(index.row()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Few thumbnails stand in the middle."""
        self._center()
        super().resizeEvent(event)

    def settled(self) -> bool:
        """Whether everything that is seen has its thumbnail."""
        first = self.indexAt(self.viewport().rect().topLeft()).row()
        last = self.indexAt(self.viewport().rect().topRight()).row()
        return self._model.settled(range(max(0, first), last + 1 if last >= 0 else self._model.rowCount()))

    def show_sequel(self, sequel: Sequel) -> None:
        """Show the files of `sequel` with the current one in the middle."""
        self._model.show_paths(sequel.paths)
        self._center()
        index = self._model.index(max(0, sequel.index))
        if sequel.index < 0:
            self.clearSelection()
        else:
            self.setCurrentIndex(index)
        if self.isVisible():
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _center(self) -> None:
        spare = max(0, self.width() - self._model.rowCount() * _CELL)
        self.setViewportMargins(spare // 2, 4, 0, 0)
