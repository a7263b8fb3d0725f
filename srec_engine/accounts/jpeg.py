"""JPEG (ISO/IEC 10918-1): its segments, the pictures that follow each other in one file, and what is in them.

The samples of a JPEG do not give the file back, so nothing is accounted for here as it is for other formats; this tells
whether its coefficients can be packed (method `jpeg`), and names what another format would not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from srec_engine.accounts.account import UnaccountedError
from srec_engine.accounts.numbers import Numbers

__all__ = [
    "APPLICATIONS",
    "COMMENT",
    "END",
    "FRAMES",
    "HUFFMAN_FRAMES",
    "MARKER_BEHIND_SCAN",
    "SCAN",
    "JpegFrame",
    "JpegSegment",
    "jpeg_frame",
    "jpeg_pictures",
    "jpeg_segments",
    "jpeg_size",
    "jpegs_inside",
    "other_segments",
    "reason_for_jpeg",
]

START, END, SCAN, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
"""Second bytes of markers (B.1.1.3)."""

APPLICATIONS = range(0xE0, 0xF0)
FRAMES = frozenset([*range(0xC0, 0xD0)]) - {0xC4, 0xC8, 0xCC}
HUFFMAN_FRAMES = frozenset([0xC0, 0xC1, 0xC2])
"""Baseline, extended sequential and progressive, each with Huffman codes."""

MARKER_BEHIND_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""What ends the coded pixels of a scan: stuffed bytes and restarts are no markers."""

_WITHOUT_LENGTH = frozenset([0x01, *range(0xD0, 0xDA)])
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
"""Pillow modes of pictures by how many components they have."""
_FIRST_ARITHMETIC, _LOSSLESS = 0xC9, 0xC3
# Kept by every format that keeps EXIF, XMP and profiles, or saying how the pixels are coded.
_KNOWN = (b"JFIF\0", b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0", b"Adobe")
_NAMES = {
    b"Photoshop 3.0\0": "iptc",
    b"MPF\0": "further pictures",
    b"http://ns.adobe.com/xmp/extension/\0": "extended xmp",
    b"JP": "content credentials",
    b"JFXX\0": "jfif thumbnail",
}
_BEHIND = "bytes behind the picture"
_MAX_SEGMENTS = 1 << 16
_FILL_BYTES = re.compile(b"\xff+")
_BEGINNING = b"\xff\xd8\xff"
_MAX_INSIDE = 63
_PIXELS = "its pixels would not give the JPEG back"


@dataclass(frozen=True, slots=True)
class JpegSegment:
    """A marker and what belongs to it (B.1.1).

    Attributes:
        marker: Its second byte.
        start: Where the marker begins, fill bytes before it included.
        content: Where its content begins, behind the length.
        end: Where the next marker is due; coded pixels follow the header of a scan before that, and count to it.
    """

    marker: int
    start: int
    content: int
    end: int


@dataclass(frozen=True, slots=True)
class JpegFrame:
    """What the frame header tells (B.2.2).

    Attributes:
        marker: Which kind: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, …
        precision: Bits of a sample.
        width, height: Pixels; a height of 0 follows only after the pixels.
        components: Channels.
    """

    marker: int
    precision: int
    width: int
    height: int
    components: int

    @property
    def mode(self) -> str:
        """Pillow mode of the picture."""
        return _MODES.get(self.components, "CMYK")

    @property
    def refusal(self) -> str:
        """Why no packer of coefficients takes it, as a clause; "" where one may."""
        if self.marker == _LOSSLESS or self.marker not in HUFFMAN_FRAMES:
            return "it is coded arithmetically" if self.marker >= _FIRST_ARITHMETIC else "it is a rare kind of JPEG"
        if self.precision != 8:
            return f"its samples have {self.precision} bits"
        if self.components not in _MODES:
            return f"it has {self.components} colour components"
        return "" if self.width and self.height else "it does not tell its size at its beginning"


def jpeg_segments(data: bytes, start: int = 0) -> Iterator[JpegSegment]:
    """The segments of one picture, from its start marker at `start` to its end marker.

    In the picture that the file begins with, bytes that belong to nothing may lie before a marker, over which readers
    step: they count to it. What is found elsewhere may be no picture at all, and has to look like one.

    Raises:
        UnaccountedError: When it is cut off, or something else is found where a marker is due.
    """
    numbers, place = Numbers(data, "big"), start
    for count in range(_MAX_SEGMENTS):
        segment = _segment(data, numbers, place, steps_over=start == 0 and count > 0)
        if (segment.marker == START) != (count == 0):
            raise UnaccountedError("its start marker is missing, or not its first")
        yield segment
        if segment.marker == END:
            return
        place = segment.end
    raise UnaccountedError("it has too many segments")


def _segment(data: bytes, numbers: Numbers, start: int, *, steps_over: bool) -> JpegSegment:
    place = max(start, data.find(b"\xff", start)) if steps_over else start
    if numbers.at(place, 1) != 0xFF:
        raise UnaccountedError("something else is found where a marker is due")
    place = _behind_fill_bytes(data, place)
    marker = numbers.at(place + 1, 1)
    if marker in _WITHOUT_LENGTH:
        return JpegSegment(marker, start, place + 2, place + 2)
    end = place + 2 + max(2, numbers.at(place + 2, 2))
    if end > len(data):
        raise UnaccountedError("it ends before what it announces")
    return JpegSegment(marker, start, place + 4, _after_scan(data, end) if marker == SCAN else end)


def _behind_fill_bytes(data: bytes, place: int) -> int:
    """The last of the bytes 0xFF that begin at `place`: with what follows it is the marker."""
    fill = _FILL_BYTES.match(data, place)
    return place if fill is None else fill.end() - 1


def _after_scan(data: bytes, place: int) -> int:
    """Where the next marker lies behind the coded pixels of a scan."""
    found = MARKER_BEHIND_SCAN.search(data, place)
    if found is None:
        raise UnaccountedError("its pixels are cut off")
    return found.start()


def jpeg_frame(data: bytes) -> JpegFrame:
    """The frame header of the first picture, all of which is there.

    Raises:
        UnaccountedError: When there is none, or the picture is cut off.
    """
    numbers = Numbers(data, "big")
    frames = [segment for segment in jpeg_segments(data) if segment.marker in FRAMES]
    if len(frames) != 1:
        raise UnaccountedError(f"it has {len(frames)} frame headers, not one")
    marker, place = frames[0].marker, frames[0].content
    height, width = numbers.at(place + 1, 2), numbers.at(place + 3, 2)
    return JpegFrame(marker, numbers.at(place, 1), width, height, numbers.at(place + 5, 1))


def jpeg_size(head: bytes) -> tuple[int, int]:
    """Width and height of the picture that a file with these first bytes has; (0, 0) where they do not tell."""
    numbers = Numbers(head, "big")
    with suppress(UnaccountedError):
        for segment in jpeg_segments(head):
            if segment.marker in FRAMES:
                return numbers.at(segment.content + 3, 2), numbers.at(segment.content + 1, 2)
    return 0, 0


def jpeg_pictures(data: bytes) -> list[tuple[int, int]]:
    """(start, end) of the whole JPEGs in a file: its own, and those behind it (previews, gain maps, stereo pictures).

    Between and behind them anything may lie. Where the file does not begin with a whole JPEG the list is empty.
    """
    try:
        *_, last = jpeg_segments(data)
    except UnaccountedError:
        return []
    return [(0, last.end), *jpegs_inside(data, last.end)]


def jpegs_inside(data: bytes, start: int) -> list[tuple[int, int]]:
    """(start, end) of what looks like whole JPEGs among any bytes from `start` on, none of them inside of another."""
    places: list[tuple[int, int]] = []
    for _ in range(_MAX_INSIDE):
        start = data.find(_BEGINNING, start)
        if start < 0:
            break
        try:
            *_, last = jpeg_segments(data, start)
        except UnaccountedError:
            start += len(_BEGINNING)
        else:
            places.append((start, last.end))
            start = last.end
    return places


def reason_for_jpeg(data: bytes) -> str:
    """Why no method that holds pixels holds a JPEG, with the names of what else would be lost; a clause."""
    others = other_segments(data)
    return f"{_PIXELS}, nor what else it holds ({', '.join(others)})" if others else _PIXELS


def other_segments(data: bytes) -> tuple[str, ...]:
    """Names of what a JPEG holds beside pixels, EXIF, XMP, colour profile and comment; each once, in their order."""
    names: dict[str, None] = {}
    end = 0
    try:
        for segment in jpeg_segments(data):
            _enter(segment.marker, data[segment.content : segment.end], names)
            end = segment.end
    except UnaccountedError:
        end = len(data)
    if end < len(data):
        names[_BEHIND] = None
    # One comment is kept by whatever keeps EXIF and XMP.
    return tuple(name for name in names if name != "comment")


def _enter(marker: int, content: bytes, names: dict[str, None]) -> None:
    if marker == COMMENT:
        names["further comments" if "comment" in names else "comment"] = None
    if marker not in APPLICATIONS or content.startswith(_KNOWN):
        return
    known = (name for start, name in _NAMES.items() if content.startswith(start))
    names[next(known, f"segment APP{marker - APPLICATIONS[0]}")] = None
