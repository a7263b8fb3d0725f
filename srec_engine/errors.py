"""The errors the engine raises for its callers.

Every message says what happened, to which file, and what the person can do.
"""

from __future__ import annotations

__all__ = [
    "Cancelled",
    "DamagedFileError",
    "FileExistsPolicyError",
    "MissingDependencyError",
    "ModelError",
    "NotSrecError",
    "OutputError",
    "SourceError",
    "SrecError",
    "UnsupportedImageError",
]


class SrecError(Exception):
    """Base of everything the engine raises on purpose."""


class NotSrecError(SrecError):
    """The bytes are not a `.srec` file of this program (or of a version it can read)."""


class DamagedFileError(SrecError):
    """A `.srec` file is truncated or was changed; what could be read is named in the message."""


class UnsupportedImageError(SrecError):
    """The picture cannot be stored without silently losing something."""


class SourceError(SrecError):
    """There is no plain file to read: it is missing, may not be read, or is a folder, a pipe or a device."""


class ModelError(SrecError):
    """A model is unknown, damaged, or does not fit the request."""


class MissingDependencyError(SrecError):
    """Something that must be installed is not there; the message says what to install."""


class OutputError(SrecError):
    """The result could not be written; nothing was left behind and the source is untouched."""


class FileExistsPolicyError(OutputError):
    """The destination exists and the policy is to skip it."""


class Cancelled(SrecError):
    """The caller's cancel token was set; nothing was left behind."""
