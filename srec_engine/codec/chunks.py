"""How a chunk is divided: streams by step and channel, and their bytes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from srec_engine.container import Reader, stream_overhead, unpack_streams
from srec_engine.model.configuration import STEP_COUNT
from srec_engine.reports import ScaleBytes

__all__ = ["scale_bytes", "step_bytes", "stream_count"]


def stream_count(channels: int) -> int:
    """Streams of a chunk: remainders and three pixels, for each coded channel."""
    return (1 + STEP_COUNT) * channels


def step_bytes(streams: Sequence[bytes], channels: int) -> tuple[int, int, int, int]:
    """Bytes of the remainders and of pixel 1, 2 and 3; the streams' lengths count with the remainders."""
    lengths = [len(stream) for stream in streams]
    remainders, first, second, third = (sum(lengths[step * channels : (step + 1) * channels]) for step in range(4))
    return remainders + stream_overhead(streams), first, second, third


def scale_bytes(reader: Reader, scale: int) -> ScaleBytes:
    """Bytes of one scale of a file, over all tiles.

    Raises:
        DamagedFileError: When a chunk is missing or damaged.
    """
    if reader.geometry is None:
        raise ValueError("this file has no chunks")
    channels = reader.header.channels
    totals = np.zeros(4, dtype=np.int64)
    for tile in range(reader.geometry.tile_count):
        streams = unpack_streams(reader.chunk(scale, tile), stream_count(channels))
        totals += np.array(step_bytes(streams, channels))
    remainders, first, second, third = (int(total) for total in totals)
    return ScaleBytes(scale, (remainders, first, second, third))
