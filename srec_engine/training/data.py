"""Training images from files, folders, lists and tar packs: held in memory while they fit, else read when needed."""

from __future__ import annotations

import io
import logging
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from srec_engine.errors import SrecError
from srec_engine.limits import MAX_PIXELS

__all__ = ["MEMORY_LIMIT", "StoredImage", "TrainingImage", "image_pixels", "listed_files", "load_images"]

logger = logging.getLogger(__name__)

PACK_SUFFIX = ".tar"

_WIDE_MODES = ("I", "F")

IMAGE_SUFFIXES = frozenset({".png", ".webp", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".ppm"})

MEMORY_LIMIT = 8 << 30
"""Bytes of pixels that are held in memory; images beyond are read again for each crop."""

_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image that is read from its file whenever it is needed.

    Attributes:
        path: The file, or the tar pack that holds it.
        shape: (3, height, width).
        offset, size: Where its bytes are in `path`.
    """

    path: Path
    shape: tuple[int, int, int]
    offset: int
    size: int

    def read(self) -> NDArray[np.uint8]:
        """The pixels, (3, H, W).

        Raises:
            OSError, ValueError, SyntaxError: When it cannot be read any more.
        """
        with self.path.open("rb") as stream:
            stream.seek(self.offset)
            return _decoded(stream.read(self.size))


TrainingImage = NDArray[np.uint8] | StoredImage
"""An image in memory, uint8 (3, H, W), or one that is read when it is needed."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A file that should be an image."""

    name: str
    path: Path
    offset: int
    size: int


def load_images(
    sources: Iterable[Path], smallest_side: int, memory_limit: int = MEMORY_LIMIT
) -> list[NDArray[np.uint8] | StoredImage]:
    """Read every image of files, folders and tar packs.

    Images that cannot be read, or whose shorter side is under `smallest_side`, are named in the log and skipped.

    Args:
        sources: Files, folders (with their subfolders, and the packs in them), `.tar` packs.
        smallest_side: In pixels.
        memory_limit: Bytes of pixels to hold; images beyond it are checked by their headers only.

    Raises:
        SrecError: When a source is missing or nothing usable was found.
    """
    images: list[NDArray[np.uint8] | StoredImage] = []
    held = 0
    sources = list(sources)
    for source in sources:
        for member in _members(source):
            try:
                image = _loaded(member, held < memory_limit)
            except _UNREADABLE as error:
                logger.warning("Skipped %s: %s.", member.name, _reason(error))
                continue
            if min(image.shape[1:]) < smallest_side:
                logger.warning("Skipped %s: it is smaller than the crop of %d pixels.", member.name, smallest_side)
                continue
            held += 0 if isinstance(image, StoredImage) else image.nbytes
            images.append(image)
    if not images:
        named = ", ".join(map(str, sources[:3])) + (", …" if len(sources) > 3 else "")
        raise SrecError(f"No usable image was found in {named}. Give folders, files or tar packs of photographs.")
    return images


def listed_files(folder: Path | None, list_file: Path | None) -> list[Path]:
    """The files of a list (one name a line, relative to `folder`), or `folder` itself without a list.

    Raises:
        SrecError: When the list cannot be read or names nothing.
    """
    if list_file is None:
        return [] if folder is None else [folder]
    try:
        lines = list_file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SrecError(f"The list {list_file} cannot be read ({error}). It must be a text file in UTF-8.") from error
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise SrecError(f"The list {list_file} names no files. Write one file name on each line.")
    return [(folder or Path()) / name for name in names]


def image_pixels(images: Sequence[TrainingImage], index: int, smallest_side: int) -> NDArray[np.uint8]:
    """Pixels of an image; of the next one that can be read where it has become unreadable.

    Raises:
        SrecError: When none can be read.
    """
    for distance in range(len(images)):
        image = images[(index + distance) % len(images)]
        if not isinstance(image, StoredImage):
            return image
        try:
            pixels = image.read()
        except _UNREADABLE as error:
            logger.warning("Skipped %s: %s.", image.path, _reason(error))
            continue
        if min(pixels.shape[1:]) >= smallest_side:
            return pixels
    raise SrecError("None of the training images can be read any more. Is their disk still there?")


def _reason(error: Exception) -> str:
    """Why an image is not used; Pillow's own words for a file of another kind name an object in memory."""
    if isinstance(error, UnidentifiedImageError):
        return "it is not an image that can be read"
    return f"it cannot be read ({str(error).rstrip('.')})"


def _loaded(member: _Member, hold: bool) -> NDArray[np.uint8] | StoredImage:
    with member.path.open("rb") as stream:
        stream.seek(member.offset)
        data = stream.read(member.size)
    if hold:
        return _decoded(data)
    with _opened(data) as image:
        return StoredImage(member.path, (3, image.height, image.width), member.offset, member.size)


def _decoded(data: bytes) -> NDArray[np.uint8]:
    with _opened(data) as image:
        return np.ascontiguousarray(np.asarray(image.convert("RGB")).transpose(2, 0, 1))


def _opened(data: bytes) -> Image.Image:
    """An image whose pixels are worth reading."""
    image = Image.open(io.BytesIO(data))
    if image.width * image.height > MAX_PIXELS:
        raise ValueError(f"{image.width} × {image.height} pixels are too many")
    if image.mode.startswith(_WIDE_MODES):
        raise ValueError("its samples have more than 8 bits, most of which Pillow would make white")
    return image


def _members(source: Path) -> Iterator[_Member]:
    """The images of one source, in the order of their names."""
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file():
                yield _Member(str(path), path, 0, path.stat().st_size)
            elif path.suffix == PACK_SUFFIX and path.is_file():
                yield from _tar_members(path)
    elif source.suffix == PACK_SUFFIX and source.is_file():
        yield from _tar_members(source)
    elif source.is_file():
        if source.name.endswith((".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar.zst", ".zip")):
            raise SrecError(
                f"The pack {source} is compressed, so images cannot be read out of its middle. Unpack it, or make a "
                "plain .tar of its files."
            )
        yield _Member(str(source), source, 0, source.stat().st_size)
    else:
        raise SrecError(f"The training data {source} does not exist. Check its name.")


def _tar_members(source: Path) -> Iterator[_Member]:
    try:
        with tarfile.open(source, "r:") as pack:
            members = sorted(pack.getmembers(), key=lambda member: member.name)
    except (OSError, tarfile.TarError) as error:
        raise SrecError(f"The training pack {source} cannot be read ({error}).") from error
    for member in members:
        if member.isfile() and Path(member.name).suffix.lower() in IMAGE_SUFFIXES:
            yield _Member(f"{source}/{member.name}", source, member.offset_data, member.size)
