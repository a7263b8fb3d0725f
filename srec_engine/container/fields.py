"""Small pieces that sections are made of: variable-length integers and a cursor that never reads past its bytes."""

from __future__ import annotations

from srec_engine.errors import DamagedFileError

__all__ = ["Cursor", "pack_integer"]

_MAX_INTEGER_BYTES = 9


def pack_integer(value: int) -> bytes:
    """Write an integer in LEB128: seven bits a byte, the lowest first, the high bit set on all but the last.

    Args:
        value: 0 to 2**63 − 1.

    Raises:
        ValueError: When the value is outside that range.
    """
    if not 0 <= value < 1 << 63:
        raise ValueError(f"{value} cannot be stored in {_MAX_INTEGER_BYTES} bytes")
    result = bytearray()
    while value >= 0x80:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


class Cursor:
    """Reads the fields of a section one after the other; raises `DamagedFileError` where they do not fit in it."""

    def __init__(self, data: bytes | memoryview, what: str) -> None:
        """Start at the first of `data`; `what` names the section in messages."""
        self._data = memoryview(data)
        self._what = what
        self._position = 0

    @property
    def remaining(self) -> int:
        """Bytes not yet read."""
        return len(self._data) - self._position

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        if count > self.remaining:
            raise DamagedFileError(f"{self._what}: {count} bytes are announced where {self.remaining} are left")
        start = self._position
        self._position += count
        return bytes(self._data[start : self._position])

    def take_rest(self) -> bytes:
        """All bytes that are left."""
        return self.take(self.remaining)

    def take_byte(self) -> int:
        """The next byte as a number."""
        return self.take(1)[0]

    def take_integer(self) -> int:
        """The next variable-length integer."""
        value = 0
        for place in range(_MAX_INTEGER_BYTES):
            byte = self.take_byte()
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value
        raise DamagedFileError(f"{self._what}: a number in it is longer than {_MAX_INTEGER_BYTES} bytes")
