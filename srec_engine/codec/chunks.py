"""How a chunk is divided: streams by step and channel, and their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.container import Reader, pack_streams, stream_overhead, unpack_streams
from srec_engine.errors import DamagedFileError
from srec_engine.model.configuration import STEP_COUNT
from srec_engine.reports import ScaleBytes

__all__ = ["Chunk", "read_chunk", "scale_bytes", "stream_count"]


def stream_count(channels: int) -> int:
    """Streams of a chunk: remainders and three pixels, for each coded channel."""
    return (1 + STEP_COUNT) * channels


@dataclass(frozen=True, eq=False, slots=True)
class Chunk:
    """The streams of one tile at one scale.

    Attributes:
        streams: One per step and channel, in coding order.
        plain: bool (4, channels), streams whose distributions do not learn from neighbours; None where none does.
    """

    streams: Sequence[bytes]
    plain: NDArray[np.bool_] | None = None

    def packed(self) -> bytes:
        """The bytes that go into the container: a bit for each stream, 1 where it is plain, and the streams."""
        return self._bits + pack_streams(self.streams)

    @property
    def _bits(self) -> bytes:
        return b"" if self.plain is None else np.packbits(self.plain, axis=None, bitorder="little").tobytes()

    @property
    def overhead(self) -> int:
        """Bytes that are no stream's."""
        return len(self._bits) + stream_overhead(self.streams)

    @classmethod
    def unpacked(cls, data: bytes, channels: int, *, learning: bool) -> Chunk:
        """Undo `packed`.

        Args:
            data: The chunk.
            channels: Coded channels, 3 or 1.
            learning: Whether the file says that its streams learn.

        Raises:
            DamagedFileError: When the lengths do not fit it, or a bit is set that belongs to no stream; says so in a
                clause, which knows no file.
        """
        count = stream_count(channels)
        if not learning:
            return cls(unpack_streams(data, count))
        size = -(-count // 8)
        bits = np.unpackbits(np.frombuffer(data[:size], np.uint8), bitorder="little").astype(np.bool_)
        if len(bits) < count or bits[count:].any():
            raise DamagedFileError("the bits that tell plain streams are damaged")
        return cls(unpack_streams(data[size:], count), bits[:count].reshape(1 + STEP_COUNT, channels))

    def step_bytes(self) -> tuple[int, int, int, int]:
        """Bytes of the remainders and of pixel 1, 2 and 3; what is no stream counts with the remainders."""
        channels = len(self.streams) // (1 + STEP_COUNT)
        lengths = [len(stream) for stream in self.streams]
        remainders, first, second, third = (sum(lengths[step * channels : (step + 1) * channels]) for step in range(4))
        return remainders + self.overhead, first, second, third


def read_chunk(reader: Reader, scale: int, tile: int) -> Chunk:
    """The streams of a file's tile at a scale.

    Raises:
        DamagedFileError: When the chunk is missing or damaged.
    """
    data = reader.chunk(scale, tile)
    try:
        return Chunk.unpacked(data, reader.header.channels, learning=reader.header.learning)
    except DamagedFileError as error:
        raise DamagedFileError(
            f"{reader.name} is damaged in tile {tile} at scale {scale}: {error}. "
            "The rest of the picture can still be shown."
        ) from error


def scale_bytes(reader: Reader, scale: int) -> ScaleBytes:
    """Bytes of one scale of a file, over all tiles.

    Raises:
        DamagedFileError: When a chunk is missing or damaged.
    """
    if reader.geometry is None:
        raise ValueError("this file has no chunks")
    totals = np.zeros(4, dtype=np.int64)
    for tile in range(reader.geometry.tile_count):
        totals += np.array(read_chunk(reader, scale, tile).step_bytes())
    remainders, first, second, third = (int(total) for total in totals)
    return ScaleBytes(scale, (remainders, first, second, third))
