"""The folders that a system keeps for a person, also where it knows of no home: in containers, under sudo and cron."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["cache_place", "data_place", "home_folder", "state_place"]


def home_folder() -> Path | None:
    """The person's home, or None: a user of a container may have neither an entry in the list of users nor HOME."""
    try:
        return Path.home()
    except (RuntimeError, KeyError):
        return None


def cache_place(environment: Mapping[str, str] | None = None) -> Path | None:
    """Folder of this system for what can be made again, or None where there is no home.

    Args:
        environment: Environment variables; None takes those of the process.
    """
    return _place(environment, "XDG_CACHE_HOME", ".cache", "Caches")


def data_place(environment: Mapping[str, str] | None = None) -> Path | None:
    """Folder of this system for what a person has put together, or None. The argument is as for `cache_place`."""
    return _place(environment, "XDG_DATA_HOME", ".local/share", "Application Support")


def state_place(environment: Mapping[str, str] | None = None) -> Path | None:
    """Folder of this system for logs and reports, or None. The argument is as for `cache_place`."""
    return _place(environment, "XDG_STATE_HOME", ".local/state", "Logs")


def _place(environment: Mapping[str, str] | None, variable: str, below_home: str, in_library: str) -> Path | None:
    variables = os.environ if environment is None else environment
    home = home_folder()
    if sys.platform == "win32":
        named, usual = variables.get("LOCALAPPDATA"), "AppData/Local"
    elif sys.platform == "darwin":
        named, usual = None, f"Library/{in_library}"
    else:
        named, usual = variables.get(variable), below_home
    if named:
        return Path(named)
    return home / usual if home is not None else None
