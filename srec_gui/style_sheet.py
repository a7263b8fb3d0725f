"""How the controls look: flat, quiet, and visible in the dark, where Fusion draws dark outlines on dark grounds."""

from __future__ import annotations

from PySide6.QtGui import QColor

from srec_gui.colours import Colours
from srec_gui.resources import resource_path

__all__ = ["style_sheet"]


def style_sheet(scheme: Colours) -> str:
    """The application's style sheet in the colours of `scheme`."""
    parts = (_bars(scheme), _buttons(scheme), _indicators(scheme), _fields(scheme), _lists(scheme), _named(scheme))
    return "\n".join(parts)


def _bars(scheme: Colours) -> str:
    return f"""
    QMenuBar {{ background: {scheme.window}; padding: 2px 6px; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {_tint(scheme.text, 0.08)}; }}
    QToolBar {{ border: none; border-bottom: 1px solid {scheme.line}; spacing: 2px; padding: 5px 8px; }}
    QToolBar QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 5px 8px; }}
    QToolBar #room {{ padding: 5px 3px 5px 9px; }}
    QToolBar QToolButton:hover {{ background: {_tint(scheme.text, 0.07)}; }}
    QToolBar QToolButton:pressed {{ background: {_tint(scheme.text, 0.12)}; }}
    QToolBar QToolButton:checked {{ background: {_tint(scheme.accent, 0.16)}; }}
    QToolBar QToolButton:focus {{ border-color: {scheme.accent}; }}
    QAbstractScrollArea::corner {{ background: transparent; }}
    QScrollBar {{ background: transparent; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 12px; }}
    QScrollBar:horizontal {{ height: 12px; }}
    QScrollBar::handle {{ background: {_tint(scheme.text, 0.22)}; border-radius: 4px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 32px; }}
    QScrollBar::handle:horizontal {{ min-width: 32px; }}
    QScrollBar::handle:hover {{ background: {_tint(scheme.text, 0.36)}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """


def _buttons(scheme: Colours) -> str:
    return f"""
    QPushButton {{ background: {scheme.raised}; border: 1px solid {scheme.edge}; border-radius: 6px;
        padding: 5px 14px; min-height: 16px; }}
    QPushButton:hover {{ background: {_mix(scheme.raised, scheme.text, 0.05)}; }}
    QPushButton:pressed {{ background: {_mix(scheme.raised, scheme.text, 0.12)}; }}
    QPushButton:focus {{ border-color: {scheme.accent}; }}
    QPushButton:default {{ background: {scheme.accent}; border-color: {scheme.accent}; color: {scheme.on_accent}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QPushButton:disabled {{ color: {_tint(scheme.faint, 0.6)}; border-color: {scheme.line}; }}
    """


def _indicators(scheme: Colours) -> str:
    check = resource_path("icons", "check-on-accent.svg").as_posix()
    return f"""
    QCheckBox, QRadioButton {{ spacing: 8px; padding: 2px 0; }}
    QCheckBox::indicator, QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {scheme.edge};
        background: {scheme.raised}; }}
    QCheckBox::indicator {{ border-radius: 4px; }}
    QRadioButton::indicator {{ border-radius: 8px; }}
    QCheckBox::indicator:hover, QRadioButton::indicator:hover,
    QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border-color: {scheme.accent}; }}
    QCheckBox:focus, QRadioButton:focus {{ color: {scheme.link}; }}
    QCheckBox::indicator:checked {{ background: {scheme.accent}; border-color: {scheme.accent};
        image: url("{check}"); }}
    QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {scheme.accent}; border-radius: 8px;
        background: {scheme.on_accent}; }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {scheme.line};
        background: {scheme.window}; image: none; }}
    """


def _fields(scheme: Colours) -> str:
    chevron = resource_path("icons", "chevron-down.svg").as_posix()
    upwards = resource_path("icons", "chevron-up.svg").as_posix()
    return f"""
    QComboBox {{ background: {scheme.raised}; border: 1px solid {scheme.edge}; border-radius: 6px; padding: 4px 10px;
        min-height: 18px; }}
    QComboBox:hover {{ background: {_mix(scheme.raised, scheme.text, 0.04)}; }}
    QComboBox:focus {{ border-color: {scheme.accent}; }}
    QComboBox::drop-down {{ border: none; width: 26px; }}
    QComboBox::down-arrow {{ image: url("{chevron}"); width: 14px; height: 14px; }}
    QSpinBox {{ background: {scheme.raised}; border: 1px solid {scheme.edge}; border-radius: 6px; padding: 4px 10px;
        min-height: 18px; }}
    QSpinBox:focus {{ border-color: {scheme.accent}; }}
    QSpinBox::up-button, QSpinBox::down-button {{ subcontrol-origin: border; width: 24px; border: none;
        border-radius: 5px; margin: 1px; }}
    QSpinBox::up-button {{ subcontrol-position: top right; }}
    QSpinBox::down-button {{ subcontrol-position: bottom right; }}
    QSpinBox::up-button:hover, QSpinBox::down-button:hover {{ background: {_mix(scheme.raised, scheme.text, 0.08)}; }}
    QSpinBox::up-arrow {{ image: url("{upwards}"); width: 12px; height: 12px; }}
    QSpinBox::down-arrow {{ image: url("{chevron}"); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ background: {scheme.raised}; border: 1px solid {scheme.edge}; padding: 4px;
        selection-background-color: {scheme.accent}; selection-color: {scheme.on_accent}; outline: none; }}
    QProgressBar {{ background: {scheme.line}; border: none; border-radius: 1px; }}
    QProgressBar::chunk {{ background: {scheme.accent}; border-radius: 1px; }}
    QToolTip {{ background: {scheme.raised}; color: {scheme.text}; border: 1px solid {scheme.edge}; padding: 4px 6px; }}
    QMenu {{ background: {scheme.raised}; border: 1px solid {scheme.edge}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 10px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {scheme.accent}; color: {scheme.on_accent}; }}
    QMenu::item:disabled {{ color: {_tint(scheme.faint, 0.6)}; background: transparent; }}
    QMenu::icon {{ padding-left: 8px; }}
    QMenu::separator {{ height: 1px; background: {scheme.line}; margin: 4px 8px; }}
    """


def _lists(scheme: Colours) -> str:
    return f"""
    QTableView {{ border: none; background: {scheme.base}; outline: none;
        selection-background-color: {_mix(scheme.base, scheme.accent, 0.16)}; selection-color: {scheme.text}; }}
    QHeaderView {{ background: {scheme.base}; border: none; }}
    QHeaderView::section {{ background: {scheme.base}; color: {scheme.faint}; border: none;
        border-bottom: 1px solid {scheme.line}; padding: 7px 10px; }}
    QHeaderView::section:hover {{ color: {scheme.text}; }}
    """


def _named(scheme: Colours) -> str:
    return f"""
    #panel, #panel > QWidget > QWidget {{ background: {scheme.window}; }}
    #panel {{ border: none; border-left: 1px solid {scheme.line}; }}
    #footer {{ background: {scheme.window}; border: none; border-top: 1px solid {scheme.line}; }}
    #notice {{ background: {_mix(scheme.window, scheme.accent, 0.10)}; border: none;
        border-bottom: 1px solid {scheme.line}; }}
    #empty {{ background: {scheme.base}; }}
    #heading {{ font-weight: 600; }}
    #faint {{ color: {scheme.faint}; }}
    #faint:disabled {{ color: {_tint(scheme.faint, 0.6)}; }}
    #warning {{ color: {scheme.warning}; }}
    """


def _tint(colour: str, strength: float) -> str:
    made = QColor(colour)
    return f"rgba({made.red()}, {made.green()}, {made.blue()}, {round(255 * strength)})"


def _mix(ground: str, colour: str, strength: float) -> str:
    """`colour` laid over `ground`, opaque: where Qt paints a background twice, a tint would show twice."""
    under, over = QColor(ground), QColor(colour)
    pairs = ((under.red(), over.red()), (under.green(), over.green()), (under.blue(), over.blue()))
    return QColor(*(round(low + (high - low) * strength) for low, high in pairs)).name()
