"""`srec-gui --register` and `--unregister`, and the button in the settings: the right thing for this system."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from srec_gui.registration import freedesktop, windows
from srec_gui.registration.programs import installed_programs

__all__ = ["Registration", "is_registered", "register", "unregister"]


@dataclass(frozen=True, slots=True)
class Registration:
    """What was done.

    Attributes:
        message: A sentence for the person.
        files: Files written or deleted; empty where a system does not use files for it.
    """

    message: str
    files: tuple[Path, ...] = ()


def register() -> Registration:
    """Make `.srec` a file type of this user's desktop, opened by this installation.

    May be run again, for example after the program has moved.

    Raises:
        OutputError: The user's own data folder cannot be written.
        OSError: The registry (of Windows) cannot be written.
    """
    if sys.platform == "win32":
        windows.apply(installed_programs())
        return Registration("Registered .srec files for this user. Thumbnails in Explorer are not supported.")
    if sys.platform == "darwin":
        return Registration("macOS learns file types from application bundles; there is nothing to register here.")
    files = freedesktop.install(freedesktop.data_home(), installed_programs())
    message = (
        "Registered .srec files for this user. File managers show their pictures after they have been started anew; "
        "one that runs thumbnailers in a sandbox shows them only when the program is installed system-wide."
    )
    return Registration(message, tuple(files))


def unregister() -> Registration:
    """Undo `register`; nothing that other programs own is touched.

    Raises:
        OSError: A file cannot be deleted.
    """
    if sys.platform == "win32":
        windows.remove()
        return Registration("The file type is no longer registered for this user.")
    if sys.platform == "darwin":
        return Registration("macOS learns file types from application bundles; there is nothing to unregister here.")
    files = freedesktop.remove(freedesktop.data_home())
    if not files:
        return Registration("The file type was not registered for this user.")
    return Registration("The file type is no longer registered for this user.", tuple(files))


def is_registered() -> bool:
    """Whether the file type is registered for this user (always False on macOS, where nothing can be)."""
    if sys.platform == "win32":
        return windows.is_applied()
    if sys.platform == "darwin":
        return False
    return all(path.is_file() for path in freedesktop.installed_files(freedesktop.data_home()))
