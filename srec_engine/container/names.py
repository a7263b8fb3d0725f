"""The name of a source file, made harmless before it is used or shown."""

from __future__ import annotations

import unicodedata

__all__ = ["FALLBACK_NAME", "MAX_NAME_BYTES", "safe_file_name"]

FALLBACK_NAME = "picture"
MAX_NAME_BYTES = 255

_FORBIDDEN = frozenset('<>:"|?*')
_PORTS = (f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³")
_DEVICES = frozenset(["con", "prn", "aux", "nul", "conin$", "conout$", *_PORTS])


def safe_file_name(name: str) -> str:
    """Reduce a name that may be hostile to a base name that is safe on every system.

    Folders, control and formatting characters (which can disguise a name's ending), characters that Windows forbids,
    leading and trailing dots and spaces and the names of devices go; at most 255 bytes of UTF-8 stay.
    """
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in base if c not in _FORBIDDEN and unicodedata.category(c)[0] != "C")
    kept = kept.strip(". ")
    if kept.split(".", 1)[0].strip().lower() in _DEVICES:
        kept = "_" + kept
    return _shorten(kept) or FALLBACK_NAME


def _shorten(name: str) -> str:
    """Cut the middle so that the extension survives."""
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    ending = (dot + extension).encode()
    if not dot or len(ending) > 32:
        stem, ending = name, b""
    return stem.encode()[: MAX_NAME_BYTES - len(ending)].decode(errors="ignore").rstrip(". ") + ending.decode()
