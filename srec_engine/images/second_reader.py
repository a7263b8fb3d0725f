"""A second reader of image files, independent of Pillow: imagecodecs, whose names are looked up when first wanted."""

from __future__ import annotations

import importlib
from typing import Any

from srec_engine.errors import MissingDependencyError

__all__ = ["codecs"]


def codecs() -> Any:
    """The module imagecodecs.

    Raises:
        MissingDependencyError: When it is not installed.
    """
    try:
        return importlib.import_module("imagecodecs")
    except ImportError as error:
        raise MissingDependencyError(
            "imagecodecs is missing, which reads pictures a second time. Install it (pip install imagecodecs)."
        ) from error
