"""The queue's view: sortable, many rows at once, the keyboard everywhere."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QByteArray, QItemSelectionModel, QPoint, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from srec_gui.compress.delegate import ROW_HEIGHT, RowDelegate
from srec_gui.compress.item import Item
from srec_gui.compress.model import SORT_ROLE, Column, QueueModel
from srec_gui.thumbnails import Thumbnails

__all__ = ["QueueTable"]

# Examples of wide contents: columns fit them in every font.
_WIDEST = {
    Column.STATE: "Compressing 42 % · scale 1/8",
    Column.PIXELS: "6000 × 4000",
    Column.ORIGINAL: "999.9 MB",
    Column.SREC: "999.9 MB",
    Column.SAVED: "−99.9 %",
    Column.BPSP: "12.34",
    Column.METHOD: "Method",
    Column.SPEED: "0.98 MP/s",
}
_PADDING = 22
_LEAST_NAME = 170
_NAME_SHARE = 0.42


class QueueTable(QTableView):
    """Shows a `QueueModel` through a sorting proxy.

    Signals:
        selection_changed(): Other rows are selected.
    """

    selection_changed = Signal()

    def __init__(self, model: QueueModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        """Show `model`."""
        super().__init__(parent)
        self.menu = QMenu(self)
        self._source = model
        self._filling = False
        self._name_share = _NAME_SHARE
        self._least_state = 0
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSortRole(SORT_ROLE)
        self._proxy.setSourceModel(model)
        self.setModel(self._proxy)
        self.setItemDelegate(RowDelegate(thumbnails, self))
        self.setAccessibleName(self.tr("Queue"))
        self.setAccessibleDescription(self.tr("Pictures to compress and .srec files to expand, with their state."))
        self._set_behaviour()
        self._set_header()
        self.selectionModel().selectionChanged.connect(self.selection_changed)
        self.customContextMenuRequested.connect(self._open_menu)

    def selected_items(self) -> list[Item]:
        """The items of the selected rows, from top to bottom."""
        return [self._item(row) for row in self._selected_rows()]

    def first_selected_item(self) -> Item | None:
        """The first of the selected items, sooner than all of them."""
        rows = self._selected_rows()
        return self._item(rows[0]) if rows else None

    def select_row(self, row: int) -> None:
        """Select a row, as shown."""
        self.selectRow(row)

    def save_columns(self) -> QByteArray:
        """Widths, order and sorting of the columns."""
        return self.horizontalHeader().saveState()

    def restore_columns(self, state: QByteArray) -> None:
        """Take back what `save_columns` gave; nothing happens when it does not fit."""
        if not state.isEmpty():
            self.horizontalHeader().restoreState(state)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Let the name take what is left."""
        super().resizeEvent(event)
        self._fill()

    def _selected_rows(self) -> list[int]:
        # Not selectedRows: that asks the model about every cell, a third of a second for a thousand rows.
        selection = self.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.size())]
        return sorted({row for one in ranges for row in range(one.top(), one.bottom() + 1)})

    def _item(self, row: int) -> Item:
        return self._source.item(self._proxy.mapToSource(self._proxy.index(row, 0)).row())

    def _set_behaviour(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _set_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        # To paint a title, Qt asks whether all rows of its neighbours are selected, though it does not show it here:
        # with a thousand selected rows, each time the table moves, longer than to paint the rows.
        header.setSelectionModel(QItemSelectionModel(self._proxy, header))
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(48)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_columns_menu)
        metrics = QFontMetrics(self.font())
        for column, text in _WIDEST.items():
            self.setColumnWidth(column, metrics.horizontalAdvance(text) + _PADDING)
        self._least_state = self.columnWidth(Column.STATE)
        header.sectionResized.connect(self._section_resized)
        # Unsorted is the order in which things came: a third click on a header leads back there.
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def _fill(self) -> None:
        """Share out between name and state what the numbers leave. Qt's own stretching squeezes them to nothing."""
        header = self.horizontalHeader()
        if self._filling or header.isSectionHidden(Column.STATE):
            return
        self._filling = True
        room = self.viewport().width() - header.length()
        room += header.sectionSize(Column.NAME) + header.sectionSize(Column.STATE)
        name = max(_LEAST_NAME, min(round(room * self._name_share), room - self._least_state))
        header.resizeSection(Column.NAME, name)
        header.resizeSection(Column.STATE, max(self._least_state, room - name))
        self._filling = False

    def _section_resized(self, column: int, before: int, after: int) -> None:
        """Keep the table filled; what the person gives to the name is taken from the state, and the other way."""
        if self._filling:
            return
        header = self.horizontalHeader()
        both = header.sectionSize(Column.NAME) + header.sectionSize(Column.STATE) - (after - before)
        if column == Column.NAME:
            self._name_share = after / both
        elif column == Column.STATE:
            self._name_share = 1 - after / both
        self._fill()

    def _open_columns_menu(self, position: QPoint) -> None:
        """Let the person choose the columns; the name stays."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in list(Column)[1:]:
            title = self.model().headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
            action = menu.addAction(str(title))
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.toggled.connect(partial(self._show_column, column))
        menu.popup(self.horizontalHeader().mapToGlobal(position))

    def _show_column(self, column: Column, shown: bool) -> None:
        self.setColumnHidden(column, not shown)
        self._fill()

    def _open_menu(self, position: QPoint) -> None:
        if self.selectionModel().hasSelection():
            self.menu.popup(self.viewport().mapToGlobal(position))
