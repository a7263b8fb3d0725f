"""The small dialogs: keyboard shortcuts, settings, about."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from srec_gui import APP_NAME, __version__
from srec_gui.action_table import Context
from srec_gui.actions import Actions, plain_text
from srec_gui.file_type import FileTypeRow
from srec_gui.icons import icon
from srec_gui.settings import ColourScheme, Settings
from srec_gui.worker import Worker

__all__ = ["AboutSheet", "SettingsSheet", "ShortcutSheet"]

_GROUP_GAP = 14
_FIELD_MARGIN = 8

_WIDE = ((Context.WINDOW, Context.COMPRESS), (Context.VIEW,), (Context.INSPECT,))
_NARROW = ((Context.WINDOW, Context.COMPRESS), (Context.VIEW, Context.INSPECT))
_SINGLE = ((Context.WINDOW, Context.COMPRESS, Context.VIEW, Context.INSPECT),)
_FRAME = QSize(70, 100)


class ShortcutSheet(QDialog):
    """All actions that have keys, by room."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        """Show the registry's keys."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard Shortcuts"))
        screen = QGuiApplication.primaryScreen().availableSize() * 0.9
        content = self._columns(actions, _WIDE)
        for narrower in (_NARROW, _SINGLE):
            if content.sizeHint().width() + _FRAME.width() > screen.width():
                content = self._columns(actions, narrower)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addWidget(area)
        column.addWidget(_close_box(self))
        self.resize((content.sizeHint() + _FRAME).boundedTo(screen))

    def _columns(self, actions: Actions, layout: tuple[tuple[Context, ...], ...]) -> QWidget:
        """The keys of every room: groups below each other in columns beside each other."""
        columns = QHBoxLayout()
        columns.setSpacing(40)
        for contexts in layout:
            column = QVBoxLayout()
            column.setSpacing(8)  # else it would be the space between the columns
            grid = QGridLayout()
            grid.setHorizontalSpacing(18)
            grid.setVerticalSpacing(3)
            grid.setColumnStretch(1, 1)
            for context in contexts:
                self._add_group(grid, actions, context)
            column.addLayout(grid)
            column.addStretch(1)
            columns.addLayout(column)
        content = QWidget()
        content.setLayout(columns)
        return content

    def _add_group(self, grid: QGridLayout, actions: Actions, context: Context) -> None:
        specs = [spec for spec in actions.specs(context) if spec.shortcuts]
        if not specs:
            return
        titles = {
            Context.WINDOW: self.tr("Everywhere"),
            Context.COMPRESS: self.tr("Compress"),
            Context.VIEW: self.tr("View"),
            Context.INSPECT: self.tr("Inspect"),
        }
        heading = QLabel(titles[context])
        heading.setObjectName("heading")
        heading.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        first = grid.rowCount()
        if first > 1:
            grid.setRowMinimumHeight(first, _GROUP_GAP)
        # Beside the keys, where the texts begin: one line leads the eye down the whole column.
        grid.addWidget(heading, first + 1, 1)
        for row, spec in enumerate(specs, first + 2):
            grid.addWidget(_key_label(spec.shortcuts), row, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(QLabel(plain_text(spec)), row, 1)


class SettingsSheet(QDialog):
    """The few settings that are not options of a room. Each takes effect at once."""

    def __init__(self, settings: Settings, worker: Worker, parent: QWidget | None = None) -> None:
        """Show and change `settings`."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self._settings = settings
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(10)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        self.scheme = QComboBox()
        for value, text in (
            (ColourScheme.SYSTEM, self.tr("As the system")),
            (ColourScheme.LIGHT, self.tr("Light")),
            (ColourScheme.DARK, self.tr("Dark")),
        ):
            self.scheme.addItem(text, value)
        label = QLabel(self.tr("&Colours"))
        label.setBuddy(self.scheme)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.scheme, 0, 1)
        self.slide = QSpinBox()
        self.slide.setRange(1, 60)
        self.slide.setSuffix(self.tr(" s"))
        for field in self.slide.findChildren(QLineEdit):
            field.setTextMargins(_FIELD_MARGIN, 0, 0, 0)  # the style sheet's padding does not reach it
        label = QLabel(self.tr("A slide &stays for"))
        label.setBuddy(self.slide)
        grid.addWidget(label, 1, 0)
        grid.addWidget(self.slide, 1, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        self.notify = QCheckBox(self.tr("&Notify me when a long batch ends in the background"))
        column.addWidget(self.notify)
        self.wrap_around = QCheckBox(self.tr("After the &last picture of a folder, begin with the first"))
        column.addWidget(self.wrap_around)
        column.addSpacing(6)
        column.addWidget(FileTypeRow(worker, self))
        column.addSpacing(8)
        buttons = _close_box(self)
        reset = buttons.addButton(self.tr("&Reset Everything"), QDialogButtonBox.ButtonRole.ResetRole)
        reset.setAutoDefault(False)
        reset.clicked.connect(settings.reset)
        column.addWidget(buttons)
        self.scheme.activated.connect(self._choose_scheme)
        self.slide.valueChanged.connect(lambda seconds: setattr(settings, "slideshow_seconds", float(seconds)))
        self.notify.clicked.connect(lambda checked: setattr(settings, "notify", checked))
        self.wrap_around.clicked.connect(lambda checked: setattr(settings, "wrap_around", checked))
        settings.changed.connect(self._refresh)
        self._refresh()

    def _choose_scheme(self) -> None:
        self._settings.colour_scheme = ColourScheme(self.scheme.currentData())

    def _refresh(self, _name: str = "") -> None:
        self.scheme.setCurrentIndex(self.scheme.findData(self._settings.colour_scheme))
        self.notify.setChecked(self._settings.notify)
        self.wrap_around.setChecked(self._settings.wrap_around)
        with QSignalBlocker(self.slide):
            self.slide.setValue(round(min(self.slide.maximum(), self._settings.slideshow_seconds)))


class AboutSheet(QDialog):
    """Name, version, licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Say who we are."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("About %1").replace("%1", APP_NAME))
        picture = QLabel()
        picture.setPixmap(icon("app").pixmap(QSize(72, 72), self.devicePixelRatioF()))
        text = QLabel(
            f"<p style='font-size: large'><b>{APP_NAME}</b> {__version__}</p><p>"
            + self.tr("Lossless image compression through super-resolution.")
            + "</p><p>"
            + self.tr("After the paper by Cao, Wu and Krähenbühl (2020), arXiv 2004.02872.")
            + "<br>"
            + self.tr("Free software under the GNU General Public License, version 3 or later.")
            + "</p>"
        )
        text.setForegroundRole(QPalette.ColorRole.WindowText)
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 16)
        column.addLayout(row)
        column.addWidget(_close_box(self))


def _close_box(dialog: QDialog) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    box.rejected.connect(dialog.reject)
    close = box.button(QDialogButtonBox.StandardButton.Close)
    close.setDefault(True)
    return box


def _key_label(shortcuts: tuple[str, ...]) -> QLabel:
    # The first two say enough: the others are for keyboards on which those are hard to reach.
    names = [QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) for keys in shortcuts[:2]]
    label = QLabel("  ".join(names))
    label.setObjectName("faint")
    return label
