"""What Pillow raises for files and metadata that are not as they should be: far more than its documentation says."""

from __future__ import annotations

import struct

from PIL import Image

__all__ = ["READING_ERRORS", "WRITING_ERRORS"]

WRITING_ERRORS = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, RuntimeError),
    *(SyntaxError, TypeError, ValueError),
    struct.error,
)
"""From its writers, for metadata that does not fit; an error of the disk is none of them."""

READING_ERRORS = (OSError, Image.DecompressionBombError, *WRITING_ERRORS)
"""From its readers, whose plug-ins trust what they read (the cases of tests/fuzz show some)."""
