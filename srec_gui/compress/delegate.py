"""How rows are painted: a thumbnail with the name, and a state with its progress inside the row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPainterPath, QPalette, QTextLayout
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from srec_gui.colours import Colours, colours
from srec_gui.compress.item import Direction, Item, State
from srec_gui.compress.model import ITEM_ROLE, Column
from srec_gui.icons import draw_icon
from srec_gui.thumbnails import Thumbnails

__all__ = ["ROW_HEIGHT", "THUMBNAIL_SIDE", "RowDelegate"]

ROW_HEIGHT = 48
THUMBNAIL_SIDE = 34

_MARGIN = 10
_GAP = 10
_ICON = 16
_BAR = 4
_SMALL = 0.88

_STATE_ICONS = {
    State.WAITING: "clock",
    State.ASKING: "question",
    State.DONE: "check",
    State.LEFT: "file",
    State.SKIPPED: "skip",
    State.FAILED: "warning",
    State.CANCELLED: "stopped",
    State.TAKEN_BACK: "undo",
}

_FAINT = frozenset({State.WAITING, State.CANCELLED, State.TAKEN_BACK})

Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """Paints the name and state columns itself and leaves the numbers to the style."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        """Take pictures from `thumbnails`."""
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Wide enough for the text; every row has the same height."""
        size = super().sizeHint(option, index)
        size.setHeight(ROW_HEIGHT)
        return size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        item = index.data(ITEM_ROLE)
        column = index.column()
        self.initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus
        text, option.text = option.text, ""
        style = QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = option.rect.adjusted(_MARGIN, 0, -_MARGIN, 0)
        font = option.font
        if column == Column.NAME:
            self._paint_name(painter, rect, font, item, text)
        elif column == Column.STATE:
            _paint_state(painter, rect, font, item, text)
        else:
            _paint_number(painter, rect, font, column, item, text)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, font: QFont, item: Item, text: str) -> None:
        shades = colours()
        box = QRectF(rect.left(), rect.center().y() - THUMBNAIL_SIDE / 2 + 0.5, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
        # An expanded picture says more than the base of its `.srec`.
        first, second = (item.result, item.source) if item.direction is Direction.EXPAND else (item.source, item.result)
        image = self._thumbnails.get(first)
        if image is None:
            image = self._thumbnails.get(second) if first != second else None
        if image is None:
            _paint_blank(painter, box, shades)
        else:
            _paint_thumbnail(painter, box, image)
        left = rect.adjusted(THUMBNAIL_SIDE + _GAP, 0, 0, 0)
        folder = item.source.parent.name
        faint = item.state in {State.CANCELLED, State.SKIPPED, State.TAKEN_BACK}
        _paint_lines(painter, left, font, (text, shades.faint if faint else shades.text), (folder, shades.faint))


def _paint_state(painter: QPainter, rect: QRect, font: QFont, item: Item, text: str) -> None:
    shades = colours()
    if item.state is State.RUNNING:
        _paint_progress(painter, rect, font, item, text, shades)
        return
    colour = {
        State.DONE: shades.good,
        State.FAILED: shades.bad,
        State.ASKING: shades.warning,
        State.SKIPPED: shades.warning,
    }.get(item.state, shades.faint)
    box = QRectF(rect.left(), rect.center().y() - _ICON / 2 + 0.5, _ICON, _ICON)
    draw_icon(painter, box, _STATE_ICONS[item.state], QColor(colour))
    words = shades.faint if item.state in _FAINT else shades.text
    left = rect.adjusted(_ICON + 8, 0, 0, 0)
    if item.note and item.state in {State.FAILED, State.LEFT, State.SKIPPED}:
        # The reason is what one wants to read: it takes both lines.
        _paint_paragraph(painter, left, font, f"{text}: {item.note}", shades.text)
        return
    _paint_lines(painter, left, font, (text, words), (item.note or item.message, shades.faint))


def _paint_progress(painter: QPainter, rect: QRect, font: QFont, item: Item, text: str, shades: Colours) -> None:
    words = rect.adjusted(0, 0, 0, -_BAR - 4)
    painter.setFont(font)
    painter.setPen(QColor(shades.text))
    metrics = QFontMetrics(font)
    painter.drawText(
        words,
        int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
        metrics.elidedText(text, Qt.TextElideMode.ElideRight, words.width()),
    )
    bar = QRectF(rect.left(), rect.center().y() + 11, rect.width(), _BAR)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(shades.line))
    painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
    bar.setWidth(max(_BAR, bar.width() * item.fraction))
    painter.setBrush(QColor(shades.accent))
    painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)


def _paint_number(painter: QPainter, rect: QRect, font: QFont, column: int, item: Item, text: str) -> None:
    shades = colours()
    colour = shades.text
    if column == Column.SAVED and item.saved is not None:
        colour = shades.good if item.saved > 0 else shades.warning
    elif column in {Column.PIXELS, Column.METHOD, Column.SPEED}:
        colour = shades.faint
    painter.setFont(font)
    painter.setPen(QColor(colour))
    elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), elided)


def _paint_lines(painter: QPainter, rect: QRect, font: QFont, first: tuple[str, str], second: tuple[str, str]) -> None:
    """One or two lines of text, each with its colour, centred in the row's height."""
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * _SMALL)
    big_metrics, small_metrics = QFontMetrics(font), QFontMetrics(small)
    height = big_metrics.height() + (small_metrics.height() + 1 if second[0] else 0)
    top = rect.top() + (rect.height() - height) / 2
    lines = [(font, big_metrics, *first, Qt.TextElideMode.ElideMiddle)]
    if second[0]:
        lines.append((small, small_metrics, *second, Qt.TextElideMode.ElideRight))
    for face, metrics, text, colour, elide in lines:
        painter.setFont(face)
        painter.setPen(QColor(colour))
        painter.drawText(QPointF(rect.left(), top + metrics.ascent()), metrics.elidedText(text, elide, rect.width()))
        top += metrics.height() + 1


def _paint_paragraph(painter: QPainter, rect: QRect, font: QFont, text: str, colour: str) -> None:
    """Two lines of small text, broken between words."""
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * _SMALL)
    metrics = QFontMetrics(small)
    layout = QTextLayout(text, small)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(rect.width())
    layout.endLayout()
    end = line.textStart() + line.textLength()
    lines = [text[:end].rstrip(), text[end:]]
    height = metrics.lineSpacing() * len(list(filter(None, lines)))
    top = rect.top() + (rect.height() - height) / 2
    painter.setFont(small)
    painter.setPen(QColor(colour))
    for words in lines:
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(QPointF(rect.left(), top + metrics.ascent()), shown)
        top += metrics.lineSpacing()


def _paint_thumbnail(painter: QPainter, box: QRectF, image: QImage) -> None:
    """Fill the box with the middle of the picture."""
    side = min(image.width(), image.height())
    source = QRectF((image.width() - side) / 2, (image.height() - side) / 2, side, side)
    path = QPainterPath()
    path.addRoundedRect(box, 5, 5)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipPath(path)
    painter.drawImage(box, image, source)
    painter.restore()


def _paint_blank(painter: QPainter, box: QRectF, shades: Colours) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QApplication.palette().color(QPalette.ColorRole.AlternateBase))
    painter.drawRoundedRect(box, 5, 5)
    draw_icon(painter, box.adjusted(8, 8, -8, -8), "view", QColor(shades.faint))
