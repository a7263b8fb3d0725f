"""Checksums made right again after a change, so that hostile content gets past them as an attacker's would."""

from __future__ import annotations

import struct
from zlib import crc32

from srec_engine.container import Reader
from srec_engine.container.fields import Cursor
from srec_engine.container.header import CRC_BYTES, MODEL_ID_BYTES
from srec_engine.errors import SrecError
from srec_engine.images.jpeg_parts import JpegPacker
from srec_engine.options import Method

__all__ = ["repaired"]

_METHOD_PLACE = 10
_FLAGS_PLACE = 12
_SHORT_HEADER_BYTES = 48


def repaired(data: bytes) -> bytes:
    """The bytes with the checksums of header, sections and chunks recomputed, as far as there are any."""
    changed = bytearray(data)
    if len(changed) <= _FLAGS_PLACE:
        return data
    network = changed[_METHOD_PLACE] == 0
    adapted = network and changed[_FLAGS_PLACE] & 1
    _close(changed, 0, _SHORT_HEADER_BYTES + MODEL_ID_BYTES * network + 4 * adapted)
    try:
        reader = Reader(bytes(changed))
    except SrecError:
        return bytes(changed)
    start, sizes = 0, reader.section_sizes()
    for key, size in sizes.items():
        if key == "index":
            _repair_chunks(changed, start, size - CRC_BYTES, sum(_before(sizes, "chunks")))
        if key == "body" and reader.header.method is Method.JPEG:
            _repair_heads(changed, start, start + size - CRC_BYTES)
        if key in {"metadata", "planes", "index", "base", "adaptation", "body"}:
            _close(changed, start, size)
        start += size
    return bytes(changed)


def _before(sizes: dict[str, int], key: str) -> list[int]:
    names = list(sizes)
    return [sizes[name] for name in names[: names.index(key)]] if key in sizes else [sum(sizes.values())]


def _repair_chunks(data: bytearray, index: int, index_bytes: int, chunks: int) -> None:
    """Recompute the CRC-32 of every chunk in the index."""
    for entry in range(index, index + index_bytes - 7, 8):
        (length,) = struct.unpack_from("<I", data, entry)
        struct.pack_into("<I", data, entry + 4, crc32(data[chunks : chunks + length]))
        chunks = min(len(data), chunks + length)


def _repair_heads(data: bytearray, start: int, end: int) -> None:
    """Recompute the CRC-32 of the head of each packed JPEG that holds coefficients."""
    cursor = Cursor(bytes(data[start:end]), "body")
    try:
        cursor.take(cursor.take_integer())
        while cursor.remaining:
            packer, _, size = cursor.take_byte(), cursor.take_integer(), cursor.take_integer()
            place = end - cursor.remaining
            part = Cursor(cursor.take(size), "part")
            if packer == JpegPacker.COEFFICIENTS:
                part.take(CRC_BYTES)
                struct.pack_into("<I", data, place, crc32(part.take(part.take_integer())))
    except SrecError:
        return


def _close(data: bytearray, start: int, size: int) -> None:
    """Write the CRC-32 of a section into its last bytes."""
    if size >= CRC_BYTES and start + size <= len(data):
        struct.pack_into("<I", data, start + size - CRC_BYTES, crc32(data[start : start + size - CRC_BYTES]))
