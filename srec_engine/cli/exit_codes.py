"""The exit codes of the command line. Scripts depend on them: they are part of the interface."""

from __future__ import annotations

__all__ = ["FAILED", "INTERRUPTED", "OK", "USAGE"]

OK = 0
"""Everything that was asked for was done (files that were skipped as asked included)."""

FAILED = 1
"""At least one file failed; the others were finished. Also when standard output could not take what was said."""

USAGE = 2
"""The command line itself was wrong; nothing was done."""

INTERRUPTED = 130
"""Stopped by Ctrl+C; what was finished is complete, the file being worked on left nothing behind."""
