"""Limits that hold before anything is allocated for a file that may be hostile."""

from __future__ import annotations

__all__ = [
    "FREE_NETWORK_PIXELS",
    "FREE_PACKED_BYTES",
    "MAX_METADATA_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "NETWORK_PIXELS_PER_BYTE",
    "PACKED_BYTES_PER_BYTE",
    "is_plausible_packing",
    "is_plausible_picture",
]

MAX_PIXELS = 1 << 29
"""Pixels a picture may have (537 megapixels)."""

MAX_SIDE = 1 << 20
"""Pixels a side may have."""

FREE_NETWORK_PIXELS = 1 << 25
"""Pixels that a picture coded by the network may have, however short its file is (33 megapixels)."""

NETWORK_PIXELS_PER_BYTE = 1 << 10
"""Pixels that a larger one may have for each byte of its file. Photographs have about one. Each pixel costs the
network the same work, and the index of a picture of 2²⁹ pixels, which is all that must be there, has 80 KB."""

MAX_METADATA_BYTES = 1 << 26
"""Bytes that metadata may unpack to (64 MiB)."""

FREE_PACKED_BYTES = 1 << 24
"""Bytes that a part of a packed file may become, however short it is (16 MiB)."""

PACKED_BYTES_PER_BYTE = 1 << 8
"""Bytes that a longer one may become for each of its own. JPEGs of photographs become one and a quarter."""


def is_plausible_picture(pixels: int, file_bytes: int) -> bool:
    """Whether a file of so many bytes may show so many pixels, each of which costs memory and time."""
    return pixels <= max(FREE_NETWORK_PIXELS, NETWORK_PIXELS_PER_BYTE * file_bytes)


def is_plausible_packing(size: int, packed: int) -> bool:
    """Whether `packed` bytes may become `size` bytes, so that nobody is made to give memory to a short file."""
    return size <= max(FREE_PACKED_BYTES, PACKED_BYTES_PER_BYTE * packed)
