"""The pictures in folders, found while one waits for nothing."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from srec_engine.control import CancelToken
from srec_engine.files.formats import is_known_name
from srec_engine.files.regular import is_folder

__all__ = ["find_files", "natural_key"]

_log = logging.getLogger(__name__)
_NUMBER = re.compile(r"([0-9]+)")


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key under which "photo 2" comes before "Photo 10"."""
    parts = _NUMBER.split(name.casefold())
    # Numbers are only ever compared with numbers: `split` puts them at the odd places.
    key = [(1, int(part), "") if place % 2 else (0, 0, part) for place, part in enumerate(parts)]
    return key, name


def find_files(
    paths: Iterable[Path],
    *,
    cancel: CancelToken | None = None,
    unreadable: Callable[[Path, OSError], None] | None = None,
) -> Iterator[Path]:
    """Walk files and folders, lazily.

    A path that is a file is given back whatever it is: somebody asked for it by name. Folders give the files whose
    names end like an image's or like ".srec", in natural order, those of a folder before those of its subfolders.
    Hidden files and folders are passed over, folders behind symbolic links too (unless given in `paths`). No file
    comes twice. A link that leads nowhere, or to itself, is given too, and so is what has a picture's name and is no
    plain file: whoever works on it will say so.

    Args:
        paths: Files and folders.
        cancel: Polled at every file and folder.
        unreadable: Is told of every folder that cannot be read, and why. Without it that is logged.

    Raises:
        Cancelled: When `cancel` was set.
    """
    seen: set[str] = set()
    for path in paths:
        found = _walk(path, cancel, unreadable or _log_unreadable) if is_folder(path) else iter([path])
        for file in found:
            if cancel is not None:
                cancel.raise_if_cancelled()
            identity = os.path.abspath(file)  # noqa: PTH100 - Path.absolute keeps "..", and links must not be resolved
            if identity not in seen:
                seen.add(identity)
                yield file


def _log_unreadable(folder: Path, error: OSError) -> None:
    _log.warning("The folder %s cannot be read: %s", folder, error)


def _walk(top: Path, cancel: CancelToken | None, unreadable: Callable[[Path, OSError], None]) -> Iterator[Path]:
    """Files of a folder, then of its subfolders, without recursion: depth is the disk's to choose."""
    pending = [top]
    while pending:
        if cancel is not None:
            cancel.raise_if_cancelled()
        folder = pending.pop()
        files: list[str] = []
        folders: list[str] = []
        try:
            _list(folder, files, folders)
        except OSError as error:
            unreadable(folder, error)
        yield from (folder / name for name in sorted(files, key=natural_key))
        pending += [folder / name for name in sorted(folders, key=natural_key, reverse=True)]


def _list(folder: Path, files: list[str], folders: list[str]) -> None:
    """Add the names of the wanted files and of the subfolders of a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if _is_hidden(entry):
                continue
            if _is_folder(entry, follow_links=False):
                folders.append(entry.name)
            elif is_known_name(entry.name) and not _is_folder(entry, follow_links=True):
                files.append(entry.name)


def _is_folder(entry: os.DirEntry[str], *, follow_links: bool) -> bool:
    """Whether an entry is a folder; False where the system cannot tell, as for links that lead to each other."""
    try:
        return entry.is_dir(follow_symlinks=follow_links)
    except OSError:
        return False


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith("."):
        return True
    # Only Windows has this attribute.
    try:
        attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0) if os.name == "nt" else 0
    except OSError:
        return False
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN)
