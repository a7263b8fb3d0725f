"""What an account of a source file is: every one of its bytes in one of a few classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

__all__ = [
    "PADDING",
    "Account",
    "Filling",
    "Part",
    "PartKind",
    "Raster",
    "UnaccountedError",
    "covering_parts",
    "places_of",
]


PADDING = "padding"
"""What zeros between two parts are called."""


class UnaccountedError(Exception):
    """A file that has a byte, or a feature, of which this program does not know that its pixels hold it.

    The message is a clause that completes "stored as it was: …" ("it has 3000 bytes behind its end").
    """


class PartKind(IntEnum):
    """What a part of a file is. The numbers are those of the format (docs/format.md, "Skeleton")."""

    CARRIED = 0
    """Kept byte for byte."""

    PIXELS = 1
    """Pixel data, made again of the decoded picture."""

    PALETTE = 2
    """Colours of the palette, three bytes each: made again of the decoded palette."""

    WITHOUT_MEANING = 3
    """Checksums, lengths, the way of compressing: made again by whoever fills the skeleton."""

    STRIP_PLACES = 4
    """Where the strips of a TIFF lie: made again, since a strip that has grown lies elsewhere."""

    STRIP_SIZES = 5
    """How many bytes they have."""


class Filling(StrEnum):
    """How the pixel parts of a skeleton are made of the decoded picture."""

    RASTER = "raster"
    """The samples as they are: the file comes back byte for byte."""

    TIFF_STRIPS = "tiff-strips"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    QOI = "qoi"


@dataclass(frozen=True, slots=True)
class Part:
    """A run of bytes of one class.

    Attributes:
        kind: The class.
        size: Bytes.
        what: Names it for a person ("tEXt", "tag 700", "pixels").
    """

    kind: PartKind
    size: int
    what: str = ""


@dataclass(frozen=True, slots=True)
class Raster:
    """How samples lie in a file, before its compression.

    Attributes:
        order: What each sample of a pixel is: R, G, B, L (grey), A, P (place in the palette), or X: always `filler`.
        row_bytes: Bytes of a row, its padding (zeros) included.
        bits: Of a sample: 8, or 1, 2 or 4 with one sample a pixel, the first one in the high bits.
        bottom_up: The last row comes first.
        inverted: Samples count from white.
        filler: Value of the samples X.
        strip_rows: Rows that are compressed together (`Filling.TIFF_STRIPS`); 0 otherwise.
        compression: TIFF's number of the compression; 1 is none.
        predictor: TIFF's number of the predictor; 1 is none, 2 is the difference to the left.
    """

    order: str
    row_bytes: int
    bits: int = 8
    bottom_up: bool = False
    inverted: bool = False
    filler: int = 0
    strip_rows: int = 0
    compression: int = 1
    predictor: int = 1


@dataclass(frozen=True, slots=True)
class Account:
    """A whole file, accounted for.

    Attributes:
        format: Name of the format, as Pillow has it.
        mode: Pillow mode of the picture.
        width, height: Pixels.
        parts: Of the file, in its order, without gaps; together they are all of it.
        filling: How the pixels come back into it.
        raster: How samples lie, for the fillings that write them themselves; else None.
        palette: Colours for mode P where the raster is read without Pillow: three bytes each; else b"".
    """

    format: str
    mode: str
    width: int
    height: int
    parts: tuple[Part, ...]
    filling: Filling
    raster: Raster | None = None
    palette: bytes = b""

    def carried_bytes(self, data: bytes) -> bytes:
        """All that is carried of the file with these bytes, its padding left out: what must come back."""
        view, start, pieces = memoryview(data), 0, []
        for part in self.parts:
            if part.kind is PartKind.CARRIED and part.what != PADDING:
                pieces.append(view[start : start + part.size])
            start += part.size
        return b"".join(pieces)

    def places(self, kind: PartKind) -> list[tuple[int, int]]:
        """(start, end) of each part of a kind, in the file's order."""
        return places_of(self.parts, kind)


def places_of(parts: Iterable[Part], kind: PartKind) -> list[tuple[int, int]]:
    """(start, end) of each part of a kind, of parts that follow each other without gaps."""
    places, start = [], 0
    for part in parts:
        if part.kind is kind:
            places.append((start, start + part.size))
        start += part.size
    return places


def covering_parts(found: Iterable[tuple[int, int, PartKind, str]], size: int) -> tuple[Part, ...]:
    """Parts in the file's order out of (start, end, kind, what) in any order.

    Raises:
        UnaccountedError: When two overlap, one leaves the file, or bytes lie between them or behind them.
    """
    parts: list[Part] = []
    position = 0
    for start, end, kind, what in sorted(found):
        if start > position:
            raise UnaccountedError(f"{start - position} bytes in the middle of it belong to nothing that is known")
        if start < position or end > size:
            raise UnaccountedError(f"its {what} overlaps something else or lies outside of the file")
        if end > start:
            parts.append(Part(kind, end - start, what))
        position = end
    if position < size:
        raise UnaccountedError(f"it has {size - position} bytes behind its end, which its pixels do not hold")
    return tuple(parts)
