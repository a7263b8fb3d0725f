"""Limits that hold before anything is allocated for a file that may be hostile."""

from __future__ import annotations

__all__ = [
    "FREE_JPEG_BLOCKS",
    "FREE_JPEG_BYTES",
    "FREE_NETWORK_PIXELS",
    "FREE_PACKED_BYTES",
    "JPEG_BLOCKS_PER_BYTE",
    "MAX_METADATA_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "NETWORK_PIXELS_PER_BYTE",
    "PACKED_BYTES_PER_BYTE",
    "BlockBudget",
    "are_plausible_blocks",
    "is_plausible_jpeg",
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

FREE_JPEG_BYTES = 1 << 22
"""Bytes that a JPEG may have, however short what its coefficients were coded to (4 MiB). Scans go over all blocks again
and again, and may do so the oftener the longer the file is."""

FREE_JPEG_BLOCKS = 1 << 18
"""Blocks of 8 x 8 coefficients that a JPEG may have, however short what they were coded to: 32 MiB of memory, and half
a minute where each of them is full."""

JPEG_BLOCKS_PER_BYTE = 1 << 4
"""Blocks that a larger one may have for each byte of that. Photographs have four at most."""


def is_plausible_picture(pixels: int, file_bytes: int) -> bool:
    """Whether a file of so many bytes may show so many pixels, each of which costs memory and time."""
    return pixels <= max(FREE_NETWORK_PIXELS, NETWORK_PIXELS_PER_BYTE * file_bytes)


def is_plausible_packing(size: int, packed: int) -> bool:
    """Whether `packed` bytes may become `size` bytes, so that nobody is made to give memory to a short file."""
    return size <= max(FREE_PACKED_BYTES, PACKED_BYTES_PER_BYTE * packed)


def is_plausible_jpeg(size: int, packed: int) -> bool:
    """Whether `packed` bytes of coded coefficients may become a JPEG of `size` bytes."""
    return size <= max(FREE_JPEG_BYTES, PACKED_BYTES_PER_BYTE * packed)


def are_plausible_blocks(blocks: int, packed: int) -> bool:
    """Whether `packed` bytes may be coded coefficients of so many blocks."""
    return blocks <= max(FREE_JPEG_BLOCKS, JPEG_BLOCKS_PER_BYTE * packed)


class BlockBudget:
    """How many blocks may yet come out of a file: its parts may not each have what one alone may."""

    def __init__(self, packed: int) -> None:
        """Begin with what `packed` bytes may become."""
        self._packed = packed
        self._spent = 0

    def spend(self, blocks: int) -> bool:
        """Count some; returns whether they may come out."""
        self._spent += blocks
        return are_plausible_blocks(self._spent, self._packed)
