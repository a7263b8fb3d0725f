"""Where the files that ship with the program are: in the tree while developing, inside the package once installed."""

from __future__ import annotations

from pathlib import Path

__all__ = ["resource_path"]


def resource_path(*parts: str) -> Path:
    """Path of a file or folder that ships with the program.

    Args:
        *parts: Components below the resources folder, for example `"models", "photo.safetensors"`.

    Returns:
        The path. It is not checked for existence: a caller knows better what a missing file means.
    """
    package = Path(__file__).resolve().parent
    installed = package / "_resources"
    root = installed if installed.is_dir() else package.parent / "resources"
    return root.joinpath(*parts)
