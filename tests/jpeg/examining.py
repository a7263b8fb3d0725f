"""What tests ask of a JPEG that was taken apart."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from srec_engine.accounts import UnaccountedError
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.jpeg import JpegCoefficients, read_jpeg, write_jpeg

__all__ = ["comes_back", "oddities_of", "reason_for", "with_oddities"]


def comes_back(data: bytes) -> JpegCoefficients:
    """Take a JPEG apart, and see to it that the same bytes are written again."""
    read = read_jpeg(data)
    assert write_jpeg(read.skeleton, read.components, "JPEG", size=len(data)) == data
    assert write_jpeg(read.skeleton, read.components, "JPEG") == data
    return read


def oddities_of(read: JpegCoefficients) -> bytes:
    """What a skeleton has behind the headers."""
    cursor = Cursor(read.skeleton, "skeleton")
    cursor.take(cursor.take_integer())
    return cursor.take_rest()


def with_oddities(skeleton: bytes, numbers: Sequence[int]) -> bytes:
    """The same headers, and other numbers behind them."""
    cursor = Cursor(skeleton, "skeleton")
    headers = cursor.take(cursor.take_integer())
    return pack_integer(len(headers)) + headers + b"".join(pack_integer(number) for number in numbers)


def reason_for(data: bytes) -> str:
    """Why a JPEG is refused."""
    with pytest.raises(UnaccountedError) as refused:
        read_jpeg(data)
    return str(refused.value)
