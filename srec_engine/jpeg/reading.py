"""A JPEG to its coefficients (ISO/IEC 10918-1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts.account import UnaccountedError
from srec_engine.container.fields import pack_integer
from srec_engine.errors import DamagedFileError
from srec_engine.jpeg.coefficients import COEFFICIENTS, JpegCoefficients, JpegGeometry
from srec_engine.jpeg.headers import TABLES, JpegScan, read_headers
from srec_engine.jpeg.huffman import LOOKUP_ENTRIES, lookup_table
from srec_engine.jpeg.oddities import MAX_ODDITIES, choices_of, pack_oddities
from srec_engine.jpeg.scan_notes import REASONS, Found, ScanNotes
from srec_engine.jpeg.scan_reading import read_blocks, read_first_bits, read_next_bits, refine_means
from srec_engine.jpeg.scan_units import FREE_VISITS, VISITS_PER_BYTE, ScanUnits, scan_units, visits_of
from srec_engine.jpeg.stuffing import Stream, coded_length, unstuffed
from srec_engine.jpeg.writing import write_joined

__all__ = ["read_jpeg"]

_DIFFERS = "it would not come back as it is"
_FREE_BLOCKS = 1 << 17
_BLOCKS_PER_BYTE = 8
# Each takes 128 bytes of memory. A file spends a bit at least on the mean of each block that it tells of.


def read_jpeg(data: bytes) -> JpegCoefficients:
    """Take a JPEG apart so that `write_jpeg` gives the same bytes again, which is tried.

    Args:
        data: Exactly one picture, from its start marker to its end marker.

    Raises:
        UnaccountedError: When it is not baseline, extended sequential or progressive with Huffman codes and samples of
            8 bits; when it is damaged, cut off, or so large for its bytes that no picture looks like it; when it does
            not come back, or only at a price. The message is a clause.
    """
    headers = read_headers(data)
    if headers.size != len(data):
        raise UnaccountedError(f"it has {len(data) - headers.size} bytes behind its end")
    geometry = headers.geometry
    blocks = sum(component.rows * component.columns for component in geometry.components)
    units = [scan_units(geometry, scan) for scan in headers.scans]
    if blocks > max(_FREE_BLOCKS, _BLOCKS_PER_BYTE * len(data)):
        raise UnaccountedError("it has too many pixels for its bytes")
    if visits_of(units) > max(FREE_VISITS, VISITS_PER_BYTE * len(data)):
        raise UnaccountedError("it has too many scans for its bytes")
    reader = _Reader(geometry, blocks)
    kept, position = [], 0
    for scan, each in zip(headers.scans, units, strict=True):
        length = reader.read(scan, each, data[scan.start : scan.end])
        kept.append(data[position : scan.start])
        position = scan.start + length
    kept.append(data[position:])
    skeleton = _skeleton(b"".join(kept), reader.notes)
    _check(skeleton, reader.coefficients, data)
    return JpegCoefficients(skeleton, reader.components())


class _Reader:
    """Coefficients that scans add to."""

    def __init__(self, geometry: JpegGeometry, blocks: int) -> None:
        self._geometry = geometry
        self.coefficients = np.zeros(blocks * COEFFICIENTS, np.int16)
        self._codes = np.zeros((TABLES, LOOKUP_ENTRIES), np.uint16)
        self._described: dict[int, bytes] = {}
        self.notes: list[ScanNotes] = []

    def read(self, scan: JpegScan, units: ScanUnits, coded: bytes) -> int:
        """Read the next scan: how many of its bytes that took."""
        self._take_tables(scan)
        stream = unstuffed(coded, units.intervals)
        notes = _no_notes(units, is_band=scan.first > 0)
        result = self._run(scan, units, stream, notes)
        if result < 0:
            raise UnaccountedError(REASONS[result])
        self.notes.append(notes)
        return coded_length(stream, int(notes.tally[Found.END]))

    def _run(self, scan: JpegScan, units: ScanUnits, stream: Stream, notes: ScanNotes) -> int:
        codes, coefficients, band = self._codes, self.coefficients, (scan.first, scan.last)
        if scan.first > 0:
            kernel = read_next_bits if scan.refines else read_first_bits
            return kernel(stream, units, codes, coefficients, band, scan.shift, notes)
        if scan.refines:
            return refine_means(stream, units, coefficients, scan.shift, notes)
        return read_blocks(stream, units, codes, coefficients, scan.last, scan.shift, notes)

    def _take_tables(self, scan: JpegScan) -> None:
        """Make the tables of codes that hold for a scan. One that is missing has no codes."""
        for number, described in scan.codes.items():
            if self._described.get(number) != described:
                self._codes[number] = lookup_table(described)
                self._described[number] = described

    def components(self) -> tuple[NDArray[np.int16], ...]:
        """The coefficients, a component each."""
        shapes = [component.shape for component in self._geometry.components]
        ends = np.cumsum([rows * columns * COEFFICIENTS for rows, columns, _ in shapes])
        parts = np.split(self.coefficients, ends[:-1])
        return tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))


def _no_notes(units: ScanUnits, *, is_band: bool) -> ScanNotes:
    return ScanNotes(
        padding=np.empty(units.intervals, np.uint8),
        means=np.zeros(4, np.int64),
        zero_runs=np.empty((min(units.visits, MAX_ODDITIES), 2), np.int64),
        cuts=np.empty((units.visits if is_band else 0, 3), np.int64),
        tally=np.zeros(len(Found), np.int64),
    )


def _skeleton(headers: bytes, scans: list[ScanNotes]) -> bytes:
    ones = not any(notes.tally[Found.NOT_ONES] for notes in scans)
    zeros = not any(notes.tally[Found.NOT_ZEROS] for notes in scans)
    oddities = pack_oddities([choices_of(notes) for notes in scans], ones=ones, zeros=zeros)
    return pack_integer(len(headers)) + headers + oddities


def _check(skeleton: bytes, coefficients: NDArray[np.int16], data: bytes) -> None:
    """Raise where a JPEG does not come back."""
    try:
        written = write_joined(skeleton, coefficients, "JPEG", size=len(data))
    except DamagedFileError as error:
        raise UnaccountedError(_DIFFERS) from error
    if written != data:
        raise UnaccountedError(_DIFFERS)
