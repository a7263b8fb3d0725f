"""The segments of a JPEG: its frame, its scans, and the tables that hold for each (ISO/IEC 10918-1, B.2).

The same function reads a whole file and its headers alone, from which the coded pixels are taken out: what follows the
header of a scan there belongs to the scan and codes nothing (fill bytes, markers too many, or whatever it is).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts.account import UnaccountedError
from srec_engine.accounts.jpeg import FRAMES, SCAN, JpegFrame, JpegSegment, jpeg_segments
from srec_engine.accounts.numbers import Numbers
from srec_engine.jpeg.coefficients import COEFFICIENTS, ZIGZAG, ComponentGeometry, JpegGeometry
from srec_engine.jpeg.huffman import LONGEST_TABLE, described_length
from srec_engine.limits import MAX_PIXELS

__all__ = ["AC_TABLES", "MAX_SCANS", "TABLES", "HeaderReader", "JpegHeaders", "JpegScan", "read_headers"]

MAX_SCANS = 1000
"""Of a picture. Encoders write up to some twenty; each component can make use of some 900."""

AC_TABLES = 4
"""Where those for AC coefficients begin among the tables of codes: before them are as many for DC coefficients."""

TABLES = 2 * AC_TABLES
"""Tables of codes that hold at a time."""

_PROGRESSIVE = 0xC2
_CODES, _STEPS, _INTERVAL = 0xC4, 0xDB, 0xDD
_MAX_COMPONENTS, _MAX_FACTOR, _MAX_SHIFT = 4, 4, 13
_BAD_SEGMENT = "one of its segments is longer or shorter than it should be"
_BAD_SCAN = "the header of a scan makes no sense"


@dataclass(frozen=True, slots=True)
class JpegScan:
    """A scan and what holds for it (B.2.3).

    Attributes:
        components: Places among those of the frame, in the order of the scan, each once.
        tables: For each of them: the numbers, below `TABLES`, of its tables for DC and AC coefficients.
        first, last: Zigzag indices of its coefficients; 0 and 63 in a sequential picture.
        refines: Whether it adds one bit to what is known.
        shift: How many of the lowest bits it leaves out.
        interval: Data units between two restarts, or 0.
        codes: The tables of codes by their numbers, as they are described in the file.
        start, end: Where in the bytes that were read what follows its header begins and ends.
    """

    components: tuple[int, ...]
    tables: tuple[tuple[int, int], ...]
    first: int
    last: int
    refines: bool
    shift: int
    interval: int
    codes: Mapping[int, bytes]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class JpegHeaders:
    """All headers of a JPEG.

    Attributes:
        geometry: Size and components.
        scans: In their order, at least one.
        size: Bytes to the end of the picture.
    """

    geometry: JpegGeometry
    scans: tuple[JpegScan, ...]
    size: int


@dataclass(frozen=True, slots=True)
class _FrameComponent:
    """A component in the frame header: its identifier, sampling factors, and the number of its quantisation table."""

    identifier: int
    horizontal: int
    vertical: int
    table: int


def read_headers(data: bytes) -> JpegHeaders:
    """Read what a JPEG tells of itself, from its start marker to its end marker.

    Args:
        data: The file, or its headers alone. What lies behind the end is not looked at.

    Raises:
        UnaccountedError: When it is cut off, when it is no JPEG with Huffman codes and samples of 8 bits, or when
            something in it is against the standard and matters.
    """
    state = HeaderReader(data)
    end = 0
    for segment in jpeg_segments(data):
        state.enter(segment)
        end = segment.end
    return JpegHeaders(state.geometry(), tuple(state.scans), end)


class HeaderReader:
    """What holds at some place of a file, segment by segment: for those who go on where `read_headers` would not.

    Attributes:
        scans: Those that were entered.
    """

    def __init__(self, data: bytes) -> None:
        """Nothing was entered yet of the file `data`."""
        self._data = data
        self._frame: JpegFrame | None = None
        self._components: list[_FrameComponent] = []
        self._codes: dict[int, bytes] = {}
        self._steps: dict[int, NDArray[np.uint16]] = {}
        self._interval = 0
        self._quantization: dict[int, NDArray[np.uint16]] = {}
        self.scans: list[JpegScan] = []

    @property
    def identifiers(self) -> tuple[int, ...]:
        """Of the components of the frame; none before it was entered."""
        return tuple(component.identifier for component in self._components)

    def enter(self, segment: JpegSegment) -> None:
        """Take notice of the next segment.

        Raises:
            UnaccountedError: When it cannot be. What was entered before still holds, but for tables of the segment.
        """
        content = self._data[segment.content : self._header_end(segment)]
        if segment.marker in FRAMES:
            self._enter_frame(segment.marker, content)
        elif segment.marker == SCAN:
            self._enter_scan(segment, content)
        elif segment.marker == _CODES:
            self._codes = self._codes | dict(_described_codes(content))
        elif segment.marker == _STEPS:
            self._steps.update(_quantization_steps(content))
        elif segment.marker == _INTERVAL:
            if len(content) != 2:
                raise UnaccountedError(_BAD_SEGMENT)
            self._interval = int.from_bytes(content, "big")

    def _header_end(self, segment: JpegSegment) -> int:
        if segment.marker != SCAN:
            return segment.end
        return segment.content - 2 + max(2, Numbers(self._data, "big").at(segment.content - 2, 2))

    def _enter_frame(self, marker: int, content: bytes) -> None:
        if self._frame is not None:
            raise UnaccountedError("it has several frame headers")
        numbers = Numbers(content, "big")
        count = numbers.at(5, 1)
        frame = JpegFrame(marker, numbers.at(0, 1), numbers.at(3, 2), numbers.at(1, 2), 1)
        # It is asked as if there were one component: any number of them will do here.
        if frame.refusal:
            raise UnaccountedError(frame.refusal)
        if frame.width * frame.height > MAX_PIXELS:
            raise UnaccountedError("it has too many pixels")
        if not 1 <= count <= _MAX_COMPONENTS:
            raise UnaccountedError(f"it has {count} colour components")
        if len(content) != 6 + 3 * count:
            raise UnaccountedError(_BAD_SEGMENT)
        components = []
        for start in range(6, len(content), 3):
            identifier, factors, table = content[start : start + 3]
            components.append(_FrameComponent(identifier, factors >> 4, factors & 15, table))
        if not all(
            1 <= factor <= _MAX_FACTOR
            for component in components
            for factor in (component.horizontal, component.vertical)
        ):
            raise UnaccountedError("its sampling factors make no sense")
        if len({component.identifier for component in components}) < count:
            raise UnaccountedError("two of its components have the same name")
        self._frame, self._components = frame, components

    def _enter_scan(self, segment: JpegSegment, content: bytes) -> None:
        if self._frame is None or len(self.scans) == MAX_SCANS:
            raise UnaccountedError("it has too many scans" if self.scans else _BAD_SCAN)
        count = content[0] if content else 0
        if not 1 <= count <= _MAX_COMPONENTS or len(content) != 4 + 2 * count:
            raise UnaccountedError(_BAD_SCAN)
        identifiers = [component.identifier for component in self._components]
        named = content[1 : 1 + 2 * count : 2]
        if len(set(named)) < count or not set(named) <= set(identifiers):
            raise UnaccountedError(_BAD_SCAN)
        numbers = [(byte >> 4, byte & 15) for byte in content[2 : 2 + 2 * count : 2]]
        if max(max(pair) for pair in numbers) >= AC_TABLES:
            raise UnaccountedError(_BAD_SCAN)
        first, last, refines, shift = self._range(content[-3:], count)
        components = tuple(identifiers.index(name) for name in named)
        self.scans.append(
            JpegScan(
                components=components,
                tables=tuple((dc, AC_TABLES + ac) for dc, ac in numbers),
                first=first,
                last=last,
                refines=refines,
                shift=shift,
                interval=self._interval,
                codes=self._codes,
                start=self._header_end(segment),
                end=segment.end,
            )
        )
        for component in components:
            if component not in self._quantization:
                self._quantization[component] = self._steps_of(component)

    def _range(self, fields: bytes, count: int) -> tuple[int, int, bool, int]:
        """First and last coefficient, whether they are refined, and the shift (B.2.3, G.1.1.1)."""
        if self._frame is None or self._frame.marker != _PROGRESSIVE:
            # Sequential decoders read whole blocks whatever stands here, and what stands here is kept.
            return 0, COEFFICIENTS - 1, False, 0
        first, last, before, shift = fields[0], fields[1], fields[2] >> 4, fields[2] & 15
        if not first <= last < COEFFICIENTS or shift > _MAX_SHIFT or (before and before != shift + 1):
            raise UnaccountedError(_BAD_SCAN)
        if last > 0 and (first == 0 or count > 1):
            raise UnaccountedError(_BAD_SCAN)
        return first, last, before > 0, shift

    def _steps_of(self, component: int) -> NDArray[np.uint16]:
        steps = self._steps.get(self._components[component].table)
        return np.ones(COEFFICIENTS, np.uint16) if steps is None else steps

    def geometry(self) -> JpegGeometry:
        """Size and components, by the segments that were entered.

        Raises:
            UnaccountedError: When no scan is among them.
        """
        if self._frame is None or not self.scans:
            raise UnaccountedError("it has no pixels")
        frame, found = self._frame, self._components
        across = -(-frame.width // (8 * max(component.horizontal for component in found)))
        down = -(-frame.height // (8 * max(component.vertical for component in found)))
        components = (
            ComponentGeometry(
                horizontal=component.horizontal,
                vertical=component.vertical,
                rows=down * component.vertical,
                columns=across * component.horizontal,
                quantization=self._quantization.get(place, self._steps_of(place)),
            )
            for place, component in enumerate(found)
        )
        return JpegGeometry(frame.width, frame.height, tuple(components))


def _described_codes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and description of each table in a segment DHT (B.2.4.2)."""
    start = 0
    while start < len(content):
        kind, number = content[start] >> 4, content[start] & 15
        if kind > 1 or number >= AC_TABLES:
            raise UnaccountedError("a table of its codes has a number that there is not")
        end = start + 1 + described_length(content[start + 1 : start + 1 + LONGEST_TABLE])
        yield kind * AC_TABLES + number, content[start + 1 : end]
        start = end


def _quantization_steps(content: bytes) -> Iterator[tuple[int, NDArray[np.uint16]]]:
    """Number and steps in natural order of each table in a segment DQT (B.2.4.1)."""
    start = 0
    while start < len(content):
        wide, number = content[start] >> 4, content[start] & 15
        end = start + 1 + COEFFICIENTS * (wide + 1)
        if wide > 1 or len(content) < end:
            raise UnaccountedError(_BAD_SEGMENT)
        steps = np.empty(COEFFICIENTS, np.uint16)
        steps[ZIGZAG] = np.frombuffer(content[start + 1 : end], np.dtype(">u2" if wide else "u1"))
        yield number, np.maximum(steps, 1)
        start = end
