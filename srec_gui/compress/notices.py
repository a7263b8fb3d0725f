"""A bar above the queue: what was left out, how a batch went, and the one question there is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from srec_gui.engine import ExistingPolicy
from srec_gui.icons import icon

__all__ = ["Notice", "Question"]


class Notice(QFrame):
    """A few lines that can be put away. A screen reader says them when they come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """A hidden bar."""
        super().__init__(parent)
        self.setObjectName("notice")
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon("cancel"))
        self.close_button.setAutoRaise(True)
        self.close_button.setAccessibleName(self.tr("Put this note away"))
        self.close_button.setToolTip(self.tr("Put this note away"))
        self.close_button.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.close_button)
        self.hide()

    def show_text(self, text: str) -> None:
        """Show `text`, or hide when it is empty."""
        self.label.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def announce(self, text: str, *, shown: bool = True) -> None:
        """Have `text` said, and unless it is seen elsewhere, shown."""
        self.show_text(text if shown else "")
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))


class Question(QFrame):
    """What to do with existing files: three answers, for the rest of the batch.

    Signals:
        answered(ExistingPolicy).
    """

    answered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """A hidden bar."""
        super().__init__(parent)
        self.setObjectName("notice")
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self.label, 1)
        self.buttons: dict[ExistingPolicy, QPushButton] = {}
        for policy, text, tip in (
            (ExistingPolicy.SKIP, self.tr("&Skip"), self.tr("Leave those files as they are")),
            (ExistingPolicy.RENAME, self.tr("&Keep Both"), self.tr("Give the new files other names")),
            (ExistingPolicy.REPLACE, self.tr("R&eplace"), self.tr("Put the new files in their place")),
        ):
            button = QPushButton(text, self)
            button.setToolTip(tip)
            button.clicked.connect(lambda _checked=False, policy=policy: self.answered.emit(policy))
            layout.addWidget(button)
            self.buttons[policy] = button
        self.hide()

    def ask(self, text: str) -> None:
        """Ask, or hide when `text` is empty."""
        self.label.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
