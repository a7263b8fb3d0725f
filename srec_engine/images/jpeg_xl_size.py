"""How large a JPEG XL picture says it is (ISO/IEC 18181-1, "SizeHeader"), before any of it is decoded."""

from __future__ import annotations

from collections.abc import Iterator

from srec_engine.errors import DamagedFileError

__all__ = ["jpeg_xl_size"]

_CODESTREAM = b"\xff\x0a"
_HEAD_BYTES = 16
"""Bytes of a codestream in which its size is: eleven at most."""

_BOX, _LONG_BOX = 8, 16
# The codestream as one box or in parts, of which each begins with its number (ISO/IEC 18181-2).
_CODESTREAM_BOXES = {b"jxlc": 0, b"jxlp": 4}
_SIZE_BITS = (9, 13, 18, 30)
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


def jpeg_xl_size(data: bytes, what: str) -> tuple[int, int]:
    """Width and height in pixels, at most 2³¹ across and 2³⁰ down.

    Args:
        data: A JPEG XL file: a codestream, or boxes with one.
        what: Names it in messages.

    Raises:
        DamagedFileError: When it is no such file.
    """
    head = data[:_HEAD_BYTES] if data.startswith(_CODESTREAM) else _head_in_boxes(data)
    if not head.startswith(_CODESTREAM) or len(head) < _HEAD_BYTES:
        raise DamagedFileError(f"{what} is damaged: it is no JPEG XL.")
    return _size(_Bits(head[len(_CODESTREAM) :]))


def _head_in_boxes(data: bytes) -> bytes:
    """The first bytes of the codestream in a file of boxes, in however many parts they come."""
    head = b""
    for name, start, end in _boxes(data):
        if name in _CODESTREAM_BOXES:
            head += data[start + _CODESTREAM_BOXES[name] : end][: _HEAD_BYTES - len(head)]
        if len(head) == _HEAD_BYTES:
            break
    return head


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content of each box."""
    place = 0
    while place + _BOX <= len(data):
        size, name, head = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8], _BOX
        if size == 1:
            size, head = int.from_bytes(data[place + _BOX : place + _LONG_BOX], "big"), _LONG_BOX
        if size == 0:  # to the end of the file
            size = len(data) - place
        if size < head:
            return
        yield name, place + head, min(len(data), place + size)
        place += size


class _Bits:
    """Bits of some bytes, the lowest of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._value & (1 << count) - 1
        self._value >>= count
        return value


def _size(bits: _Bits) -> tuple[int, int]:
    in_eights = bool(bits.take(1))
    height = _side(bits, in_eights)
    ratio = bits.take(3)
    if ratio == 0:
        return _side(bits, in_eights), height
    across, down = _RATIOS[ratio - 1]
    return height * across // down, height


def _side(bits: _Bits, in_eights: bool) -> int:
    return 8 * (1 + bits.take(5)) if in_eights else 1 + bits.take(_SIZE_BITS[bits.take(2)])
