"""What Pillow would lose without a word when it opens a file. Found in the file's own header, not in the image."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from PIL import Image

from srec_engine.images.picture import PICTURE_MODES

__all__ = ["reason_to_refuse"]

_KNOWN_FORMATS = frozenset(
    [
        *("AVIF", "BMP", "DIB", "GIF", "ICO", "JPEG", "JPEG2000", "MPO", "MSP", "PCX", "PNG", "PPM", "QOI"),
        *("SGI", "SUN", "TGA", "TIFF", "WEBP", "XBM", "XPM"),
    ]
)

_MODE_REASONS = {
    "La": "its grey is multiplied by its alpha channel",
    "RGBa": "its colours are multiplied by its alpha channel",
    "RGBX": "it has a fourth channel of an unknown meaning",
    "CMYK": "it is CMYK, for printing",
    "YCbCr": "it is stored as YCbCr, not RGB",
    "LAB": "it is stored as L*a*b*, not RGB",
    "HSV": "it is stored as HSV, not RGB",
    "F": "its samples are floating-point numbers",
    "I": "its samples have 32 bits",
    "I;16": "its samples have 16 bits",
    "I;16B": "its samples have 16 bits",
    "I;16L": "its samples have 16 bits",
    "PA": "it has a palette and a separate alpha channel",
}

# Raw modes such as "RGB;16B"; "BGR;16" and "BGR;15" are bits of a whole pixel.
_WIDE_RAW_MODE = re.compile(r"^(?!BGR;).*;(12|16|32)")
_NARROWED = "its samples have more than 8 bits, of which Pillow keeps 8"
_SCANNED_BYTES = 1 << 20


def reason_to_refuse(image: Image.Image, file: BinaryIO | None = None) -> str:
    """Why an image cannot become a `Picture` without losing something.

    Args:
        image: As Pillow opened it; not loaded yet where it comes from a file.
        file: The file, where there is one; its position is kept.

    Returns:
        A clause ("it has several frames, …"), or "" when nothing would be lost.
    """
    if image.mode not in PICTURE_MODES:
        return _MODE_REASONS.get(image.mode, f"its mode {image.mode} is not one of {', '.join(PICTURE_MODES)}")
    if image.mode == "P" and image.palette is not None and image.palette.mode not in ("RGB", "RGBA"):
        return f"its palette is of the mode {image.palette.mode}"
    if image.format and image.format not in _KNOWN_FORMATS:
        return f"what Pillow leaves out of a {image.format} file is not known"
    if getattr(image, "n_frames", 1) > 1 or image.info.get("default_image"):
        return f"it has several frames or pages ({getattr(image, 'n_frames', 1)}), of which one would be kept"
    if len(image.info.get("sizes", ())) > 1:
        return "it holds several sizes of a picture, of which one would be kept"
    if _has_wide_tiles(image):
        return _NARROWED
    if image.format == "TIFF":
        return _tiff_reason(image)
    if file is not None:
        return _header_reason(image, file)
    return ""


def _has_wide_tiles(image: Image.Image) -> bool:
    """Whether Pillow's own instructions for decoding narrow the samples."""
    for tile in getattr(image, "tile", ()):
        arguments = tile[3] if isinstance(tile[3], tuple) else (tile[3],)
        if tile[0] == "SGI16" or any(isinstance(part, str) and _WIDE_RAW_MODE.match(part) for part in arguments):
            return True
        if tile[0] in ("ppm", "ppm_plain") and isinstance(arguments[-1], int) and arguments[-1] > 255:
            return True
    return False


def _tiff_reason(image: Image.Image) -> str:
    tags: Any = getattr(image, "tag_v2", {})
    bits = _numbers(tags.get(258, 1))
    if max(bits) > 8:
        return _NARROWED
    if any(kind != 1 for kind in _numbers(tags.get(339, 1))):
        return "its samples are signed or floating-point numbers"
    if tags.get(277, 1) != len(image.getbands()):
        return f"it has {tags.get(277, 1)} channels, which Pillow does not keep as they are"
    if 1 in _numbers(tags.get(338, 0)):
        return "its colours are multiplied by its alpha channel, which Pillow undoes with rounding"
    if tags.get(274, 1) != 1:
        return "its orientation is applied by Pillow, which does not keep how the file has it"
    if image.mode == "P" and 0 < max(_numbers(tags.get(320, 0))) < 256:
        return "its palette has 8 bits a colour, which Pillow takes for black"
    if 330 in tags:
        return "it holds further pictures inside, which Pillow leaves out"
    return ""


def _numbers(value: Any) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (int(value),)


def _header_reason(image: Image.Image, file: BinaryIO) -> str:
    """Depths that only the file itself tells."""
    position = file.tell()
    try:
        file.seek(0)
        head = file.read(_SCANNED_BYTES)
    finally:
        file.seek(position)
    match image.format:
        case "PNG":
            # Signature and the chunk's length and name are 16 bytes, width and height 8, then the bit depth.
            return _NARROWED if head[24:25] == b"\x10" else ""
        case "BMP" | "DIB":
            return _bmp_reason(image, head)
        case "JPEG2000":
            return _jpeg2000_reason(head)
        case "AVIF":
            return _avif_reason(head)
    return ""


def _bmp_reason(image: Image.Image, head: bytes) -> str:
    """A mask of alpha is the fourth of those in headers of 56 bytes and more."""
    header, mask = int.from_bytes(head[14:18], "little"), int.from_bytes(head[66:70], "little")
    hidden = head.startswith(b"BM") and header >= 56 and mask and "A" not in image.getbands()
    return "it has an alpha channel, which Pillow does not read" if hidden else ""


def _jpeg2000_reason(head: bytes) -> str:
    start = head.find(b"\xff\x4f\xff\x51")
    if start < 0:
        return "the bit depth of its samples is not found"
    count = int.from_bytes(head[start + 40 : start + 42], "big")
    # Depth minus one in seven bits; the eighth says that samples are signed.
    depths = head[start + 42 : start + 42 + 3 * count : 3]
    return _NARROWED if any(depth > 7 for depth in depths) else ""


def _avif_reason(head: bytes) -> str:
    """In the configuration record of AV1, "av1C", the third byte has a bit for a depth of more than 8."""
    places = [match.end() for match in re.finditer(b"av1C", head)]
    if not places:
        return "the bit depth of its samples is not found"
    return _NARROWED if any(head[place + 2 : place + 3] and head[place + 2] & 0x40 for place in places) else ""
