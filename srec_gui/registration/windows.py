"""Windows: the registry values that make the file type, for the current user.

Prepared and tested as far as another system can: the plan is plain data, only `apply` needs Windows.
Explorer's thumbnails need a COM library and are not provided.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass

from srec_gui.registration.programs import Programs

__all__ = ["PROGRAM_ID", "RegistryValue", "apply", "is_applied", "plan", "remove"]

PROGRAM_ID = "SReC.Image.1"
_CLASSES = r"Software\Classes"
_PROGRAM = rf"{_CLASSES}\{PROGRAM_ID}"
_EXTENSION = rf"{_CLASSES}\.srec"
# What makes the extension ours; with another owner (Motorola S-records) it would call that one's files pictures.
_CLAIM = {"": PROGRAM_ID, "Content Type": "image/x-srec", "PerceivedType": "image"}


@dataclass(frozen=True, slots=True)
class RegistryValue:
    r"""One value below HKEY_CURRENT_USER.

    Attributes:
        key: Path of the key, such as `Software\Classes\.srec\OpenWithProgids`.
        name: Name of the value; "" is the key's default value.
        data: Text.
    """

    key: str
    name: str
    data: str


def plan(programs: Programs, extension_owner: str | None) -> list[RegistryValue]:
    """What to write.

    Args:
        programs: The commands to start.
        extension_owner: Who owns `.srec` now; another program's claim is left alone, ours is offered beside it.
    """
    # "%1" is quoted always: the path of a picture may hold spaces that are not known here.
    command = subprocess.list2cmdline(programs.window) + ' "%1"'
    values = [
        RegistryValue(_PROGRAM, "", "SReC image"),
        RegistryValue(rf"{_PROGRAM}\shell\open\command", "", command),
        RegistryValue(rf"{_EXTENSION}\OpenWithProgids", PROGRAM_ID, ""),
    ]
    if extension_owner in (None, "", PROGRAM_ID):
        values += [RegistryValue(_EXTENSION, name, data) for name, data in _CLAIM.items()]
    return values


def apply(programs: Programs) -> None:
    """Write the plan to the current user's registry.

    Raises:
        OSError: This is not Windows, or the registry refuses.
    """
    if sys.platform != "win32":
        raise OSError("The registry can only be written on Windows.")
    import winreg

    try:
        owner: str | None = winreg.QueryValue(winreg.HKEY_CURRENT_USER, _EXTENSION)
    except FileNotFoundError:
        owner = None
    for value in plan(programs, owner):
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, value.key) as key:
            winreg.SetValueEx(key, value.name, 0, winreg.REG_SZ, value.data)


def remove() -> None:
    """Take our values out of the current user's registry; those of other programs stay.

    Raises:
        OSError: This is not Windows, or the registry refuses.
    """
    if sys.platform != "win32":
        raise OSError("The registry can only be written on Windows.")
    import winreg

    root = winreg.HKEY_CURRENT_USER
    for path in (rf"{_PROGRAM}\shell\open\command", rf"{_PROGRAM}\shell\open", rf"{_PROGRAM}\shell", _PROGRAM):
        with suppress(FileNotFoundError):
            winreg.DeleteKey(root, path)
    with (
        suppress(FileNotFoundError),
        winreg.OpenKey(root, rf"{_EXTENSION}\OpenWithProgids", 0, winreg.KEY_SET_VALUE) as key,
    ):
        winreg.DeleteValue(key, PROGRAM_ID)
    with suppress(FileNotFoundError):
        if winreg.QueryValue(root, _EXTENSION) == PROGRAM_ID:
            with winreg.OpenKey(root, _EXTENSION, 0, winreg.KEY_SET_VALUE) as key:
                for name in _CLAIM:
                    with suppress(FileNotFoundError):
                        winreg.DeleteValue(key, name)


def is_applied() -> bool:
    """Whether this user's registry names our program (False where there is no registry)."""
    if sys.platform != "win32":
        return False
    import winreg

    try:
        return bool(winreg.QueryValue(winreg.HKEY_CURRENT_USER, rf"{_PROGRAM}\shell\open\command"))
    except FileNotFoundError:
        return False
