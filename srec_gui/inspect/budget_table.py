"""The ledger as a table: the text equivalent of all that the room paints."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from srec_gui.inspect.budget import Budget, BudgetLine
from srec_gui.inspect.choice import Choice

__all__ = ["BudgetModel", "BudgetTable"]

_Index = QModelIndex | QPersistentModelIndex


class BudgetModel(QAbstractTableModel):
    """Lines of the ledger with a sum at the end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty table."""
        super().__init__(parent)
        self.lines: list[BudgetLine] = []
        self._cells: list[tuple[str, ...]] = []
        self._titles: tuple[str, ...] = ()

    def show(self, budget: Budget | None) -> None:
        """Show a file's parts; one with the same parts keeps the selection."""
        lines = [] if budget is None else list(budget.lines)
        titles = () if budget is None else budget.titles
        before, cells = self._cells, [] if budget is None else list(budget.cells)
        if titles != self._titles or [line.name for line in lines] != [line.name for line in self.lines]:
            self.beginResetModel()
            self._titles, self.lines, self._cells = titles, lines, cells
            self.endResetModel()
            return
        self.lines, self._cells = lines, cells
        changed = [row for row, (old, new) in enumerate(zip(before, cells, strict=True)) if old != new]
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(self._titles) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Lines."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Columns."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Titles of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts and how they are aligned."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


class BudgetTable(QTableView):
    """The table.

    Signals:
        chosen(object): The person chose a `BudgetLine`.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty table."""
        super().__init__(parent)
        self._model = BudgetModel(self)
        self.setModel(self._model)
        self.setAccessibleName(self.tr("Where the bytes are"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { padding: 0 9px; } QHeaderView::section { padding: 7px 12px; }")
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        self._model.modelReset.connect(self._fit)
        self.clicked.connect(self._activated)
        self.activated.connect(self._activated)

    @property
    def lines(self) -> list[BudgetLine]:
        """What is shown, the sum last."""
        return self._model.lines

    def show_budget(self, budget: Budget | None) -> None:
        """Show a file's parts."""
        self._model.show(budget)

    def show_choice(self, choice: Choice) -> None:
        """Bring the lines of the scale into view, and select the line of the samples that both canvases show."""
        of_scale = [row for row, line in enumerate(self.lines) if line.scale == choice.scale]
        chosen = [row for row in of_scale if choice.shows_alone(self.lines[row].part, self.lines[row].channel)]
        self.clearSelection()
        if of_scale:
            self.scrollTo(self._model.index(of_scale[0], 0), QAbstractItemView.ScrollHint.PositionAtTop)
        if chosen:
            mode = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(self._model.index(chosen[0], 0), mode)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Let the names have what there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The names have the room that the numbers leave, but never less than they need."""
        header, columns = self.horizontalHeader(), range(self._model.columnCount())
        needed = sum(max(self.sizeHintForColumn(column), header.sectionSizeHint(column)) for column in columns)
        modes = QHeaderView.ResizeMode
        if len(columns):
            header.setSectionResizeMode(
                0, modes.Stretch if needed <= self.viewport().width() else modes.ResizeToContents
            )

    def _activated(self, index: QModelIndex) -> None:
        self.chosen.emit(self.lines[index.row()])
