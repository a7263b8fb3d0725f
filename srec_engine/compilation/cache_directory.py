"""Where compiled code is kept between runs."""

from __future__ import annotations

import functools
import logging
import os
import stat
import tempfile
from pathlib import Path

from srec_engine.places import cache_place

__all__ = ["cache_directory"]

_log = logging.getLogger(__name__)


def cache_directory(environment: dict[str, str] | None = None) -> Path | None:
    """Folder of this user for things that can be made again; it is there and can be written.

    `SREC_CACHE_DIR` names another one. Otherwise it is where the platform keeps such things, and where that cannot be
    written (a home that is closed, or none at all), a folder beside other temporary files that is this user's alone.

    Args:
        environment: Environment variables; None takes those of the process.

    Returns:
        The folder, or None where there is none: then nothing is kept.
    """
    variables = dict(os.environ) if environment is None else environment
    chosen = variables.get("SREC_CACHE_DIR", "")
    place = cache_place(variables)
    usual = place / "srec-desktop" if place is not None else None
    return _usable(Path(chosen) if chosen else usual)


@functools.cache
def _usable(wanted: Path | None) -> Path | None:
    if wanted is not None and _can_write(wanted):
        return wanted
    private = _private_folder()
    _log.info("Compiled code cannot be kept in %s, so it goes to %s", wanted, private)
    return private


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _private_folder() -> Path | None:
    """A folder of this user among the temporary files. Code is run that is found there: nobody else may write to it."""
    try:
        folder = Path(tempfile.gettempdir()) / f"srec-desktop-{_user()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    ours = os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)
    return folder if stat.S_ISDIR(status.st_mode) and ours and _can_write(folder) else None


def _user() -> str:
    return str(os.geteuid()) if os.name == "posix" else "cache"
