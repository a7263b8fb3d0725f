"""Where the bits are of the file that a `.srec` holds: what it was, what it takes now, and a line for each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QLocale, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from srec_gui.analysis import JpegPart
from srec_gui.colours import colours
from srec_gui.engine import FileInfo
from srec_gui.wording import byte_size, share

__all__ = ["PartLine", "SourceParts", "headline", "part_lines", "whole_bytes"]

_WIDTH = 400
_ROW = 22
_SHARE_WIDTH = 140
_BAR = 58
_PADDING = 9
_PART, _BYTES, _SHARE = range(3)
_BAR_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part as people read it.

    Attributes:
        name: For the person.
        byte_count: As near as whole bytes can be: parts end in the midst of them.
        share: Of the file.
        is_picture: Whether it belongs to the picture itself, not to what is around it.
    """

    name: str
    byte_count: int
    share: float
    is_picture: bool


def part_lines(parts: Sequence[JpegPart]) -> list[PartLine]:
    """The lines, in the order of the file; their bytes add up to it."""
    bits = [part.bits for part in parts]
    total = sum(bits) or 1
    return [
        PartLine(part.name[:1].upper() + part.name[1:], size, part.bits / total, bool(part.channel))
        for part, size in zip(parts, whole_bytes(bits), strict=True)
    ]


def whole_bytes(bits: Sequence[int]) -> list[int]:
    """Whole bytes that add up to what the bits do: parts end in the midst of them."""
    return [round(end / 8) - round((end - own) / 8) for end, own in zip(accumulate(bits), bits, strict=True)]


def headline(info: FileInfo, parts: Sequence[JpegPart]) -> str:
    """What the file was and what it takes now: "JPEG 1.6 MB → .srec 1.2 MB (−28 %)"."""
    before = sum(part.bits for part in parts) // 8
    change = info.file_bytes / before - 1
    percent = share(change, 0) if change < 0 else f"+{share(change, 0)}"
    return f"{info.source_format} {byte_size(before)} → .srec {byte_size(info.file_bytes)} ({percent})"


class SourceParts(QFrame):
    """The panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing to show yet: it is hidden."""
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(_WIDTH)
        self.heading = QLabel(self)
        self.heading.setObjectName("heading")
        self.heading.setWordWrap(True)
        self.heading.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._explanation = QLabel(self)
        self._explanation.setObjectName("faint")
        self._explanation.setWordWrap(True)
        self.table = _Table(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.heading)
        column.addWidget(self._explanation)
        column.addSpacing(4)
        column.addWidget(self.table, 1)
        self.hide()

    def show_parts(self, info: FileInfo | None, parts: Sequence[JpegPart]) -> None:
        """Show the parts of the file that the `.srec` of `info` holds; without any, hide."""
        if info is not None and parts:
            self.heading.setText(headline(info, parts))
            form = info.source_format
            explanation = self.tr(
                "Where the bits of the %1 are. DC: the means of its blocks of 8 × 8 pixels; AC: their details, from"
                " coarse (1) to fine (63)."
            )
            self._explanation.setText(explanation.replace("%1", form))
            self.table.show_lines(part_lines(parts), form)
            self.table.setAccessibleDescription(self.heading.text())
        self.setVisible(info is not None and bool(parts))


class _Table(QTableWidget):
    """Parts with bytes and shares, the sum last; as long as a share is, so long is the bar beside its number."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(0, 3, parent)
        self._bold = QFont(self.font())
        self._bold.setWeight(QFont.Weight.DemiBold)
        for column, title in enumerate((self.tr("Part"), self.tr("Bytes"), self.tr("Share"))):
            self.setHorizontalHeaderItem(column, _cell(title, column))
        self.setAccessibleName(self.tr("Where the bits of the file are"))
        self.setItemDelegate(_BarDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setStyleSheet(
            f"QTableView::item {{ padding: 0 {_PADDING}px; }} QHeaderView::section {{ padding: 7px {_PADDING + 3}px; }}"
        )
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_PART, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_SHARE, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(_SHARE, _SHARE_WIDTH)

    def show_lines(self, lines: Sequence[PartLine], whole: str) -> None:
        """Show `lines`, and the sum under the name of `whole`."""
        total = PartLine(whole, sum(line.byte_count for line in lines), 1.0, is_picture=False)
        longest = max(line.share for line in lines)
        self.setRowCount(len(lines) + 1)
        for row, line in enumerate([*lines, total]):
            texts = (line.name, QLocale().toString(line.byte_count), share(line.share))
            for column, text in enumerate(texts):
                cell = _cell(text, column)
                if line is total:
                    cell.setFont(self._bold)
                elif column == _SHARE:
                    cell.setData(_BAR_ROLE, (line.share / longest, line.is_picture))
                self.setItem(row, column, cell)
        self.scrollToTop()


class _BarDelegate(QStyledItemDelegate):
    """Paints a share as a bar beside its number."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        bar = index.data(_BAR_ROLE)
        super().paint(painter, option, index)
        if bar is None:
            return
        length, is_picture = bar
        field = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours().accent if is_picture else colours().faint))
        width = max(1.0, _BAR * length)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        left = field.right() - _PADDING - width if mirrored else field.left() + _PADDING
        painter.drawRoundedRect(QRectF(left, field.center().y() - 3, width, 6), 2, 2)
        painter.restore()


def _cell(text: str, column: int) -> QTableWidgetItem:
    cell = QTableWidgetItem(text)
    side = Qt.AlignmentFlag.AlignLeft if column == _PART else Qt.AlignmentFlag.AlignRight
    cell.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return cell
