"""The bar above a damaged picture: what is missing, in one line, and all of it on request."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from srec_gui.colours import colours
from srec_gui.icons import draw_icon

__all__ = ["DamageBar"]

_ICON = 18
_MOST_DETAILS = 12


class _WarningIcon(QWidget):
    """The warning sign in the scheme's warning colour."""

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(_ICON, _ICON)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        with QPainter(self) as painter:
            top = (self.height() - _ICON) / 2
            draw_icon(painter, QRectF(0, top, _ICON, _ICON), "warning", QColor(colours().warning))


class DamageBar(QWidget):
    """Says what of a picture could not be decoded. Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """A hidden bar."""
        super().__init__(parent)
        self._damage: tuple[str, ...] = ()
        self._summary = QLabel(self)
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self._summary.setWordWrap(True)
        self._summary.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._summary.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._details = QLabel(self)
        self._details.setTextFormat(Qt.TextFormat.PlainText)
        self._details.setWordWrap(True)
        self._details.setTextInteractionFlags(self._summary.textInteractionFlags())
        self._details.hide()
        self._more = QPushButton(self.tr("Details"), self)
        self._more.setCheckable(True)
        self._more.toggled.connect(self._details.setVisible)
        icon = _WarningIcon(self)
        icon.setFixedSize(_ICON, _ICON)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(icon)
        line.addWidget(self._summary, 1)
        line.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(4)
        column.addLayout(line)
        details = QHBoxLayout()
        details.addSpacing(_ICON + 10)
        details.addWidget(self._details, 1)
        column.addLayout(details)
        self.setAccessibleName(self.tr("Damage"))
        self.hide()

    @property
    def text(self) -> str:
        """What the bar says, details included."""
        return "\n".join([self._summary.text(), *self._damage])

    def show_damage(self, damage: tuple[str, ...]) -> None:
        """Say that `damage` (one sentence for each missing part) could not be decoded; nothing hides the bar."""
        if damage == self._damage:
            self.setVisible(bool(damage))
            return
        self._damage = damage
        if damage:
            lead = self.tr("This picture is incomplete.")
            if len(damage) > 1:
                lead = self.tr("{count} parts of this picture are missing.").format(count=len(damage))
            self._summary.setText(f"{lead} {damage[0]}")
            self._details.setText(self._listed(damage))
            self._more.setChecked(False)
            self._more.setVisible(len(damage) > 1)
            self.setAccessibleDescription(self.text)
        self.setVisible(bool(damage))

    def _listed(self, damage: tuple[str, ...]) -> str:
        lines = [f"• {sentence}" for sentence in damage[:_MOST_DETAILS]]
        rest = len(damage) - _MOST_DETAILS
        if rest > 0:
            lines.append(self.tr("… and {count} more.").format(count=rest))
        return "\n".join(lines)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """A tinted ground with a hairline under it."""
        with QPainter(self) as painter:
            tint = QColor(colours().warning)
            tint.setAlphaF(0.14)
            painter.fillRect(self.rect(), tint)
            painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(colours().line))
