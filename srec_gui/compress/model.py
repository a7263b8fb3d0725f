"""The queue as a Qt table: one row per item, one column per number."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, QPersistentModelIndex, Qt

from srec_gui.compress.item import Item, State
from srec_gui.compress.manager import Queue
from srec_gui.compress.sentences import state_text
from srec_gui.engine import method_words
from srec_gui.wording import byte_size, pixel_size, share, shown_name, speed

__all__ = ["ITEM_ROLE", "SORT_ROLE", "Column", "QueueModel"]

ITEM_ROLE = int(Qt.ItemDataRole.UserRole)
SORT_ROLE = ITEM_ROLE + 1

_MANY = 30

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns in their first order: what matters most is seen in a narrow window, too."""

    NAME = 0
    STATE = 1
    ORIGINAL = 2
    SREC = 3
    SAVED = 4
    PIXELS = 5
    BPSP = 6
    METHOD = 7
    SPEED = 8


_COLUMNS = len(Column)

_BY_URGENCY = (
    *(State.FAILED, State.ASKING, State.RUNNING, State.WAITING),
    *(State.SKIPPED, State.CANCELLED, State.TAKEN_BACK, State.LEFT, State.DONE),
)
"""States by what wants attention first; within one, by how far it is."""


class QueueModel(QAbstractTableModel):
    """Shows a `Queue`; holds nothing of its own."""

    def __init__(self, queue: Queue, parent: QObject | None = None) -> None:
        """Follow `queue` from now on."""
        super().__init__(parent)
        self._queue = queue
        queue.adding.connect(self._adding)
        queue.added.connect(self.endInsertRows)
        queue.removing.connect(self._removing)
        queue.removed.connect(self.endRemoveRows)
        queue.changed.connect(self._changed)

    def item(self, row: int) -> Item:
        """The item of a row."""
        return self._queue.items[row]

    def repaint_names(self) -> None:
        """Have the name column drawn again, after a thumbnail came."""
        if self._queue.items:
            last = self.index(len(self._queue.items) - 1, Column.NAME)
            self.dataChanged.emit(self.index(0, Column.NAME), last, [int(Qt.ItemDataRole.DecorationRole)])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Number of items."""
        return 0 if parent.isValid() else len(self._queue.items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Number of columns."""
        return 0 if parent.isValid() else _COLUMNS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, sorts by, or says to a screen reader."""
        if not index.isValid():
            return None
        item, column = self._queue.items[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _shown(item, column)
            case _ if role == SORT_ROLE:
                return _sorted_by(item, column)
            case _ if role == ITEM_ROLE:
                return item
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(item, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft if column <= Column.STATE else Qt.AlignmentFlag.AlignRight
                return int(side | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(item, column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """The columns' names, and what they mean as a tool tip."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles()[Column(section)]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._explanations().get(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section <= Column.STATE else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _titles(self) -> dict[Column, str]:
        return {
            Column.NAME: self.tr("Name"),
            Column.STATE: self.tr("State"),
            Column.PIXELS: self.tr("Pixels"),
            Column.ORIGINAL: self.tr("Picture"),
            Column.SREC: self.tr(".srec"),
            Column.SAVED: self.tr("Saved"),
            Column.BPSP: self.tr("bpsp"),
            Column.METHOD: self.tr("Method"),
            Column.SPEED: self.tr("Speed"),
        }

    def _explanations(self) -> dict[Column, str]:
        return {
            Column.ORIGINAL: self.tr("Size of the ordinary picture file"),
            Column.SREC: self.tr("Size of the .srec file"),
            Column.SAVED: self.tr("How much smaller the .srec is than the picture file"),
            Column.BPSP: self.tr(
                "Bits per subpixel: bits of the .srec for each red, green or blue value of the picture"
            ),
            Column.METHOD: self.tr("How the .srec holds the picture: in whichever way takes the fewest bytes"),
            Column.SPEED: self.tr("Megapixels per second"),
        }

    def _spoken(self, item: Item, column: Column) -> str:
        text = _shown(item, column)
        if column is Column.NAME:
            return text
        if column is Column.STATE:
            return f"{text}. {item.note}" if item.note else text
        return f"{self._titles()[column]}: {text}" if text else ""

    def _adding(self, first: int, last: int) -> None:
        self.beginInsertRows(QModelIndex(), first, last)

    def _removing(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)

    def _changed(self, items: list[Item]) -> None:
        rows = self._queue.items
        if len(items) > _MANY:
            self._announce(0, len(rows) - 1)
            return
        for item in items:
            if item in rows:
                row = rows.index(item)
                self._announce(row, row)

    def _announce(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))


def _shown(item: Item, column: Column) -> str:
    match column:
        case Column.NAME:
            return shown_name(item.source)
        case Column.STATE:
            return state_text(item)
        case Column.PIXELS:
            return pixel_size(item.width, item.height) if item.pixels else ""
        case Column.ORIGINAL:
            return byte_size(item.picture_bytes) if item.picture_bytes is not None else ""
        case Column.SREC:
            return byte_size(item.srec_bytes) if item.srec_bytes is not None else ""
        case Column.SAVED:
            return share(item.saved) if item.saved is not None else ""
        case Column.BPSP:
            return QLocale().toString(item.bpsp, "f", 2) if item.bpsp is not None else ""
        case Column.METHOD:
            return _method_text(item)
        case Column.SPEED:
            return speed(item.speed) if item.speed is not None else ""


def _method_text(item: Item) -> str:
    return method_words(item.method).label if item.method is not None else ""


def _sorted_by(item: Item, column: Column) -> Any:
    match column:
        case Column.NAME:
            return item.source.name.casefold()
        case Column.STATE:
            return _BY_URGENCY.index(item.state) - item.fraction / 2
        case Column.METHOD:
            return _method_text(item)
        case Column.PIXELS:
            return item.pixels
        case _:
            numbers = {
                Column.ORIGINAL: item.picture_bytes,
                Column.SREC: item.srec_bytes,
                Column.SAVED: item.saved,
                Column.BPSP: item.bpsp,
                Column.SPEED: item.speed,
            }
            value = numbers[column]
            return float("-inf") if value is None else float(value)


def _tip(item: Item, column: Column) -> str | None:
    if column is Column.NAME:
        return str(item.source)
    if column is Column.STATE:
        lines: list[str | Path] = [line for line in (item.note, item.message, item.destination) if line]
        return "\n".join(map(str, lines)) or None
    return None
