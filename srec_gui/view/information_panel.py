"""The panel beside the picture: what is known about it, to read and to copy."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from srec_gui.colours import colours
from srec_gui.view.information import Section, as_text

__all__ = ["InformationPanel"]

_SHARE_ROLE = Qt.ItemDataRole.UserRole
_HEADING_ROLE = Qt.ItemDataRole.UserRole + 1
_PADDING = 14
_ROW = 24
_HEADING_ROW = 38
_BAR = 56


class _RowDelegate(QStyledItemDelegate):
    """Paints labels faint, values plain, headings bold, and shares as bars."""

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Headings have air above them."""
        size = super().sizeHint(option, index)
        least = _HEADING_ROW if index.data(_HEADING_ROLE) else _ROW
        return QSize(size.width() + _PADDING, max(least, size.height() + 6))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        painter.save()
        scheme = colours()
        if index.data(_HEADING_ROLE):
            self._paint_heading(painter, option, str(index.data()))
            painter.restore()
            return
        self.initStyleOption(option, index)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            tint = QColor(scheme.accent)
            tint.setAlphaF(0.16)
            painter.fillRect(option.rect, tint)
        first = index.column() == 0
        rect = option.rect.adjusted(_PADDING if first else 2, 0, -4 if first else -_PADDING, 0)
        part = index.data(_SHARE_ROLE)
        if part is not None:
            self._paint_share(painter, rect, float(part))
            rect.setLeft(rect.left() + _BAR + 8)
        painter.setPen(QColor(scheme.faint if first else scheme.text))
        text = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    @staticmethod
    def _paint_heading(painter: QPainter, option: QStyleOptionViewItem, text: str) -> None:
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(option.palette.color(QPalette.ColorRole.WindowText))
        rect = option.rect.adjusted(_PADDING, 0, -_PADDING, -5)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)

    @staticmethod
    def _paint_share(painter: QPainter, rect: QRect, part: float) -> None:
        scheme = colours()
        bar = QRectF(rect.left(), rect.center().y() - 2.5, _BAR, 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(scheme.line))
        painter.drawRoundedRect(bar, 3, 3)
        bar.setWidth(max(2.0, _BAR * min(1.0, part)))
        painter.setBrush(QColor(scheme.accent))
        painter.drawRoundedRect(bar, min(3.0, bar.width() / 2), 3)


class InformationPanel(QTreeWidget):
    """Sections of labels and values; Ctrl+C copies a value, the context menu all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty panel."""
        super().__init__(parent)
        self._sections: tuple[Section, ...] = ()
        self.setObjectName("panel")
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setItemsExpandable(False)
        self.setItemDelegate(_RowDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumWidth(220)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.header().setMinimumSectionSize(60)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.setAccessibleName(self.tr("Information"))
        self.setAccessibleDescription(self.tr("What is known about the picture. Ctrl+C copies the chosen value."))

    @property
    def sections(self) -> tuple[Section, ...]:
        """What is shown."""
        return self._sections

    def sizeHint(self) -> QSize:  # noqa: N802
        """A column beside the picture."""
        return QSize(300, 400)

    def show_sections(self, sections: tuple[Section, ...]) -> None:
        """Show `sections` where the ones before were scrolled to, so that a value can be followed through a folder."""
        if sections == self._sections:
            return
        self._sections = sections
        position = self.verticalScrollBar().value()
        self.clear()
        for section in sections:
            self._add_section(section)
        self.verticalScrollBar().setValue(position)

    def copy_value(self) -> None:
        """Copy the chosen value."""
        for item in self.selectedItems():
            QGuiApplication.clipboard().setText(item.text(1))

    def copy_all(self) -> None:
        """Copy everything as text."""
        QGuiApplication.clipboard().setText(as_text(self._sections))

    def event(self, event: QEvent) -> bool:
        """Take Ctrl+C before the room's own action does."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Copy)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Ctrl+C copies the chosen value."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_value()
        else:
            super().keyPressEvent(event)

    def _add_section(self, section: Section) -> None:
        heading = QTreeWidgetItem([section.title, ""])
        heading.setData(0, _HEADING_ROLE, True)
        heading.setData(1, _HEADING_ROLE, True)
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.addTopLevelItem(heading)
        heading.setFirstColumnSpanned(True)
        for row in section.rows:
            item = QTreeWidgetItem([row.label, row.value])
            item.setToolTip(1, row.value)
            if row.share is not None:
                item.setData(1, _SHARE_ROLE, row.share)
            self.addTopLevelItem(item)

    def _open_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        one = QAction(self.tr("Copy Value"), menu)
        one.setEnabled(bool(self.selectedItems()))
        one.triggered.connect(self.copy_value)
        everything = QAction(self.tr("Copy All"), menu)
        everything.triggered.connect(self.copy_all)
        menu.addActions([one, everything])
        menu.popup(self.viewport().mapToGlobal(position))
