"""Where a stream of LZW ends: what comes behind it belongs to no pixel. Codes are only counted, not decoded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["end_of_gif_lzw", "end_of_tiff_lzw"]

_WIDEST = 12
_CODES_AT_ONCE = 1 << 12


def end_of_tiff_lzw(data: bytes) -> int | None:
    """Bytes of a strip's stream with its end code (TIFF 6.0, section 13); None when there is none."""
    # One entry early, a code is read with one bit more.
    return _end(data, 8, early=1, high_bits_first=True)


def end_of_gif_lzw(data: bytes, code_size: int) -> int | None:
    """Bytes of a GIF's stream with its end code (GIF 89a, appendix F); None when there is none.

    Args:
        data: The content of all sub-blocks.
        code_size: The minimum code size before them.
    """
    return _end(data, code_size, early=0, high_bits_first=False) if 1 <= code_size < _WIDEST else None


def _end(data: bytes, code_size: int, *, early: int, high_bits_first: bool) -> int | None:
    clear = 1 << code_size
    codes_of = _high_first if high_bits_first else _low_first
    padded = np.frombuffer(data + bytes(3), np.uint8)
    position, width, read = 0, code_size + 1, 0
    while True:
        # The first code behind a clear code enters nothing into the table; how many share a width is known.
        wider = (1 << width) - early - clear - 1
        count = _CODES_AT_ONCE if width == _WIDEST else wider - read
        count = min(count, (8 * len(data) - position) // width)
        if count <= 0:
            return None
        codes = codes_of(padded, position, width, count)
        special = np.flatnonzero((codes == clear) | (codes == clear + 1))
        if not len(special):
            position, read = position + count * width, read + count
            width += width < _WIDEST and read >= wider
            continue
        position += (int(special[0]) + 1) * width
        if codes[special[0]] != clear:
            return -(-position // 8)
        width, read = code_size + 1, 0


def _high_first(padded: NDArray[np.uint8], position: int, width: int, count: int) -> NDArray[np.int64]:
    places = position + width * np.arange(count, dtype=np.int64)
    first = places >> 3
    three = (padded[first].astype(np.int64) << 16) | (padded[first + 1].astype(np.int64) << 8) | padded[first + 2]
    codes: NDArray[np.int64] = (three >> (24 - width - (places & 7))) & ((1 << width) - 1)
    return codes


def _low_first(padded: NDArray[np.uint8], position: int, width: int, count: int) -> NDArray[np.int64]:
    places = position + width * np.arange(count, dtype=np.int64)
    first = places >> 3
    three = (padded[first + 2].astype(np.int64) << 16) | (padded[first + 1].astype(np.int64) << 8) | padded[first]
    codes: NDArray[np.int64] = (three >> (places & 7)) & ((1 << width) - 1)
    return codes
