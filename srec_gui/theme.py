"""Light, dark, or as the system: one style, two palettes, a few rules for the parts that Fusion draws heavily."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from srec_gui.settings import ColourScheme, Settings

__all__ = ["DARK", "LIGHT", "Colours", "Theme", "colours"]


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one scheme, as "#rrggbb".

    Attributes:
        window, base, raised: Grounds: the window, lists and fields, buttons and bars.
        text, faint: Texts: normal, and what may be overlooked (4.5 : 1 on `window` and `base`).
        line: Hairlines between areas.
        accent, on_accent: Selection and progress, and text on it.
        good, warning, bad: States of rows.
    """

    window: str
    base: str
    raised: str
    text: str
    faint: str
    line: str
    accent: str
    on_accent: str
    good: str
    warning: str
    bad: str


LIGHT = Colours(
    window="#f5f5f7",
    base="#ffffff",
    raised="#ffffff",
    text="#1d1f24",
    faint="#64686f",
    line="#d9dbe0",
    accent="#2a66d8",
    on_accent="#ffffff",
    good="#1e7b45",
    warning="#8f5a00",
    bad="#c02b2b",
)

DARK = Colours(
    window="#212226",
    base="#191a1d",
    raised="#2d2f34",
    text="#e8e9ec",
    faint="#9a9ea7",
    line="#393b41",
    accent="#4a83ee",
    on_accent="#ffffff",
    good="#62c48b",
    warning="#e0ab55",
    bad="#f0807c",
)


def colours() -> Colours:
    """The colours in use, told by the application's palette."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


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
        self._application.setStyleSheet(_rules(scheme))
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
        role.Link: scheme.accent,
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


def _rules(scheme: Colours) -> str:
    """Rules for the parts that are named or classed; everything else is Fusion's with our palette."""
    return f"""
    QToolBar {{ border: none; border-bottom: 1px solid {scheme.line}; spacing: 4px; padding: 6px 8px; }}
    QToolBar QToolButton {{ border: none; border-radius: 6px; padding: 5px 10px; }}
    QToolBar QToolButton:hover {{ background: {_tint(scheme.text, 0.07)}; }}
    QToolBar QToolButton:pressed, QToolBar QToolButton:checked {{ background: {_tint(scheme.accent, 0.16)}; }}
    QToolBar QToolButton:focus {{ border: 1px solid {scheme.accent}; padding: 4px 9px; }}
    QMenuBar {{ background: {scheme.window}; padding: 2px 4px; }}
    QTableView {{ border: none; background: {scheme.base}; selection-background-color: {_tint(scheme.accent, 0.16)};
        selection-color: {scheme.text}; outline: none; }}
    QHeaderView::section {{ background: {scheme.base}; color: {scheme.faint}; border: none;
        border-bottom: 1px solid {scheme.line}; padding: 6px 8px; }}
    QHeaderView {{ background: {scheme.base}; border: none; }}
    #panel {{ background: {scheme.window}; border: none; border-left: 1px solid {scheme.line}; }}
    #footer {{ background: {scheme.window}; border: none; border-top: 1px solid {scheme.line}; }}
    #notice {{ background: {_tint(scheme.accent, 0.10)}; border: none; border-bottom: 1px solid {scheme.line}; }}
    #empty {{ background: {scheme.base}; }}
    #heading {{ font-weight: 600; }}
    #faint {{ color: {scheme.faint}; }}
    #warning {{ color: {scheme.warning}; }}
    """


def _tint(colour: str, strength: float) -> str:
    made = QColor(colour)
    return f"rgba({made.red()}, {made.green()}, {made.blue()}, {round(255 * strength)})"
