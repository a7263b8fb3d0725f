"""From what was typed to the files to work on: paths, folders, globs and file lists."""

from __future__ import annotations

import argparse
import codecs
import glob
import hashlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from srec_engine import FileKind, explain_reading, find_files, identify, is_promised, require_regular_file
from srec_engine.errors import SourceError, SrecError
from srec_engine.files import is_folder

__all__ = ["Shard", "Source", "collect_sources", "parse_shard"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file to work on.

    Attributes:
        path: The file.
        root: Folder that `--mirror` keeps the structure below: the folder that was named, or the file's own.
        trouble: Why it cannot even be begun, as a sentence: a folder that is closed, a pipe; else "".
    """

    path: Path
    root: Path
    trouble: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of a batch that several machines share.

    Attributes:
        index: Which part, from 1.
        count: How many parts there are.
    """

    index: int
    count: int

    def holds(self, name: str) -> bool:
        """Whether the picture of a name belongs to this part: decided by the name alone, so every machine agrees.

        Pictures whose results would have one name (`a.jpg`, `a.png`) have to come with the same name, and so come into
        the same part: no two machines ever write the same file.
        """
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.index - 1


def parse_shard(text: str) -> Shard:
    """Read "2/5" as the second of five parts.

    Raises:
        argparse.ArgumentTypeError: The text is not of that form.
    """
    first, _, second = text.partition("/")
    if not (first.isdecimal() and second.isdecimal() and 1 <= int(first) <= int(second)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a part of a batch: 2/5 is the second of five")
    return Shard(int(first), int(second))


def collect_sources(arguments: argparse.Namespace, kinds: Collection[FileKind]) -> list[Source]:
    """The files that the arguments of `add_input_arguments` name, each once, in the order given.

    Args:
        arguments: With `paths`, `path` and `file`.
        kinds: What is taken out of folders, with what is called like such a file and cannot be read, and folders that
            are closed: nobody should believe that those were done. A file that was named itself is always taken: if it
            is of another kind, the person should be told and not left wondering.

    Raises:
        argparse.ArgumentTypeError: Nothing was named, or two ways of naming were mixed.
        SrecError: The list cannot be read.
    """
    if arguments.file is not None:
        if arguments.paths:
            raise argparse.ArgumentTypeError("give either paths or --file, not both")
        named = list(_listed(arguments.file, arguments.path or Path()))
    elif arguments.path is not None:
        if arguments.paths:
            raise argparse.ArgumentTypeError("give either paths or --path, not both")
        named = [Source(arguments.path, arguments.path)]
    else:
        named = [source for text in arguments.paths for source in _named(text)]
    if not named:
        raise argparse.ArgumentTypeError("no files were named")
    found = (source for entry in named for source in _expanded(entry, kinds))
    return list(dict.fromkeys(found))


def _listed(list_file: Path, folder: Path) -> Iterator[Source]:
    """The entries of a file list, relative to a folder."""
    try:
        lines = _lines(list_file.read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        raise SrecError(f"The list {list_file} cannot be read ({error}). It must be a text file in UTF-8.") from error
    for line in lines:
        name = line if os.path.lexists(folder / line) else line.strip()
        if name:
            yield Source(folder / name, folder)


def _lines(content: bytes) -> list[str]:
    """The names in a list, one a line. They are the system's: any bytes, in UTF-8 only where the names are."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # What Windows' own programs call Unicode text.
        content = content.decode("utf-16").encode("utf-8", "surrogatepass")
    lines = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
    return [os.fsdecode(line.removesuffix(b"\r")) for line in lines if line.strip()]


def _named(text: str) -> Iterator[Source]:
    """What one argument stands for: itself, or the matches of a pattern that no shell has expanded."""
    there = os.path.lexists(text)
    names = [text] if there else sorted(glob.glob(text, recursive=True))  # noqa: PTH207 - absolute patterns too
    for name in names or [text]:
        match = Path(name)
        yield Source(match, match if is_folder(match) else match.parent)


def _expanded(source: Source, kinds: Collection[FileKind]) -> Iterator[Source]:
    """A file as it is; of a folder, the files of the wanted kinds."""
    if not is_folder(source.path):
        yield _checked(source)
        return
    closed: list[Source] = []

    def unreadable(folder: Path, error: OSError) -> None:
        closed.append(Source(folder, source.root, str(explain_reading(folder, error))))

    for path in find_files([source.path], unreadable=unreadable):
        yield from closed
        closed.clear()
        if is_promised(path, identify(path), kinds):
            yield _checked(Source(path, source.root))
    yield from closed


def _checked(source: Source) -> Source:
    """The same, with its trouble where it is no file that can be read."""
    try:
        require_regular_file(source.path)
    except SourceError as error:
        return Source(source.path, source.root, str(error))
    return source
