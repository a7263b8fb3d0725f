"""Files of method `jpeg` put together by hand, so that each coder has its turn and hostile ones can be made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from srec_engine import Method
from srec_engine.container import Contents, FilePayload, container_bytes
from srec_engine.container.fields import pack_integer
from srec_engine.images.jpeg_coefficients import pack_coefficients
from srec_engine.images.jpeg_packing import jpeg_xl_of, pack_jpeg
from srec_engine.images.picture import bytes_checksum

__all__ = ["container_of", "in_two_bands", "packings_of", "part"]


@contextmanager
def in_two_bands() -> Iterator[None]:
    """Have our coder cut pictures into two bands or more that are smaller than those that it would cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("srec_engine.context_mixing.bands.VALUES_OF_TWO_BANDS", 200_000)
        yield


def container_of(body: bytes, original: bytes, size: tuple[int, int] = (256, 192)) -> bytes:
    """A `.srec` of a file `a.jpg`, which shows a coloured picture."""
    payload = FilePayload("a.jpg", body, Method.JPEG)
    return container_bytes(Contents("RGB", *size, payload, bytes_checksum(original)))


def part(packer: int, size: int, content: bytes) -> bytes:
    """A part of a body as it stands there."""
    return bytes([packer]) + pack_integer(size) + pack_integer(len(content)) + content


def packings_of(data: bytes, threads: int = 1) -> dict[str, bytes]:
    """Bodies that hold one JPEG, by each coder."""
    ours, theirs = pack_coefficients(data, threads), jpeg_xl_of(pack_jpeg(data), "it")[0]
    return {"ours": part(2, len(data), ours), "theirs": part(1, len(data), theirs)}
