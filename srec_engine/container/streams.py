"""A chunk's streams: what the range coder wrote for each step and channel of one tile at one scale."""

from __future__ import annotations

from collections.abc import Sequence

from srec_engine.container.fields import Cursor, pack_integer

__all__ = ["pack_streams", "stream_overhead", "unpack_streams"]


def pack_streams(streams: Sequence[bytes]) -> bytes:
    """Join streams into the bytes of a chunk: the length of each but the last, then the streams themselves.

    The last one ends where the chunk ends, so it needs no length.
    """
    lengths = b"".join(pack_integer(len(stream)) for stream in streams[:-1])
    return lengths + b"".join(streams)


def stream_overhead(streams: Sequence[bytes]) -> int:
    """Bytes that `pack_streams` adds to the streams."""
    return sum(len(pack_integer(len(stream))) for stream in streams[:-1])


def unpack_streams(chunk: bytes, count: int) -> list[bytes]:
    """Take the `count` streams of a chunk apart.

    Raises:
        DamagedFileError: When the lengths do not fit the chunk.
    """
    if count < 1:
        raise ValueError("a chunk holds at least one stream")
    cursor = Cursor(chunk, "the lengths of a chunk's streams are damaged")
    lengths = [cursor.take_integer() for _ in range(count - 1)]
    streams = [cursor.take(length) for length in lengths]
    return [*streams, cursor.take_rest()]
