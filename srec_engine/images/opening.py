"""Pictures from files, from bytes and from Pillow's images, with everything a `.srec` has to keep."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from srec_engine.errors import SrecError, UnsupportedImageError
from srec_engine.files import readable_formats
from srec_engine.images.losses import reason_to_refuse
from srec_engine.images.metadata import metadata_of
from srec_engine.images.picture import Picture, SourceFile, VerbatimOnlyError
from srec_engine.images.pillow_errors import READING_ERRORS
from srec_engine.images.pixels import palette_of, samples_of, split_samples
from srec_engine.limits import MAX_METADATA_BYTES, MAX_PIXELS, MAX_SIDE

__all__ = ["open_image", "picture_from_image", "read_picture"]

# Small entries cost a little more in the container than their own bytes.
_METADATA_ROOM = 1 << 16


def read_picture(source: Path | bytes, name: str = "picture") -> Picture:
    """Read an image file.

    Args:
        source: The file or its bytes.
        name: The file's name where `source` is bytes.

    Returns:
        The picture with its `source`.

    Raises:
        VerbatimOnlyError: When pixels and metadata would not be all that the file holds.
        UnsupportedImageError: When this is no image that Pillow reads, or it is damaged or too large.
        SrecError: When the file cannot be read.
    """
    with _open_binary(source) as file, open_image(file, str(source) if isinstance(source, Path) else name) as image:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        kept = SourceFile(
            source.name if isinstance(source, Path) else name,
            image.format or "",
            size,
            source if isinstance(source, Path) else None,
            source if isinstance(source, bytes) else None,
        )
        with _explained(kept.name, "read"):
            reason = reason_to_refuse(image, file)
        if reason:
            raise VerbatimOnlyError(reason, kept, image.mode, image.size)
        return _picture(image, kept)


def picture_from_image(image: Image.Image) -> Picture:
    """A picture of an image in memory, with what of its `info` can be kept.

    Raises:
        VerbatimOnlyError: When something would be lost (with `source` None).
        UnsupportedImageError: When the image is empty, too large, or its file is damaged.
    """
    _check_size(image, "The image")
    with _explained("The image", "read"):
        reason = reason_to_refuse(image)
    if reason:
        raise VerbatimOnlyError(reason, None, image.mode, image.size)
    return _picture(image, None)


def _picture(image: Image.Image, source: SourceFile | None) -> Picture:
    name = source.name if source else "The image"
    with _explained(name, "decoded"):
        image.load()
        # Text after the pixels is known only now.
        metadata = metadata_of(image)
        colour, alpha, indices = split_samples(image.mode, samples_of(image))
        palette = palette_of(image)
    if sum(len(key) + len(value) for key, value in metadata.items()) > MAX_METADATA_BYTES - _METADATA_ROOM:
        raise VerbatimOnlyError(
            f"it has more than {MAX_METADATA_BYTES} bytes of metadata", source, image.mode, image.size
        )
    return Picture(image.mode, *image.size, colour, alpha, indices, palette, metadata, source)


@contextmanager
def open_image(file: BinaryIO, name: str) -> Iterator[Image.Image]:
    """Open an image with Pillow, its pixels not loaded yet.

    Args:
        file: A binary file that can seek; it stays open.
        name: Names the file in messages.

    Raises:
        UnsupportedImageError: When this is no image that Pillow reads, or it is damaged or too large.
    """
    with _explained(name, "opened"), warnings.catch_warnings():
        # Our own limit, checked below, takes the place of Pillow's first warning; its hard limit holds.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = Image.open(file, formats=readable_formats())
    _check_size(image, name)
    yield image


@contextmanager
def _explained(name: str, action: str) -> Iterator[None]:
    """What Pillow raises while it reads a file, as errors that a person understands."""
    try:
        yield
    except Image.DecompressionBombError as error:
        raise UnsupportedImageError(
            f"{name} has more pixels than Pillow opens ({error}). Cut it into smaller pictures first."
        ) from error
    except UnidentifiedImageError as error:
        raise UnsupportedImageError(f"{name} is not an image in a format that can be read.") from error
    except READING_ERRORS as error:
        raise UnsupportedImageError(
            f"{name} is damaged and cannot be {action} ({error}). Repair the file first."
        ) from error


def _check_size(image: Image.Image, name: str) -> None:
    width, height = image.size
    if not width or not height:
        raise UnsupportedImageError(f"{name} has no pixels ({width} x {height}).")
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise UnsupportedImageError(
            f"{name} has {width} x {height} pixels, more than the {MAX_PIXELS} that can be compressed. "
            "Cut it into smaller pictures first."
        )


@contextmanager
def _open_binary(source: Path | bytes) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    try:
        file = source.open("rb")
    except OSError as error:
        raise SrecError(f"{source} cannot be opened: {error.strerror or error}. Check its name and rights.") from error
    with file:
        yield file
