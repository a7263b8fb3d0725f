"""Coefficients to the JPEG that they were read from (ISO/IEC 10918-1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts.account import UnaccountedError
from srec_engine.container.fields import Cursor
from srec_engine.errors import DamagedFileError
from srec_engine.jpeg.coefficients import JpegGeometry, joined
from srec_engine.jpeg.headers import TABLES, JpegHeaders, JpegScan, read_headers
from srec_engine.jpeg.huffman import symbol_codes
from srec_engine.jpeg.oddities import parse_oddities
from srec_engine.jpeg.scan_choices import ScanChoices
from srec_engine.jpeg.scan_units import FREE_VISITS, VISITS_PER_BYTE, ScanUnits, scan_units, visits_of
from srec_engine.jpeg.scan_writing import (
    BUFFERED_BITS,
    FAULTS,
    write_blocks,
    write_first_bits,
    write_means,
    write_next_bits,
)
from srec_engine.jpeg.stuffing import STREAM_PADDING, Stream, stuffed

__all__ = ["geometry_of", "write_joined", "write_jpeg"]

_MOST_BYTES = 256
"""That a block can take, with the byte that a restart interval fills."""

_MOST_ROUNDS = 64
"""How often scans may go over all blocks where nobody knows how long the file is."""


def geometry_of(skeleton: bytes, what: str) -> JpegGeometry:
    """What the headers in a skeleton tell of the picture: whoever sets memory aside for it looks at its size first.

    Args:
        skeleton: Of `JpegCoefficients`.
        what: Names it in messages.

    Raises:
        DamagedFileError: When it is none.
    """
    return _headers(Cursor(skeleton, what), what)[1].geometry


def write_jpeg(
    skeleton: bytes, components: Sequence[NDArray[np.int16]], what: str, *, size: int | None = None
) -> bytes:
    """Write the file that `read_jpeg` took apart.

    Args:
        skeleton: Of `JpegCoefficients`.
        components: Likewise.
        what: Names it in messages.
        size: Bytes of the file, if they are known: work and memory are bounded by them, so they have to be plausible,
            and a file of another size is an error. Without it they are bounded by the number of blocks.

    Raises:
        DamagedFileError: When they do not fit each other.
    """
    expected = [component.shape for component in geometry_of(skeleton, what).components]
    found = [component.shape for component in components]
    if expected != found or any(component.dtype != np.int16 for component in components):
        raise DamagedFileError(f"{what}: its coefficients do not fit its headers")
    return write_joined(skeleton, joined(components), what, size=size)


def write_joined(skeleton: bytes, coefficients: NDArray[np.int16], what: str, *, size: int | None) -> bytes:
    """`write_jpeg` where the coefficients of all components lie one after the other, as many as there have to be."""
    cursor = Cursor(skeleton, what)
    headers, read = _headers(cursor, what)
    units = [scan_units(read.geometry, scan) for scan in read.scans]
    _check_work(read, units, size, what)
    scans = parse_oddities(cursor.take_rest(), units, what)
    writer = _Writer(coefficients, what)
    parts, position, left = [], 0, None if size is None else size - len(headers)
    for scan, each, choices in zip(read.scans, units, scans, strict=True):
        parts.append(headers[position : scan.start])
        parts.append(writer.write(scan, each, choices, left))
        position = scan.start
        left = None if left is None else left - len(parts[-1])
    parts.append(headers[position:])
    result = b"".join(parts)
    if size is not None and len(result) != size:
        raise DamagedFileError(f"{what}: it is written with {len(result)} bytes, and should have {size}")
    return result


def _headers(cursor: Cursor, what: str) -> tuple[bytes, JpegHeaders]:
    headers = cursor.take(cursor.take_integer())
    try:
        read = read_headers(headers)
    except UnaccountedError as reason:
        raise DamagedFileError(f"{what}: its headers cannot be those of a JPEG that was kept: {reason}") from reason
    if read.size != len(headers):
        raise DamagedFileError(f"{what}: there is something behind its headers")
    return headers, read


def _check_work(read: JpegHeaders, units: Sequence[ScanUnits], size: int | None, what: str) -> None:
    if size is None:
        allowed = _MOST_ROUNDS * sum(component.rows * component.columns for component in read.geometry.components)
    else:
        allowed = VISITS_PER_BYTE * size
    if visits_of(units) > max(FREE_VISITS, allowed):
        raise DamagedFileError(f"{what}: it has too many scans")


class _Writer:
    """Writes one scan after the other."""

    def __init__(self, coefficients: NDArray[np.int16], what: str) -> None:
        self._coefficients = coefficients
        self._what = what
        self._codes = np.zeros((TABLES, 256), np.int64)
        self._described: dict[int, bytes] = {}
        self._buffer = np.empty(BUFFERED_BITS, np.uint8)

    def write(self, scan: JpegScan, units: ScanUnits, choices: ScanChoices, left: int | None) -> bytes:
        """The bytes of the next scan, of which there may be so many, if that is known."""
        self._take_tables(scan)
        room = _MOST_BYTES * units.visits
        room = room if left is None else max(0, min(room, left))
        stream = Stream(np.empty(room + STREAM_PADDING, np.uint8), np.empty(units.intervals, np.int64))
        result = self._run(scan, units, stream, choices)
        if result < 0:
            raise DamagedFileError(f"{self._what}: {FAULTS[result]}")
        return stuffed(stream)

    def _run(self, scan: JpegScan, units: ScanUnits, stream: Stream, choices: ScanChoices) -> int:
        codes, coefficients = self._codes, self._coefficients
        band = np.array([scan.first, scan.last, scan.shift], np.int64)
        if scan.first > 0 and scan.refines:
            return write_next_bits(stream, units, codes, coefficients, band, choices, self._buffer)
        if scan.first > 0:
            return write_first_bits(stream, units, codes, coefficients, band, choices)
        if scan.refines:
            return write_means(stream, units, coefficients, scan.shift, choices)
        means = np.zeros(4, np.int64)
        return write_blocks(stream, units, codes, coefficients, scan.last, scan.shift, choices, means)

    def _take_tables(self, scan: JpegScan) -> None:
        """Make the codes that hold for a scan. A table that is missing has none."""
        for number, described in scan.codes.items():
            if self._described.get(number) != described:
                try:
                    self._codes[number] = symbol_codes(described)
                except UnaccountedError as reason:
                    raise DamagedFileError(f"{self._what}: {reason}") from reason
                self._described[number] = described
