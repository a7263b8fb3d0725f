"""The sets of pictures that are measured: folders as they are, and what is made of the pictures of a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from PIL import Image

from srec_engine.errors import SourceError
from srec_engine.files import FileKind, find_files, identify

__all__ = ["DERIVATIONS", "PictureSet", "derived_set", "halved", "image_files", "named_folders", "native", "plain_set"]

NATIVE_SIDE = 1024
"""Width and height of what `native` takes of a picture, in pixels."""


@dataclass(frozen=True, slots=True)
class PictureSet:
    """Pictures that stand in one row of a table.

    Attributes:
        name: As in the table.
        sources: The files that were named.
        files: Those that are measured, in the same order: the sources themselves, or what was made of them.
    """

    name: str
    sources: tuple[Path, ...]
    files: tuple[Path, ...]


def halved(picture: Image.Image) -> Image.Image:
    """Half the width and half the height, each pixel the mean of a block of 2x2, or of what an odd edge has of it."""
    return picture.reduce(2)


def native(picture: Image.Image) -> Image.Image:
    """The middle 1024x1024 pixels, or as many as there are; an odd one that is left over is cut off below or right."""
    width, height = min(NATIVE_SIDE, picture.width), min(NATIVE_SIDE, picture.height)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


DERIVATIONS: Mapping[str, Callable[[Image.Image], Image.Image]] = MappingProxyType({"halved": halved, "native": native})
"""What can be made of the pictures of a folder, by the set's name."""


def plain_set(name: str, folder: Path) -> PictureSet:
    """The pictures of a folder as they are.

    Raises:
        SourceError: When there are none.
    """
    paths = _pictures(folder)
    return PictureSet(name, paths, paths)


def derived_set(name: str, folder: Path, into: Path) -> PictureSet:
    """What is made of the pictures of a folder, in PNG files that are written below `into`.

    Pictures are decoded to RGB as they are stored: profiles and the orientation that EXIF tells play no part.

    Args:
        name: One of `DERIVATIONS`.
        folder: The pictures.
        into: A folder that is there, and that nobody else writes `name` into.

    Raises:
        SourceError: When there are no pictures.
    """
    sources = _pictures(folder)
    files = []
    for number, source in enumerate(sources):
        # A folder for each: `cat.jpg` and `cat.png`, or two of one name in subfolders, stay two.
        target = into / name / str(number) / f"{source.stem}.png"
        target.parent.mkdir(parents=True)
        with Image.open(source) as picture:
            DERIVATIONS[name](picture.convert("RGB")).save(target, compress_level=1)
        files.append(target)
    return PictureSet(name, sources, tuple(files))


def image_files(folder: Path) -> list[Path]:
    """The image files of a folder, by what is in them."""
    return [path for path in find_files([folder]) if identify(path) == FileKind.IMAGE]


def named_folders(folders: Sequence[Path], taken: Collection[str] = ()) -> dict[str, Path]:
    """Folders by their names, or by their paths where two have the same, or where the name is taken."""
    count = Counter([*(folder.resolve().name for folder in folders), *taken])
    return {
        folder.resolve().name if count[folder.resolve().name] == 1 else str(folder.resolve()): folder
        for folder in folders
    }


def _pictures(folder: Path) -> tuple[Path, ...]:
    if paths := image_files(folder):
        return tuple(paths)
    raise SourceError(f"{folder} holds no pictures. Name a folder that does.")
