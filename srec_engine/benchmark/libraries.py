"""Other people's libraries that only the comparison needs: how they are reached, and which version does the work."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
from typing import Any

from srec_engine.errors import MissingDependencyError
from srec_engine.options import CodecOptions

__all__ = ["library", "named", "threads_of"]


def library(module: str, package: str) -> Any:
    """A module that only this comparison needs.

    Raises:
        MissingDependencyError: When it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"{package} is not installed, one of the programs that are compared. Install the extra “dev” "
            f"(pip install {package}), or choose other codecs with --codecs."
        ) from error


def named(package: str) -> str:
    """A package with its version, as far as that is known: a tree that is not installed has none."""
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return package


def threads_of(options: CodecOptions) -> int:
    """Threads that every program gets: `srec bench` has settled it for all, else they are as many as cores."""
    return options.threads or os.cpu_count() or 1
