"""What a skeleton tells about its picture, under the names of `images.metadata`. Nothing of it is needed to decode."""

from __future__ import annotations

import re

from PIL import Image

from srec_engine.accounts import PartKind, Skeleton, UnaccountedError
from srec_engine.accounts.tga import TGA_SIGNATURE
from srec_engine.accounts.tiff import top_tags
from srec_engine.accounts.webp import riff_chunks
from srec_engine.errors import SrecError
from srec_engine.images.gif_metadata import gif_metadata
from srec_engine.images.metadata import INCHES_PER_METRE, metadata_of, packed_properties
from srec_engine.images.opening import quiet_pillow
from srec_engine.images.pillow_errors import READING_ERRORS
from srec_engine.images.png_metadata import png_metadata
from srec_engine.images.skeleton_file import open_skeleton

__all__ = ["carried_metadata"]

_EMBEDDED_PROFILE = b"DEBM"
_WEBP_NAMES = {b"ICCP": "icc", b"EXIF": "exif", b"XMP ": "xmp"}
# Tags that say how pixels are stored, which every format says in its own way.
_TOLD_TAGS = frozenset([254, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 296, 317, 320, 338, 339])
_EXIF_TAGS = (270, 271, 272, 274, 305, 306, 315, 316, 33432, 34665, 34853)
_TAGS_BY_NAME = {700: "xmp", 34675: "icc", 282: "dpi", 283: "dpi", **dict.fromkeys(_EXIF_TAGS, "exif")}
_WEBP_STRUCTURE = frozenset([b"VP8X", b"VP8L"])


def carried_metadata(skeleton: Skeleton, mode: str) -> dict[str, bytes]:
    """Metadata by name, as the container has it for pictures without a source file.

    Args:
        skeleton: Of the source file.
        mode: Pillow mode of the picture.

    Returns:
        Entries as `images.metadata` describes them; what it has no name for is under the format's own.
    """
    match skeleton.format:
        case "PNG":
            bits = 8 if skeleton.raster is None else skeleton.raster.bits
            return png_metadata(skeleton.without_pixels(), mode, bits)
        case "TIFF":
            return _tiff_metadata(skeleton)
        case "BMP":
            return _bmp_metadata(skeleton)
        case "WEBP":
            return _webp_metadata(skeleton)
        case "GIF":
            return gif_metadata(skeleton.without_pixels())
        case "TGA":
            return _tga_metadata(skeleton.carried)
        case "PPM":
            comments = re.findall(rb"#([^\r\n]*)", skeleton.carried)
            return {"comment": b"\n".join(comments)} if comments else {}
        case "QOI":
            return {"linear colours": skeleton.carried[13:14]} if skeleton.carried[13:14] == b"\1" else {}
    return {}


def _tiff_metadata(skeleton: Skeleton) -> dict[str, bytes]:
    """What Pillow reads out of the tags; and, by its number, each tag of which that tells nothing."""
    try:
        with quiet_pillow(), Image.open(open_skeleton(skeleton), formats=["TIFF"]) as image:
            found = metadata_of(image)
    except (SrecError, *READING_ERRORS):
        found = {}
    told = _TOLD_TAGS | {tag for tag, name in _TAGS_BY_NAME.items() if name in found}
    return found | {f"tag {tag}": value for tag, value in top_tags(open_skeleton(skeleton)) if tag not in told}


def _tga_metadata(carried: bytes) -> dict[str, bytes]:
    """The identification, and the extension area, which has an author, comments and times."""
    found = {"identification": carried[18 : 18 + carried[0]]} if carried[0] else {}
    if carried.endswith(TGA_SIGNATURE) and int.from_bytes(carried[-26:-22], "little"):
        found["extension area"] = carried[-26 - 495 : -26]
    return found


def _bmp_metadata(skeleton: Skeleton) -> dict[str, bytes]:
    """Resolution and colour profile of the bitmap header."""
    header = skeleton.carried[14:138]
    size = int.from_bytes(header[:4], "little")
    metres = [int.from_bytes(header[place : place + 4], "little") for place in (24, 28)]
    properties = {"dpi": [value * INCHES_PER_METRE for value in metres]} if size >= 40 and all(metres) else {}
    found = packed_properties(properties)
    if size == 124 and header[56:60] == _EMBEDDED_PROFILE:
        start, count = (int.from_bytes(header[place : place + 4], "little") for place in (112, 116))
        pixels = sum(part.size for part in skeleton.parts if part.kind is PartKind.PIXELS)
        found["icc"] = skeleton.carried[14 + start - pixels :][:count]
    return found


def _webp_metadata(skeleton: Skeleton) -> dict[str, bytes]:
    data, found = skeleton.without_pixels(), dict[str, bytes]()
    try:
        for name, start, end in riff_chunks(data):
            if name not in _WEBP_STRUCTURE:
                found.setdefault(_WEBP_NAMES.get(name, name.decode("latin-1")), data[start:end])
    except UnaccountedError:
        pass  # what came before is shown
    return found
