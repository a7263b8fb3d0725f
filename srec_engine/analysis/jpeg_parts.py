"""Where the bits of a JPEG are: metadata, tables, the frequencies of each channel. They add up to the file, always.

Markers and segments are those of ITU-T T.81 (ISO/IEC 10918-1), Annex B; `jpeg_scans` has the loops over coded pixels.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts.account import UnaccountedError
from srec_engine.accounts.jpeg import APPLICATIONS, COMMENT, END, FRAMES, HUFFMAN_FRAMES, MARKER_BEHIND_SCAN, SCAN
from srec_engine.accounts.numbers import Numbers
from srec_engine.errors import DamagedFileError

if TYPE_CHECKING:
    # It imports numba, which takes its time.
    from srec_engine.analysis.jpeg_scans import Stream

__all__ = ["BANDS", "JpegPart", "JpegPartKind", "jpeg_parts"]

BANDS = ((1, 5), (6, 14), (15, 27), (28, 63))
"""First and last zigzag index of the bands of AC frequencies: diagonals 1 and 2, 3 and 4, 5 and 6, 7 to 14."""

_START = b"\xff\xd8"
_HUFFMAN_TABLES, _RESTART_INTERVAL, _ADOBE = 0xC4, 0xDD, 0xEE
_PROGRESSIVE, _AC_TABLE = 0xC2, 0x10
# Not those without a length that mean nothing where they are found: restarts outside of a scan, another start, TEM.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")

# Of a progressive picture; each takes one bit of memory, 64 MiB together.
_MAX_COEFFICIENTS = 1 << 29
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


@dataclass(frozen=True, slots=True)
class JpegPart:
    """Some of the bits of a JPEG.

    Attributes:
        kind: What they are for.
        channel: For DC and AC: "Y", "Cb", "Cr", "grey", "R", …; else "".
        band: For AC: first and last zigzag index, one of `BANDS`; else None.
        bits: How many, at least 1.
    """

    kind: JpegPartKind
    channel: str
    band: tuple[int, int] | None
    bits: int

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


def _listed(walk: _Walk) -> list[JpegPart]:
    parts = [JpegPart(kind, "", None, walk.bits[kind]) for kind in (JpegPartKind.METADATA, JpegPartKind.TABLES)]
    for channel, tally in zip(walk.channels, walk.tally.tolist(), strict=True):
        parts.append(JpegPart(JpegPartKind.DC, channel, None, tally[0]))
        parts += [JpegPart(JpegPartKind.AC, channel, band, sum(tally[band[0] : band[1] + 1])) for band in BANDS]
    last = (JpegPartKind.PIXELS, JpegPartKind.PADDING, JpegPartKind.BEHIND)
    parts += [JpegPart(kind, "", None, walk.bits[kind]) for kind in last]
    return [part for part in parts if part.bits]


@dataclass(frozen=True, slots=True)
class _Component:
    """A channel of a frame: its row among them, its sampling factors, and its blocks where it is alone in a scan."""

    row: int
    across: int
    down: int
    blocks: int


@dataclass(slots=True)
class _Frame:
    """A picture's header (T.81 B.2.2), and what its scans have brought so far.

    Attributes:
        progressive: Whether it is coded in several passes.
        units: MCUs of a scan of several components.
        components: By their identifiers.
        nonzero: int64 (blocks) of rows of components: bit k tells whether coefficient k is known to be none.
        scans: That were counted.
    """

    progressive: bool
    units: int
    components: dict[int, _Component]
    nonzero: dict[int, _Integers] = field(default_factory=dict)
    scans: int = 0


@dataclass(frozen=True, slots=True)
class _Scan:
    """A scan's header (T.81 B.2.3).

    Attributes:
        components: Each with the identifiers of its tables for DC and AC.
        first, last: Zigzag indices.
        refining: Whether the coefficients have been in an earlier scan, with fewer bits.
    """

    components: tuple[tuple[_Component, int, int], ...]
    first: int
    last: int
    refining: bool

    def units(self, frame: _Frame) -> int:
        """Data units: MCUs, or blocks where a component is alone (T.81 A.2)."""
        return frame.units if len(self.components) > 1 else self.components[0][0].blocks


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
        self._frame: _Frame | None = None
        self._identifiers: tuple[int, ...] = ()
        self._codes: dict[int, bytes] = {}
        self._interval = 0
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
        if marker in FRAMES:
            self._see_frame(marker, content)
        elif marker == _HUFFMAN_TABLES:
            self._see_codes(content)
        elif marker == _RESTART_INTERVAL:
            self._interval = int.from_bytes(content[:2], "big")
        return self._count_scan(content, end) if marker == SCAN else end

    def _see_metadata(self, marker: int, content: bytes) -> None:
        if marker == APPLICATIONS[0] and content.startswith(b"JFIF\0"):
            self._jfif = True
        elif marker == _ADOBE and content.startswith(b"Adobe") and len(content) >= 12:
            self._adobe = content[11]

    def _see_frame(self, marker: int, content: bytes) -> None:
        # A second frame in one picture is hierarchical or a mistake: what it means by its channels is unknown.
        known = not self._identifiers and marker in HUFFMAN_FRAMES
        try:
            self._frame = _read_frame(content, progressive=marker == _PROGRESSIVE) if known else None
        except UnaccountedError:
            self._frame = None
        if self._frame is not None:
            self._identifiers = tuple(self._frame.components)
            self.tally = np.zeros((len(self._identifiers), 64), np.int64)

    def _see_codes(self, content: bytes) -> None:
        """Remember tables of Huffman codes by Tc << 4 | Th: how many there are of each length, and the symbols."""
        place = 0
        while place + 17 <= len(content):
            end = place + 17 + sum(content[place + 1 : place + 17])
            self._codes[content[place]] = content[place + 1 : end]
            place = end

    def _count_scan(self, header: bytes, start: int) -> int:
        """Count the coded pixels behind a scan's header; returns the place behind them."""
        found = MARKER_BEHIND_SCAN.search(self._data, start)
        end = len(self._data) if found is None else found.start()
        try:
            tally = self._scan_tally(header, self._data[start:end])
        except (UnaccountedError, ImportError):
            # (Without numba, none is looked into.) A progressive picture cannot be followed without one of its scans.
            if self._frame is not None and self._frame.progressive:
                self._frame = None
            return self._count(JpegPartKind.PIXELS, start, end)
        self.tally += tally
        self.bits[JpegPartKind.PADDING] -= int(tally.sum())
        return self._count(JpegPartKind.PADDING, start, end)

    def _scan_tally(self, header: bytes, coded: bytes) -> _Integers:
        frame = self._frame
        if frame is None or frame.scans >= _MAX_SCANS:
            raise UnaccountedError("its pixels are coded in a way that is not looked into")
        from srec_engine.analysis.jpeg_scans import read_stream

        frame.scans += 1
        scan = _read_scan(header, frame)
        stream = read_stream(coded, self._interval, scan.units(frame))
        tally = np.zeros_like(self.tally)
        if scan.first == 0:
            whole = _count_blocks(scan, stream, self._codes, tally)
        else:
            whole = _count_band(scan, stream, self._codes, frame.nonzero, tally)
        if not whole:
            raise UnaccountedError("its coded pixels are damaged or cut off")
        return tally


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


def _read_frame(content: bytes, *, progressive: bool) -> _Frame:
    """Read the content of a segment SOF0, SOF1 or SOF2 (T.81 B.2.2); sizes in blocks are those of A.1.1 and A.2.

    Raises:
        UnaccountedError: When it breaks off, says what cannot be, has samples of 12 bits, leaves the height to a later
            segment, or is progressive and larger than memory should be spent on.
    """
    numbers = Numbers(content, "big")
    precision, height, width, count = (numbers.at(place, size) for place, size in ((0, 1), (1, 2), (3, 2), (5, 1)))
    found = [numbers.bytes_at(6 + 3 * index, 3) for index in range(count)]
    factors = {identifier: (sampling >> 4, sampling & 15) for identifier, sampling, _ in found}
    if precision != 8 or not height or not width or not 1 <= len(factors) == count <= 4:
        raise UnaccountedError("its frame is none that is looked into")
    if not all(1 <= factor <= 4 for pair in factors.values() for factor in pair):
        raise UnaccountedError("its sampling is none that there is")
    most_across, most_down = (max(pair[axis] for pair in factors.values()) for axis in (0, 1))
    components = {}
    for row, (identifier, (across, down)) in enumerate(factors.items()):
        blocks = _blocks(width, across, most_across) * _blocks(height, down, most_down)
        components[identifier] = _Component(row, across, down, blocks)
    if progressive and 64 * sum(component.blocks for component in components.values()) > _MAX_COEFFICIENTS:
        raise UnaccountedError("it is too large to be looked into")
    return _Frame(progressive, _blocks(width, 1, most_across) * _blocks(height, 1, most_down), components)


def _blocks(pixels: int, factor: int, most: int) -> int:
    """Blocks of 8 samples along an axis of a component that has factor / most as many samples as there are pixels."""
    return (pixels * factor - 1) // (8 * most) + 1


def _read_scan(header: bytes, frame: _Frame) -> _Scan:
    """Read the content of a segment SOS (T.81 B.2.3, G.1.1.1).

    Raises:
        UnaccountedError: When it breaks off or says what cannot be.
    """
    numbers = Numbers(header, "big")
    count = numbers.at(0, 1)
    components = []
    for place in range(1, 1 + 2 * count, 2):
        component, tables = frame.components.get(numbers.at(place, 1)), numbers.at(place + 1, 1)
        if component is None:
            raise UnaccountedError("its scan is of a channel that there is not")
        components.append((component, tables >> 4, tables & 15))
    first, last, bits = (numbers.at(1 + 2 * count + place, 1) for place in range(3))
    if not frame.progressive:
        # Some programs write other numbers here, which readers do not look at.
        first, last, bits = 0, 63, 0
    elif not (first == last == 0 or (1 <= first <= last <= 63 and count == 1)):
        raise UnaccountedError("its scan is of frequencies that there are not")
    if not 1 <= len({component.row for component, _, _ in components}) == count:
        raise UnaccountedError("its scan has no channel, or one twice")
    return _Scan(tuple(components), first, last, refining=bits >> 4 > 0)


def _count_blocks(scan: _Scan, stream: Stream, codes: dict[int, bytes], tally: _Integers) -> bool:
    """Count a scan that has DC coefficients: a sequential one, or one of a progressive picture that has no others."""
    from srec_engine.analysis.jpeg_scans import code_table, count_blocks, refining_table

    tables: dict[int | None, NDArray[np.uint16]] = {}
    blocks = []
    for component, dc, ac in scan.components:
        wanted = (None if scan.refining else dc, _AC_TABLE | ac if scan.last else None)
        for name in wanted:
            tables[name] = refining_table() if name is None else code_table(codes.get(name, b""), dc=name < _AC_TABLE)
        rows = [list(tables).index(name) for name in wanted]
        together = component.across * component.down if len(scan.components) > 1 else 1
        blocks += [(component.row, *rows)] * together
    return count_blocks(stream, np.array(blocks, np.int64), np.stack(list(tables.values())), scan.last, tally)


def _count_band(
    scan: _Scan, stream: Stream, codes: dict[int, bytes], nonzero: dict[int, _Integers], tally: _Integers
) -> bool:
    """Count a scan of AC coefficients of a progressive picture, which has one component."""
    from srec_engine.analysis.jpeg_scans import code_table, count_first, count_refinement

    ((component, _, ac),) = scan.components
    known = nonzero.setdefault(component.row, np.zeros(component.blocks, np.int64))
    table = code_table(codes.get(_AC_TABLE | ac, b""), dc=False)
    count = count_refinement if scan.refining else count_first
    return count(stream, table, scan.first, scan.last, known, tally[component.row])
