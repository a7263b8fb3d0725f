"""What stands in the middle of the room when there is no picture: an icon, a few words, buttons."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from srec_gui.colours import colours
from srec_gui.icons import draw_icon

__all__ = ["Placard"]

_ICON = 64
_TEXT_WIDTH = 480
_HEADING = 1.5
_FINE = 1000


class _Picture(QWidget):
    """One large, faint icon."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = ""
        self._color = ""
        self.setFixedHeight(_ICON)

    def show_icon(self, name: str, color: str) -> None:
        self._name, self._color = name, color
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(_ICON, _ICON)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        with QPainter(self) as painter:
            color = QColor(colours().bad if self._color == "bad" else colours().faint)
            draw_icon(painter, QRectF((self.width() - _ICON) / 2, 0, _ICON, _ICON), self._name, color)


class Placard(QWidget):
    """An icon, a heading, a sentence, buttons, and a short list under them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty placard."""
        super().__init__(parent)
        self.setObjectName("empty")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._icon = _Picture(self)
        self._heading = self._label("")
        font = self._heading.font()
        font.setPointSizeF(font.pointSizeF() * _HEADING)
        self._heading.setFont(font)
        self._text = self._label("faint")
        self._progress = QProgressBar(self)
        self._progress.setRange(0, _FINE)
        self._progress.setTextVisible(False)
        self._progress.setFixedSize(_TEXT_WIDTH // 2, 4)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._links = QVBoxLayout()
        self._links.setSpacing(0)
        middle = QWidget(self)
        middle.setMaximumWidth(_TEXT_WIDTH)
        outer = QHBoxLayout(self)
        outer.addWidget(middle)
        column = QVBoxLayout(middle)
        column.setSpacing(8)
        column.addStretch(3)
        column.addWidget(self._icon)
        column.addSpacing(8)
        column.addWidget(self._heading)
        column.addWidget(self._text)
        column.addWidget(self._progress, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addLayout(self._buttons)
        column.addSpacing(16)
        column.addLayout(self._links)
        column.addStretch(4)
        self.show_progress(None)

    @property
    def text(self) -> str:
        """All that is said."""
        return f"{self._heading.text()}\n{self._text.text()}"

    def show_words(self, icon: str, heading: str, text: str, *, bad: bool = False) -> None:
        """Show other words; `bad` colours the icon as an error."""
        self._icon.show_icon(icon, "bad" if bad else "faint")
        self._heading.setText(heading)
        self._text.setText(text)
        self.setAccessibleName(heading)
        self.setAccessibleDescription(text)

    def show_progress(self, fraction: float | None) -> None:
        """Show how far something is, 0 to 1; None for nothing that could be measured."""
        self._progress.setVisible(fraction is not None)
        self._progress.setValue(round(_FINE * (fraction or 0.0)))

    def set_buttons(self, actions: list[QAction]) -> None:
        """Offer `actions` as buttons."""
        _clear(self._buttons)
        self._buttons.addStretch()
        for action in actions:
            button = QPushButton(action.text(), self)
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            self._buttons.addWidget(button)
        self._buttons.addStretch()

    def set_links(self, heading: str, actions: list[QAction]) -> None:
        """Offer `actions` as a list under `heading`."""
        _clear(self._links)
        if not actions:
            return
        title = self._label("faint")
        title.setText(heading)
        self._links.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        for action in actions:
            link = QPushButton(action.text(), self)
            link.setFlat(True)
            link.setCursor(Qt.CursorShape.PointingHandCursor)
            link.setToolTip(action.toolTip())
            link.clicked.connect(action.trigger)
            self._links.addWidget(link, 0, Qt.AlignmentFlag.AlignHCenter)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        return label


def _clear(layout: QHBoxLayout | QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
