"""What files hold beside their pixels, for the formats that the tests' judge does not walk: PNM and TGA.

Nothing of the engine is used here: what it believes of a format must not decide whether it was right.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests.cases.structures import PIXELS, STRUCTURES, Part, StructureError, structure_of

__all__ = ["StructureError", "parts_of"]

_SPACE = rb"(?:\s|#[^\n\r]*[\n\r])"
_PNM = re.compile(rb"P([1-6])" + _SPACE + rb"+(\d+)" + _SPACE + rb"+(\d+)")
_PNM_MAXIMUM = re.compile(_SPACE + rb"+(\d+)")
_PAM = re.compile(rb"P7\n((?:[^\n]*\n)*?)ENDHDR\n")
_TGA_KINDS = (1, 2, 3, 9, 10, 11)
_TGA_FOOTER = b"TRUEVISION-XFILE.\0"


def parts_of(data: bytes) -> list[Part]:
    """The named parts of a file in their order; of pixels only that they are there.

    Raises:
        StructureError: When no walker is known for the format, or the file is not whole.
    """
    if any(data.startswith(marks) for marks, _ in STRUCTURES):
        return structure_of(data)
    try:
        if re.match(rb"P[1-7]\s", data):
            return list(_netpbm(data))
        if len(data) > 18 and data[1] in (0, 1) and data[2] in _TGA_KINDS:
            return list(_tga(data))
    except (struct.error, IndexError) as error:
        raise StructureError(f"not whole: {error}") from error
    raise StructureError("no structure is known for this format")


def _netpbm(data: bytes) -> Iterator[Part]:
    if data.startswith(b"P7"):
        header = _PAM.match(data)
        if header is None:
            raise StructureError("no header of a PAM")
        words = dict(line.split(None, 1) for line in header[1].splitlines() if len(line.split(None, 1)) == 2)
        try:
            width, height, depth, maximum = (int(words[key]) for key in (b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL"))
        except (KeyError, ValueError) as error:
            raise StructureError("the header of a PAM") from error
        start, length = header.end(), width * height * depth * (2 if maximum > 255 else 1)
    else:
        start, length = _pnm_raster(data)
    if start + length > len(data):
        raise StructureError("cut off")
    yield "header", data[:start]
    yield "pixels", PIXELS
    yield "behind the pixels", data[start + length :]


def _pnm_raster(data: bytes) -> tuple[int, int]:
    header = _PNM.match(data)
    if header is None or header[1] in b"123":
        raise StructureError("not a binary PNM")
    kind, width, height = int(header[1]), int(header[2]), int(header[3])
    if kind == 4:
        return header.end() + 1, (width + 7) // 8 * height
    maximum = _PNM_MAXIMUM.match(data, header.end())
    if maximum is None:
        raise StructureError("no maximum")
    samples = width * height * (3 if kind == 6 else 1)
    return maximum.end() + 1, samples * (2 if int(maximum[1]) > 255 else 1)


def _tga(data: bytes) -> Iterator[Part]:
    first, count, bits = struct.unpack_from("<HHB", data, 3)
    width, height, depth = struct.unpack_from("<HHB", data, 12)
    start = 18 + data[0] + (count * ((bits + 7) // 8) if data[1] else 0)
    end = _tga_end(data, start, width * height, (depth + 7) // 8)
    # Run lengths or none is a way of compressing, and no more.
    yield "header", data[:2] + bytes([data[2] & 7]) + data[3:18]
    yield f"identification and colours from {first}", data[18:start]
    yield "pixels", PIXELS
    behind = data[end:]
    if behind.endswith(_TGA_FOOTER):
        # Places in the file: they move with the pixels' end. What lies there is among the bytes before them.
        places = struct.unpack("<II", behind[-26:-18])
        yield "footer", bytes(bool(place) for place in places)
        behind = behind[:-26]
    yield "behind the pixels", behind


def _tga_end(data: bytes, start: int, pixels: int, size: int) -> int:
    if data[2] < 8:
        if start + pixels * size > len(data):
            raise StructureError("cut off")
        return start + pixels * size
    at = start
    while pixels > 0:
        run = (data[at] & 127) + 1
        at += 1 + (size if data[at] & 128 else size * run)
        pixels -= run
    return at
