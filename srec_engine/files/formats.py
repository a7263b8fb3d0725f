"""Which image formats are opened. Pillow's own list, less what is no picture or not safe to open."""

from __future__ import annotations

import functools
import os
import struct
from collections.abc import Callable

__all__ = [
    "SREC_SUFFIX",
    "accepts_mark",
    "format_of_name",
    "image_extensions",
    "is_known_name",
    "looks_like_image",
    "readable_formats",
]

SREC_SUFFIX = ".srec"

_EXCLUDED_FORMATS = frozenset(
    [
        "EPS",  # a program: opening it starts Ghostscript
        *("BUFR", "GRIB", "HDF5", "MPEG", "WMF"),  # recognised by Pillow, but not decoded by it
        *("FPX", "MIC"),  # need a further library
        *("PDF", "SREC"),
    ]
)


@functools.cache
def readable_formats() -> tuple[str, ...]:
    """Pillow's names of the formats that are opened ("PNG", "JPEG", …), in Pillow's order. Loads Pillow."""
    from PIL import Image

    Image.init()
    return tuple(name for name in Image.ID if name in Image.OPEN and name not in _EXCLUDED_FORMATS)


@functools.cache
def image_extensions() -> frozenset[str]:
    """Extensions of the image formats that are opened, in lower case with their dot; ".srec" is not among them."""
    from PIL import Image

    # The plugin for JPEG opens these too, under a name that is not in the list of openers.
    formats = {*readable_formats(), "MPO"}
    return frozenset(ending.lower() for ending, name in Image.registered_extensions().items() if name in formats)


def format_of_name(name: str) -> str:
    """Pillow's name of the format that a file's name ends like, or ""."""
    from PIL import Image

    image_extensions()  # loads Pillow's plug-ins
    return Image.registered_extensions().get(os.path.splitext(name)[1].lower(), "")  # noqa: PTH122


def is_known_name(name: str) -> bool:
    """Whether a file's name ends like an image's or like ".srec"."""
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 - called for every name of a large folder
    return ending == SREC_SUFFIX or ending in image_extensions()


def looks_like_image(name: str, first_bytes: bytes) -> bool:
    """Whether a file's first 16 bytes (or, for formats without a mark there, its name) are those of an image."""
    from PIL import Image

    extensions = Image.registered_extensions()
    named = extensions.get(os.path.splitext(name)[1].lower())  # noqa: PTH122
    for format_name in readable_formats():
        accept = Image.OPEN[format_name][1]
        if accept is None:
            if format_name == named:
                return True
        elif first_bytes and accepts_mark(accept, first_bytes[:16]):
            return True
    return False


def accepts_mark(accept: Callable[[bytes], bool | str], first_bytes: bytes) -> bool:
    """Whether a plug-in of Pillow knows the mark; some stumble over a file that is shorter than theirs."""
    try:
        return accept(first_bytes) is True
    except (SyntaxError, IndexError, TypeError, ValueError, struct.error):
        return False
