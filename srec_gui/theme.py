"""Light, dark, or as the system: one style, two palettes, a few rules for the parts that Fusion draws heavily."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from srec_gui.colours import DARK, LIGHT, Colours
from srec_gui.settings import ColourScheme, Settings
from srec_gui.style_sheet import style_sheet

__all__ = ["Theme"]


class Theme(QObject):
    """Applies the colour scheme of the settings, and follows the system's where that is asked for.

    Signals:
        changed(): The palette is another one; what was drawn from it should be drawn again.
    """

    changed = Signal()

    def __init__(self, application: QApplication, settings: Settings) -> None:
        """Apply the scheme now and from now on."""
        super().__init__(application)
        self._application = application
        self._settings = settings
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._apply)
        settings.changed.connect(self._setting_changed)
        self._choose()

    def stop(self) -> None:
        """Follow the settings and the system no longer."""
        self._settings.changed.disconnect(self._setting_changed)
        self._application.styleHints().colorSchemeChanged.disconnect(self._apply)

    def _setting_changed(self, name: str) -> None:
        if name == "colour_scheme":
            self._choose()

    def _choose(self) -> None:
        schemes = {
            ColourScheme.SYSTEM: Qt.ColorScheme.Unknown,
            ColourScheme.LIGHT: Qt.ColorScheme.Light,
            ColourScheme.DARK: Qt.ColorScheme.Dark,
        }
        self._application.styleHints().setColorScheme(schemes[self._settings.colour_scheme])
        self._apply()

    def _apply(self) -> None:
        chosen = self._settings.colour_scheme
        if chosen is ColourScheme.SYSTEM:
            dark = self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        else:
            dark = chosen is ColourScheme.DARK
        scheme = DARK if dark else LIGHT
        self._application.setPalette(_palette(scheme))
        self._application.setStyleSheet(style_sheet(scheme))
        self.changed.emit()


def _palette(scheme: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(QColor(scheme.raised), QColor(scheme.window))
    for target, name in {
        role.Window: scheme.window,
        role.WindowText: scheme.text,
        role.Base: scheme.base,
        role.AlternateBase: scheme.window,
        role.Text: scheme.text,
        role.Button: scheme.raised,
        role.ButtonText: scheme.text,
        role.BrightText: scheme.bad,
        role.Highlight: scheme.accent,
        role.HighlightedText: scheme.on_accent,
        role.Accent: scheme.accent,
        role.Link: scheme.link,
        role.PlaceholderText: scheme.faint,
        role.ToolTipBase: scheme.raised,
        role.ToolTipText: scheme.text,
        role.Mid: scheme.line,
    }.items():
        palette.setColor(target, QColor(name))
    for target in (role.WindowText, role.Text, role.ButtonText):
        colour = QColor(scheme.faint)
        colour.setAlphaF(0.6)
        palette.setColor(QPalette.ColorGroup.Disabled, target, colour)
    return palette
