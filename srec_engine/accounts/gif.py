"""GIF (89a) of one picture: blocks. All extensions are carried, before and after the picture."""

from __future__ import annotations

from srec_engine.accounts.account import Account, Filling, PartKind, Raster, UnaccountedError, covering_parts
from srec_engine.accounts.numbers import Numbers

__all__ = ["GIF_INTERLACED", "account_of_gif", "end_of_sub_blocks", "joined_sub_blocks"]

_HEADER = 13
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_HAS_TABLE, _TABLE_SIZE = 0x80, 0x07
GIF_INTERLACED = 0x40
"""The bit of a picture's last descriptor byte that says that its rows come in four passes."""

_MAX_BLOCKS = 1 << 20


def account_of_gif(data: bytes) -> Account:
    """Account for a GIF of one picture that fills its screen.

    Raises:
        UnaccountedError: With what is not known to be held by its pixels and blocks.
    """
    numbers = Numbers(data, "little")
    if numbers.bytes_at(0, 6) not in (b"GIF87a", b"GIF89a"):
        raise UnaccountedError("it is not a GIF")
    width, height, flags = numbers.at(6, 2), numbers.at(8, 2), numbers.at(10, 1)
    place = _HEADER
    found = [(0, _HEADER, PartKind.CARRIED, "header")]
    palette = b""
    if flags & _HAS_TABLE:
        place, palette = _table(data, place, flags, found)
    seen = False
    while (kind := numbers.at(place, 1)) != _TRAILER:
        if kind == _EXTENSION:
            end = end_of_sub_blocks(numbers, place + 2)
            found.append((place, end, PartKind.CARRIED, "extension"))
        elif kind == _IMAGE and not seen:
            seen = True
            start, palette = _image(data, numbers, place, (width, height), palette, found)
            end = end_of_sub_blocks(numbers, start + 1)
            found.append((start, end, PartKind.PIXELS, "pixels"))
        else:
            raise UnaccountedError("it has several pictures, or a block of an unknown kind")
        place = end
    if not seen or not palette or not width or not height:
        raise UnaccountedError("it has no picture, or no colours for it")
    found.append((place, place + 1, PartKind.CARRIED, "trailer"))
    parts = covering_parts(found, len(data))
    return Account("GIF", "P", width, height, parts, Filling.GIF, Raster("P", width), palette)


def _table(data: bytes, place: int, flags: int, found: list[tuple[int, int, PartKind, str]]) -> tuple[int, bytes]:
    """A table of colours: where it ends, and its bytes."""
    end = place + 3 * (2 << (flags & _TABLE_SIZE))
    if end > len(data):
        raise UnaccountedError("it ends before what it announces")
    found.append((place, end, PartKind.PALETTE, "colours"))
    return end, data[place:end]


def _image(
    data: bytes,
    numbers: Numbers,
    place: int,
    size: tuple[int, int],
    palette: bytes,
    found: list[tuple[int, int, PartKind, str]],
) -> tuple[int, bytes]:
    """The descriptor of the picture: where its pixels begin, and its colours."""
    box = tuple(numbers.at(place + offset, 2) for offset in (1, 3, 5, 7))
    flags = numbers.at(place + 9, 1)
    if box != (0, 0, *size):
        raise UnaccountedError("its picture does not fill its screen")
    found.append((place, place + 10, PartKind.CARRIED, "picture"))
    if flags & _HAS_TABLE:
        if palette:
            raise UnaccountedError("it has two tables of colours")
        return _table(data, place + 10, flags, found)
    return place + 10, palette


def joined_sub_blocks(data: bytes, place: int) -> bytes:
    """The content of a row of sub-blocks that begins at `place`, to its terminator or the end of `data`."""
    pieces = []
    while place < len(data) and data[place]:
        pieces.append(data[place + 1 : place + 1 + data[place]])
        place += 1 + data[place]
    return b"".join(pieces)


def end_of_sub_blocks(numbers: Numbers, place: int) -> int:
    """Where a row of sub-blocks that begins at `place` ends, with its terminator.

    Raises:
        UnaccountedError: When it does not end.
    """
    for _ in range(_MAX_BLOCKS):
        size = numbers.at(place, 1)
        place += 1 + size
        if not size:
            return place
    raise UnaccountedError("its blocks do not end")
