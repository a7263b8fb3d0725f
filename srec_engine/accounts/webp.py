"""WebP, lossless: the chunks of its RIFF. Everything but the pixels is carried, known or not."""

from __future__ import annotations

from srec_engine.accounts.account import Account, Filling, PartKind, UnaccountedError, covering_parts
from srec_engine.accounts.numbers import Numbers

__all__ = ["account_of_webp", "riff_chunks"]

_PIXELS = b"VP8L"
_LOSSY = (b"VP8 ", b"ALPH")
_ANIMATION = (b"ANIM", b"ANMF")
_SIGNATURE = 0x2F
_MAX_CHUNKS = 1 << 16


def riff_chunks(data: bytes, place: int = 12) -> list[tuple[bytes, int, int]]:
    """Name, begin and end of the content of each chunk from `place` on, to the end of `data`.

    Raises:
        UnaccountedError: When one is cut off.
    """
    numbers, found = Numbers(data, "little"), list[tuple[bytes, int, int]]()
    while place < len(data):
        name, size = numbers.bytes_at(place, 4), numbers.at(place + 4, 4)
        start, end = place + 8, place + 8 + size
        if end + size % 2 > len(data) or len(found) == _MAX_CHUNKS:
            raise UnaccountedError("its chunks are cut off, or it has bytes behind its end")
        found.append((name, start, end))
        place = end + size % 2
    return found


def account_of_webp(data: bytes) -> Account:
    """Account for a lossless WebP of one picture.

    Raises:
        UnaccountedError: With what is not known to be held by its pixels and chunks.
    """
    numbers = Numbers(data, "little")
    if numbers.at(4, 4) + 8 != len(data):
        raise UnaccountedError("it is longer or shorter than it says")
    chunks = riff_chunks(data)
    names = [name for name, _, _ in chunks]
    if any(name in names for name in _ANIMATION):
        raise UnaccountedError("it is an animation")
    if any(name in names for name in _LOSSY):
        raise UnaccountedError("it is a lossy WebP, which is far smaller than its pixels")
    if names.count(_PIXELS) != 1:
        raise UnaccountedError("it has no lossless picture, or several")
    found = [
        (0, 4, PartKind.CARRIED, "signature"),
        (4, 8, PartKind.WITHOUT_MEANING, "size"),
        (8, 12, PartKind.CARRIED, "signature"),
    ]
    width = height = 0
    for name, start, end in chunks:
        after = end + (end - start) % 2
        if name == _PIXELS:
            if numbers.at(start, 1) != _SIGNATURE:
                raise UnaccountedError("its pixels are damaged")
            width, height = _size(numbers.at(start + 1, 4))
        kind = PartKind.PIXELS if name == _PIXELS else PartKind.CARRIED
        found.append((start - 8, after, kind, name.decode("latin-1")))
    # Whether there is alpha is told by decoding.
    return Account("WEBP", "RGBA", width, height, covering_parts(found, len(data)), Filling.WEBP)


def _size(bits: int) -> tuple[int, int]:
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
