"""How the first bytes of a file tell what it is: ours, or one of the other things named `.srec`."""

from __future__ import annotations

import struct
from enum import StrEnum

__all__ = ["MAGIC", "SIGNATURE_BYTES", "Signature", "recognise"]

MAGIC = b"\x8bSReC\r\n\x1a\n"
"""First bytes of a `.srec` file.

Not text in any common encoding (the first byte is no valid start in UTF-8 or ASCII); line-end conversion breaks it in
either direction, a transfer that strips the high bit too, and DOS `type` stops at the ^Z.
"""

SIGNATURE_BYTES = 64
"""How many of a file's first bytes `recognise` wants to see."""

_HEX_DIGITS = b"0123456789abcdefABCDEF"
_ORIGINAL_SCALES = 3
_MAX_ORIGINAL_BITS_PER_SUBPIXEL = 16


class Signature(StrEnum):
    """What the first bytes say."""

    SREC = "srec"
    MOTOROLA_SREC = "motorola_srec"
    ORIGINAL_SREC = "original_srec"
    UNKNOWN = "unknown"


def recognise(first_bytes: bytes, file_bytes: int) -> Signature:
    """Tell what a file named `.srec` is.

    Args:
        first_bytes: The first `SIGNATURE_BYTES` bytes of the file, or all of a shorter one.
        file_bytes: Size of the file.

    Returns:
        `ORIGINAL_SREC` is an educated guess (those files have no magic): only ask about files named `.srec`.
    """
    if first_bytes.startswith(MAGIC):
        return Signature.SREC
    if _is_motorola(first_bytes):
        return Signature.MOTOROLA_SREC
    if _is_original(first_bytes, file_bytes):
        return Signature.ORIGINAL_SREC
    return Signature.UNKNOWN


def _is_motorola(first_bytes: bytes) -> bool:
    """A record is "S", a digit, then pairs of hexadecimal digits: count, address, data, checksum."""
    line = first_bytes.lstrip(b"\r\n\t ").split(b"\n")[0].rstrip(b"\r")
    digits = line[2:]
    is_record = len(digits) >= 2 and line[:1] in (b"S", b"s") and line[1:2].isdigit()
    return is_record and all(byte in _HEX_DIGITS for byte in digits)


def _is_original(first_bytes: bytes, file_bytes: int) -> bool:
    """Height and width as 16-bit numbers, then the picture at 1/8 as raw bytes and 2 bits for each coarse subpixel."""
    if len(first_bytes) < 4:
        return False
    height, width = (int(side) for side in struct.unpack("<HH", first_bytes[:4]))
    if not height or not width:
        return False
    least, subpixels = 4, 3 * height * width
    for _ in range(_ORIGINAL_SCALES):
        height, width = (height + 1) // 2, (width + 1) // 2
        least += (3 * height * width + 3) // 4 + 9 * 4
    least += 3 * height * width
    return least <= file_bytes <= least + _MAX_ORIGINAL_BITS_PER_SUBPIXEL * subpixels // 8
