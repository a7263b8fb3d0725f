"""A registry in memory, with as much of the module `winreg` as the registration uses, and its rules."""

from __future__ import annotations

from types import TracebackType
from typing import Self

HKEY_CURRENT_USER = "HKEY_CURRENT_USER"
KEY_SET_VALUE = 2
REG_SZ = 1

KEYS: dict[str, dict[str, str]] = {}
"""Values by name, by path of their key."""


class _Key:
    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def _existing(path: str) -> str:
    if path not in KEYS:
        raise FileNotFoundError(path)
    return path


def CreateKey(_root: str, path: str) -> _Key:  # noqa: N802 - winreg's names
    parts = path.split("\\")
    for length in range(1, len(parts) + 1):
        KEYS.setdefault("\\".join(parts[:length]), {})
    return _Key(path)


def OpenKey(_root: str, path: str, _reserved: int, _access: int) -> _Key:  # noqa: N802
    return _Key(_existing(path))


def QueryValue(_root: str, path: str) -> str:  # noqa: N802
    return KEYS[_existing(path)].get("", "")


def SetValueEx(key: _Key, name: str, _reserved: int, _kind: int, data: str) -> None:  # noqa: N802
    KEYS[key.path][name] = data


def DeleteValue(key: _Key, name: str) -> None:  # noqa: N802
    if KEYS[key.path].pop(name, None) is None:
        raise FileNotFoundError(name)


def DeleteKey(_root: str, path: str) -> None:  # noqa: N802
    if any(other.startswith(path + "\\") for other in KEYS):
        raise PermissionError(f"{path} has keys below it")
    del KEYS[_existing(path)]
