"""Coefficients of a picture, coded and decoded band by band.

What is written (docs/coding.md, "Coefficients of a JPEG"): the numbers of the tables and of the bands; the lengths of
the two streams of each band and their CRC-32; the streams of all means; the streams of all other coefficients. So a
picture at an eighth of its size is in the first bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.context_mixing.band_coder import BandRecord, code_band_blocks, code_band_means
from srec_engine.context_mixing.bands import (
    Band,
    CoefficientError,
    ComponentShape,
    bands_of,
    largest_count,
    suitable_count,
)
from srec_engine.context_mixing.binary_coder import DECODING, ENCODING, RECORDING
from srec_engine.context_mixing.magnitudes import LARGEST_MAGNITUDE
from srec_engine.context_mixing.tables import CURRENT_TABLES, CoderTables, shipped_block_tables, shipped_mean_tables
from srec_engine.errors import DamagedFileError

__all__ = [
    "DecodedCoefficients",
    "RecordedCoefficients",
    "decode_coefficients",
    "decode_means",
    "encode_coefficients",
    "learn_tables",
    "record_coefficients",
    "stream_bytes",
]

Result = TypeVar("Result")
Number = TypeVar("Number", np.int16, np.int32)

Progress = Callable[[float], None]
"""Called now and then, in the caller's thread, with the share that is done; what it raises ends the work."""


@dataclass(frozen=True, slots=True)
class DecodedCoefficients:
    """What was decoded.

    Attributes:
        components: int16 (rows, columns, 64) each. Where a band is damaged, its coefficients are 0; where only its
            second stream is, all but the means.
        damaged: The bands of which something is missing.
    """

    components: list[NDArray[np.int16]]
    damaged: list[Band]


@dataclass(frozen=True, slots=True)
class RecordedCoefficients:
    """What was decoded, what it cost, and what was expected.

    Attributes:
        components: As in `DecodedCoefficients`.
        costs: int32 (rows, columns, 64) each, in 2⁻¹⁶ bit: at 0 that of the mean, and of how many others there are.
        estimates: int16 (rows, columns, 64) each, what was expected, in 1/16 step; 0 where nothing was to be coded.
    """

    components: list[NDArray[np.int16]]
    costs: list[NDArray[np.int32]]
    estimates: list[NDArray[np.int16]]


@dataclass(frozen=True, slots=True)
class _Streams:
    """The streams of a band; None for one that is damaged."""

    means: bytes | None
    blocks: bytes | None


def encode_coefficients(
    components: Sequence[NDArray[np.int16]],
    shapes: Sequence[ComponentShape],
    threads: int = 1,
    progress: Progress | None = None,
    tables: int = CURRENT_TABLES,
) -> bytes:
    """Code coefficients.

    Args:
        components: int16 (rows, columns, 64) each, natural order.
        shapes: Of the components.
        threads: Bands that are coded side by side; each takes 40 MB beside its coefficients.
        progress: Hears how far it is.
        tables: Number of what to begin with.

    Raises:
        CoefficientError: When they are noise, or one but the means is -32768.
    """
    mean_tables, block_tables = shipped_mean_tables(tables), shipped_block_tables(tables)

    if any(int(component[:, :, 1:].min(initial=0)) < -LARGEST_MAGNITUDE for component in components):
        raise CoefficientError("one of its coefficients is beyond what is coded")

    def encoded(band: Band) -> tuple[bytes, bytes]:
        parts = _parts(components, shapes, band)
        means = code_band_means(parts, shapes, mean_tables.copied(), ENCODING, b"")
        return means, code_band_blocks(parts, shapes, block_tables.copied(), ENCODING, b"")

    bands = bands_of(shapes, suitable_count(shapes, components))
    streams = list(_in_bands(encoded, bands, threads, progress))
    head = b"".join(
        pack_integer(len(stream)) + zlib.crc32(stream).to_bytes(4, "little") for pair in streams for stream in pair
    )
    bodies = [pair[0] for pair in streams] + [pair[1] for pair in streams]
    return pack_integer(tables) + pack_integer(len(bands)) + head + b"".join(bodies)


def decode_coefficients(
    packed: bytes,
    shapes: Sequence[ComponentShape],
    what: str,
    threads: int = 1,
    progress: Progress | None = None,
) -> DecodedCoefficients:
    """Undo `encode_coefficients`.

    Args:
        packed: What that returned; it may be damaged or cut off.
        shapes: Of the components.
        what: Names it in messages.
        threads: As there.
        progress: As there.

    Raises:
        DamagedFileError: When nothing can be decoded.
    """
    number, bands, streams = _opened(packed, shapes, what)
    components = _zeros(shapes, np.int16)

    def decode(band: Band) -> bool:
        return _decode_band(streams[bands.index(band)], _views(components, shapes, band), shapes, number)

    whole = list(_in_bands(decode, bands, threads, progress))
    return DecodedCoefficients(components, [band for band, is_whole in zip(bands, whole, strict=True) if not is_whole])


def decode_means(packed: bytes, shapes: Sequence[ComponentShape], what: str) -> list[NDArray[np.int16]]:
    """The means alone, which is an eighth of the picture's size, from the first bytes of what was packed.

    Returns:
        int16 (rows, columns, 64) each, 0 but for the means, and where these are damaged.

    Raises:
        DamagedFileError: When nothing can be decoded.
    """
    number, bands, streams = _opened(packed, shapes, what)
    components = _zeros(shapes, np.int16)
    for band, found in zip(bands, streams, strict=True):
        _decode_band(_Streams(found.means, None), _views(components, shapes, band), shapes, number)
    return components


def record_coefficients(packed: bytes, shapes: Sequence[ComponentShape], what: str) -> RecordedCoefficients:
    """Decode as `decode_coefficients` does, and write down what each coefficient cost and what was expected of it."""
    number, bands, streams = _opened(packed, shapes, what)
    found = RecordedCoefficients(_zeros(shapes, np.int16), _zeros(shapes, np.int32), _zeros(shapes, np.int16))
    for band, coded in zip(bands, streams, strict=True):
        record = BandRecord(_views(found.costs, shapes, band), _views(found.estimates, shapes, band))
        _decode_band(coded, _views(found.components, shapes, band), shapes, number, record)
    return found


def _decode_band(
    streams: _Streams,
    parts: Sequence[NDArray[np.int16]],
    shapes: Sequence[ComponentShape],
    number: int,
    record: BandRecord | None = None,
) -> bool:
    """Decode what there is of a band into `parts`, which are zeros; returns whether that is all."""
    mode = DECODING if record is None else RECORDING
    steps = (
        (code_band_means, shipped_mean_tables, streams.means, 0),
        (code_band_blocks, shipped_block_tables, streams.blocks, 1),
    )
    for code, tables, stream, first in steps:
        if stream is None:
            return False
        try:
            code(parts, shapes, tables(number).copied(), mode, stream, record)
        except CoefficientError:
            for part in parts:
                part[:, :, first:] = 0
            return False
    return True


def learn_tables(components: Sequence[NDArray[np.int16]], shapes: Sequence[ComponentShape], tables: CoderTables) -> int:
    """Code a picture as `encode_coefficients` does, and keep what is learned of it in `tables`, which are changed.

    Returns:
        Bytes of its streams.
    """
    size = 0
    for band in bands_of(shapes, suitable_count(shapes, components)):
        parts = _parts(components, shapes, band)
        size += len(code_band_means(parts, shapes, tables.means, ENCODING, b""))
        size += len(code_band_blocks(parts, shapes, tables.blocks, ENCODING, b""))
    return size


def _parts(
    components: Sequence[NDArray[np.int16]], shapes: Sequence[ComponentShape], band: Band
) -> list[NDArray[np.int16]]:
    """A band's blocks of each component, to be encoded: a copy, as kernels are compiled for what may be written to."""
    return [np.array(view, order="C") for view in _views(components, shapes, band)]


def _views(arrays: Sequence[NDArray[Number]], shapes: Sequence[ComponentShape], band: Band) -> list[NDArray[Number]]:
    """A band's rows of something of each component."""
    return [array[band.rows(shape)] for array, shape in zip(arrays, shapes, strict=True)]


def _zeros(shapes: Sequence[ComponentShape], kind: type[Number]) -> list[NDArray[Number]]:
    """Room for something of each coefficient of each component."""
    return [np.zeros((shape.rows, shape.columns, 64), kind) for shape in shapes]


def stream_bytes(packed: bytes, shapes: Sequence[ComponentShape], what: str) -> int:
    """Bytes of the streams in what `encode_coefficients` returned, all that is behind its head. Errors as decoding."""
    _, _, streams = _opened(packed, shapes, what)
    return sum(len(stream or b"") for pair in streams for stream in (pair.means, pair.blocks))


def _opened(packed: bytes, shapes: Sequence[ComponentShape], what: str) -> tuple[int, list[Band], list[_Streams]]:
    cursor = Cursor(packed, what)
    number = cursor.take_integer()
    # A number that is not known is told apart from damage at once.
    shipped_mean_tables(number)
    count = cursor.take_integer()
    if not 1 <= count <= largest_count(shapes):
        raise DamagedFileError(f"{what} is damaged: it cannot be cut into {count} bands.")
    bands = bands_of(shapes, count)
    heads = [(cursor.take_integer(), int.from_bytes(cursor.take(4), "little")) for _ in range(2 * len(bands))]
    means = [_checked(cursor, *head) for head in heads[::2]]
    blocks = [_checked(cursor, *head) for head in heads[1::2]]
    if all(stream is None for stream in means):
        raise DamagedFileError(f"{what} is damaged: none of its parts can be decoded.")
    return number, bands, [_Streams(*pair) for pair in zip(means, blocks, strict=True)]


def _checked(cursor: Cursor, length: int, checksum: int) -> bytes | None:
    stream = cursor.take(min(length, cursor.remaining))
    return stream if len(stream) == length and zlib.crc32(stream) == checksum else None


def _in_bands(
    work: Callable[[Band], Result], bands: Sequence[Band], threads: int, progress: Progress | None
) -> Iterable[Result]:
    """Results of all bands in their order."""
    if len(bands) == 1:
        yield work(bands[0])
        if progress is not None:
            progress(1.0)
        return
    with ThreadPoolExecutor(min(threads, len(bands)), "srec-band") as pool:
        tasks = [pool.submit(work, band) for band in bands]
        try:
            for index, task in enumerate(tasks):
                yield task.result()
                if progress is not None:
                    progress((index + 1) / len(bands))
        finally:
            for task in tasks:
                task.cancel()
