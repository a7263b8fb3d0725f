"""What the results of a batch are called: no two alike, none in the place of a source, each as it was called before."""

from __future__ import annotations

import itertools
import os
import re
import threading
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from srec_engine.files.destinations import resolve_existing
from srec_engine.files.formats import SREC_SUFFIX
from srec_engine.options import ExistingPolicy

__all__ = ["ResultNames", "group_name", "name_key", "result_name"]

_NUMBERED = re.compile(r" \([0-9]+\)$")
# Marks that are not seen and that some disks (HFS+, ext4 with casefold) leave out of account, beside category Cf.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def name_key(name: str) -> str:
    """What two names or paths have in common that some disk takes for one.

    Disks differ in what they ignore (case: Windows, macOS, exFAT, most shares; how accents are composed: macOS; marks
    that are not seen: HFS+). Whatever one of them ignores is ignored here, so that results do not depend on the disk.
    """
    if name.isascii():
        return name.lower()  # what all of the below comes to
    plain = unicodedata.normalize("NFD", _UNSEEN.sub("", name))
    # Up and down again: disks that compare capitals know letters that only those have in common (ı and i, ſ and s).
    folded = unicodedata.normalize("NFD", plain.upper()).casefold()
    seen = "".join(character for character in folded if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFC", seen)


def group_name(name: str) -> str:
    """What the names of all results that may have to be told apart by numbers have in common.

    Args:
        name: Path of a result relative to a folder that all have in common, without its suffix, with "/" between parts.
    """
    key = name_key(name)
    while _NUMBERED.search(key):
        key = _NUMBERED.sub("", key)
    return key


def result_name(packed: Path, source_name: str | None, chosen_format: str | None = None) -> str:
    """Name of the file that comes out of a `.srec`.

    Args:
        packed: The `.srec` file.
        source_name: Name of the file it was made from, as the `.srec` has it, or None.
        chosen_format: Extension of the format that was asked for, without its dot, or None.

    Returns:
        The very name of the source where the `.srec` is called as encoding calls it; where a person has given it
        another name, that name with the ending of the source's. A plain file name in every case: nothing inside of a
        `.srec` can lead to another folder.
    """
    stem = packed.stem if packed.suffix.lower() == SREC_SUFFIX else packed.name
    if chosen_format is not None:
        return f"{stem}.{chosen_format}"
    stored = re.split(r"[/\\\0]", source_name or "")[-1]
    if stored in ("", ".", ".."):
        return f"{stem}.png"
    usual = PurePath(stored).stem
    if name_key(_NUMBERED.sub("", stem)) == name_key(usual) or name_key(stem) == name_key(usual):
        return stored
    return stem + stored[len(usual) :]


class ResultNames:
    """The names of one batch's results. May be used from several threads.

    Names are given out in the order of the asking and remembered for each source, so the same batch gives the same
    names again: `cat.png` and `Cat.jpg` become `cat.srec` and `Cat (1).srec` on every disk, in every run.

    Args:
        sources: Files of the batch, none of which is ever replaced by a result.
    """

    def __init__(self, sources: Iterable[Path] = ()) -> None:
        self._lock = threading.Lock()
        self._pending: deque[Path] = deque()
        self._sources: set[str] = set()
        self._given: dict[Path, Path] = {}
        self._owners: dict[str, Path] = {}
        self._folders: dict[Path, str] = {}
        self.keep(sources)

    def keep(self, sources: Iterable[Path]) -> None:
        """Add files of the batch, none of which is ever replaced by a result.

        Returns at once: the window calls it for thousands, which are looked up when the next name is asked for.
        """
        self._pending.extend(sources)

    def name(self, source: Path, wanted: Path) -> Path:
        """The path for the result of `source` in this batch: `wanted`, or where that is taken, with a number.

        What is on the disk besides plays no part.
        """
        with self._lock:
            return self._name(source, wanted)

    def choose(self, source: Path, wanted: Path, policy: ExistingPolicy) -> Path | None:
        """The path to write the result of `source` to, or None when there is one and it is to be skipped.

        Raises:
            OutputError: When a folder would have to be replaced.
        """
        with self._lock:
            name = self._name(source, wanted)
            if policy is not ExistingPolicy.RENAME:
                return resolve_existing(name, policy)
            free = (path for path in _numbered(wanted) if self._is_free(path, source))
            chosen = next(path for path in free if not os.path.lexists(path))
            self._own(chosen, source)
            return chosen

    def _name(self, source: Path, wanted: Path) -> Path:
        known = self._given.get(source)
        # What was given may have become a source since.
        if known is None or known.parent != wanted.parent or not self._is_free(known, source):
            known = next(path for path in _numbered(wanted) if self._is_free(path, source))
            self._given[source] = known
            self._own(known, source)
        return known

    def _own(self, path: Path, source: Path) -> None:
        self._owners[self._places(path)[0]] = source

    def _is_free(self, path: Path, source: Path) -> bool:
        while self._pending:
            self._sources.update(self._places(self._pending.popleft()))
        places = self._places(path)
        return self._owners.get(places[0], source) == source and self._sources.isdisjoint(places)

    def _places(self, path: Path) -> tuple[str, str]:
        """Where a path is on the disk, and where the file is that it leads to in the end: elsewhere, for a link."""
        try:
            place = self._place(path)
            # Windows knows a file by a short name, too.
            end = os.path.realpath(place) if os.name == "nt" or os.path.islink(place) else place  # noqa: PTH114 - str
        except ValueError:  # a name that no file can have is nowhere
            place = end = str(path)
        return name_key(place), name_key(end)

    def _place(self, path: Path) -> str:
        """A path of which only the last part may be a link: one place has one, whichever way leads there.

        Where a folder leads is looked up once: the thousands of files of a batch are in a few folders.
        """
        if path.name in ("", os.pardir):
            return os.path.realpath(path)
        folder = path.parent.absolute()
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder).rstrip(os.sep)
        return f"{self._folders[folder]}{os.sep}{path.name}"


def _numbered(path: Path) -> Iterator[Path]:
    """A path, then "name (1).ext", "name (2).ext" and so on."""
    yield path
    for number in itertools.count(1):
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")
