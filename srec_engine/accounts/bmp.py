"""BMP: file header, bitmap header, palette, rows. Everything but the rows is carried."""

from __future__ import annotations

from srec_engine.accounts.account import PADDING, Account, Filling, PartKind, Raster, UnaccountedError, covering_parts
from srec_engine.accounts.numbers import Numbers

__all__ = ["account_of_bmp"]

_FILE_HEADER = 14
_HEADERS = (12, 40, 52, 56, 108, 124)
_RGB, _BIT_FIELDS = 0, 3
_MASKS = (0xFF0000, 0xFF00, 0xFF)
_ALPHA_MASK = 0xFF000000
_PROFILE_HEADER = 124
_EMBEDDED_PROFILE = int.from_bytes(b"MBED", "big")


def account_of_bmp(data: bytes) -> Account:
    """Account for a BMP without compression, of 1, 4, 8, 24 or 32 bits a pixel.

    Raises:
        UnaccountedError: With what is not known to be held by its pixels and headers.
    """
    numbers = Numbers(data, "little")
    start, header = numbers.at(10, 4), numbers.at(14, 4)
    if header not in _HEADERS:
        raise UnaccountedError(f"its header of {header} bytes is not known")
    if header == 12:
        width, height, bits = numbers.at(18, 2), numbers.at(20, 2), numbers.at(24, 2)
        compression = colours = 0
    else:
        width, height = numbers.at(18, 4, signed=True), numbers.at(22, 4, signed=True)
        bits, compression, colours = numbers.at(28, 2), numbers.at(30, 4), numbers.at(46, 4)
    if width <= 0 or not height:
        raise UnaccountedError("it has no pixels")
    alpha = _check_colours(numbers, header, bits, compression)
    row_bytes = (width * bits + 31) // 32 * 4
    end = start + row_bytes * abs(height)
    entry = 3 if header == 12 else 4
    fields = 12 if header == 40 and compression == _BIT_FIELDS else 0
    before = _FILE_HEADER + header + fields + (colours or (1 << bits if bits <= 8 else 0)) * entry
    if before > start or end > len(data):
        raise UnaccountedError("its rows lie outside of the file")
    order, mode, palette = "P", "P", b""
    if bits <= 8:
        table = data[before - (colours or 1 << bits) * entry : before]
        order, mode, palette = _palette(table, entry, bits)
    elif bits == 24:
        order, mode = "BGR", "RGB"
    else:
        order, mode = ("BGRA", "RGBA") if alpha else _fourth(data[start + 3 : end : 4])
    filler = data[start + 3] if order == "BGRX" else 0
    raster = Raster(order, row_bytes, min(bits, 8), bottom_up=height > 0, filler=filler)
    found = [
        (0, before, PartKind.CARRIED, "headers"),
        *_gap(data, before, start),
        (start, end, PartKind.PIXELS, "rows"),
        *_tail(numbers, data, header, end),
    ]
    parts = covering_parts(found, len(data))
    return Account("BMP", mode, width, abs(height), parts, Filling.RASTER, raster, palette)


def _check_colours(numbers: Numbers, header: int, bits: int, compression: int) -> bool:
    """Whether the fourth of four bytes is declared to be alpha."""
    if bits not in (1, 4, 8, 24, 32):
        raise UnaccountedError(f"pixels of {bits} bits are not known in a BMP")
    if compression == _RGB:
        return False
    if compression != _BIT_FIELDS or bits != 32:
        raise UnaccountedError("it is compressed, or its samples have other bits than eight")
    if tuple(numbers.at(54 + 4 * place, 4) for place in range(3)) != _MASKS:
        raise UnaccountedError("its samples have other bits than eight")
    mask = numbers.at(66, 4) if header >= 56 else 0
    if mask not in (0, _ALPHA_MASK):
        raise UnaccountedError("its samples have other bits than eight")
    return mask == _ALPHA_MASK


def _fourth(values: bytes) -> tuple[str, str]:
    """Order and mode of pixels with a fourth byte that nothing is said of: alpha where it varies."""
    return ("BGRX", "RGB") if values.count(values[:1]) == len(values) else ("BGRA", "RGBA")


def _palette(table: bytes, entry: int, bits: int) -> tuple[str, str, bytes]:
    """Order, mode and colours of a table of blue, green and red; a ramp of greys needs no palette."""
    colours = [table[place : place + 3][::-1] for place in range(0, len(table), entry)]
    levels = (1 << bits) - 1
    if len(colours) > levels + 1:
        raise UnaccountedError(f"it has {len(colours)} colours for {bits} bits")
    if colours == [bytes([255 * level // levels]) * 3 for level in range(levels + 1)]:
        return "L", "1" if bits == 1 else "L", b""
    return "P", "P", b"".join(colours)


def _gap(data: bytes, before: int, start: int) -> list[tuple[int, int, PartKind, str]]:
    """Bytes between the headers and the rows: only zeros are known to be padding."""
    if any(data[before:start]):
        raise UnaccountedError(f"it has {start - before} bytes between its headers and its pixels")
    return [(before, start, PartKind.CARRIED, PADDING)]


def _tail(numbers: Numbers, data: bytes, header: int, end: int) -> list[tuple[int, int, PartKind, str]]:
    """The colour profile, and up to three zeros before or behind it."""
    found: list[tuple[int, int, PartKind, str]] = []
    if header == _PROFILE_HEADER and numbers.at(70, 4) == _EMBEDDED_PROFILE:
        place, size = _FILE_HEADER + numbers.at(126, 4), numbers.at(130, 4)
        if place < end or place + size > len(data):
            raise UnaccountedError("its colour profile is not where its header says")
        found.append((place, place + size, PartKind.CARRIED, "colour profile"))
        if not any(data[end:place]):
            found.append((end, place, PartKind.CARRIED, PADDING))
        end = place + size
    if len(data) - end <= 3 and not any(data[end:]):
        found.append((end, len(data), PartKind.CARRIED, PADDING))
    return found
