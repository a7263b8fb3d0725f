"""What a skeleton tells about its picture, under the names of `images.metadata`. Nothing of it is needed to decode."""

from __future__ import annotations

from PIL import Image

from srec_engine.accounts import PartKind, Skeleton, UnaccountedError
from srec_engine.accounts.webp import riff_chunks
from srec_engine.errors import SrecError
from srec_engine.images.gif_metadata import gif_metadata
from srec_engine.images.metadata import metadata_of, packed_properties
from srec_engine.images.opening import quiet_pillow
from srec_engine.images.pillow_errors import READING_ERRORS
from srec_engine.images.png_metadata import png_metadata
from srec_engine.images.skeleton_file import open_skeleton

__all__ = ["carried_metadata"]

_INCHES_PER_METRE = 0.0254
_EMBEDDED_PROFILE = b"DEBM"
_WEBP_NAMES = {b"ICCP": "icc", b"EXIF": "exif", b"XMP ": "xmp"}
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
    return {}


def _tiff_metadata(skeleton: Skeleton) -> dict[str, bytes]:
    """What Pillow reads out of the tags, with everything in its old place and zeros for strips."""
    try:
        with quiet_pillow(), Image.open(open_skeleton(skeleton), formats=["TIFF"]) as image:
            return metadata_of(image)
    except (SrecError, *READING_ERRORS):
        return {}


def _bmp_metadata(skeleton: Skeleton) -> dict[str, bytes]:
    """Resolution and colour profile of the bitmap header."""
    header = skeleton.carried[14:138]
    size = int.from_bytes(header[:4], "little")
    metres = [int.from_bytes(header[place : place + 4], "little") for place in (24, 28)]
    properties = {"dpi": [value * _INCHES_PER_METRE for value in metres]} if size >= 40 and all(metres) else {}
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
