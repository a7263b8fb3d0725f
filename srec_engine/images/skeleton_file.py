"""A skeleton as a file in which everything has its old place, and which seems to end where pixels begin."""

from __future__ import annotations

import bisect
import io
import os
from typing import Any

from srec_engine.accounts import PartKind, Skeleton

__all__ = ["open_skeleton"]


def open_skeleton(skeleton: Skeleton) -> io.BufferedReader:
    """A file to be read by what looks at a source's headers only."""
    return io.BufferedReader(_SkeletonFile(skeleton))


class _SkeletonFile(io.RawIOBase):
    def __init__(self, skeleton: Skeleton) -> None:
        super().__init__()
        self._starts: list[int] = []
        self._carried: list[bytes | None] = []
        self._size = self._position = 0
        for kind, size, data in skeleton.pieces():
            self._starts.append(self._size)
            self._carried.append(None if kind is PartKind.PIXELS else data or bytes(size))
            self._size += size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer).cast("B")
        if self._position >= self._size or not len(view):
            return 0
        place = bisect.bisect_right(self._starts, self._position) - 1
        end = self._starts[place + 1] if place + 1 < len(self._starts) else self._size
        count = min(len(view), end - self._position)
        start = self._position - self._starts[place]
        carried = self._carried[place]
        if carried is None:
            return 0  # nobody who looks for metadata has anything to find in pixels
        view[:count] = carried[start : start + count]
        self._position += count
        return count
