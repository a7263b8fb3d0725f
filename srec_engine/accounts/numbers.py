"""Numbers out of a file that may end anywhere."""

from __future__ import annotations

from srec_engine.accounts.account import UnaccountedError

__all__ = ["Numbers"]


class Numbers:
    """Reads integers of a file at given places.

    Args:
        data: The file.
        order: Its byte order.
    """

    def __init__(self, data: bytes, order: str) -> None:
        self._data = data
        self._big = order == "big"

    def at(self, place: int, size: int, *, signed: bool = False) -> int:
        """The integer of `size` bytes at `place`.

        Raises:
            UnaccountedError: When the file ends before it.
        """
        return int.from_bytes(self.bytes_at(place, size), "big" if self._big else "little", signed=signed)

    def bytes_at(self, place: int, size: int) -> bytes:
        """`size` bytes at `place`.

        Raises:
            UnaccountedError: When the file ends before them.
        """
        if place < 0 or place + size > len(self._data):
            raise UnaccountedError("it ends before what it announces")
        return self._data[place : place + size]
