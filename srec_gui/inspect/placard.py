"""What the room shows when there is nothing to inspect: why, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

__all__ = ["Placard"]

_TEXT_WIDTH = 520


class Placard(QWidget):
    """A title, a text, buttons.

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
        self.setObjectName("empty")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = QLabel(self)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        self._title.setFont(font)
        self._text = QLabel(self)
        self._text.setObjectName("faint")
        self._network = QPushButton(self.tr("Analyse With the Network"), self)
        self._network.clicked.connect(self.network_wanted)
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._cancel.clicked.connect(self.cancel_wanted)
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        self._progress.setFixedSize(_TEXT_WIDTH // 2, 4)
        self._open = QPushButton(self.tr("Open a .srec File…"), self)
        self._open.clicked.connect(self.open_wanted)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._network)
        buttons.addWidget(self._open)
        buttons.addWidget(self._cancel)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 24)
        column.addStretch(2)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFixedWidth(_TEXT_WIDTH)
            column.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
            column.addSpacing(10)
        column.addWidget(self._progress, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(buttons)
        column.addStretch(3)
        self.invite()

    @property
    def offers_network(self) -> bool:
        """Whether the picture can be analysed with the network."""
        return not self._network.isHidden()

    @property
    def text(self) -> str:
        """All that is said."""
        return f"{self._title.text()}\n{self._text.text()}"

    def invite(self) -> None:
        """Nothing is open."""
        self._say(
            self.tr("See where the bits went"),
            self.tr("Open a .srec file to see what the network predicted, what was there, and what each pixel cost."),
        )

    def wait(self, text: str, progress: float | None) -> None:
        """Something is being done; where it is known how far it is, it takes long and can be cancelled."""
        self._say(text, "", can_open=False)
        self._progress.setVisible(progress is not None)
        self._cancel.setVisible(progress is not None)
        self._progress.setValue(round(1000 * (progress or 0.0)))

    def explain_method(self, method: str, name: str) -> None:
        """The file holds its picture without the network."""
        how = {
            "webp": self.tr("as lossless WebP, which is smaller for this picture"),
            "verbatim": self.tr("as the bytes of its source file, which are fewer"),
        }.get(method, method)
        self._say(
            self.tr("No network was used here"),
            self.tr("%1 holds its picture %2, so there are no predictions to look at. The network can code the same "
                    "picture in memory: the file stays as it is.").replace("%1", name).replace("%2", how),
            network=True,
        )  # fmt: skip

    def complain(self, text: str) -> None:
        """The file cannot be inspected."""
        self._say(self.tr("This cannot be inspected"), text)

    def _say(self, title: str, text: str, *, network: bool = False, can_open: bool = True) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._network.setVisible(network)
        self._open.setVisible(can_open)
        self._cancel.hide()
        self._progress.hide()
        self.setAccessibleName(f"{title}. {text}")
