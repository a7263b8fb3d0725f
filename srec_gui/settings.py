"""Every setting of the window, with its type and default, over QSettings.

A new setting is one line in `Settings`. What comes from the file is checked: a value that does not fit is the default.
"""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from srec_gui.action_table import Context
from srec_gui.engine import AUTOMATIC_DEVICE, DEFAULT_MODEL, ExistingPolicy, WithoutGain

__all__ = ["ColourScheme", "Existing", "OutputPlace", "Setting", "Settings"]

T = TypeVar("T")

_MAX_RECENT = 20


class OutputPlace(StrEnum):
    """Where results go."""

    SAME = "same"
    CHOSEN = "chosen"
    MIRROR = "mirror"


class Existing(StrEnum):
    """What to do when a result's file exists: the engine's policies, or asking once per batch."""

    ASK = "ask"
    SKIP = ExistingPolicy.SKIP.value
    RENAME = ExistingPolicy.RENAME.value
    REPLACE = ExistingPolicy.REPLACE.value


class ColourScheme(StrEnum):
    """Which palette the window uses."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Setting(Generic[T]):
    """One setting: a key and a default, whose type is the setting's type.

    Types: bool, int, float, str, a StrEnum, Path, QByteArray, tuple of str.
    """

    def __init__(self, key: str, default: T) -> None:
        self._key = key
        self._default = default
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Setting[T]: ...
    @overload
    def __get__(self, instance: Settings, owner: type) -> T: ...
    def __get__(self, instance: Settings | None, owner: type) -> Setting[T] | T:
        if instance is None:
            return self
        raw = instance.store.value(self._key)
        return self._default if raw is None else self._read(raw)

    def __set__(self, instance: Settings, value: T) -> None:
        if self.__get__(instance, type(instance)) == value:
            return
        instance.store.setValue(self._key, self._write(value))
        instance.changed.emit(self._name)

    def _read(self, raw: Any) -> T:
        kind: Any = type(self._default)
        try:
            if kind is bool:
                return raw if isinstance(raw, bool) else {"true": True, "false": False}[str(raw)]  # type: ignore[return-value]
            if kind is tuple:
                items = raw if isinstance(raw, list) else [raw]
                return tuple(str(item) for item in items if item)  # type: ignore[return-value]
            if isinstance(self._default, Path):
                return Path(str(raw))  # type: ignore[return-value]
            value: T = raw if isinstance(raw, kind) and not isinstance(self._default, StrEnum) else kind(raw)
        except (ValueError, TypeError, KeyError):
            return self._default
        if isinstance(value, float) and not math.isfinite(value):
            return self._default
        return value

    @staticmethod
    def _write(value: T) -> Any:
        if isinstance(value, StrEnum):
            return value.value
        if isinstance(value, Path):
            return str(value)
        if isinstance(value, tuple):
            return list(value)
        return value


class Settings(QObject):
    """The settings, read and written as attributes.

    Signals:
        changed(str): The attribute of this name has a new value.
    """

    changed = Signal(str)

    # window
    geometry = Setting("window/geometry", QByteArray())
    colour_scheme = Setting("window/colour_scheme", ColourScheme.SYSTEM)
    last_folder = Setting("window/last_folder", Path())
    last_room = Setting("window/last_room", Context.COMPRESS)
    notify = Setting("window/notify", True)

    # compress
    output_place = Setting("compress/output_place", OutputPlace.SAME)
    output_folder = Setting("compress/output_folder", Path())
    existing = Setting("compress/existing", Existing.ASK)
    verify = Setting("compress/verify", True)
    without_gain = Setting("compress/without_gain", WithoutGain.LEAVE)
    keep_timestamps = Setting("compress/keep_timestamps", True)
    trash_originals = Setting("compress/trash_originals", False)
    columns = Setting("compress/columns", QByteArray())
    show_options = Setting("compress/show_options", True)

    # codec
    model = Setting("codec/model", DEFAULT_MODEL)
    device = Setting("codec/device", AUTOMATIC_DEVICE)

    # view
    recent_files = Setting[tuple[str, ...]]("view/recent_files", ())
    lock_zoom = Setting("view/lock_zoom", False)
    show_strip = Setting("view/show_strip", False)
    show_info = Setting("view/show_info", False)
    wrap_around = Setting("view/wrap_around", True)
    save_folder = Setting("view/save_folder", Path())
    splitter = Setting("view/splitter", QByteArray())
    slideshow_seconds = Setting("view/slideshow_seconds", 4.0)

    # inspect; layers and range by their names: their types bring in numpy
    inspect_left = Setting("inspect/left", "")
    inspect_right = Setting("inspect/right", "")
    inspect_range = Setting("inspect/range", "")

    def __init__(self, store: QSettings | None = None, parent: QObject | None = None) -> None:
        """Use `store`, or the person's own settings file."""
        super().__init__(parent)
        self.store = store if store is not None else QSettings()

    def add_recent(self, path: Path) -> None:
        """Put `path` first in the list of recent files."""
        others = [name for name in self.recent_files if name != str(path)]
        self.recent_files = (str(path), *others)[:_MAX_RECENT]

    def reset(self) -> None:
        """Return everything but the window's geometry to the defaults."""
        geometry = self.geometry
        self.store.clear()
        self.geometry = geometry
        for name, value in vars(Settings).items():
            if isinstance(value, Setting):
                self.changed.emit(name)

    def save(self) -> None:
        """Write to the disk now."""
        self.store.sync()
