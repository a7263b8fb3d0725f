"""The line under the queue: how far everything is, how long it takes, what was saved."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from srec_gui.compress.estimate import Totals
from srec_gui.compress.sentences import totals_text

__all__ = ["Footer"]

_STEPS = 1000


class ElidedLabel(QLabel):
    """A line of text that ends in "…" where there is no room for all of it; the tool tip has the whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty line that takes the room it gets."""
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:  # noqa: N802
        """Show `text`."""
        super().setText(text)
        self.setToolTip(text)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint what fits."""
        with QPainter(self) as painter:
            elided = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), elided)


class Footer(QFrame):
    """Totals, with the actions that concern the whole queue."""

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        """Show buttons for `actions`: each is only there while its action can be used."""
        super().__init__(parent)
        self.setObjectName("footer")
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(3)
        self.bar.setAccessibleName(self.tr("Progress of everything"))
        keep = self.bar.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(keep)
        self.label = ElidedLabel(self)
        self.label.setAccessibleName(self.tr("Totals"))
        row = QHBoxLayout()
        row.setContentsMargins(10, 7, 10, 9)
        row.setSpacing(8)
        row.addWidget(self.label, 1)
        for text, action in actions.items():
            row.addWidget(self._button(text, action))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(row)

    def show_totals(self, totals: Totals, seconds_left: float | None, *, busy: bool) -> None:
        """Show the numbers."""
        self.label.setText(totals_text(totals, seconds_left, busy=busy))
        self.bar.setVisible(busy)
        self.bar.setValue(round(_STEPS * totals.fraction))

    def show_text(self, text: str) -> None:
        """Say something else than totals."""
        self.label.setText(text)

    def _button(self, text: str, action: QAction) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)

        def follow() -> None:
            button.setVisible(action.isEnabled())

        action.enabledChanged.connect(follow)
        follow()
        return button
