"""Whether there is a file that can be read from its beginning to its end, and a sentence where there is none."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from srec_engine.errors import SourceError

__all__ = ["explain_reading", "is_folder", "require_no_pipe", "require_regular_file"]

_REASONS = {
    errno.ENOENT: "does not exist. Check its name",
    errno.ENOTDIR: "does not exist: a part of its path is a file. Check its name",
    errno.EACCES: "cannot be read: its rights, or those of a folder above it, do not let you. Change them first",
    errno.EPERM: "cannot be read: its rights, or those of a folder above it, do not let you. Change them first",
    errno.ELOOP: "cannot be read: it is a link that leads back to itself. Remove it or let it lead to a file",
    errno.ENAMETOOLONG: "cannot be read: its name is longer than this disk allows. Check the name",
    errno.EIO: "cannot be read: the disk reports an error. Copy what can be saved, and check the disk",
}
_KINDS = (
    (stat.S_ISDIR, "is a folder where a file is needed. Name the files in it"),
    (stat.S_ISFIFO, "is a pipe and no file. Write what comes through it to a file first"),
    (stat.S_ISSOCK, "is a socket and no file. Name a file"),
    (stat.S_ISCHR, "is a device and no file. Name a file"),
    (stat.S_ISBLK, "is a device and no file. Name a file"),
)


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; False also where that cannot be found out, which `Path.is_dir` raises for."""
    return os.path.isdir(path)  # noqa: PTH112


def explain_reading(path: Path, error: OSError | ValueError) -> SourceError:
    """An error that says in a sentence why a file cannot be read, for what the system said."""
    reason = _REASONS.get(error.errno or 0) if isinstance(error, OSError) else "has a name that no file can have"
    if reason is None:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    elif isinstance(error, FileNotFoundError) and path.is_symlink():
        reason = "is a link to a file that is not there. Remove it or let it lead to a file"
    return SourceError(f"{path} {reason}.")


def require_regular_file(path: Path) -> None:
    """Refuse, at once and without opening it, what is no plain file: reading a pipe may wait for ever.

    Raises:
        SourceError: There is no such file, it is a folder, a pipe, a socket or a device, or it may not be looked at.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise explain_reading(path, error) from error
    _refuse(path, mode, _KINDS)


def require_no_pipe(path: Path) -> None:
    """Refuse pipes, sockets and devices only: whoever opens the file will say himself what else is wrong with it.

    Raises:
        SourceError: It is one.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    _refuse(path, mode, _KINDS[1:])


def _refuse(path: Path, mode: int, kinds: Sequence[tuple[Callable[[int], bool], str]]) -> None:
    for test, reason in kinds:
        if test(mode):
            raise SourceError(f"{path} {reason}.")
