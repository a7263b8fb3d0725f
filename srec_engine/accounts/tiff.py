"""TIFF 6.0 of one picture in strips: its folder of tags, their values, and the strips. Nothing is moved.

Only the strips are taken out: every other byte keeps its place in the file, so that whatever points to a place
(makers' notes do) still points to the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Literal

from srec_engine.accounts.account import (
    PADDING,
    Account,
    Filling,
    Part,
    PartKind,
    Raster,
    UnaccountedError,
    covering_parts,
)
from srec_engine.accounts.numbers import Numbers

__all__ = ["DEFLATE", "LZW", "OLD_DEFLATE", "PACKBITS", "account_of_tiff", "is_tiff", "top_tags"]

LZW, DEFLATE, PACKBITS, OLD_DEFLATE = 5, 8, 32773, 32946
"""TIFF's numbers of the compressions that are known here."""

_NONE = 1
_COMPRESSIONS = (_NONE, LZW, DEFLATE, PACKBITS, OLD_DEFLATE)

_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER, _OFFSETS = 256, 257, 258, 259, 262, 266, 273
_CHANNELS, _STRIP_ROWS, _STRIP_SIZES, _PLANES, _PREDICTOR, _PALETTE = 277, 278, 279, 284, 317, 320
_EXTRA_SAMPLES, _SAMPLE_FORMAT, _EXIF, _GPS, _INTEROPERABILITY = 338, 339, 34665, 34853, 40965
_FOLDERS = (_EXIF, _GPS, _INTEROPERABILITY)
# Tags that, with another value than this, mean something that is not known here.
_ONLY = {
    254: (0, "it is a part of another picture"),
    255: (1, "it is a part of another picture"),
    _FILL_ORDER: (1, "its bits are in the other order"),
    274: (1, "it is to be turned"),
    _SAMPLE_FORMAT: (1, "its samples are signed or floating-point numbers"),
    32997: (1, "it has several slices"),
}
_REFUSED = {
    322: "it is stored in tiles",
    324: "it is stored in tiles",
    330: "it holds further pictures inside",
    347: "it holds a JPEG",
    513: "it holds a JPEG",
}
_STRAIGHT_ALPHA = 2
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _INDEXED = 0, 1, 2, 3
_MAX_ENTRIES = 4096
_MAX_VALUES = 1 << 20


@dataclass(frozen=True, slots=True)
class _Entry:
    """A tag: its type, how many values it has, and where they lie."""

    type: int
    count: int
    start: int
    end: int


def is_tiff(data: bytes) -> bool:
    """Whether a file begins like a TIFF or a BigTIFF."""
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def account_of_tiff(data: bytes) -> Account:
    """Account for a TIFF.

    Raises:
        UnaccountedError: With what is not known to be held by its pixels and tags.
    """
    if data[:4] not in (b"II*\0", b"MM\0*"):
        raise UnaccountedError("it is a BigTIFF")
    return _Directory(data).account()


def top_tags(file: BinaryIO) -> list[tuple[int, bytes]]:
    """Number and value (or where it lies) of each tag of the first folder; [] where that cannot be read."""
    head = file.read(8)
    order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"
    file.seek(int.from_bytes(head[4:8], order))
    entries = file.read(12 * int.from_bytes(file.read(2), order))
    starts = range(0, len(entries) - 11, 12)
    return [(int.from_bytes(entries[at : at + 2], order), entries[at + 8 : at + 12]) for at in starts]


class _Directory:
    """The tags of a file, and the spans of bytes that they take."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._numbers = Numbers(data, "little" if data[:2] == b"II" else "big")
        self._spans: dict[tuple[int, int], str] = {(0, 8): "header"}
        self._shared: set[tuple[int, int]] = set()
        self._folders: set[int] = set()
        place = self._numbers.at(4, 4)
        self._tags = self._read(place, top=True)

    def _read(self, place: int, *, top: bool = False) -> Mapping[int, _Entry]:
        """A folder of tags and those that it leads to."""
        if place in self._folders:
            raise UnaccountedError("its folders of tags lead to each other")
        self._folders.add(place)
        count = self._numbers.at(place, 2)
        end = place + 2 + 12 * count
        if not 0 < count <= _MAX_ENTRIES:
            raise UnaccountedError(f"it has a folder of {count} tags")
        if top and self._numbers.at(end, 4):
            raise UnaccountedError("it has several pages")
        # EXIF's writers leave out the link to a next folder where there is none.
        following = 4 if top or self._data[end : end + 4] == bytes(4) else 0
        self._spans[place, end + following] = "folder of tags"
        tags: dict[int, _Entry] = {}
        for number in range(count):
            tag, entry = self._entry(place + 2 + 12 * number)
            if tag in tags:
                raise UnaccountedError(f"it has the tag {tag} twice")
            tags[tag] = entry
        for tag in _FOLDERS:
            if tag in tags:
                self._read(self._numbers_of(tags[tag])[0])
        return tags

    def _entry(self, place: int) -> tuple[int, _Entry]:
        tag, kind, count = self._numbers.at(place, 2), self._numbers.at(place + 2, 2), self._numbers.at(place + 4, 4)
        if kind not in _TYPE_SIZES:
            raise UnaccountedError(f"its tag {tag} is of an unknown type")
        size = _TYPE_SIZES[kind] * count
        if size <= 4:
            return tag, _Entry(kind, count, place + 8, place + 8 + size)
        start = self._numbers.at(place + 8, 4)
        if start + size > len(self._data):
            raise UnaccountedError("it ends before what it announces")
        if (start, start + size) in self._spans:
            self._shared.add((start, start + size))
        self._spans[start, start + size] = f"tag {tag}"
        return tag, _Entry(kind, count, start, start + size)

    def _numbers_of(self, entry: _Entry) -> list[int]:
        size = _TYPE_SIZES[entry.type]
        if entry.type not in (1, 3, 4, 13) or not 0 < entry.count <= _MAX_VALUES:
            raise UnaccountedError("a tag that describes its pixels is not made of numbers")
        return [self._numbers.at(place, size) for place in range(entry.start, entry.end, size)]

    def _values(self, tag: int, default: int | None = None) -> list[int]:
        if tag in self._tags:
            return self._numbers_of(self._tags[tag])
        if default is None:
            raise UnaccountedError(f"its tag {tag} is missing")
        return [default]

    def _value(self, tag: int, default: int | None = None) -> int:
        return self._values(tag, default)[0]

    def account(self) -> Account:
        """The account of the file."""
        for tag, reason in _REFUSED.items():
            if tag in self._tags:
                raise UnaccountedError(reason)
        for tag, (only, reason) in _ONLY.items():
            if any(value != only for value in self._values(tag, only)):
                raise UnaccountedError(reason)
        width, height = self._value(_WIDTH), self._value(_HEIGHT)
        if not width or not height:
            raise UnaccountedError("it has no pixels")
        raster, mode, palette = self._raster(width, height)
        parts = self._parts(raster, height)
        filling = Filling.RASTER if raster.compression == _NONE else Filling.TIFF_STRIPS
        return Account("TIFF", mode, width, height, parts, filling, raster, palette)

    def _raster(self, width: int, height: int) -> tuple[Raster, str, bytes]:
        channels, photometric = self._value(_CHANNELS, 1), self._value(_PHOTOMETRIC)
        depths = set(self._values(_BITS, 1))
        bits = depths.pop()
        compression, predictor = self._value(_COMPRESSION, _NONE), self._value(_PREDICTOR, 1)
        if bits > 8:
            raise UnaccountedError(f"its samples have {bits} bits")
        if depths or bits not in (1, 2, 4, 8):
            raise UnaccountedError("its samples have different or unusual depths")
        if compression not in _COMPRESSIONS:
            raise UnaccountedError(f"it is compressed in a way that is not taken apart here ({compression})")
        if self._value(_PLANES, 1) != 1 and channels > 1:
            raise UnaccountedError("its channels are stored one after the other")
        order = self._order(photometric, channels)
        if (bits < 8 and len(order) > 1) or predictor not in (1, 2) or (predictor == 2 and bits < 8):
            raise UnaccountedError(f"{len(order)} samples of {bits} bits with predictor {predictor} are not known")
        row_bytes = -(-width * bits * len(order) // 8)
        strip_rows = min(height, self._value(_STRIP_ROWS, height)) if compression != _NONE else 0
        inverted = photometric == _WHITE_IS_ZERO
        raster = Raster(order, row_bytes, bits, False, inverted, 0, strip_rows, compression, predictor)
        mode = "1" if order == "L" and bits == 1 else order
        return raster, mode, self._palette(bits) if order == "P" else b""

    def _order(self, photometric: int, channels: int) -> str:
        colours = {_WHITE_IS_ZERO: "L", _BLACK_IS_ZERO: "L", _RGB: "RGB", _INDEXED: "P"}.get(photometric)
        if colours is None:
            raise UnaccountedError(f"its colours are of a kind that is not known here ({photometric})")
        extra = self._values(_EXTRA_SAMPLES) if _EXTRA_SAMPLES in self._tags else []
        if channels == len(colours) and not extra:
            return colours
        if channels == len(colours) + 1 and extra == [_STRAIGHT_ALPHA] and photometric in (_BLACK_IS_ZERO, _RGB):
            return colours + "A"
        raise UnaccountedError(f"it has {channels} channels, of which not all are known here")

    def _palette(self, bits: int) -> bytes:
        """The colours of a palette of 16 bits a colour, as 8 bits each."""
        values, count = self._values(_PALETTE), 1 << bits
        if len(values) != 3 * count:
            raise UnaccountedError("its palette is too short")
        if 0 < max(values) < 256:
            # libtiff takes such numbers for 8 bits, others for 16, of which nothing is left.
            raise UnaccountedError("its palette has 8 bits a colour, which readers take for black")
        return bytes(values[channel * count + place] >> 8 for place in range(count) for channel in range(3))

    def _parts(self, raster: Raster, height: int) -> tuple[Part, ...]:
        starts, sizes = self._values(_OFFSETS), self._values(_STRIP_SIZES)
        rows = min(height, self._value(_STRIP_ROWS, height)) or height
        if len(starts) != len(sizes) or len(starts) != -(-height // rows) or sorted(starts) != starts:
            raise UnaccountedError("its strips are not as its tags say, or not in order")
        if raster.compression == _NONE:
            wanted = [min(rows, height - top) * raster.row_bytes for top in range(0, height, rows)]
            if sizes != wanted:
                raise UnaccountedError("its strips are longer or shorter than their pixels")
        found = [(start, end, PartKind.CARRIED, what) for (start, end), what in self._spans.items()]
        if raster.compression != _NONE:
            found = self._without_places_of_strips(found)
        found += [(start, start + size, PartKind.PIXELS, "strip") for start, size in zip(starts, sizes, strict=True)]
        return covering_parts([*found, *self._padding(found)], len(self._data))

    def _without_places_of_strips(
        self, found: list[tuple[int, int, PartKind, str]]
    ) -> list[tuple[int, int, PartKind, str]]:
        """The same spans with those numbers cut out that say where strips lie and how long they are."""
        for tag, wanted in ((_OFFSETS, PartKind.STRIP_PLACES), (_STRIP_SIZES, PartKind.STRIP_SIZES)):
            entry = self._tags[tag]
            if entry.type not in (3, 4) or (entry.start, entry.end) in self._shared:
                raise UnaccountedError("its strips are not as its tags say")
            holder = next(span for span in found if span[0] <= entry.start and entry.end <= span[1])
            found = [span for span in found if span is not holder]
            start, end, kind, name = holder
            found += [
                (start, entry.start, kind, name),
                (entry.start, entry.end, wanted, f"tag {tag}"),
                (entry.end, end, kind, name),
            ]
        return [span for span in found if span[1] > span[0]]

    def _padding(self, found: list[tuple[int, int, PartKind, str]]) -> list[tuple[int, int, PartKind, str]]:
        """Gaps that hold nothing but zeros, as writers leave them to begin at even places."""
        gaps, position = [], 0
        for start, end, _, _ in sorted(found):
            if start > position and not any(self._data[position:start]):
                gaps.append((position, start, PartKind.CARRIED, PADDING))
            position = max(position, end)
        if position < len(self._data) and not any(self._data[position:]):
            gaps.append((position, len(self._data), PartKind.CARRIED, PADDING))
        return gaps
