"""Where the bytes of a file are: rows that add up to the file to the byte."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.chunks import read_chunk, stream_count
from srec_engine.container import Reader
from srec_engine.container.geometry import Geometry
from srec_engine.errors import DamagedFileError
from srec_engine.pyramid import reduced_size
from srec_engine.reports import CODED_STEPS, bits_per_subpixel

__all__ = ["CHANNEL_NAMES", "STEP_NAMES", "UNREADABLE", "Ledger", "LedgerRow", "read_ledger"]

STEP_NAMES = (*CODED_STEPS, "pixel 4")
CHANNEL_NAMES = ("R", "G", "B")

UNREADABLE = "unreadable chunks"
"""The part of a damaged or incomplete file that cannot be told apart."""

_FREE_STEP = len(CODED_STEPS)
_CHUNKS = "chunks"
_LENGTHS = "stream lengths"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One part of a file.

    Attributes:
        part: Name: a section of the container ("header", "base", …), "stream lengths" (and the bits that tell which
            streams learn), or one of `STEP_NAMES`.
        scale: The scale it belongs to, or None.
        step: 0 remainders, 1 … 3 the coded pixels, 4 the pixel that follows from the sum; None for other parts.
        channel: 0, 1, 2, or None.
        samples: Numbers that are coded (or follow from the sum); 0 for other parts.
        coded_bytes: Bytes in the file.
        model_bits: What the distributions say the samples cost; None until it is computed, or where there are none.
        bpsp: Coded bits per subpixel of the full image.
        share: Share of the file, 0 to 1.
    """

    part: str
    scale: int | None
    step: int | None
    channel: int | None
    samples: int
    coded_bytes: int
    model_bits: float | None
    bpsp: float
    share: float

    @property
    def name(self) -> str:
        """As people read it: "scale 2, pixel 1, G"."""
        words = [] if self.scale is None else [f"scale {self.scale}"]
        words.append(self.part)
        if self.channel is not None:
            words.append(CHANNEL_NAMES[self.channel])
        return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All parts of a file, in its order.

    Attributes:
        width, height: Pixels of the full image.
        file_bytes: Size of the file; the rows' bytes add up to it.
        rows: The parts.
    """

    width: int
    height: int
    file_bytes: int
    rows: tuple[LedgerRow, ...]

    @property
    def scales(self) -> tuple[int, ...]:
        """Coded scales, coarse to fine."""
        return tuple(dict.fromkeys(row.scale for row in self.rows if row.scale is not None))

    @property
    def model_bits(self) -> float | None:
        """Of all coded parts; None until they are computed."""
        bits = [row.model_bits for row in self.rows if row.step is not None]
        known = [number for number in bits if number is not None]
        return sum(known) if known and len(known) == len(bits) else None

    @property
    def stream_bytes(self) -> int:
        """Coded bytes of all coded parts: what the model's bits became."""
        return sum(row.coded_bytes for row in self.rows if row.step is not None)

    @property
    def overhead(self) -> float | None:
        """Bits of the streams over those of the model, as a share of these; None until they are computed."""
        bits = self.model_bits
        return 8 * self.stream_bytes / bits - 1 if bits else None

    def of_scale(self, scale: int | None) -> tuple[LedgerRow, ...]:
        """Rows of one scale, or (None) those of the container."""
        return tuple(row for row in self.rows if row.scale == scale)

    def bytes_of(self, scale: int | None, step: int | None = None) -> int:
        """Bytes of a scale, or of one of its steps over the channels."""
        rows = self.of_scale(scale)
        return sum(row.coded_bytes for row in rows if step is None or row.step == step)

    def with_model_bits(self, scale: int, bits: NDArray[np.float64]) -> Ledger:
        """This ledger with the model's bits of one scale, (4, channels)."""
        rows = tuple(
            replace(row, model_bits=float(bits[row.step, row.channel]))
            if row.scale == scale and row.step is not None and row.step < _FREE_STEP and row.channel is not None
            else row
            for row in self.rows
        )
        return replace(self, rows=rows)


def read_ledger(reader: Reader) -> Ledger:
    """The ledger of a file, without the model's bits. Chunks that cannot be read make a row of their own."""
    header = reader.header
    parts: list[tuple[str, int | None, int | None, int | None, int, int]] = []
    for section, size in reader.section_sizes().items():
        if section == _CHUNKS and reader.geometry is not None:
            parts += _chunk_parts(reader, reader.geometry, size)
        else:
            parts.append((section, None, None, None, 0, size))
    rows = tuple(
        LedgerRow(
            *part,
            0.0 if part[2] == _FREE_STEP else None,
            bits_per_subpixel(part[5], header.width, header.height),
            part[5] / reader.file_bytes,
        )
        for part in parts
    )
    return Ledger(header.width, header.height, reader.file_bytes, rows)


def _chunk_parts(
    reader: Reader, geometry: Geometry, total: int
) -> list[tuple[str, int | None, int | None, int | None, int, int]]:
    parts: list[tuple[str, int | None, int | None, int | None, int, int]] = []
    channels = reader.header.channels
    for scale in geometry.coded_scales():
        lengths, streams = _stream_bytes(reader, geometry, scale)
        samples = _samples(geometry, scale)
        parts.append((_LENGTHS, scale, None, None, 0, lengths))
        for step, name in enumerate(STEP_NAMES):
            for channel in range(channels):
                size = int(streams[step, channel]) if step < _FREE_STEP else 0
                parts.append((name, scale, step, channel, samples[step], size))
    unreadable = total - sum(part[5] for part in parts)
    if unreadable:
        parts.append((UNREADABLE, None, None, None, 0, unreadable))
    return parts


def _stream_bytes(reader: Reader, geometry: Geometry, scale: int) -> tuple[int, NDArray[np.int64]]:
    """Bytes of what tells streams apart, and of the streams (4, channels), of all chunks of a scale that are whole."""
    channels = reader.header.channels
    overhead, sizes = 0, np.zeros(stream_count(channels), np.int64)
    for tile in range(geometry.tile_count):
        try:
            chunk = read_chunk(reader, scale, tile)
        except DamagedFileError:
            continue
        overhead += chunk.overhead
        sizes += np.array([len(stream) for stream in chunk.streams])
    return overhead, sizes.reshape(-1, channels)


def _samples(geometry: Geometry, scale: int) -> Mapping[int, int]:
    """Samples of each step of one channel at a scale, over all tiles."""
    height, width = geometry.scale_size(scale)
    rows, columns = reduced_size(height, width)
    low_rows, low_columns = height // 2, width // 2
    return {
        0: rows * columns,
        1: rows * columns,
        2: rows * low_columns,
        3: low_rows * columns,
        4: low_rows * low_columns,
    }
