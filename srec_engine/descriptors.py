"""The three descriptors of a process that stand for its input, its output and its complaints."""

from __future__ import annotations

import contextlib
import os

__all__ = ["occupy_standard_descriptors"]


def occupy_standard_descriptors() -> None:
    """Let what was closed before the program began lead nowhere, instead of to the next file that is opened.

    A picture that got descriptor 2 would take in whatever any library writes to standard error.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest that is free is taken, which is this one.
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
