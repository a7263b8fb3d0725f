"""Images as Pillow opens them, and pictures of those that came from no file."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from srec_engine.container.header import MODES
from srec_engine.errors import UnsupportedImageError
from srec_engine.files import accepts_mark, readable_formats
from srec_engine.images.losses import reason_to_refuse
from srec_engine.images.metadata import metadata_of
from srec_engine.images.picture import Picture, VerbatimOnlyError
from srec_engine.images.pillow_errors import READING_ERRORS
from srec_engine.images.pixels import palette_of, samples_of, split_samples
from srec_engine.limits import MAX_METADATA_BYTES, MAX_PIXELS, MAX_SIDE

__all__ = [
    "NOT_DECODED",
    "Identified",
    "check_size",
    "explained",
    "identified",
    "open_image",
    "picture_from_image",
    "pillow_image",
    "planes_of_image",
    "quiet_pillow",
    "signature_format",
]

NOT_DECODED = "it cannot be decoded here"
"""Why a file is kept that begins like an image and that Pillow gives up on; a clause."""

_log = logging.getLogger(__name__)

_TOO_LARGE = "Cut it into smaller pictures, or keep its bytes (method verbatim)."
# Small entries cost a little more in the container than their own bytes.
_METADATA_ROOM = 1 << 16


@dataclass(frozen=True, slots=True)
class Identified:
    """What a file seems to be before it is decoded.

    Attributes:
        format: Pillow's name of its format.
        mode, size: Of its (first) picture; "L" and (1, 1) where Pillow cannot tell.
        reason: Why it cannot become pixels without loss, as far as Pillow knows; a clause, or "".
    """

    format: str
    mode: str = "L"
    size: tuple[int, int] = (1, 1)
    reason: str = ""


def identified(data: bytes, name: str) -> Identified:
    """Tell what a file is. One that only begins like an image is one: its bytes can be kept.

    Raises:
        UnsupportedImageError: When this is no image that is known, or it has too many pixels.
    """
    if not data:
        raise UnsupportedImageError(f"{name} is empty. Look for another copy of it.")
    begins_like = signature_format(data[:16])
    try:
        with open_image(io.BytesIO(data), name) as image:
            mode = image.mode if image.mode in MODES else "L"
            reason = reason_to_refuse(image, io.BytesIO(data))
            return Identified(image.format or begins_like, mode, image.size, reason)
    except READING_ERRORS as error:
        _log.info("%s cannot be opened: %s", name, error)
        return Identified(begins_like, reason=NOT_DECODED)
    except TooManyPixelsError:
        raise
    except UnsupportedImageError:
        if not begins_like:
            raise
        return Identified(begins_like, reason=NOT_DECODED)


def signature_format(first_bytes: bytes) -> str:
    """Pillow's name of the format that a file begins like, or "" for none that has a mark."""
    for name in readable_formats():
        accept = Image.OPEN[name][1]
        if accept is not None and accepts_mark(accept, first_bytes):
            return name
    return ""


def picture_from_image(image: Image.Image) -> Picture:
    """A picture of an image in memory, with what of its `info` can be kept.

    Raises:
        VerbatimOnlyError: When something would be lost (with `source` None).
        UnsupportedImageError: When the image is empty, too large, or its file is damaged.
    """
    check_size(*image.size, "The image")
    with explained("The image", "read"):
        reason = reason_to_refuse(image)
    if reason:
        raise VerbatimOnlyError(reason, None, image.mode, image.size)
    with explained("The image", "decoded"):
        image.load()
        # Text after the pixels is known only now.
        metadata = metadata_of(image)
        picture = planes_of_image(image)
    if sum(len(key) + len(value) for key, value in metadata.items()) > MAX_METADATA_BYTES - _METADATA_ROOM:
        raise VerbatimOnlyError(
            f"it has more than {MAX_METADATA_BYTES} bytes of metadata", None, image.mode, image.size
        )
    return replace(picture, metadata=metadata)


def planes_of_image(image: Image.Image) -> Picture:
    """The samples and the palette of a loaded image."""
    colour, alpha, indices = split_samples(image.mode, samples_of(image))
    return Picture(image.mode, *image.size, colour, alpha, indices, palette_of(image))


@contextmanager
def pillow_image(data: bytes, format_name: str) -> Iterator[Image.Image]:
    """Open a file of a format that is known already. Raises what Pillow raises (`READING_ERRORS`)."""
    with quiet_pillow(), Image.open(io.BytesIO(data), formats=[format_name]) as image:
        yield image


@contextmanager
def open_image(file: BinaryIO, name: str, formats: Sequence[str] | None = None) -> Iterator[Image.Image]:
    """Open an image with Pillow, its pixels not loaded yet.

    Args:
        file: A binary file that can seek; it stays open.
        name: Names the file in messages.
        formats: Pillow's names of what it may be; None for all of `readable_formats`.

    Raises:
        UnsupportedImageError: When this is no image that Pillow reads, or it is damaged or too large.
    """
    with quiet_pillow():
        with explained(name, "opened"):
            image = Image.open(file, formats=readable_formats() if formats is None else tuple(formats))
        check_size(*image.size, name)
        yield image


@contextmanager
def quiet_pillow() -> Iterator[None]:
    """Pillow's warnings about files are for programmers: what matters of them is found in what it reads.

    Our own limit takes the place of its first one on pixels; its hard limit holds.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def explained(name: str, action: str) -> Iterator[None]:
    """What Pillow raises while it reads a file, as errors that a person understands."""
    try:
        yield
    except Image.DecompressionBombError as error:
        raise TooManyPixelsError(f"{name} has more pixels than Pillow opens ({error}). {_TOO_LARGE}") from error
    except UnidentifiedImageError as error:
        raise UnsupportedImageError(f"{name} is not an image in a format that can be read.") from error
    except READING_ERRORS as error:
        raise UnsupportedImageError(
            f"{name} cannot be {action} here ({error}). Open it with the program that made it."
        ) from error


class TooManyPixelsError(UnsupportedImageError):
    """A picture that is larger than can be worked on."""


def check_size(width: int, height: int, name: str) -> None:
    """Check a picture's size against the limits.

    Raises:
        UnsupportedImageError: When it has no pixels or too many.
    """
    if not width or not height:
        raise UnsupportedImageError(f"{name} has no pixels ({width} x {height}).")
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise TooManyPixelsError(
            f"{name} has {width} x {height} pixels, more than the {MAX_PIXELS} that can be compressed. {_TOO_LARGE}"
        )
