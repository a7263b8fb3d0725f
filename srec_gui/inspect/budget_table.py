"""The ledger as a table: the text equivalent of all that the room paints."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from srec_gui.analysis import Ledger
from srec_gui.inspect.budget import BudgetLine, budget_lines
from srec_gui.inspect.choice import Choice
from srec_gui.inspect.words import number
from srec_gui.wording import share

__all__ = ["BudgetModel", "BudgetTable"]

_Index = QModelIndex | QPersistentModelIndex


class BudgetModel(QAbstractTableModel):
    """Lines of the ledger with a sum at the end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty table."""
        super().__init__(parent)
        self.lines: list[BudgetLine] = []
        self._cells: list[tuple[str, ...]] = []
        self._titles = (
            *(self.tr("Part"), self.tr("Numbers"), self.tr("Model, bytes"), self.tr("Coded, bytes")),
            *(self.tr("Overhead"), self.tr("bpsp"), self.tr("Share"), "R", "G", "B"),
        )

    def show(self, ledger: Ledger | None) -> None:
        """Show a ledger; one with the same parts keeps the selection."""
        lines = [] if ledger is None else [*budget_lines(ledger), _sum(ledger, self.tr("File"))]
        before, cells = self._cells, [_cells(line) for line in lines]
        if [line.name for line in lines] != [line.name for line in self.lines]:
            self.beginResetModel()
            self.lines, self._cells = lines, cells
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
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self.clicked.connect(self._activated)
        self.activated.connect(self._activated)

    @property
    def lines(self) -> list[BudgetLine]:
        """What is shown, the sum last."""
        return self._model.lines

    def show_ledger(self, ledger: Ledger | None) -> None:
        """Show a ledger."""
        self._model.show(ledger)

    def show_choice(self, choice: Choice) -> None:
        """Bring the lines of the scale into view, and select the line of the samples that both canvases show."""
        of_scale = [row for row, line in enumerate(self.lines) if line.scale == choice.scale]
        chosen = [row for row in of_scale if self.lines[row].part is not None and self.lines[row].part is choice.part]
        self.clearSelection()
        if of_scale:
            self.scrollTo(self._model.index(of_scale[0], 0), QAbstractItemView.ScrollHint.PositionAtTop)
        if chosen:
            mode = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(self._model.index(chosen[0], 0), mode)

    def _activated(self, index: QModelIndex) -> None:
        self.chosen.emit(self.lines[index.row()])


def _sum(ledger: Ledger, name: str) -> BudgetLine:
    return BudgetLine(
        name,
        None,
        None,
        sum(row.samples for row in ledger.rows),
        sum(row.coded_bytes for row in ledger.rows),
        ledger.model_bits,
        sum(row.bpsp for row in ledger.rows),
        sum(row.share for row in ledger.rows),
    )


def _cells(line: BudgetLine) -> tuple[str, ...]:
    """The texts of a line, made once: a table that is laid out asks for each of them many times."""
    whole = QLocale().toString
    known = line.model_bits is not None
    channels = [whole(size) for size in line.channel_bytes] if not line.is_free else []
    return (
        line.name,
        whole(line.samples) if line.samples else "",
        number((line.model_bits or 0.0) / 8, 1) if known else "",
        whole(line.coded_bytes),
        share(line.overhead, 2) if line.overhead is not None else "",
        number(line.bpsp, 4),
        share(line.share),
        *channels,
        *("",) * (3 - len(channels)),
    )
