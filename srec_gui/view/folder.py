"""The pictures of a folder, in the order of file managers, and the way through them. No Qt."""

from __future__ import annotations

import heapq
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from srec_gui.engine import CancelToken

__all__ = ["Sequel", "list_folder", "natural_key", "readable_suffixes"]

_CHUNK = 1000
_DIGITS = re.compile(r"(\d+)")
_NOT_PICTURES = {"BUFR", "GRIB", "HDF5", "MPEG", "PDF", "WMF"}


@dataclass(frozen=True, slots=True)
class Sequel:
    """Files one after the other, and the one that is shown.

    Attributes:
        paths: The files.
        index: Which one is shown; -1 when it is none of them.
    """

    paths: tuple[Path, ...] = ()
    index: int = -1

    @property
    def current(self) -> Path | None:
        """The file that is shown."""
        return self.paths[self.index] if 0 <= self.index < len(self.paths) else None

    def at(self, path: Path) -> Sequel:
        """The same files, at `path`."""
        try:
            return Sequel(self.paths, self.paths.index(path))
        except ValueError:
            return Sequel(self.paths, -1)

    def step(self, delta: int, *, wrap: bool) -> Path | None:
        """The file `delta` further on; None past an end unless `wrap`, and when there is no other."""
        if not self.paths:
            return None
        index = self.index + delta if self.index >= 0 else (0 if delta > 0 else len(self.paths) - 1)
        if wrap:
            index %= len(self.paths)
        if not 0 <= index < len(self.paths) or index == self.index:
            return None
        return self.paths[index]

    def replaced(self, paths: Sequence[Path], path: Path | None) -> Sequel:
        """Other files, at `path`; when that one is gone, at its neighbour's place (-1 at none)."""
        found = tuple(paths)
        if path is not None and path in found:
            return Sequel(found, found.index(path))
        return Sequel(found, -1)


def natural_key(path: Path) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts "picture 9" before "picture 10" and does not care about case."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(path.name.casefold()) if part
    )


def list_folder(folder: Path, suffixes: frozenset[str], cancel: CancelToken) -> list[Path]:
    """The files in `folder` whose suffix is one of `suffixes`, in natural order.

    Raises:
        Cancelled: The token was set.
        OSError: The folder cannot be read.
    """
    chunks: list[list[tuple[tuple[tuple[int, int, str], ...], Path]]] = [[]]
    with os.scandir(folder) as entries:
        for count, entry in enumerate(entries):
            if count % 100 == 0:
                cancel.raise_if_cancelled()
            if os.path.splitext(entry.name)[1].lower() not in suffixes or not entry.is_file():  # noqa: PTH122
                continue
            if len(chunks[-1]) >= _CHUNK:
                chunks.append([])
            path = folder / entry.name
            chunks[-1].append((natural_key(path), path))
    # One sort of a hundred thousand keys would hold the interpreter for a quarter of a second.
    for chunk in chunks:
        cancel.raise_if_cancelled()
        chunk.sort()
    return _merged(chunks)


def _merged(chunks: Iterable[list[tuple[tuple[tuple[int, int, str], ...], Path]]]) -> list[Path]:
    return [path for _, path in heapq.merge(*chunks)]


def readable_suffixes() -> frozenset[str]:
    """Suffixes of the files this program can show. Imports Pillow: call it in a worker."""
    from PIL import Image

    extensions = Image.registered_extensions()  # registers every format it knows
    readable = {suffix for suffix, name in extensions.items() if name in Image.OPEN and name not in _NOT_PICTURES}
    return frozenset(readable | {".srec"})
