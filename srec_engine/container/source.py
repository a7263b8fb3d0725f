"""Where a reader takes bytes from: memory or an open file, of which only the parts asked for are read."""

from __future__ import annotations

import os
import threading
from typing import BinaryIO

__all__ = ["ByteSource", "open_source"]


class ByteSource:
    """Random access to bytes that may be shorter than expected. Safe to read from several threads."""

    def __init__(self, data: memoryview | None, file: BinaryIO | None) -> None:
        """Use `open_source` instead."""
        self._data = data
        self._file = file
        self._lock = threading.Lock()
        if file is not None:
            self.size = file.seek(0, os.SEEK_END)
        else:
            self.size = 0 if data is None else len(data)

    def read(self, start: int, count: int) -> bytes:
        """At most `count` bytes from `start`; fewer where the source ends."""
        count = max(0, min(count, self.size - start))
        if not count:
            return b""
        if self._data is not None:
            return bytes(self._data[start : start + count])
        if self._file is None:
            return b""
        with self._lock:
            self._file.seek(start)
            return self._file.read(count)


def open_source(source: bytes | bytearray | memoryview | BinaryIO) -> ByteSource:
    """Wrap bytes, or a binary file that can seek (which stays the caller's to close)."""
    if isinstance(source, bytes | bytearray | memoryview):
        return ByteSource(memoryview(source).cast("B"), None)
    return ByteSource(None, source)
