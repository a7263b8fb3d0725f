"""TGA (Truevision, version 2.0) without compression: header, identification, colour map, rows, footer."""

from __future__ import annotations

from srec_engine.accounts.account import Account, Filling, PartKind, Raster, UnaccountedError, covering_parts
from srec_engine.accounts.numbers import Numbers

__all__ = ["TGA_SIGNATURE", "account_of_tga"]

_HEADER = 18
_FOOTER = 26
TGA_SIGNATURE = b"TRUEVISION-XFILE.\0"
"""The last bytes of a file of version 2."""

_EXTENSION_BYTES = 495
_MAPPED, _COLOUR, _GREY = 1, 2, 3
_ORDERS = {
    (_MAPPED, 8): ("P", "P"),
    (_GREY, 8): ("L", "L"),
    (_COLOUR, 24): ("BGR", "RGB"),
    (_COLOUR, 32): ("BGRA", "RGBA"),
}
_RIGHT_TO_LEFT, _TOP_DOWN, _INTERLEAVED = 0x10, 0x20, 0xC0


def account_of_tga(data: bytes) -> Account:
    """Account for a TGA without compression.

    Raises:
        UnaccountedError: With what is not known to be held by its pixels and its header.
    """
    numbers = Numbers(data, "little")
    identification, mapped, kind = numbers.at(0, 1), numbers.at(1, 1), numbers.at(2, 1)
    count, map_bits = numbers.at(5, 2), numbers.at(7, 1)
    width, height = numbers.at(12, 2), numbers.at(14, 2)
    bits, flags = numbers.at(16, 1), numbers.at(17, 1)
    if (kind, bits) not in _ORDERS or flags & (_RIGHT_TO_LEFT | _INTERLEAVED) or not width or not height:
        raise UnaccountedError("it is a TGA of a kind that is not taken apart here")
    order, mode = _ORDERS[kind, bits]
    start = _HEADER + identification + (count * -(-map_bits // 8) if mapped else 0)
    end = start + width * height * bits // 8
    palette = b""
    if kind == _MAPPED:
        table = data[_HEADER + identification : start]
        if mapped != 1 or numbers.at(3, 2) or map_bits != 24 or not 0 < count <= 256 or len(table) != 3 * count:
            raise UnaccountedError("its colour map is of a kind that is not known here")
        palette = b"".join(table[place : place + 3][::-1] for place in range(0, len(table), 3))
    found = [
        (0, start, PartKind.CARRIED, "header"),
        (start, end, PartKind.PIXELS, "rows"),
        *_tail(numbers, data, end),
    ]
    raster = Raster(order, width * bits // 8, bottom_up=not flags & _TOP_DOWN)
    parts = covering_parts(found, len(data))
    return Account("TGA", mode, width, height, parts, Filling.RASTER, raster, palette)


def _tail(numbers: Numbers, data: bytes, end: int) -> list[tuple[int, int, PartKind, str]]:
    """The footer of version 2, and the extension area where it directly follows the pixels."""
    footer = len(data) - _FOOTER
    if footer < end or not data.endswith(TGA_SIGNATURE):
        return []
    extension, developer = numbers.at(footer, 4), numbers.at(footer + 4, 4)
    found = [(footer, len(data), PartKind.CARRIED, "footer")]
    if extension == end and not developer and footer - extension == _EXTENSION_BYTES:
        found.append((end, footer, PartKind.CARRIED, "extension area"))
    return found
