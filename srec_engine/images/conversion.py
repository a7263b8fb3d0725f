"""Stored files as pictures to be written in another format, and what of them such a picture does not hold."""

from __future__ import annotations

import io
from dataclasses import replace

from srec_engine.accounts.jpeg import other_segments
from srec_engine.errors import UnsupportedImageError
from srec_engine.images.opening import identified, open_image, picture_from_image
from srec_engine.images.picture import Picture, VerbatimOnlyError
from srec_engine.images.sources import read_picture

__all__ = ["converted_picture"]

_REFUSAL = "{name} was not converted: {reason}. Decode it without a format: that gives the file as it was."
_JPEG_FORMATS = ("JPEG", "MPO")
# Formats of which Pillow tells all that there is beside the pixels of a single picture.
_PLAIN_FORMATS = ("MSP", "PCX", "XBM")


def converted_picture(data: bytes, name: str) -> tuple[Picture, tuple[str, ...]]:
    """The picture of a stored file, to be written in another format.

    Args:
        data: The file.
        name: Its name.

    Returns:
        The picture, and names of what else the file holds.

    Raises:
        UnsupportedImageError: When pixels would be lost (16 bits, several frames, …), or it is no image that is read.
    """
    found = identified(data, name)
    if found.reason:
        raise UnsupportedImageError(_REFUSAL.format(name=name, reason=found.reason))
    try:
        return replace(read_picture(data, name), source=None, skeleton=None), ()
    except VerbatimOnlyError:
        pass  # what Pillow makes of it, and the names of the rest
    try:
        with open_image(io.BytesIO(data), name) as image:
            return picture_from_image(image), _others(data, found.format)
    except VerbatimOnlyError as error:
        raise UnsupportedImageError(_REFUSAL.format(name=name, reason=error.reason)) from error


def _others(data: bytes, format_name: str) -> tuple[str, ...]:
    if format_name in _JPEG_FORMATS:
        return other_segments(data)
    return () if format_name in _PLAIN_FORMATS else (f"what else the {format_name} file holds",)
