"""The few options beside the queue, bound to the settings; each change counts for everything that still waits."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from srec_gui.compress.asking_box import AskingBox
from srec_gui.compress.device_box import DeviceBox
from srec_gui.engine import WithoutGain
from srec_gui.icons import icon
from srec_gui.settings import Existing, OutputPlace, Settings
from srec_gui.wording import short_path, shortened

__all__ = ["OptionsPanel"]

_WIDTH = 264
_FOLDER_WIDTH = 160
_OTHER_MODEL = "…"


class OptionsPanel(QScrollArea):
    """Output folder, existing files, files that gain nothing, safety, model and device.

    Signals:
        folder_wanted(): The person wants to choose the output folder.
        model_wanted(): The person wants to choose a model file.
    """

    folder_wanted = Signal()
    model_wanted = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        """Show `settings` and follow them."""
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName(self.tr("Options"))
        self.setFixedWidth(_WIDTH)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self._settings = settings
        self._models: list[str] = []
        content = QWidget(self)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(18, 16, 18, 16)
        self._column.setSpacing(6)
        self._add_places()
        self._add_existing()
        self._add_without_gain()
        self._add_safety()
        self._add_engine()
        self._column.addStretch(1)
        self.setWidget(content)
        settings.changed.connect(self._refresh)
        self._refresh()

    def show_example(self, source: Path, destination: Path) -> None:
        """Show where `source` goes."""
        shown = short_path(destination.with_name(shortened(destination.name)))
        self.example.setText(_breakable(f"{shortened(source.name)} → {shown}"))
        self.example.setToolTip(str(destination))

    def set_models(self, names: Sequence[str]) -> None:
        """Offer these models."""
        self._models = list(names)
        self._refresh()

    def _add_places(self) -> None:
        self._add_heading(self.tr("Save results"))
        self._places = QButtonGroup(self)
        self.place_buttons: dict[OutputPlace, QRadioButton] = {}
        for place, text in (
            (OutputPlace.SAME, self.tr("&Beside the original")),
            (OutputPlace.CHOSEN, self.tr("In &one folder")),
            (OutputPlace.MIRROR, self.tr("In one folder, with sub&folders")),
        ):
            button = QRadioButton(text)
            button.clicked.connect(lambda _checked=False, place=place: self._choose_place(place))
            self._places.addButton(button)
            self._column.addWidget(button)
            self.place_buttons[place] = button
        self.folder_button = QPushButton(self.tr("&Choose Folder…"))
        self.folder_button.setIcon(icon("folder"))
        self.folder_button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.folder_button.clicked.connect(self.folder_wanted)
        self._column.addWidget(self.folder_button)
        self.example = _faint_label()
        self.example.setAccessibleDescription(self.tr("Example of where a result goes"))
        self._column.addWidget(self.example)

    def _add_existing(self) -> None:
        self._add_heading(self.tr("If a file exists"))
        self.existing = _combo(self.tr("If a file exists"))
        for value, text in (
            (Existing.ASK, self.tr("Ask once")),
            (Existing.SKIP, self.tr("Skip it")),
            (Existing.RENAME, self.tr("Keep both")),
            (Existing.REPLACE, self.tr("Replace it")),
        ):
            self.existing.addItem(text, value)
        self.existing.activated.connect(self._choose_existing)
        self._column.addWidget(self.existing)

    def _add_without_gain(self) -> None:
        self._add_heading(self.tr("Where nothing is gained"))
        self.without_gain = _combo(self.tr("Where nothing is gained"))
        for value, text, tip in (
            (
                WithoutGain.LEAVE,
                self.tr("Leave the original alone"),
                self.tr("No .srec is written of a picture that would not become smaller."),
            ),
            (
                WithoutGain.STORE,
                self.tr("Store it all the same"),
                self.tr("Every picture gets its .srec, for a complete mirror, even where that is a little larger."),
            ),
        ):
            self.without_gain.addItem(text, value)
            self.without_gain.setItemData(self.without_gain.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.without_gain.activated.connect(self._choose_without_gain)
        self._column.addWidget(self.without_gain)

    def _add_safety(self) -> None:
        self._add_heading(self.tr("Safety"))
        self.verify = self._add_switch("verify", self.tr("&Verify every result"))
        self.verify.setToolTip(self.tr("Decode each result again and compare every pixel before it is written"))
        self.keep_timestamps = self._add_switch("keep_timestamps", self.tr("Keep the &dates of files"))
        self.trash = self._add_switch("trash_originals", self.tr("Move originals to the &trash"))
        self.trash_hint = _faint_label(self.tr("Only after a smaller result was verified. Undo brings them back."))
        self._column.addWidget(self.trash_hint)

    def _add_engine(self) -> None:
        self._add_heading(self.tr("Engine"))
        self._column.addWidget(_small_label(self.tr("Model")))
        self.model = AskingBox(self.tr("Model"))
        self.model.activated.connect(self._choose_model)
        self._column.addWidget(self.model)
        self._column.addSpacing(4)
        self._column.addWidget(_small_label(self.tr("Device")))
        self.device = DeviceBox()
        self.device.activated.connect(self._choose_device)
        self._column.addWidget(self.device)

    def _add_heading(self, text: str) -> None:
        if self._column.count():
            self._column.addSpacing(14)
        label = QLabel(text)
        label.setObjectName("heading")
        self._column.addWidget(label)

    def _add_switch(self, name: str, text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.clicked.connect(lambda checked: setattr(self._settings, name, checked))
        self._column.addWidget(box)
        return box

    def _choose_place(self, place: OutputPlace) -> None:
        self._settings.output_place = place
        if place is not OutputPlace.SAME and self._settings.output_folder == Path():
            self.folder_wanted.emit()

    def _choose_existing(self) -> None:
        self._settings.existing = Existing(self.existing.currentData())

    def _choose_without_gain(self) -> None:
        self._settings.without_gain = WithoutGain(self.without_gain.currentData())

    def _choose_model(self) -> None:
        chosen = self.model.currentData()
        if chosen == _OTHER_MODEL:
            self._refresh()
            self.model_wanted.emit()
        else:
            self._settings.model = chosen

    def _choose_device(self) -> None:
        self._settings.device = self.device.currentData()

    def _refresh(self, _name: str = "") -> None:
        settings = self._settings
        self.place_buttons[settings.output_place].setChecked(True)
        chosen = settings.output_place is not OutputPlace.SAME
        self.folder_button.setVisible(chosen)
        self._show_folder(settings.output_folder)
        _select(self.existing, settings.existing)
        _select(self.without_gain, settings.without_gain)
        chosen_tip = self.without_gain.currentData(Qt.ItemDataRole.ToolTipRole)
        self.without_gain.setToolTip(chosen_tip)
        self.without_gain.setAccessibleDescription(chosen_tip)
        self.verify.setChecked(settings.verify)
        self.keep_timestamps.setChecked(settings.keep_timestamps)
        self.trash.setChecked(settings.trash_originals and settings.verify)
        self.trash.setEnabled(settings.verify)
        self.trash_hint.setEnabled(settings.verify)
        self._refresh_models()
        self.device.choose(settings.device)

    def _show_folder(self, folder: Path) -> None:
        button = self.folder_button
        if folder == Path():
            button.setText(self.tr("&Choose Folder…"))
            button.setToolTip("")
            button.setAccessibleName("")
            return
        name = button.fontMetrics().elidedText(folder.name or str(folder), Qt.TextElideMode.ElideMiddle, _FOLDER_WIDTH)
        button.setText(name.replace("&", "&&"))
        button.setToolTip(str(folder))
        button.setAccessibleName(self.tr("Folder for results: %1").replace("%1", str(folder)))

    def _refresh_models(self) -> None:
        current = self._settings.model
        with self.model.refilling():
            for name in dict.fromkeys([*self._models, current]):
                self.model.addItem(Path(name).name, name)
            self.model.insertSeparator(self.model.count())
            self.model.addItem(self.tr("Other model file…"), _OTHER_MODEL)
        _select(self.model, current)


def _combo(name: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return combo


def _select(combo: QComboBox, value: str | StrEnum) -> None:
    combo.setCurrentIndex(combo.findData(value))


def _faint_label(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName("faint")
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _small_label(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("faint")
    return label


def _breakable(text: str) -> str:
    """Let a label break paths after their slashes."""
    return text.replace("/", "/\u200b")
