"""JPEG files packed without loss, and back again: coefficients by JPEG XL, what lies behind the picture in parts.

Libraries that pack JPEGs were seen to give back other bytes without an error (damaged files), so what is packed here
counts only once it was unpacked and compared; `codec.verifying` does that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import IntEnum

from srec_engine.accounts import UnaccountedError
from srec_engine.accounts.jpeg import JpegFrame, jpeg_frame, jpeg_pictures
from srec_engine.container.compression import compress, decompress
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.errors import DamagedFileError, MissingDependencyError
from srec_engine.images.jpeg_xl_size import jpeg_xl_size
from srec_engine.images.second_reader import codecs
from srec_engine.limits import MAX_PIXELS, is_plausible_packing, is_plausible_picture

__all__ = ["JpegPacker", "jpeg_xl_of", "pack_jpeg", "packed_frame", "unpack_jpeg", "unpack_picture", "unpacked_size"]


class JpegPacker(IntEnum):
    """How a part of the file is packed. The numbers are those of the format (docs/format.md, "Method `jpeg`")."""

    GENERAL = 0
    """General compression, as for metadata: what is no JPEG."""

    JPEG_XL = 1
    """A JPEG as libjxl transcodes it: a JPEG XL file with what rebuilds the JPEG (ISO/IEC 18181-2)."""


MAX_PARTS = 1 << 8
"""Parts that a file may have; a writer makes at most 129."""

_STORED = b"\0"
_COMPRESSED_BYTES = 1 << 20
"""Up to this size what is no JPEG is compressed; anything longer is a film, mostly, and would take time for nothing."""


def packed_frame(data: bytes) -> JpegFrame:
    """The frame of a JPEG that can be packed.

    Raises:
        UnaccountedError: With the reason why it cannot, as a clause.
    """
    frame = jpeg_frame(data)
    if frame.refusal:
        raise UnaccountedError(frame.refusal)
    return frame


def pack_jpeg(data: bytes, threads: int | None = None) -> bytes:
    """Pack a file that begins with a JPEG of which `packed_frame` gives the frame.

    Args:
        data: The file.
        threads: CPU threads; None for all cores.

    Raises:
        UnaccountedError: With the reason why it cannot be packed, as a clause. Whoever unpacks it may yet find that it
            does not come back.
    """
    parts = [_pack(data[start:end], is_picture, threads) for start, end, is_picture in _parts(data)]
    packed = b"".join(parts)
    if parts[0][:1] != bytes([JpegPacker.JPEG_XL]) or not is_plausible_packing(len(data), len(packed)):
        raise UnaccountedError("JPEG XL cannot hold it")
    return packed


def _parts(data: bytes) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it is a JPEG) of all parts of a file."""
    place = 0
    for start, end in jpeg_pictures(data):
        if start > place:
            yield place, start, False
        yield start, end, True
        place = end
    if place < len(data):
        yield place, len(data), False


def _pack(part: bytes, is_picture: bool, threads: int | None) -> bytes:
    packed = _by_jpeg_xl(part, threads) if is_picture else b""
    packer = JpegPacker.JPEG_XL
    if not packed:
        packer = JpegPacker.GENERAL
        packed = compress(part) if len(part) <= _COMPRESSED_BYTES else _STORED + part
    return bytes([packer]) + pack_integer(len(part)) + pack_integer(len(packed)) + packed


def _by_jpeg_xl(part: bytes, threads: int | None) -> bytes:
    """A JPEG as JPEG XL, or b"" where that cannot be or no reader would take it."""
    try:
        frame = packed_frame(part)
        packed = bytes(codecs().jpegxl_encode_jpeg(part, usecontainer=True, numthreads=_threads(threads)))
    except (UnaccountedError, RuntimeError, ValueError):
        return b""
    except MissingDependencyError as error:
        raise UnaccountedError("imagecodecs is not installed, which packs JPEGs") from error
    return packed if _is_plausible(frame.width * frame.height, len(packed)) else b""


def _is_plausible(pixels: int, packed: int) -> bool:
    """Whether a reader takes it: not so much out of so little that it must have been made to keep it busy."""
    return pixels <= MAX_PIXELS and is_plausible_picture(pixels, packed)


def unpack_jpeg(body: bytes, what: str, threads: int | None = None) -> bytes:
    """The file again.

    Args:
        body: What `pack_jpeg` returned.
        what: Names it in messages.
        threads: CPU threads; None for all cores.

    Raises:
        DamagedFileError: When it cannot be unpacked.
        MissingDependencyError: When imagecodecs is not installed.
    """
    return b"".join(_unpacked(packer, size, packed, what, threads) for packer, size, packed in _packed(body, what))


def unpack_picture(body: bytes, what: str, threads: int | None = None) -> bytes:
    """The JPEG at the beginning of the file, without what lies behind it. Arguments and errors as `unpack_jpeg`."""
    return _unpacked(*_packed(body, what)[0], what, threads)


def unpacked_size(body: bytes, what: str) -> int:
    """Size of the file that `unpack_jpeg` would give. Raises as that does."""
    return sum(size for _, size, _ in _packed(body, what))


def jpeg_xl_of(body: bytes, what: str) -> tuple[bytes, bool]:
    """The JPEG XL file that holds the first picture, and whether that is all there is. Raises as `unpack_jpeg`."""
    (packer, _, packed), *others = _packed(body, what)
    if packer is not JpegPacker.JPEG_XL:
        raise DamagedFileError(f"{what} is damaged: it begins with no JPEG.")
    return packed, not others


def _packed(body: bytes, what: str) -> list[tuple[JpegPacker, int, bytes]]:
    """Packer, size of what comes out, and bytes, of each part: at least one, and together no more than is plausible."""
    cursor = Cursor(body, what)
    parts: list[tuple[JpegPacker, int, bytes]] = []
    while cursor.remaining or not parts:
        number, size = cursor.take_byte(), cursor.take_integer()
        packed = cursor.take(cursor.take_integer())
        if number not in set(JpegPacker):
            raise DamagedFileError(f"{what} is packed in a way that this program does not know ({number}).")
        parts.append((JpegPacker(number), size, packed))
        if len(parts) > MAX_PARTS:
            raise DamagedFileError(f"{what} is damaged: it has more than {MAX_PARTS} parts.")
    whole = sum(size for _, size, _ in parts)
    if not is_plausible_packing(whole, len(body)):
        raise DamagedFileError(f"{what} is damaged: {len(body)} bytes are to become {whole}.")
    return parts


def _unpacked(packer: JpegPacker, size: int, packed: bytes, what: str, threads: int | None) -> bytes:
    part = decompress(packed, size, what) if packer is JpegPacker.GENERAL else _jpeg_of(packed, size, what, threads)
    if len(part) != size:
        raise DamagedFileError(f"{what} is damaged: {len(part)} bytes came out where {size} are due.")
    return part


def _jpeg_of(packed: bytes, size: int, what: str, threads: int | None) -> bytes:
    width, height = jpeg_xl_size(packed, what)
    if not _is_plausible(width * height, len(packed)):
        raise DamagedFileError(f"{what} is damaged: it announces {width} x {height} pixels.")
    try:
        # Not a byte more than announced: the library would take what it needs.
        return bytes(codecs().jpegxl_decode_jpeg(packed, numthreads=_threads(threads), out=bytearray(size)))
    except (RuntimeError, ValueError) as error:
        raise DamagedFileError(f"{what} is damaged: its JPEG cannot be put together again ({error}).") from error


def _threads(threads: int | None) -> int:
    return threads or os.cpu_count() or 1
