"""JPEG (ISO/IEC 10918-1): which of its segments are more than a picture with EXIF, XMP, a profile and a comment.

A JPEG is kept as its bytes, so nothing is accounted for here; this names what another format would not hold.
"""

from __future__ import annotations

from srec_engine.accounts.account import UnaccountedError
from srec_engine.accounts.numbers import Numbers

__all__ = ["other_segments"]

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_WITHOUT_LENGTH = frozenset([0x01, *range(0xD0, 0xDA)])
_APPLICATIONS = range(0xE0, 0xF0)
# Kept by every format that keeps EXIF, XMP and profiles, or saying how the pixels are coded.
_KNOWN = (b"JFIF\0", b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0", b"Adobe")
_NAMES = {
    b"Photoshop 3.0\0": "iptc",
    b"MPF\0": "further pictures",
    b"http://ns.adobe.com/xmp/extension/\0": "extended xmp",
    b"JP": "content credentials",
    b"JFXX\0": "jfif thumbnail",
}
_COMMENT = 0xFE
_MAX_SEGMENTS = 1 << 16


def other_segments(data: bytes) -> tuple[str, ...]:
    """Names of what a JPEG holds beside pixels, EXIF, XMP, colour profile and comment; each once, in their order."""
    names: dict[str, None] = {}
    numbers, place = Numbers(data, "big"), 0
    try:
        for _ in range(_MAX_SEGMENTS):
            if numbers.at(place, 1) != 0xFF:
                break
            marker = numbers.at(place + 1, 1)
            if marker == _SCAN:
                place = _after_scan(data, place)
            elif marker in _WITHOUT_LENGTH:
                place += 2
            else:
                end = place + 2 + max(2, numbers.at(place + 2, 2))
                _enter(marker, data[place + 4 : end], names)
                place = end
            if marker == _END:
                break
    except UnaccountedError:
        place = len(data)
    if place < len(data):
        names["bytes behind the picture"] = None
    # One comment is kept by whatever keeps EXIF and XMP.
    return tuple(name for name in names if name != "comment")


def _enter(marker: int, content: bytes, names: dict[str, None]) -> None:
    if marker == _COMMENT:
        names["further comments" if "comment" in names else "comment"] = None
    if marker not in _APPLICATIONS or content.startswith(_KNOWN):
        return
    known = (name for start, name in _NAMES.items() if content.startswith(start))
    names[next(known, f"segment APP{marker - _APPLICATIONS[0]}")] = None


def _after_scan(data: bytes, place: int) -> int:
    """Where the next marker lies behind the coded pixels of a scan: stuffed bytes and restarts are no markers."""
    place += 2
    while (place := data.find(b"\xff", place)) >= 0:
        following = data[place + 1 : place + 2]
        if not following:
            break
        if following != b"\0" and following != b"\xff" and not 0xD0 <= following[0] <= 0xD7:
            return place
        place += 1 if following == b"\xff" else 2
    raise UnaccountedError("its pixels are cut off")
