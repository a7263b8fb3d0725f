"""QOI: a header, the pixels, and eight bytes that end it."""

from __future__ import annotations

from srec_engine.accounts.account import Account, Filling, PartKind, UnaccountedError, covering_parts
from srec_engine.accounts.numbers import Numbers

__all__ = ["account_of_qoi"]

_HEADER = 14
_END = bytes(7) + b"\1"


def account_of_qoi(data: bytes) -> Account:
    """Account for a QOI.

    Raises:
        UnaccountedError: When it does not end as it should.
    """
    numbers = Numbers(data, "big")
    width, height, channels = numbers.at(4, 4), numbers.at(8, 4), numbers.at(12, 1)
    end = len(data) - len(_END)
    if channels not in (3, 4) or end < _HEADER or data[end:] != _END or not width or not height:
        raise UnaccountedError("it is not a QOI that ends where it should")
    found = [
        (0, _HEADER, PartKind.CARRIED, "header"),
        (_HEADER, end, PartKind.PIXELS, "pixels"),
        (end, len(data), PartKind.CARRIED, "end"),
    ]
    mode = "RGB" if channels == 3 else "RGBA"
    return Account("QOI", mode, width, height, covering_parts(found, len(data)), Filling.QOI)
