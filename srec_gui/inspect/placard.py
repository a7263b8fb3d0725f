"""What the room shows when there is nothing to inspect: why, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from srec_gui import placard

__all__ = ["Placard"]


class Placard(placard.Placard):
    """The placard of the room.

    Signals:
        open_wanted(): The person wants to choose a file.
        network_wanted(): The person wants the picture to be analysed with the network.
        cancel_wanted(): The person does not want to wait.
    """

    open_wanted = Signal()
    network_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Invite to open a file."""
        super().__init__(parent)
        self._open = QAction(self.tr("Open a .srec File…"), self)
        self._open.triggered.connect(self.open_wanted)
        self._network = QAction(self.tr("Analyse With the Network"), self)
        self._network.triggered.connect(self.network_wanted)
        self._cancel = QAction(self.tr("Cancel"), self)
        self._cancel.triggered.connect(self.cancel_wanted)
        self._offered: list[QAction] = []
        self.invite()

    @property
    def offers_network(self) -> bool:
        """Whether the picture can be analysed with the network."""
        return self._network in self._offered

    def invite(self) -> None:
        """Nothing is open."""
        self.show_words(
            "inspect",
            self.tr("See where the bits went"),
            self.tr("Open a .srec file to see what the network predicted, what was there, and what each pixel cost."),
        )
        self._offer(self._open)

    def wait(self, text: str, progress: float | None) -> None:
        """Something is being done; where it is known how far it is, it takes long and can be cancelled."""
        self.show_words("inspect", text, "")
        self._offer(*[self._cancel] if progress is not None else [], progress=progress)

    def explain_method(self, how: str, name: str) -> None:
        """The file holds its picture without the network; `how` completes "it holds its picture …"."""
        self.show_words(
            "inspect",
            self.tr("No network was used here"),
            self.tr("%1 holds its picture %2, so there are no predictions to look at. The network can code the same "
                    "picture in memory: the file stays as it is.").replace("%1", name).replace("%2", how),
        )  # fmt: skip
        self._offer(self._network, self._open)

    def explain_kept(self, name: str, original: str) -> None:
        """The file holds another one, which may be no picture at all."""
        self.show_words(
            "file",
            self.tr("There is no picture to look into"),
            self.tr("%1 keeps the file %2, byte for byte. It cannot be read as a picture here.")
            .replace("%1", name).replace("%2", original),
        )  # fmt: skip
        self._offer(self._open)

    def complain(self, text: str) -> None:
        """The file cannot be inspected."""
        self.show_words("warning", self.tr("This cannot be inspected"), text, bad=True)
        self._offer(self._open)

    def _offer(self, *actions: QAction, progress: float | None = None) -> None:
        """Other buttons, unless they are these: a button that a person is about to press must stay."""
        self.show_progress(progress)
        if list(actions) == self._offered:
            return
        self._offered = list(actions)
        held = QApplication.focusWidget()
        if held is not None and self.isAncestorOf(held):
            self.setFocus()  # else the focus would leave the room with the button
        self.set_buttons(self._offered)
