"""Linux and other freedesktop.org systems: the files that make the file type, below the user's data folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from srec_gui import APP_ID
from srec_gui.engine import OutputError, write_atomically
from srec_gui.registration.desktop_entry import with_command
from srec_gui.registration.programs import Programs
from srec_gui.resources import resource_path

__all__ = ["data_home", "install", "installed_files", "remove"]

# The window names itself APP_ID, and desktops look for its entry and icon under that name.
_APPLICATION_ICON = f"icons/hicolor/scalable/apps/{APP_ID}.svg"
_FILE_ICON = "icons/hicolor/scalable/mimetypes/image-x-srec.svg"
_DESKTOP_ENTRY = f"applications/{APP_ID}.desktop"
_THUMBNAILER = "thumbnailers/srec.thumbnailer"
_FILE_TYPE = "mime/packages/srec-mime.xml"
_METAINFO = f"metainfo/{APP_ID}.metainfo.xml"
_NAMES = (_FILE_TYPE, _DESKTOP_ENTRY, _THUMBNAILER, _METAINFO, _APPLICATION_ICON, _FILE_ICON)

# Indexes that desktops read; a system without one of the programs does not use its index either.
_UPDATES = (("update-mime-database", "mime"), ("update-desktop-database", "applications"))


def data_home(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's data folder: `XDG_DATA_HOME` (which counts only when it is absolute), else `~/.local/share`."""
    configured = environment.get("XDG_DATA_HOME", "")
    return Path(configured) if Path(configured).is_absolute() else Path.home() / ".local" / "share"


def installed_files(home: Path) -> list[Path]:
    """Every file that `install` writes below a data folder."""
    return [home / name for name in _NAMES]


def install(home: Path, programs: Programs) -> list[Path]:
    """Write the files of the file type and refresh the desktop's indexes.

    Args:
        home: The user's data folder.
        programs: The commands to start.

    Returns:
        The files written.

    Raises:
        OutputError: A file cannot be written; those that were written are taken away again.
    """
    try:
        for name, text in _contents(programs).items():
            write_atomically(home / name, text.encode())  # a desktop may read it at any moment
    except OutputError:
        _delete(home)
        raise
    _refresh(home)
    return installed_files(home)


def remove(home: Path) -> list[Path]:
    """Delete what `install` wrote and refresh the indexes; returns the files that were there."""
    present = _delete(home)
    if present:
        _refresh(home)
    return present


def _contents(programs: Programs) -> dict[str, str]:
    """The files' texts by their names below the data folder."""
    return {
        _FILE_TYPE: _read("desktop", "srec-mime.xml"),
        _DESKTOP_ENTRY: with_command(_read("desktop", f"{APP_ID}.desktop"), programs.window, "%F"),
        _THUMBNAILER: with_command(_read("desktop", "srec.thumbnailer"), programs.thumbnailer, "-s %s %i %o"),
        _METAINFO: _read("desktop", f"{APP_ID}.metainfo.xml"),
        _APPLICATION_ICON: _read("icons", "app.svg"),
        _FILE_ICON: _read("desktop", "image-x-srec.svg"),
    }


def _read(*parts: str) -> str:
    return resource_path(*parts).read_text(encoding="utf-8")


def _delete(home: Path) -> list[Path]:
    present = [path for path in installed_files(home) if path.is_file()]
    for path in present:
        path.unlink()
    return present


def _refresh(home: Path) -> None:
    """Bring the desktop's indexes up to date. They are conveniences: a failure changes nothing that matters."""
    for program, folder in _UPDATES:
        found = shutil.which(program)
        if found is not None and (home / folder).is_dir():
            subprocess.run([found, str(home / folder)], capture_output=True, timeout=60, check=False)  # noqa: S603
