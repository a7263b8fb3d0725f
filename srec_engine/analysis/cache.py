"""A cache that keeps what was used last, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

__all__ = ["ByteCache"]

Key = TypeVar("Key")
Value = TypeVar("Value")


class ByteCache(Generic[Key, Value]):
    """Keeps values up to `limit` bytes; what was unused longest goes first. Safe from several threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._entries: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """The value of `key`, which is used again with that; None when it is not here."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keep `value`, which takes `size` bytes, unless it alone is larger than the limit."""
        with self._lock:
            _, before = self._entries.pop(key, (None, 0))
            self._held -= before
            if size > self._limit:
                return
            self._entries[key] = (value, size)
            self._held += size
            while self._held > self._limit:
                _, (_, gone) = self._entries.popitem(last=False)
                self._held -= gone

    @property
    def held_bytes(self) -> int:
        """Bytes that are held now."""
        return self._held
