"""The menu bar and the tool bar, filled from the registry of actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.rooms import ROOMS
from srec_gui.settings import Settings

__all__ = ["RecentMenu", "RoomMenus", "ToolBar", "fill_menu_bar"]

translate = QCoreApplication.translate

_FILE = ("window.open", "window.open_folder", "window.paste", "", "window.settings", "", "window.quit")
_HELP = ("window.shortcuts", "", "window.about")
_ICON = 20
_RECENT_SHOWN = 12

RoomMenus = dict[Context, QMenu]


def fill_menu_bar(
    window: QMainWindow, actions: Actions, settings: Settings, view: Callable[[list[Path]], object]
) -> RoomMenus:
    """File, one menu for each room of which the window shows one at a time, Help. Returns the rooms' menus.

    Recent files of `settings` are opened with `view`.
    """
    bar = window.menuBar()
    file_menu = bar.addMenu(translate("menus", "&File"))
    _add(file_menu, actions, _FILE)
    recent = RecentMenu(settings, file_menu)
    recent.chosen.connect(lambda path: view([path]))
    file_menu.insertMenu(actions["window.paste"], recent)
    room_menu = bar.addMenu(translate("menus", "&Go"))
    _add(room_menu, actions, [f"window.{room.value}" for room in ROOMS])
    titles = {
        Context.COMPRESS: translate("menus", "&Queue"),
        Context.VIEW: translate("menus", "&Picture"),
        Context.INSPECT: translate("menus", "&Inspect"),
    }
    menus: RoomMenus = {}
    for room in ROOMS:
        menus[room] = bar.addMenu(titles[room])
        _add(menus[room], actions, [spec.id for spec in actions.specs(room)])
        # A hidden menu's shortcuts are silent: rooms may use the same keys.
        menus[room].menuAction().setVisible(False)
    _add(bar.addMenu(translate("menus", "&Help")), actions, _HELP)
    return menus


class RecentMenu(QMenu):
    """The pictures that were seen last.

    Signals:
        chosen(Path): The person wants to see this one again.
    """

    chosen = Signal(Path)

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        """List the recent files of `settings`, and follow them."""
        super().__init__(translate("menus", "Open &Recent"), parent)
        self._settings = settings
        self.setToolTipsVisible(True)
        settings.changed.connect(self._setting_changed)
        self._fill()

    def _setting_changed(self, name: str) -> None:
        if name == "recent_files":
            self._fill()

    def _fill(self) -> None:
        names = self._settings.recent_files[:_RECENT_SHOWN]
        self.clear()
        self.menuAction().setEnabled(bool(names))
        for name in names:
            action = self.addAction(Path(name).name.replace("&", "&&"))
            action.setToolTip(name)
            action.triggered.connect(lambda _checked=False, path=Path(name): self.chosen.emit(path))
        self.addSeparator()
        self.addAction(translate("menus", "&Clear List")).triggered.connect(self._forget)

    def _forget(self) -> None:
        self._settings.recent_files = ()


class ToolBar(QToolBar):
    """The rooms on the left, what the room in front offers on the right."""

    def __init__(self, actions: Actions, window: QMainWindow) -> None:
        """Make the bar; `show_tools` fills its right side."""
        super().__init__(translate("menus", "Tools"), window)
        self._actions = actions
        self.setObjectName("tools")
        self.setMovable(False)
        self.setFloatable(False)
        self.setIconSize(QSize(_ICON, _ICON))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        group = QActionGroup(self)
        for room in ROOMS:
            action = actions[f"window.{room.value}"]
            group.addAction(action)
            # The text of menus has a mnemonic, whose mark would count for the button's width.
            action.setIconText(action.text().replace("&", ""))
            self.addAction(action)
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setObjectName("room")
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self._fixed = len(self.actions())

    def show_tools(self, action_ids: Iterable[str]) -> None:
        """Show these actions on the right; "" is a gap."""
        for old in self.actions()[self._fixed :]:
            self.removeAction(old)
            if old.isSeparator():
                old.deleteLater()
        for action_id in action_ids:
            if not action_id:
                self.addSeparator()
                continue
            action = self._actions[action_id]
            self.addAction(action)
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.setAccessibleName(action.text().replace("&", "").rstrip("…"))


def _add(menu: QMenu, actions: Actions, action_ids: Iterable[str]) -> None:
    for action_id in action_ids:
        if action_id:
            menu.addAction(actions[action_id])
        else:
            menu.addSeparator()
