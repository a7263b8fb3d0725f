"""A list whose contents are looked for when somebody turns to it: at the start nobody waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

__all__ = ["AskingBox"]


class AskingBox(QComboBox):
    """A list that says once that it wants its contents.

    Signals:
        contents_wanted(): Somebody turns to the list for the first time.
    """

    contents_wanted = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """An empty list, called `name`."""
        super().__init__(parent)
        self._asked = False
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def showPopup(self) -> None:  # noqa: N802
        """Ask when the list is opened."""
        self._ask()
        super().showPopup()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Ask when keys lead here: they change the choice without opening the list."""
        self._ask()
        super().focusInEvent(event)

    @contextmanager
    def refilling(self) -> Iterator[None]:
        """Empty the list to be filled anew; an open list is opened again, at its new size."""
        was_open = self.view().isVisible()
        with QSignalBlocker(self):
            self.clear()
            yield
        if was_open:
            self.hidePopup()
            super().showPopup()

    def _ask(self) -> None:
        if not self._asked:
            self._asked = True
            self.contents_wanted.emit()
