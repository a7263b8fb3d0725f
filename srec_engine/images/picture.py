"""A picture as the codec sees it: samples in arrays, everything else as bytes."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from srec_engine.container import PIXEL_CHECKSUM_BYTES
from srec_engine.errors import SrecError, UnsupportedImageError

__all__ = [
    "PICTURE_MODES",
    "Palette",
    "Picture",
    "SourceFile",
    "VerbatimOnlyError",
    "bytes_checksum",
    "pixel_checksum",
]

PICTURE_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
"""Pillow modes that a `Picture` can have."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file that a picture was read from; its bytes are only read again when they are wanted.

    Attributes:
        name: Its name without folders.
        format: Pillow's name of its format ("PNG", "JPEG", …).
        size: Bytes.
        path: Where it is, or None when `data` holds it.
        data: Its bytes, or None when `path` leads to them.
    """

    name: str
    format: str
    size: int
    path: Path | None = None
    data: bytes | None = None

    def read(self) -> bytes:
        """All bytes of the file.

        Raises:
            SrecError: When it cannot be read, or is not as long as before.
        """
        if self.data is not None:
            return self.data
        if self.path is None:
            raise SrecError(f"The bytes of {self.name} were not kept.")
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise SrecError(
                f"{self.path} could not be read: {error.strerror}. Check that it is still there."
            ) from error
        if len(data) != self.size:
            raise SrecError(f"{self.path} was changed while it was being compressed. Try again.")
        return data


class VerbatimOnlyError(UnsupportedImageError):
    """A picture that only its own file can hold: a `Picture` of it would lose something.

    Attributes:
        reason: What would be lost, as a clause ("it has 16 bits a sample, …").
        source: The file, to keep it verbatim; None for an image in memory.
        mode, width, height: Of the (first) picture, as Pillow opens it.
    """

    def __init__(self, reason: str, source: SourceFile | None, mode: str, size: tuple[int, int]) -> None:
        name = source.name if source else "The image"
        super().__init__(
            f"{name} cannot be stored as pixels: {reason}. "
            "Its file can be stored as it is (method verbatim), or convert it first."
        )
        self.reason = reason
        self.source = source
        self.mode = mode
        self.width, self.height = size


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a picture of mode P.

    Attributes:
        mode: "RGB" or "RGBA".
        data: Three or four bytes a colour; at most 256 colours, often fewer, possibly none.
    """

    mode: str
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture. Arrays must not be changed.

    Attributes:
        mode: One of `PICTURE_MODES`.
        width, height: Pixels.
        colour: What a network can code: uint8 (H, W, 3) for RGB and RGBA, (H, W, 1) for L and LA; else None.
        alpha: uint8 (H, W) for LA and RGBA; else None.
        indices: uint8 (H, W): for P places in the palette, for "1" 0 (black) or 1 (white); else None.
        palette: For P; else None.
        metadata: Bytes by name as the container keeps them; see `images.metadata`.
        source: The file it came from, or None.
    """

    mode: str
    width: int
    height: int
    colour: NDArray[np.uint8] | None = None
    alpha: NDArray[np.uint8] | None = None
    indices: NDArray[np.uint8] | None = None
    palette: Palette | None = None
    metadata: Mapping[str, bytes] = field(default_factory=dict)
    source: SourceFile | None = None

    @property
    def raw_bytes(self) -> int:
        """Bytes of the samples without compression (eight to a byte for mode "1")."""
        if self.mode == "1":
            return -(-self.width // 8) * self.height
        planes = (self.colour, self.alpha, self.indices)
        return sum(plane.nbytes for plane in planes if plane is not None)


def bytes_checksum(data: bytes) -> bytes:
    """16 bytes that identify a file: the first half of its SHA-256."""
    return hashlib.sha256(data).digest()[:PIXEL_CHECKSUM_BYTES]


def pixel_checksum(picture: Picture) -> bytes:
    """16 bytes that identify a picture's pixels: the first half of a SHA-256.

    Hashed are the mode in ASCII, a zero byte, width and height (32 bits each, little-endian), then the samples of
    colour (interleaved), alpha, indices, then the palette's mode and bytes, each where there is one. Metadata is not.
    """
    digest = hashlib.sha256(picture.mode.encode() + b"\0" + struct.pack("<II", picture.width, picture.height))
    for plane in (picture.colour, picture.alpha, picture.indices):
        if plane is not None:
            digest.update(np.ascontiguousarray(plane).data)
    if picture.palette is not None:
        digest.update(picture.palette.mode.encode() + picture.palette.data)
    return digest.digest()[:PIXEL_CHECKSUM_BYTES]
