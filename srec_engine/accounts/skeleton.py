"""A source file without its pixels, as a `.srec` keeps it: docs/format.md, "Skeleton", has the bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

from srec_engine.accounts.account import Account, Filling, Part, PartKind, Raster, UnaccountedError, places_of
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.container.names import safe_file_name
from srec_engine.errors import DamagedFileError

__all__ = ["Skeleton", "pack_skeleton", "parse_skeleton", "skeleton_of"]

_FILLINGS = tuple(Filling)
_MAX_PARTS = 1 << 20
_KIND_BITS = 3
_ROW_PADDING = 3
# Strips that are compressed are rarely longer than their samples.
_STRIP_SLACK = 1 << 20
# The places and sizes of a million strips.
_MAX_MADE_AGAIN_BYTES = 1 << 23
_MAX_TEXT_BYTES = 255
_ORDERS = frozenset(["L", "P", "LA", "RGB", "BGR", "RGBA", "BGRA", "BGRX"])
_BITS = frozenset([1, 2, 4, 8])


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What is left of a source file when its pixels are taken out.

    Attributes:
        format: Name of the file's format, as Pillow has it.
        name: The file's own name, without folders.
        filling: How the pixels come back into it.
        raster: How samples lie; None where the filling knows.
        parts: Of the file, in its order; neighbours are of different kinds.
        carried: The bytes of all carried parts.
        digest: SHA-256 of the file where filling gives it back byte for byte; else b"".
    """

    format: str
    name: str
    filling: Filling
    raster: Raster | None
    parts: tuple[Part, ...]
    carried: bytes
    digest: bytes = b""

    @property
    def file_bytes(self) -> int:
        """Size of the source file."""
        return sum(part.size for part in self.parts)

    def places(self, kind: PartKind) -> list[tuple[int, int]]:
        """(start, end) of each part of a kind, in the file's order."""
        return places_of(self.parts, kind)

    def pieces(self) -> Iterator[tuple[PartKind, int, bytes]]:
        """Kind, size and, for what is carried, bytes of each part."""
        position = 0
        for part in self.parts:
            data = b""
            if part.kind is PartKind.CARRIED:
                data = self.carried[position : position + part.size]
                position += part.size
            yield part.kind, part.size, data

    def check_size(self, width: int, height: int) -> None:
        """Check that the pixel parts are those of a picture of this size.

        Raises:
            DamagedFileError: When they are not.
        """
        raster = self.raster
        if raster is None:
            return
        needed = -(-width * raster.bits * len(raster.order) // 8)
        pixels = sum(part.size for part in self.parts if part.kind is PartKind.PIXELS)
        exact = self.filling is not Filling.RASTER or pixels == raster.row_bytes * height
        strips = self.filling is not Filling.TIFF_STRIPS or pixels <= 2 * raster.row_bytes * height + _STRIP_SLACK
        if not needed <= raster.row_bytes <= needed + _ROW_PADDING or not exact or not strips:
            raise DamagedFileError(f"{self.name}: its pixels do not fit the rest of it")

    def without_pixels(self) -> bytes:
        """The file with its pixel data left out and zeros for what else is made again."""
        return b"".join(
            data if kind is PartKind.CARRIED else bytes(size)
            for kind, size, data in self.pieces()
            if kind is not PartKind.PIXELS
        )


def skeleton_of(account: Account, data: bytes, name: str, digest: bytes = b"") -> Skeleton:
    """The skeleton of a file whose account and bytes these are.

    Raises:
        UnaccountedError: When it has more parts than a skeleton can have.
    """
    view = memoryview(data)
    carried = b"".join(view[start:end] for start, end in account.places(PartKind.CARRIED))
    parts = tuple(_joined(account.parts))
    if len(parts) > _MAX_PARTS:
        raise UnaccountedError(f"it has its pixels in {len(parts)} pieces")
    return Skeleton(account.format, name, account.filling, account.raster, parts, carried, digest)


def _joined(parts: Sequence[Part]) -> Iterator[Part]:
    """Neighbours of one kind as one part; strips stay apart, since each is compressed by itself."""
    kept: Part | None = None
    for part in parts:
        if kept is not None and kept.kind is part.kind is PartKind.CARRIED:
            kept = Part(kept.kind, kept.size + part.size)
            continue
        if kept is not None:
            yield kept
        kept = Part(part.kind, part.size)
    if kept is not None:
        yield kept


def pack_skeleton(skeleton: Skeleton) -> bytes:
    """A skeleton as bytes."""
    fields = [bytes([_FILLINGS.index(skeleton.filling)])]
    name = safe_file_name(skeleton.name).encode()
    for text in (skeleton.format.encode(), name, skeleton.digest):
        fields += [pack_integer(len(text)), text]
    fields += _packed_raster(skeleton.raster)
    fields.append(pack_integer(len(skeleton.parts)))
    fields += [pack_integer(part.size << _KIND_BITS | part.kind) for part in skeleton.parts]
    return b"".join([*fields, skeleton.carried])


def _packed_raster(raster: Raster | None) -> list[bytes]:
    if raster is None:
        return [b"\0"]
    order, *numbers = astuple(raster)
    return [bytes([len(order)]), order.encode(), *(pack_integer(int(number)) for number in numbers)]


def parse_skeleton(data: bytes, what: str) -> Skeleton:
    """Undo `pack_skeleton`.

    Args:
        data: Its bytes, which may be hostile.
        what: Names them in messages.

    Raises:
        DamagedFileError: When they are not those of a skeleton.
    """
    cursor = Cursor(data, what)
    number = cursor.take_byte()
    if number >= len(_FILLINGS):
        raise DamagedFileError(f"{what}: pixels are filled in in an unknown way ({number})")
    format_name = _text(cursor, what)
    name = safe_file_name(_text(cursor, what))
    digest = cursor.take(cursor.take_integer())
    raster = _parsed_raster(cursor, what)
    count = cursor.take_integer()
    if count > min(_MAX_PARTS, cursor.remaining) or len(digest) not in (0, 32):
        raise DamagedFileError(f"{what}: {count} parts or a digest of {len(digest)} bytes cannot be")
    sizes = [cursor.take_integer() for _ in range(count)]
    kinds = [size & (1 << _KIND_BITS) - 1 for size in sizes]
    if any(kind not in set(PartKind) for kind in kinds):
        raise DamagedFileError(f"{what}: it has parts of an unknown kind")
    parts = tuple(Part(PartKind(kind), size >> _KIND_BITS) for kind, size in zip(kinds, sizes, strict=True))
    made_again = sum(part.size for part in parts if part.kind not in (PartKind.CARRIED, PartKind.PIXELS))
    if made_again > _MAX_MADE_AGAIN_BYTES:
        raise DamagedFileError(f"{what}: {made_again} bytes around its pixels are to be made again")
    carried = cursor.take_rest()
    if sum(part.size for part in parts if part.kind is PartKind.CARRIED) != len(carried):
        raise DamagedFileError(f"{what}: its parts do not add up to the {len(carried)} bytes that it carries")
    return Skeleton(format_name, name, _FILLINGS[number], raster, parts, carried, digest)


def _text(cursor: Cursor, what: str) -> str:
    size = cursor.take_integer()
    if size > _MAX_TEXT_BYTES:
        raise DamagedFileError(f"{what}: a name in it has {size} bytes")
    return str(cursor.take(size), errors="replace")


def _parsed_raster(cursor: Cursor, what: str) -> Raster | None:
    size = cursor.take_byte()
    if not size:
        return None
    order = cursor.take(size).decode("latin-1")
    row_bytes, bits, bottom_up, inverted, filler, strip_rows, compression, predictor = (
        cursor.take_integer() for _ in range(8)
    )
    known = order in _ORDERS and bits in _BITS and (bits == 8 or len(order) == 1)
    if not known or filler > 255 or bottom_up > 1 or inverted > 1:
        raise DamagedFileError(f"{what}: samples lie in an unknown way ({order!r}, {bits} bits)")
    return Raster(order, row_bytes, bits, bool(bottom_up), bool(inverted), filler, strip_rows, compression, predictor)
