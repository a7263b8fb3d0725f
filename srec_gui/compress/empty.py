"""What the room shows while there is nothing in the queue: what to do, in three lines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from srec_gui.colours import colours
from srec_gui.icons import icon

__all__ = ["EmptyState"]

_ICON = 72


class EmptyState(QWidget):
    """The invitation."""

    def __init__(self, actions: list[QAction], parent: QWidget | None = None) -> None:
        """Offer `actions` as buttons."""
        super().__init__(parent)
        self.setObjectName("empty")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("The queue is empty. Drop pictures or folders here, or open them."))
        self._picture = QLabel(self)
        self._title = QLabel(self.tr("Drop pictures or folders here"), self)
        title_font = self._title.font()
        title_font.setPointSizeF(title_font.pointSizeF() * 1.6)
        self._title.setFont(title_font)
        self._text = QLabel(
            self.tr("They become smaller and lose nothing: every pixel comes back. Originals stay where they are."),
            self,
        )
        self._text.setObjectName("faint")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for action in actions:
            button = QPushButton(action.text(), self)
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.addStretch(4)
        for widget, gap in ((self._picture, 18), (self._title, 6), (self._text, 20)):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(widget)
            column.addSpacing(gap)
        self._text.setWordWrap(True)
        column.addLayout(buttons)
        column.addStretch(5)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Draw the picture again in the new palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()
        super().changeEvent(event)

    def _draw(self) -> None:
        size = QSize(_ICON, _ICON)
        self._picture.setPixmap(icon("drop", QColor(colours().faint)).pixmap(size, self.devicePixelRatioF()))
