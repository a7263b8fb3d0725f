"""The sections around the pixels: metadata, planes, index. Each is closed by the CRC-32 of its content."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from srec_engine.container.compression import compress, decompress
from srec_engine.container.contents import Plane, PlaneKind
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.container.header import CRC_BYTES
from srec_engine.errors import DamagedFileError
from srec_engine.limits import MAX_METADATA_BYTES

__all__ = [
    "close_section",
    "open_section",
    "pack_index",
    "pack_metadata",
    "pack_planes",
    "parse_index",
    "parse_metadata",
    "parse_planes",
]

_MAX_ENTRIES = 1 << 16
_MAX_KEY_BYTES = 256


def close_section(content: bytes) -> bytes:
    """Append the CRC-32 of a section's content."""
    return content + struct.pack("<I", crc32(content))


def open_section(section: bytes, what: str) -> bytes:
    """Check and drop the CRC-32 of a section.

    Raises:
        DamagedFileError: When it does not match.
    """
    content, checksum = section[:-CRC_BYTES], section[-CRC_BYTES:]
    if len(section) < CRC_BYTES or struct.pack("<I", crc32(content)) != checksum:
        raise DamagedFileError(f"{what} is damaged: its checksum does not match. Fetch the file again")
    return content


def pack_metadata(entries: Mapping[str, bytes]) -> bytes:
    """The content of the metadata section: key and value with their lengths, all compressed; b"" for none.

    Raises:
        ValueError: When a key is longer than 256 bytes, or the whole larger than the limit.
    """
    if not entries:
        return b""
    parts: list[bytes] = []
    for key, value in entries.items():
        name = key.encode()
        if len(name) > _MAX_KEY_BYTES:
            raise ValueError(f"the metadata key {key[:40]!r}… is longer than {_MAX_KEY_BYTES} bytes")
        parts += [pack_integer(len(name)), name, pack_integer(len(value)), value]
    plain = b"".join(parts)
    if len(plain) > MAX_METADATA_BYTES or len(entries) > _MAX_ENTRIES:
        raise ValueError(f"{len(plain)} bytes of metadata are more than the {MAX_METADATA_BYTES} allowed")
    return compress(plain)


def parse_metadata(content: bytes, what: str) -> dict[str, bytes]:
    """Undo `pack_metadata`.

    Raises:
        DamagedFileError: When the content is damaged or too large.
    """
    if not content:
        return {}
    cursor = Cursor(decompress(content, MAX_METADATA_BYTES, what), what)
    entries: dict[str, bytes] = {}
    while cursor.remaining:
        name = cursor.take(cursor.take_integer())
        value = cursor.take(cursor.take_integer())
        key = _text(name, what)
        if key in entries or len(name) > _MAX_KEY_BYTES or len(entries) == _MAX_ENTRIES:
            raise DamagedFileError(f"{what}: a key occurs twice or is too long, or there are too many")
        entries[key] = value
    return entries


def _text(data: bytes, what: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise DamagedFileError(f"{what}: a name in it is not UTF-8") from error


def pack_planes(planes: Sequence[Plane]) -> bytes:
    """The content of the planes section: kind, length and bytes of each plane."""
    return b"".join(bytes([plane.kind]) + pack_integer(len(plane.data)) + plane.data for plane in planes)


def parse_planes(content: bytes, what: str) -> tuple[Plane, ...]:
    """Undo `pack_planes`.

    Raises:
        DamagedFileError: When lengths do not fit, a kind is unknown or occurs twice.
    """
    cursor = Cursor(content, what)
    planes: dict[int, Plane] = {}
    while cursor.remaining:
        kind = cursor.take_byte()
        if kind in planes or kind not in set(PlaneKind):
            raise DamagedFileError(f"{what}: a plane is of an unknown kind or occurs twice ({kind})")
        planes[kind] = Plane(PlaneKind(kind), cursor.take(cursor.take_integer()))
    return tuple(planes.values())


def pack_index(chunks: Sequence[bytes]) -> bytes:
    """The content of the index: length and CRC-32 of every chunk, each a 32-bit little-endian number."""
    return b"".join(struct.pack("<II", len(chunk), crc32(chunk)) for chunk in chunks)


def parse_index(
    content: bytes, payload_bytes: int, what: str
) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.uint32]]:
    """Read the index.

    Returns:
        Length of each chunk, where each begins after the first (one entry more: where the last ends), its CRC-32.

    Raises:
        DamagedFileError: When the lengths do not add up to `payload_bytes`.
    """
    pairs = np.frombuffer(content, "<u4").reshape(-1, 2)
    starts = np.zeros(len(pairs) + 1, np.int64)
    np.cumsum(pairs[:, 0], out=starts[1:])
    if int(starts[-1]) != payload_bytes:
        raise DamagedFileError(f"{what}: the chunks add up to {int(starts[-1])} bytes, not {payload_bytes}")
    return pairs[:, 0], starts, pairs[:, 1]
