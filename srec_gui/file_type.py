"""The part of the settings that makes `.srec` a file type of the person's desktop."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from srec_gui.engine import CancelToken
from srec_gui.worker import Worker

__all__ = ["FileTypeRow"]


class FileTypeRow(QWidget):
    """Says whether the desktop knows `.srec` files, and changes it in the disk lane. Hidden on macOS."""

    def __init__(self, worker: Worker, parent: QWidget | None = None) -> None:
        """Look whether the type is there."""
        super().__init__(parent)
        self._worker = worker
        self.text = QLabel()
        self.text.setObjectName("faint")
        self.text.setWordWrap(True)
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._toggle)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)
        column.addLayout(row)
        self.setVisible(sys.platform != "darwin")
        self._refresh()

    def _toggle(self) -> None:
        self.button.setEnabled(False)
        task = self._worker.submit(_toggle_registration, lane="disk")
        task.finished.connect(self._toggled)
        task.failed.connect(self._toggled)
        task.cancelled.connect(self._refresh)

    def _toggled(self, message: object) -> None:
        self._refresh()
        self.text.setText(str(message))

    def _refresh(self) -> None:
        from srec_gui.registration import is_registered

        self.button.setEnabled(True)
        if is_registered():
            self.text.setText(self.tr("Your desktop opens .srec files with this program."))
            self.button.setText(self.tr("&Forget the File Type"))
        else:
            self.text.setText(
                self.tr("Your desktop can show .srec files as pictures, with thumbnails, and open them here.")
            )
            self.button.setText(self.tr("&Add the File Type"))


def _toggle_registration(_cancel: CancelToken, _report: Callable[[object], None]) -> str:
    from srec_gui.registration import is_registered, register, unregister

    return (unregister() if is_registered() else register()).message
