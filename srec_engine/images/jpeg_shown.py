"""A JPEG that shows coefficients, whatever they are: what of a picture is known early, or was saved of it.

The file that coefficients came from may have no codes for others, and code them in twenty scans. This one has codes for
everything, one scan where that can be, and of its headers what a picture needs to be shown rightly. Importing it brings
numba.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts.jpeg import APPLICATIONS, FRAMES, jpeg_segments
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.images.jpeg_coefficients import open_jpeg
from srec_engine.images.jpeg_parts import PackedPart
from srec_engine.jpeg import ZIGZAG, JpegGeometry, write_jpeg

__all__ = ["coarse_jpeg", "saved_jpeg", "shown_jpeg"]

_START, _END = b"\xff\xd8", b"\xff\xd9"
_EXTENDED, _CODES, _SCAN, _STEPS = 0xC1, 0xC4, 0xDA, 0xDB
_SHOWN = (b"JFIF\0", b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe")
"""What segments begin with that matter: size, orientation, colours."""
_MOST_IN_A_UNIT = 10
"""Blocks that a unit of a scan of several components may have (B.2.3)."""
# Codes of five bits for all sizes of means; of eight bits for all other symbols but one, which has nine. No code may be
# all ones.
_MEAN_CODES = bytes([0, 0, 0, 0, 16, *[0] * 11, *range(16)])
_OTHER_CODES = bytes([*[0] * 7, 255, 1, *[0] * 7, *range(256)])
_TABLE_SELECTORS = 0


def shown_jpeg(skeleton: bytes, geometry: JpegGeometry, components: Sequence[NDArray[np.int16]], what: str) -> bytes:
    """A sequential JPEG of these coefficients.

    Args:
        skeleton: Of the file they came from.
        geometry: What that tells of the picture.
        components: As `write_jpeg` takes them.
        what: Names it in messages.

    Raises:
        DamagedFileError: When they are none of a picture.
    """
    cursor = Cursor(skeleton, what)
    headers = cursor.take(cursor.take_integer())
    identifiers, kept = b"", [_START]
    for segment in jpeg_segments(headers):
        content = headers[segment.content : segment.end]
        if segment.marker in FRAMES:
            identifiers = content[6::3]
        elif segment.marker in APPLICATIONS and content.startswith(_SHOWN):
            kept.append(_segment(segment.marker, content))
    kept += [_segment(_STEPS, _steps(geometry)), _segment(_EXTENDED, _frame(geometry, identifiers))]
    kept += [_segment(_CODES, b"\x00" + _MEAN_CODES), _segment(_CODES, b"\x10" + _OTHER_CODES)]
    kept += [_segment(_SCAN, _scan(named)) for named in _scans(geometry, identifiers)]
    shown = b"".join([*kept, _END])
    return write_jpeg(pack_integer(len(shown)) + shown, components, what)


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _steps(geometry: JpegGeometry) -> bytes:
    """A table of steps for each component, of two bytes each."""
    tables = (component.quantization[ZIGZAG].astype(">u2").tobytes() for component in geometry.components)
    return b"".join(bytes([0x10 | number]) + table for number, table in enumerate(tables))


def _frame(geometry: JpegGeometry, identifiers: bytes) -> bytes:
    content = struct.pack(">BHHB", 8, geometry.height, geometry.width, len(identifiers))
    for number, (identifier, component) in enumerate(zip(identifiers, geometry.components, strict=True)):
        content += bytes([identifier, component.horizontal << 4 | component.vertical, number])
    return content


def _scans(geometry: JpegGeometry, identifiers: bytes) -> list[bytes]:
    """Names of the components of each scan: of all together where that is allowed, which is sooner shown."""
    blocks = sum(component.horizontal * component.vertical for component in geometry.components)
    if blocks <= _MOST_IN_A_UNIT:
        return [identifiers]
    return [identifiers[place : place + 1] for place in range(len(identifiers))]


def _scan(named: bytes) -> bytes:
    components = b"".join(bytes([identifier, _TABLE_SELECTORS]) for identifier in named)
    return bytes([len(named)]) + components + b"\x00\x3f\x00"


def coarse_jpeg(part: PackedPart, what: str) -> bytes:
    """A JPEG of the means alone, from the first bytes of a part whose coefficients were packed.

    Raises:
        DamagedFileError: When they cannot be decoded, or shown.
    """
    opened = open_jpeg(part.packed, part.size, what, with_inner=False)
    return shown_jpeg(opened.skeleton, opened.geometry, opened.means(what), what)


def saved_jpeg(
    part: PackedPart, what: str, threads: int, progress: Callable[[float], None] | None = None
) -> tuple[bytes, list[range]]:
    """What can be saved of a part whose coefficients were packed, and the rows of pixels that are grey or coarse.

    Where there are none it is the very part.

    Args:
        part: It may be damaged, or cut off.
        what: Names it in messages.
        threads: CPU threads.
        progress: Hears how far it is, now and then; what it raises ends the work.

    Raises:
        DamagedFileError: When nothing can be saved.
    """
    opened = open_jpeg(part.packed, part.size, what)
    components, damaged = opened.coefficients(what, threads, progress)
    if damaged:
        return shown_jpeg(opened.skeleton, opened.geometry, components, what), damaged
    return write_jpeg(opened.skeleton, components, what, size=part.size), []
