"""The pictures in folders, found while one waits for nothing."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from srec_engine.control import CancelToken
from srec_engine.files.formats import is_known_name

__all__ = ["find_files", "natural_key"]

_log = logging.getLogger(__name__)
_NUMBER = re.compile(r"([0-9]+)")


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key under which "photo 2" comes before "Photo 10"."""
    parts = _NUMBER.split(name.casefold())
    # Numbers are only ever compared with numbers: `split` puts them at the odd places.
    key = [(1, int(part), "") if place % 2 else (0, 0, part) for place, part in enumerate(parts)]
    return key, name


def find_files(paths: Iterable[Path], *, cancel: CancelToken | None = None) -> Iterator[Path]:
    """Walk files and folders, lazily.

    A path that is a file is given back whatever it is: somebody asked for it by name. Folders give the files whose
    names end like an image's or like ".srec", in natural order, those of a folder before those of its subfolders.
    Hidden files and folders are passed over, folders behind symbolic links too (unless given in `paths`). No file
    comes twice. A folder that cannot be read is logged and passed over.

    Args:
        paths: Files and folders.
        cancel: Polled at every file and folder.

    Raises:
        Cancelled: When `cancel` was set.
    """
    seen: set[str] = set()
    for path in paths:
        found = _walk(path, cancel) if path.is_dir() else iter([path])
        for file in found:
            if cancel is not None:
                cancel.raise_if_cancelled()
            identity = os.path.abspath(file)  # noqa: PTH100 - Path.absolute keeps "..", and links must not be resolved
            if identity not in seen:
                seen.add(identity)
                yield file


def _walk(top: Path, cancel: CancelToken | None) -> Iterator[Path]:
    """Files of a folder, then of its subfolders, without recursion: depth is the disk's to choose."""
    pending = [top]
    while pending:
        if cancel is not None:
            cancel.raise_if_cancelled()
        folder = pending.pop()
        files, folders = _list(folder)
        yield from (folder / name for name in sorted(files, key=natural_key))
        pending += [folder / name for name in sorted(folders, key=natural_key, reverse=True)]


def _list(folder: Path) -> tuple[list[str], list[str]]:
    """Names of the wanted files and of the subfolders of a folder."""
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_hidden(entry):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif is_known_name(entry.name) and entry.is_file():
                    files.append(entry.name)
    except OSError as error:
        _log.warning("The folder %s cannot be read: %s", folder, error)
    return files, folders


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith("."):
        return True
    # Only Windows has this attribute.
    attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0) if os.name == "nt" else 0
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN)
