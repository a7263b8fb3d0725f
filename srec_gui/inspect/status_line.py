"""The line at the bottom: the sums of the file, what is damaged, what failed, what is being computed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from srec_gui.wording import counted

__all__ = ["StatusLine"]


class StatusLine(QFrame):
    """Four texts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Say nothing."""
        super().__init__(parent)
        self.setObjectName("footer")
        self._sums = QLabel(self)
        self._sums.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._damage = QLabel(self)
        self._damage.setObjectName("warning")
        self._fallback = QLabel(self)
        self._state = QLabel(self)
        for label in (self._sums, self._fallback, self._state):
            label.setObjectName("faint")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 12, 6)
        row.setSpacing(16)
        row.addWidget(self._sums, 1)
        row.addWidget(self._damage)
        row.addWidget(self._fallback)
        row.addWidget(self._state)
        self.show_damage(())
        self.show_fallback("")

    @property
    def sums(self) -> str:
        """What is said about the file's sums."""
        return self._sums.text()

    @property
    def damage(self) -> str:
        """What is said about damage."""
        return self._damage.toolTip()

    @property
    def fallback(self) -> str:
        """What is said about a device that failed."""
        return self._fallback.toolTip()

    @property
    def state(self) -> str:
        """What is said to be going on."""
        return self._state.text()

    def show_sums(self, text: str) -> None:
        """Say where the bytes are, in a sentence."""
        self._sums.setText(text)
        self._sums.setToolTip(text)

    def show_state(self, text: str) -> None:
        """Say what is being computed, or was done."""
        self._state.setText(text)

    def show_damage(self, sentences: Sequence[str]) -> None:
        """Say that tiles of the shown scale are damaged: how many, and on request which."""
        text = counted(len(sentences), self.tr("1 damaged tile"), self.tr("%1 damaged tiles"))
        self._damage.setVisible(bool(sentences))
        self._damage.setText(text)
        self._damage.setToolTip("\n".join(sentences))
        self._damage.setAccessibleDescription(" ".join(sentences))

    def show_fallback(self, clause: str) -> None:
        """Say that the CPU computes in place of a device that failed: "" says nothing, else why on request."""
        text = self.tr("Computed by the CPU, since %1.").replace("%1", clause) if clause else ""
        self._fallback.setVisible(bool(text))
        self._fallback.setText(self.tr("by the CPU"))
        self._fallback.setToolTip(text)
        self._fallback.setAccessibleDescription(text)
