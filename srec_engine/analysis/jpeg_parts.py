"""Where the bits of a JPEG are: metadata, tables, the frequencies of each channel. They add up to the file, always.

Segments are read one by one by `srec_engine.jpeg`; where it refuses one, this goes on, and tells less. `jpeg_scans` has
the loops over coded pixels.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts.account import UnaccountedError
from srec_engine.accounts.jpeg import APPLICATIONS, COMMENT, END, FRAMES, MARKER_BEHIND_SCAN, SCAN, JpegSegment
from srec_engine.analysis.jpeg_bands import BANDS, MEAN_SCALE
from srec_engine.errors import DamagedFileError

if TYPE_CHECKING:
    # They import numba, which takes its time.
    from srec_engine.jpeg.headers import HeaderReader, JpegScan
    from srec_engine.jpeg.scan_units import ScanUnits
    from srec_engine.jpeg.stuffing import Stream

__all__ = ["JpegPart", "JpegPartKind", "channel_names", "jpeg_parts"]

_START = b"\xff\xd8"
_ADOBE, _PROGRESSIVE = 0xEE, 0xC2
# Not those without a length that mean nothing where they are found: restarts outside of a scan, another start, TEM.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")

# Of a progressive picture; each takes 8 bytes of memory, 64 MiB together.
_MAX_BLOCKS = 1 << 23
# A few bytes of a scan may go over all blocks of a picture, which takes milliseconds. Real files have ten scans.
_MAX_SCANS = 256
_MAX_SEGMENTS = 1 << 16

_Integers = NDArray[np.int64]


class JpegPartKind(StrEnum):
    """What the bits of a part are for."""

    METADATA = "metadata"
    """Segments APPn and COM with their markers and lengths: EXIF, XMP, colour profile, thumbnails, comments."""

    TABLES = "tables and headers"
    """All other segments: quantisation, Huffman codes, frame, scans; and the markers that begin and end the picture."""

    DC = "DC"
    """Means of the blocks of one channel."""

    AC = "AC"
    """A band of frequencies of one channel."""

    PIXELS = "coded pixels"
    """Scans that cannot be told apart: not coded by Huffman with 8 bits a sample, damaged, cut off, or too many."""

    PADDING = "restarts and padding"
    """Restart markers, zeros stuffed behind FF, the filling of last bytes, and what lies between segments."""

    BEHIND = "behind the picture"
    """All that follows its end: further pictures, a film, or what somebody appended."""

    HEADERS = "all headers, packed"
    """Of a `.srec`: what metadata, tables, restarts and padding were packed to together."""

    CONTAINER = "lengths and checksums"
    """Of a `.srec`: its own header, and what keeps its parts apart."""


@dataclass(frozen=True, slots=True)
class JpegPart:
    """Some of the bits of a JPEG, and of the `.srec` that holds it.

    Attributes:
        kind: What they are for.
        channel: For DC and AC: "Y", "Cb", "Cr", "grey", "R", …; else "".
        band: For AC: first and last zigzag index, one of `BANDS`; else None.
        bits: How many in the JPEG. With `packed_bits` None: at least 1.
        packed_bits: How many in the `.srec`; None where that is not told apart.
    """

    kind: JpegPartKind
    channel: str
    band: tuple[int, int] | None
    bits: int
    packed_bits: int | None = None

    @property
    def scale(self) -> int | None:
        """The scale of its band, as `jpeg_bands` numbers them; None for what is no coefficients."""
        if self.band is not None:
            return MEAN_SCALE - 1 - BANDS.index(self.band)
        return MEAN_SCALE if self.kind is JpegPartKind.DC else None

    @property
    def name(self) -> str:
        """As people read it: "metadata", "DC Y", "AC Cb, 6 to 14"."""
        words = f"{self.kind} {self.channel}".rstrip()
        return words if self.band is None else f"{words}, {self.band[0]} to {self.band[1]}"


def jpeg_parts(data: bytes) -> tuple[JpegPart, ...]:
    """Tell what the bits of a JPEG are for.

    A run of zeros, its codes and the bits behind them, counts to the coefficient that it ends at; the code of a block's
    end to the first coefficient that it leaves out, even if it ends more blocks; refining bits to what they refine.

    Args:
        data: The file. Whatever follows its first two bytes, it has an answer, perhaps `JpegPartKind.PIXELS`.

    Returns:
        Its parts that have any bits: metadata, tables, each channel from low to high frequencies, coded pixels,
        padding, behind the picture. Their bits add up to 8·len(data).

    Raises:
        DamagedFileError: When it does not begin as a JPEG does.
    """
    if not data.startswith(_START):
        raise DamagedFileError("This is not a JPEG: it does not begin with the marker of one.")
    walk = _Walk(data)
    walk.run()
    return tuple(_listed(walk))


def channel_names(headers: bytes) -> tuple[str, ...]:
    """What the channels of a JPEG are called, by its headers alone: "Y", "Cb", "Cr", or "grey", …."""
    walk = _Walk(headers)
    walk.run()
    return walk.channels


def _listed(walk: _Walk) -> list[JpegPart]:
    parts = [JpegPart(kind, "", None, walk.bits[kind]) for kind in (JpegPartKind.METADATA, JpegPartKind.TABLES)]
    for channel, tally in zip(walk.channels, walk.tally.tolist(), strict=True):
        parts.append(JpegPart(JpegPartKind.DC, channel, None, tally[0]))
        parts += [JpegPart(JpegPartKind.AC, channel, band, sum(tally[band[0] : band[1] + 1])) for band in BANDS]
    last = (JpegPartKind.PIXELS, JpegPartKind.PADDING, JpegPartKind.BEHIND)
    parts += [JpegPart(kind, "", None, walk.bits[kind]) for kind in last]
    return [part for part in parts if part.bits]


class _Walk:
    """Goes through the segments of a file, and counts.

    Attributes:
        bits: Of each kind but DC and AC.
        channels: Names of the channels, for the rows of `tally`.
        tally: int64 (channels, 64), bits of each coefficient.
    """

    def __init__(self, data: bytes) -> None:
        self.bits: Counter[JpegPartKind] = Counter()
        self.tally = np.zeros((0, 64), np.int64)
        self._data = data
        self._headers = _header_reader(data)
        self._identifiers: tuple[int, ...] = ()
        self._follows = False
        """Whether the scans that come can be told apart."""
        self._is_progressive = False
        self._scans = 0
        self._nonzero: dict[int, _Integers] = {}
        """int64 (blocks) of components: bit k tells whether coefficient k is known to be none."""
        self._adobe: int | None = None
        self._jfif = False

    @property
    def channels(self) -> tuple[str, ...]:
        """As the file says, which may be late in it; what says nothing is taken as libjpeg takes it."""
        return _channel_names(self._identifiers, self._adobe, self._jfif)

    def run(self) -> None:
        """Count every bit."""
        place = self._count(JpegPartKind.TABLES, 0, len(_START))
        for _ in range(_MAX_SEGMENTS):
            found = _MARKER.search(self._data, place)
            if found is None:
                break
            place = self._count(JpegPartKind.PADDING, place, found.start())
            marker = self._data[place + 1]
            if marker == END:
                place = self._count(JpegPartKind.TABLES, place, place + 2)
                self._count(JpegPartKind.BEHIND, place, len(self._data))
                return
            place = self._count_marker(marker, place)
        self._count(JpegPartKind.PADDING, place, len(self._data))

    def _count(self, kind: JpegPartKind, start: int, end: int) -> int:
        self.bits[kind] += 8 * (end - start)
        return end

    def _count_marker(self, marker: int, place: int) -> int:
        """Count a marker and what belongs to it; returns the place behind it."""
        size = int.from_bytes(self._data[place + 2 : place + 4], "big")
        end = min(place + 2 + max(size, 2), len(self._data))
        content = self._data[place + 4 : end]
        if marker in APPLICATIONS or marker == COMMENT:
            self._see_metadata(marker, content)
            return self._count(JpegPartKind.METADATA, place, end)
        self._count(JpegPartKind.TABLES, place, end)
        segment = JpegSegment(marker, place, place + 4, end)
        if marker == SCAN:
            return self._count_scan(segment)
        if marker in FRAMES:
            self._see_frame(segment)
        elif self._headers is not None:
            with suppress(UnaccountedError):
                self._headers.enter(segment)
        return end

    def _see_metadata(self, marker: int, content: bytes) -> None:
        if marker == APPLICATIONS[0] and content.startswith(b"JFIF\0"):
            self._jfif = True
        elif marker == _ADOBE and content.startswith(b"Adobe") and len(content) >= 12:
            self._adobe = content[11]

    def _see_frame(self, segment: JpegSegment) -> None:
        # A second frame in one picture is hierarchical or a mistake: what it means by its channels is unknown.
        self._follows = False
        if self._headers is not None:
            with suppress(UnaccountedError):
                self._headers.enter(segment)
                self._identifiers = self._headers.identifiers
                self.tally = np.zeros((len(self._identifiers), 64), np.int64)
                self._is_progressive = segment.marker == _PROGRESSIVE
                self._follows = True

    def _count_scan(self, segment: JpegSegment) -> int:
        """Count the coded pixels behind a scan's header; returns the place behind them."""
        start = segment.end
        found = MARKER_BEHIND_SCAN.search(self._data, start)
        end = len(self._data) if found is None else found.start()
        try:
            tally = self._scan_tally(segment, self._data[start:end])
        except UnaccountedError:
            # A progressive picture cannot be followed without one of its scans.
            self._follows = self._follows and not self._is_progressive
            return self._count(JpegPartKind.PIXELS, start, end)
        self.tally += tally
        self.bits[JpegPartKind.PADDING] -= int(tally.sum())
        return self._count(JpegPartKind.PADDING, start, end)

    def _scan_tally(self, segment: JpegSegment, coded: bytes) -> _Integers:
        if self._headers is None or not self._follows or self._scans >= _MAX_SCANS:
            raise UnaccountedError("its pixels are coded in a way that is not looked into")
        from srec_engine.jpeg.scan_units import scan_units
        from srec_engine.jpeg.stuffing import unstuffed

        self._scans += 1
        self._headers.enter(segment)
        scan = self._headers.scans[-1]
        units = scan_units(self._headers.geometry(), scan)
        tally = np.zeros_like(self.tally)
        if not self._count_coded(scan, units, unstuffed(coded, units.intervals), tally):
            raise UnaccountedError("its coded pixels are damaged or cut off")
        return tally

    def _count_coded(self, scan: JpegScan, units: ScanUnits, stream: Stream, tally: _Integers) -> bool:
        """Add the bits of each coefficient to a tally; whether the scan is whole."""
        from srec_engine.analysis.jpeg_scans import count_blocks, count_first, count_refinement

        codes = _tables(scan)
        if scan.first == 0:
            counted = np.zeros((len(scan.components), 64), np.int64)
            is_whole = count_blocks(stream, units, codes, scan.last, counted)
            tally[list(scan.components)] = counted
            return is_whole
        (component,) = scan.components
        if component not in self._nonzero:
            if sum(map(len, self._nonzero.values())) + units.total > _MAX_BLOCKS:
                raise UnaccountedError("it is too large to be looked into")
            self._nonzero[component] = np.zeros(units.total, np.int64)
        count = count_refinement if scan.refines else count_first
        return count(stream, units, codes, (scan.first, scan.last), self._nonzero[component], tally[component])


def _header_reader(data: bytes) -> HeaderReader | None:
    """What takes notice of segments; None without numba, with which no scan is looked into, either."""
    try:
        from srec_engine.jpeg.headers import HeaderReader
    except ImportError:
        return None
    return HeaderReader(data)


def _tables(scan: JpegScan) -> NDArray[np.uint16]:
    """The tables of codes of a scan. Those that are missing, or are none, have no codes."""
    from srec_engine.analysis.jpeg_scans import refining_table
    from srec_engine.jpeg.headers import TABLES
    from srec_engine.jpeg.huffman import LOOKUP_ENTRIES, lookup_table

    tables = np.zeros((TABLES, LOOKUP_ENTRIES), np.uint16)
    for dc, ac in scan.tables:
        for number in (dc, ac):
            if number in scan.codes:
                with suppress(UnaccountedError):
                    tables[number] = lookup_table(scan.codes[number])
        if scan.first == 0 and scan.refines:
            tables[dc] = refining_table()
    return tables


def _channel_names(identifiers: tuple[int, ...], adobe: int | None, jfif: bool) -> tuple[str, ...]:
    """Names of the components with these identifiers.

    Args:
        identifiers: In the frame's order.
        adobe: The transform of an Adobe segment (0 none, 1 YCbCr, 2 YCCK), or None.
        jfif: Whether there is a JFIF segment: its colours are YCbCr.
    """
    if len(identifiers) == 1:
        return ("grey",)
    if len(identifiers) == 3:
        plain = adobe == 0 if adobe is not None else bytes(identifiers) == b"RGB"
        return ("R", "G", "B") if plain and not jfif else ("Y", "Cb", "Cr")
    if len(identifiers) == 4:
        return ("Y", "Cb", "Cr", "K") if adobe == 2 else ("C", "M", "Y", "K")
    return tuple(f"channel {number}" for number in range(1, len(identifiers) + 1))
