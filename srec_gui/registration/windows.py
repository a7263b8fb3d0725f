"""Windows: the registry values that make the file type, for the current user.

Prepared and tested as far as another system can: the plan is plain data, only `apply` needs Windows.
Explorer's thumbnails need a COM library and are not provided.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from srec_gui.registration.programs import Programs

__all__ = ["PROGRAM_ID", "RegistryValue", "apply", "plan", "remove"]

PROGRAM_ID = "SReC.Image.1"
_CLASSES = r"Software\Classes"


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
    program = rf"{_CLASSES}\{PROGRAM_ID}"
    values = [
        RegistryValue(program, "", "SReC image"),
        RegistryValue(rf"{program}\shell\open\command", "", command),
        RegistryValue(rf"{_CLASSES}\.srec", "Content Type", "image/x-srec"),
        RegistryValue(rf"{_CLASSES}\.srec", "PerceivedType", "image"),
        RegistryValue(rf"{_CLASSES}\.srec\OpenWithProgids", PROGRAM_ID, ""),
    ]
    if extension_owner in (None, "", PROGRAM_ID):
        values.append(RegistryValue(rf"{_CLASSES}\.srec", "", PROGRAM_ID))
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
        owner: str | None = winreg.QueryValue(winreg.HKEY_CURRENT_USER, rf"{_CLASSES}\.srec")
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
    program = rf"{_CLASSES}\{PROGRAM_ID}"
    for path in (rf"{program}\shell\open\command", rf"{program}\shell\open", rf"{program}\shell", program):
        try:
            winreg.DeleteKey(root, path)
        except FileNotFoundError:
            continue
    try:
        with winreg.OpenKey(root, rf"{_CLASSES}\.srec\OpenWithProgids", 0, winreg.KEY_SET_VALUE) as key:
            winreg.DeleteValue(key, PROGRAM_ID)
        if winreg.QueryValue(root, rf"{_CLASSES}\.srec") == PROGRAM_ID:
            winreg.SetValue(root, rf"{_CLASSES}\.srec", winreg.REG_SZ, "")
    except FileNotFoundError:
        return
