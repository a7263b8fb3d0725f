"""The body of method `jpeg`: a file as parts, each packed in its own way (docs/format.md, "Method `jpeg`")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.errors import DamagedFileError
from srec_engine.limits import is_plausible_packing

__all__ = ["JpegPacker", "PackedPart", "first_part", "parse_parts"]


class JpegPacker(IntEnum):
    """How a part of the file is packed. The numbers are those of the format."""

    GENERAL = 0
    """General compression, as for metadata: what is no JPEG."""

    JPEG_XL = 1
    """A JPEG as libjxl transcodes it: a JPEG XL file with what rebuilds the JPEG (ISO/IEC 18181-2)."""

    COEFFICIENTS = 2
    """A JPEG whose coefficients are coded by context mixing (`jpeg_coefficients`)."""


MAX_PARTS = 1 << 8
"""Parts that a file may have; a writer makes at most 129."""


@dataclass(frozen=True, slots=True)
class PackedPart:
    """A part of the file.

    Attributes:
        packer: How it is packed.
        size: Bytes of it in the file.
        packed: What it was packed to.
    """

    packer: JpegPacker
    size: int
    packed: bytes

    @property
    def data(self) -> bytes:
        """What stands in the body."""
        return bytes([self.packer]) + pack_integer(self.size) + pack_integer(len(self.packed)) + self.packed


def parse_parts(body: bytes, what: str) -> list[PackedPart]:
    """All parts of a body: at least one, and together no more than is plausible.

    Raises:
        DamagedFileError: When that is not so.
    """
    parts: list[PackedPart] = []
    for part in _parts(Cursor(body, what), what):
        parts.append(part)
        if len(parts) > MAX_PARTS:
            raise DamagedFileError(f"{what} is damaged: it has more than {MAX_PARTS} parts.")
    _check_size(sum(part.size for part in parts), len(body), what)
    return parts


def first_part(remains: bytes, what: str) -> PackedPart:
    """The first part of what there is of a body, of which some may be missing at its end.

    Raises:
        DamagedFileError: When it cannot be told what it is, or it would become more than is plausible.
    """
    cursor = Cursor(remains, what)
    part = _head(cursor, what)
    _check_size(part.size, len(remains), what)
    return PackedPart(part.packer, part.size, cursor.take(min(cursor.take_integer(), cursor.remaining)))


def _parts(cursor: Cursor, what: str) -> Iterator[PackedPart]:
    while True:
        head = _head(cursor, what)
        yield PackedPart(head.packer, head.size, cursor.take(cursor.take_integer()))
        if not cursor.remaining:
            return


def _head(cursor: Cursor, what: str) -> PackedPart:
    """What stands before the packed bytes of a part and their number."""
    number, size = cursor.take_byte(), cursor.take_integer()
    if number not in set(JpegPacker):
        raise DamagedFileError(f"{what} is packed in a way that this program does not know ({number}).")
    return PackedPart(JpegPacker(number), size, b"")


def _check_size(size: int, packed: int, what: str) -> None:
    if not is_plausible_packing(size, packed):
        raise DamagedFileError(f"{what} is damaged: {packed} bytes are to become {size}.")
