"""Files that are either written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from srec_engine.errors import FileExistsPolicyError, OutputError

__all__ = ["TEMPORARY_SUFFIX", "atomic_write", "is_temporary", "write_atomically"]

TEMPORARY_SUFFIX = ".srec-part"
"""Ending of unfinished files. One that is left over after a crash can be deleted."""

_ADVICE = {
    errno.ENOSPC: "the disk is full. Free some space or choose another folder",
    errno.EDQUOT: "your share of the disk is used up. Free some space or choose another folder",
    errno.EFBIG: "the file would be larger than this system allows. Choose another folder",
    errno.EACCES: "the folder does not let you write. Choose another folder or change its permissions",
    errno.EPERM: "the folder does not let you write. Choose another folder or change its permissions",
    errno.EROFS: "the disk can only be read. Choose another folder",
    errno.ENAMETOOLONG: "the name is too long. Choose a shorter one",
    errno.ENOTDIR: "a part of its path is a file. Choose another folder",
    errno.EISDIR: "there is a folder of that name. Choose another name",
}

_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


def is_temporary(path: Path) -> bool:
    """Whether a file is one that `atomic_write` had not finished."""
    return path.name.startswith(".") and path.name.endswith(TEMPORARY_SUFFIX)


def write_atomically(
    destination: Path, data: bytes | bytearray, *, replace: bool = True, readable_like: Path | None = None
) -> None:
    """Write bytes to a file, wholly or not at all. Arguments and errors as for `atomic_write`."""
    with atomic_write(destination, replace=replace, readable_like=readable_like) as file:
        file.write(data)


@contextmanager
def atomic_write(destination: Path, *, replace: bool = True, readable_like: Path | None = None) -> Iterator[BinaryIO]:
    """A binary file that takes its name only when the block was left without an exception.

    Until then it is a hidden file in the same folder that only the user can read. It is removed when anything goes
    wrong, and its content is on the disk before it takes the place of an older file. Missing folders are made.

    Args:
        destination: Where the file shall be; a symbolic link is followed.
        replace: Whether a file that is already there may be replaced.
        readable_like: A file whose content this one shows: who may not read that may not read this either.

    Yields:
        The file to write to; it can seek.

    Raises:
        FileExistsPolicyError: When there is a file and `replace` is false.
        OutputError: When writing fails; neither a part of the file nor a new folder is left behind. Its cause is the
            system's error, for callers who know better what can be done about it.
    """
    if not replace and os.path.lexists(destination):
        raise _exists(destination)
    made: list[Path] = []
    try:
        target = destination.resolve() if destination.is_symlink() else destination
        made = _make_folders(target.parent)
        with _temporary(target.parent, _audience(readable_like)) as (file, temporary):
            yield file
            _finish(file)
            _place(temporary, target, replace=replace)
    except BaseException as error:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise _explain(destination, error) from error
        raise
    _sync_folder(target.parent)


def _exists(destination: Path) -> FileExistsPolicyError:
    return FileExistsPolicyError(f"{destination} was not written: there is a file of that name already.")


def _explain(destination: Path, error: OSError) -> OutputError:
    if isinstance(error, FileExistsError):
        return _exists(destination)
    reason = _ADVICE.get(error.errno or 0, error.strerror or str(error))
    return OutputError(f"{destination} could not be written: {reason}. Nothing was changed.")


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder and those above it; returns the new ones, the outermost first."""
    made: list[Path] = []
    missing = [folder, *folder.parents]
    missing = missing[: next((place for place, path in enumerate(missing) if path.is_dir()), len(missing))]
    try:
        for path in reversed(missing):
            with contextlib.suppress(FileExistsError):
                path.mkdir()
                made.append(path)
    except OSError:
        for path in reversed(made):
            path.rmdir()
        raise
    return made


@dataclass(frozen=True, slots=True)
class _Audience:
    """Who besides the user may read a file.

    Attributes:
        group: Number of the group that may, or None; -1 for whichever the file belongs to.
        others: Whether everybody may.
    """

    group: int | None
    others: bool

    @property
    def most(self) -> int:
        """The permissions that a file may have at most, before it is known which group it belongs to."""
        return self.allowed(_ANY_GROUP if self.group is None else self.group)

    def allowed(self, group: int) -> int:
        """The permissions that a file of this group may have at most."""
        if self.others:
            return 0o777
        return 0o770 if self.group is not None and self.group in (group, _ANY_GROUP) else 0o700


_ANY_GROUP = -1
_EVERYBODY = _Audience(_ANY_GROUP, others=True)


def _audience(source: Path | None) -> _Audience:
    """Who may read a file; only the user where that cannot be found out."""
    if source is None or os.name != "posix":
        return _EVERYBODY
    try:
        status = source.stat()
    except OSError:
        return _Audience(None, others=False)
    group_reads = bool(status.st_mode & stat.S_IRGRP)
    # Rights of 0604 keep a group out of what everybody else may read.
    return _Audience(status.st_gid if group_reads else None, others=group_reads and bool(status.st_mode & stat.S_IROTH))


@contextmanager
def _temporary(folder: Path, audience: _Audience) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file in `folder`, gone afterwards unless it was renamed."""
    path = folder / f".{secrets.token_hex(8)}{TEMPORARY_SUFFIX}"
    # O_BINARY exists on Windows only, where it is needed.
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # Private from the beginning where that is asked for: some disks refuse every later change.
    descriptor = os.open(path, flags, 0o666 & audience.most)
    try:
        with os.fdopen(descriptor, "w+b") as file, _private(descriptor, audience):
            yield file, path
    finally:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


@contextmanager
def _private(descriptor: int, audience: _Audience) -> Iterator[None]:
    """Only the user may read the unfinished file; a finished one has the permissions of any new file, or fewer.

    The system gave those (umask, access lists of the folder) when it made the file, so they are noted, not computed:
    the umask cannot be read without setting it, which other threads would notice. A disk that knows no permissions, or
    lets nobody change them (shares, sticks), refuses; then the file has those of every file there.
    """
    if not hasattr(os, "fchmod"):
        yield
        return
    status = os.fstat(descriptor)
    with contextlib.suppress(OSError):
        os.fchmod(descriptor, 0o600)
    yield
    with contextlib.suppress(OSError):
        os.fchmod(descriptor, status.st_mode & 0o777 & audience.allowed(status.st_gid))


def _finish(file: BinaryIO) -> None:
    file.flush()
    try:
        os.fsync(file.fileno())
    except OSError as error:
        # Some shares cannot say when their bytes are safe; that is no reason to write nothing.
        if error.errno not in _CANNOT_SYNC:
            raise


def _place(temporary: Path, target: Path, *, replace: bool) -> None:
    if replace:
        temporary.replace(target)
        return
    try:
        # A link, unlike a rename, never replaces a file that came in the meantime.
        target.hardlink_to(temporary)
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        temporary.rename(target)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can do that."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
