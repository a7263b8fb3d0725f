"""Zeros stuffed behind bytes FF, and restart markers: out of the bytes of a scan, and into them. Imports numba.

ISO/IEC 10918-1, B.1.1.2, B.1.1.5, B.2.1, F.1.2.3. Everything that a kernel calls stands in its own file: the machine
code on the disk is made anew when this file changes, or one of `srec_engine.entropy`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts.account import UnaccountedError
from srec_engine.compilation.kernels import integer, kernel

__all__ = ["STREAM_PADDING", "Stream", "coded_length", "stuffed", "unstuffed"]

STREAM_PADDING = 512
"""Bytes behind a stream. A block takes at most 64 codes of 16 bits with 15 bits behind each: 248 bytes, and what looks
at bits takes 8 bytes."""

_MISPLACED = "its restart markers are not where they belong"


class Stream(NamedTuple):
    """The bits of a scan, as kernels take them.

    Attributes:
        data: uint8, without stuffed zeros and restart markers, and `STREAM_PADDING` bytes.
        ends: int64, where each restart interval ends in it, in bytes; ascending, the last before the padding.
    """

    data: NDArray[np.uint8]
    ends: NDArray[np.int64]


def unstuffed(coded: bytes, intervals: int) -> Stream:
    """Take stuffed zeros and restart markers out of the coded bytes of a scan.

    It ends where something else begins, or a restart marker too many.

    Args:
        coded: The bytes from its header to the next marker.
        intervals: Restart intervals that it has to have.

    Raises:
        UnaccountedError: When restart markers are missing, or do not count from 0 to 7 and round again.
    """
    source = np.frombuffer(coded, np.uint8)
    # Each interval takes a byte at least: what is announced is bounded by what is there.
    if intervals > len(source):
        raise UnaccountedError(_MISPLACED)
    stream = Stream(np.zeros(len(source) + STREAM_PADDING, np.uint8), np.empty(intervals, np.int64))
    if not _unstuff(source, stream.data, stream.ends):
        raise UnaccountedError(_MISPLACED)
    return stream


def coded_length(stream: Stream, end: int) -> int:
    """Bytes of the file that a scan takes whose stream ends at `end`, the markers between intervals among them."""
    return end + int(np.count_nonzero(stream.data[:end] == 0xFF)) + 2 * (len(stream.ends) - 1)


def stuffed(stream: Stream) -> bytes:
    """The bytes of the file that `unstuffed` makes this stream of."""
    target = np.empty(coded_length(stream, int(stream.ends[-1])), np.uint8)
    _stuff(stream.data, stream.ends, target)
    return target.tobytes()


@kernel
def _unstuff(source: Any, data: Any, ends: Any) -> bool:
    """Fill `data`, as long as `source` at least, and `ends`; whether all intervals were there."""
    place, position, interval = integer(0), integer(0), integer(0)
    while place < len(source):
        value = integer(source[np.uint64(place)])
        if value == 0xFF:
            following = integer(source[np.uint64(place + 1)]) if place + 1 < len(source) else 0xFF
            if following == 0xD0 + (interval & 7) and interval + 1 < len(ends):
                ends[np.uint64(interval)] = position
                interval += 1
                place += 2
                continue
            if following != 0:
                break
            place += 1
        data[np.uint64(position)] = value
        position += 1
        place += 1
    if interval + 1 < len(ends):
        return False
    ends[np.uint64(interval)] = position
    return True


@kernel
def _stuff(data: Any, ends: Any, target: Any) -> None:
    """Fill `target`, which is exactly as long as it must be."""
    place, position = integer(0), integer(0)
    for interval in range(len(ends)):
        while place < ends[np.uint64(interval)]:
            value = integer(data[np.uint64(place)])
            target[np.uint64(position)] = value
            position += 1
            place += 1
            if value == 0xFF:
                target[np.uint64(position)] = 0
                position += 1
        if interval + 1 < len(ends):
            target[np.uint64(position)] = 0xFF
            target[np.uint64(position + 1)] = 0xD0 + (interval & 7)
            position += 2
