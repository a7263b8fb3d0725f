"""Widgets beside and below each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

__all__ = ["column_of", "splitter_of"]


def splitter_of(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    """Widgets with dividers between them that can be moved."""
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter


def column_of(*widgets: QWidget, stretched: QWidget) -> QWidget:
    """Widgets one below the other without gaps."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        column.addWidget(widget, 1 if widget is stretched else 0)
    return whole
