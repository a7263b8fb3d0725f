"""Where compiled code is kept between runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["cache_directory"]


def cache_directory(environment: dict[str, str] | None = None) -> Path:
    """Folder of this user for things that can be made again; it may not exist yet.

    `SREC_CACHE_DIR` names another one. Otherwise it is where the platform keeps such things.

    Args:
        environment: Environment variables; None takes those of the process.
    """
    variables = dict(os.environ) if environment is None else environment
    chosen = variables.get("SREC_CACHE_DIR", "")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(variables.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(variables.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "srec-desktop"
