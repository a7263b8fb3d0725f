"""The QActions of the table: one registry for menus, tool bars, shortcuts and the `?` sheet."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence

from srec_gui.action_table import ACTIONS, ActionSpec, Context
from srec_gui.icons import icon

__all__ = ["Actions", "plain_text"]


def plain_text(spec: ActionSpec) -> str:
    """The translated text of an action without the mnemonic and the dots, for sheets and tool tips."""
    return QCoreApplication.translate("actions", spec.text).replace("&", "").rstrip("…")


class Actions(QObject):
    """All actions by id: `actions["view.next"].triggered.connect(…)`."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Make every action of the table; those of rooms start disabled until `enter_context`."""
        super().__init__(parent)
        self._specs = {spec.id: spec for spec in ACTIONS}
        self._actions = {spec.id: self._make(spec) for spec in ACTIONS}

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def of(self, context: Context) -> list[QAction]:
        """The actions of a context, in the table's order."""
        return [self._actions[spec.id] for spec in ACTIONS if spec.context is context]

    def specs(self, context: Context) -> list[ActionSpec]:
        """The descriptions of a context's actions, in the table's order."""
        return [spec for spec in ACTIONS if spec.context is context]

    def refresh_icons(self) -> None:
        """Draw the icons again, after the palette changed."""
        for action_id, action in self._actions.items():
            name = self._specs[action_id].icon
            if name:
                action.setIcon(icon(name))

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(QCoreApplication.translate("actions", spec.text), self)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        action.setShortcuts([QKeySequence(name) for name in spec.shortcuts])
        tip = plain_text(spec)
        if spec.shortcuts:
            keys = QKeySequence(spec.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)
            tip = f"{tip} ({keys})"
        action.setToolTip(tip)
        if spec.icon:
            action.setIcon(icon(spec.icon))
        return action
