"""A picture as the codec sees it: samples in arrays, everything else as bytes."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts import Skeleton, pack_skeleton
from srec_engine.container import PIXEL_CHECKSUM_BYTES
from srec_engine.errors import SrecError, UnsupportedImageError
from srec_engine.files import require_regular_file

__all__ = [
    "PICTURE_MODES",
    "SKELETON",
    "KeptFile",
    "Palette",
    "Picture",
    "SourceFile",
    "VerbatimOnlyError",
    "bytes_checksum",
    "pixel_checksum",
]

SKELETON = "skeleton"
"""Name of the metadata that is a source file without its pixels."""

PICTURE_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
"""Pillow modes that a `Picture` can have."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file that a picture was read from; its bytes are only read again when they are wanted.

    Attributes:
        name: Its name without folders.
        format: Pillow's name of its format ("PNG", "JPEG", …).
        size: Bytes.
        digest: SHA-256 of its bytes.
        path: Where it is, or None when `data` holds it.
        data: Its bytes, or None when `path` leads to them.
    """

    name: str
    format: str
    size: int
    digest: bytes
    path: Path | None = None
    data: bytes | None = None

    @classmethod
    def read_from(cls, source: Path | bytes, name: str) -> tuple[SourceFile, bytes]:
        """Read a file, or take its bytes; the format is not known yet ("").

        Raises:
            SrecError: When it cannot be read.
        """
        if isinstance(source, bytes):
            return cls(name, "", len(source), hashlib.sha256(source).digest(), data=source), source
        data = _bytes_of(source)
        return cls(source.name, "", len(data), hashlib.sha256(data).digest(), source), data

    def read(self) -> bytes:
        """All bytes of the file.

        Raises:
            SrecError: When it cannot be read, or is not what it was.
        """
        if self.data is not None:
            return self.data
        if self.path is None:
            raise SrecError(f"The bytes of {self.name} were not kept.")
        data = _bytes_of(self.path)
        if hashlib.sha256(data).digest() != self.digest:
            raise SrecError(f"{self.path} was changed while it was being compressed. Try again.")
        return data


def _bytes_of(path: Path) -> bytes:
    """All bytes of a file; only of a real one, since a pipe or a device may never end.

    Raises:
        SrecError: When it cannot be read.
    """
    try:
        require_regular_file(path)
        return path.read_bytes()
    except OSError as error:
        raise SrecError(f"{path} cannot be opened: {error.strerror or error}. Check its name and rights.") from error


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is kept as its bytes.

    Attributes:
        source: The file.
        mode: Pillow mode of its (first) picture; "L" where that is not known.
        width, height: Of that picture; 1 where they are not known.
    """

    source: SourceFile
    mode: str
    width: int
    height: int


class VerbatimOnlyError(UnsupportedImageError):
    """A picture that only its own file can hold: a `Picture` of it would lose something.

    Attributes:
        reason: What would be lost, as a clause ("it has 16 bits a sample, …").
        kept: The file, to keep it verbatim; None for an image in memory.
    """

    def __init__(self, reason: str, source: SourceFile | None, mode: str, size: tuple[int, int]) -> None:
        advice = "Convert it first." if source is None else "Store its file as it is (method verbatim), or convert it."
        super().__init__(f"{source.name if source else 'The image'} cannot be stored as pixels: {reason}. {advice}")
        self.reason = reason
        self.kept = None if source is None else KeptFile(source, mode, *size)


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
        metadata: Bytes by name; see `images.metadata`. With a skeleton, what that tells.
        source: The file it came from, or None.
        skeleton: What is left of that file without its pixels, or None for a picture that came from no file.
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
    skeleton: Skeleton | None = None

    def part(self, rows: slice, columns: slice = slice(None)) -> Picture:
        """Some rows and columns of the picture, as views of its planes; everything else stays."""

        def cut(plane: NDArray[np.uint8] | None) -> NDArray[np.uint8] | None:
            return None if plane is None else plane[rows, columns]

        return replace(
            self,
            width=len(range(*columns.indices(self.width))),
            height=len(range(*rows.indices(self.height))),
            colour=cut(self.colour),
            alpha=cut(self.alpha),
            indices=cut(self.indices),
        )

    @property
    def stored_metadata(self) -> Mapping[str, bytes]:
        """Bytes by name as the container keeps them: a skeleton holds all metadata."""
        return self.metadata if self.skeleton is None else {SKELETON: pack_skeleton(self.skeleton)}

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
