"""Where the window's icons are: in the tree while developing, inside the engine's package once installed."""

from __future__ import annotations

from pathlib import Path

__all__ = ["resource_path"]


def resource_path(*parts: str) -> Path:
    """Path of a shipped file below the resources folder, for example `"icons", "open.svg"`. Not checked to exist."""
    packages = Path(__file__).resolve().parent.parent
    installed = packages / "srec_engine" / "_resources"
    root = installed if installed.is_dir() else packages / "resources"
    return root.joinpath(*parts)
