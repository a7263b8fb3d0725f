"""Which commands the desktop is told to start."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Programs", "installed_programs"]


@dataclass(frozen=True, slots=True)
class Programs:
    """Command lines, as lists of words, without the files they work on.

    Attributes:
        window: Starts the window.
        thumbnailer: Makes a thumbnail.
    """

    window: tuple[str, ...]
    thumbnailer: tuple[str, ...]


def installed_programs() -> Programs:
    """The commands of this very installation, by absolute path.

    A virtual environment is on nobody's PATH, so a bare name would start nothing or another version.
    """
    return Programs(
        window=_command("srec-gui", "srec_gui"),
        thumbnailer=_command("srec-thumbnailer", "srec_engine.cli.thumbnailer"),
    )


def _command(name: str, module: str) -> tuple[str, ...]:
    """The script beside the running Python, or Python with the module where there is no script."""
    python = Path(sys.executable)
    for script in (python.with_name(name), python.with_name(f"{name}.exe")):
        if script.is_file():
            return (str(script),)
    return (str(python), "-m", module)
