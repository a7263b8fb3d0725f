"""What files of pictures hold beside their pixels, found by small readers that know nothing of the engine.

A structure is a list of named parts in the order of the file. Where pixels lie the list says only that they do; sizes,
places and checksums that follow from the rest are left out, and so is how the pixels are compressed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

__all__ = ["STRUCTURES", "Part", "StructureError", "structure_of"]

Part = tuple[str, bytes]
PIXELS = b"(pixels)"


class StructureError(ValueError):
    """A file is not built as its format says, or in a way that is not walked here."""


def structure_of(data: bytes) -> list[Part]:
    """The parts of a file beside its pixels.

    Raises:
        StructureError: When the format has no walker here, or the file is not whole.
    """
    for marks, walk in STRUCTURES:
        if data.startswith(marks):
            try:
                return list(walk(data))
            except (struct.error, IndexError, zlib.error) as error:
                raise StructureError(f"not whole: {error}") from error
    raise StructureError("no structure is known for this format")


# --- PNG -------------------------------------------------------------------------------------------------------------


def _png(data: bytes) -> Iterator[Part]:
    at, pixels = 8, b""
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        name, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        at += 12 + length
        if checksum != zlib.crc32(name + content):
            yield "wrong checksum", struct.pack(">I", checksum)
        if name == b"IDAT":
            pixels += content
            if data[at + 4 : at + 8] != b"IDAT":
                yield "pixels", PIXELS
                yield from _behind_zlib(pixels)
                pixels = b""
            continue
        # The last byte of the header says in which order the rows lie, which is a way of compressing.
        yield name.decode("latin-1"), content[:-1] if name == b"IHDR" else content
        if name == b"IEND":
            yield "behind IEND", data[at:]
            return


def _behind_zlib(stream: bytes) -> Iterator[Part]:
    inflating = zlib.decompressobj()
    inflating.decompress(stream)
    yield "behind the pixels' zlib stream", inflating.unused_data


# --- TIFF ------------------------------------------------------------------------------------------------------------

_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_FOLDERS = {330: "SubIFDs", 34665: "Exif", 34853: "GPS", 40965: "Interoperability"}
_PLACES = {273: 279, 324: 325}
# Compression, order of bits, rows of a strip, planes, predictor, sides of a tile.
_LAYOUT = frozenset([259, 266, 278, 284, 317, 322, 323])


@dataclass
class _TiffFile:
    data: bytes
    order: str
    is_big: bool
    seen: set[int] = field(default_factory=set)
    covered: list[tuple[int, int]] = field(default_factory=list)

    def numbers(self, kind: int, value: bytes) -> list[int]:
        code = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}.get(kind)
        if code is None:
            raise StructureError(f"type {kind} for a place")
        return list(struct.unpack(f"{self.order}{len(value) // _TYPE_BYTES[kind]}{code}", value))

    def cover(self, start: int, length: int) -> bytes:
        if start + length > len(self.data):
            raise StructureError("a place beyond the end")
        self.covered.append((start, start + length))
        return self.data[start : start + length]

    def folder(self, start: int, name: str) -> Iterator[Part]:
        while start:
            if start in self.seen:
                raise StructureError("a loop of folders")
            self.seen.add(start)
            count_code, place_code, entry_bytes = ("Q", "Q", 20) if self.is_big else ("H", "I", 12)
            head = struct.calcsize(self.order + count_code)
            (count,) = struct.unpack(self.order + count_code, self.cover(start, head))
            yield f"{name}: folder", b""
            places: dict[int, list[int]] = {}
            for index in range(count):
                yield from self.entry(start + head + index * entry_bytes, name, places)
            for tag, lengths in _PLACES.items():
                for place, length in zip(places.get(tag, []), places.get(lengths, []), strict=True):
                    strip = self.cover(place, length)
                    yield from _behind_strip(strip, places.get(259, [1])[0])
            end = start + head + count * entry_bytes
            (start,) = struct.unpack(self.order + place_code, self.cover(end, struct.calcsize(self.order + place_code)))

    def entry(self, at: int, name: str, places: dict[int, list[int]]) -> Iterator[Part]:
        room = 8 if self.is_big else 4
        tag, kind = struct.unpack(self.order + "HH", self.cover(at, 4))
        (count,) = struct.unpack(self.order + ("Q" if self.is_big else "I"), self.cover(at + 4, room))
        value = self.cover(at + 4 + room, room)
        size = _TYPE_BYTES.get(kind, 0) * count
        if size > room:
            (place,) = struct.unpack(self.order + ("Q" if self.is_big else "I"), value)
            value = self.cover(place, size)
        elif kind in _TYPE_BYTES:
            value = value[:size]
        if tag in _FOLDERS and kind in (4, 13, 16, 18):
            for start in self.numbers(kind, value):
                yield from self.folder(start, f"{name} → {_FOLDERS[tag]}")
        elif tag in _PLACES or tag in _PLACES.values() or tag == 259:
            places[tag] = self.numbers(kind, value)
        elif tag not in _LAYOUT:
            yield f"{name}: tag {tag}, type {kind}, {count} values", value

    def left_over(self) -> bytes:
        end, found = 0, []
        for start, stop in [*sorted(self.covered), (len(self.data), len(self.data))]:
            between = self.data[end:start].strip(b"\0")
            if between:
                found.append(between)
            end = max(end, stop)
        return b"|".join(found)


def _behind_strip(strip: bytes, compression: int) -> Iterator[Part]:
    """What lies behind the end that a compressed strip has in itself."""
    behind = b""
    if compression in (8, 32946):
        inflating = zlib.decompressobj()
        inflating.decompress(strip)
        behind = inflating.unused_data
    elif compression == 5:
        behind = strip[_lzw_bytes(strip) :]
    if behind.strip(b"\0"):
        yield "behind the end of a strip", behind


def _lzw_bytes(strip: bytes) -> int:
    """Bytes up to and with the code that ends a strip of LZW."""
    bits, at, width, entries = int.from_bytes(strip, "big"), 0, 9, 258
    while at + width <= 8 * len(strip):
        code = bits >> (8 * len(strip) - at - width) & ((1 << width) - 1)
        at += width
        if code == 257:
            break
        entries = 257 if code == 256 else entries + 1
        width = 9 + (entries >= 511) + (entries >= 1023) + (entries >= 2047)
    return (at + 7) // 8


def _tiff(data: bytes) -> Iterator[Part]:
    order = "<" if data.startswith(b"II") else ">"
    (version,) = struct.unpack_from(order + "H", data, 2)
    file = _TiffFile(data, order, version == 43)
    yield "header", data[:4] + (data[4:8] if file.is_big else b"")
    (start,) = struct.unpack_from(order + ("Q" if file.is_big else "I"), data, 8 if file.is_big else 4)
    file.cover(0, 16 if file.is_big else 8)
    yield from file.folder(start, "page")
    yield "left over", file.left_over()


# --- BMP -------------------------------------------------------------------------------------------------------------


def _bmp(data: bytes) -> Iterator[Part]:
    (start,) = struct.unpack_from("<I", data, 10)
    (header_bytes,) = struct.unpack_from("<I", data, 14)
    compression = 0
    if header_bytes == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    if compression not in (0, 3, 6):
        raise StructureError("the length of compressed rows is not known here")
    end = start + abs(height) * ((width * bits + 31) // 32 * 4)
    if len(data) < end:
        raise StructureError("cut off")
    yield "before the pixels", data[:start]
    yield "pixels", PIXELS
    yield "behind the pixels", data[end:]


# --- GIF -------------------------------------------------------------------------------------------------------------


def _sub_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += 1 + data[at]
    return at + 1


def _gif(data: bytes) -> Iterator[Part]:
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    yield "screen", data[:at]
    while data[at] != 0x3B:
        start = at
        if data[at] == 0x21:
            at = _sub_blocks(data, at + 2)
            yield "extension", data[start:at]
        elif data[at] == 0x2C:
            at += 10 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0)
            yield "picture", data[start:at]
            at = _sub_blocks(data, at + 1)
            yield "pixels", PIXELS
        else:
            raise StructureError(f"block {data[at]}")
    yield "behind the end", data[at + 1 :]


# --- WebP, JPEG 2000 -------------------------------------------------------------------------------------------------


def _webp(data: bytes) -> Iterator[Part]:
    if data[8:12] != b"WEBP":
        raise StructureError("another kind of RIFF")
    end, at = 8 + int.from_bytes(data[4:8], "little"), 12
    if end > len(data):
        raise StructureError("cut off")
    while at + 8 <= end:
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + length > end:
            raise StructureError("a chunk beyond the end")
        is_pixels = name in (b"VP8 ", b"VP8L", b"ALPH")
        if name != b"ALPH":
            yield "pixels" if is_pixels else name.decode("latin-1"), PIXELS if is_pixels else data[at + 8 :][:length]
        at += 8 + length + length % 2
    yield "behind the last chunk", data[at:end]
    yield "behind the file", data[end:]


def _jp2(data: bytes) -> Iterator[Part]:
    at = 0
    while at < len(data):
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + length if length else len(data)
        if length == 1 or end < at + 8 or end > len(data):
            raise StructureError("the length of a box")
        yield name.decode("latin-1"), PIXELS if name == b"jp2c" else data[at + 8 : end]
        at = end


# --- QOI, TGA --------------------------------------------------------------------------------------------------------


def _qoi(data: bytes) -> Iterator[Part]:
    width, height = struct.unpack_from(">II", data, 4)
    at, left = 14, width * height
    while left > 0:
        first = data[at]
        at += {0xFE: 4, 0xFF: 5}.get(first, 2 if first >> 6 == 2 else 1)
        left -= (first & 63) + 1 if first >> 6 == 3 and first < 0xFE else 1
    yield "header", data[:14]
    yield "pixels", PIXELS
    yield "behind the pixels", data[at:]


# --- the table -------------------------------------------------------------------------------------------------------

STRUCTURES: tuple[tuple[bytes | tuple[bytes, ...], Callable[[bytes], Iterator[Part]]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    ((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), _tiff),
    (b"BM", _bmp),
    ((b"GIF87a", b"GIF89a"), _gif),
    (b"RIFF", _webp),
    (b"\0\0\0\x0cjP  \r\n\x87\n", _jp2),
    (b"qoif", _qoi),
)
"""How a file begins, and what walks it. Files of other formats have to come back byte for byte."""
