"""What surrounds the pixels, between Pillow's `info` and the named bytes that the container keeps.

Names: "icc", "exif" and "xmp" hold the bytes as the file had them; "comment" too; "dpi" and "properties" are JSON;
"text" is a JSON list of [key, text] or [key, text, language, translated key], in their order.
"""

from __future__ import annotations

import json
import math
import numbers
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import iTXt
from PIL.TiffImagePlugin import IFDRational

from srec_engine.errors import DamagedFileError

__all__ = [
    "INCHES_PER_METRE",
    "STRUCTURAL_TAGS",
    "XMP_KEY",
    "exact_text_of_tags",
    "info_from_metadata",
    "metadata_of",
    "packed_properties",
    "packed_text",
    "properties_of",
    "text_entries",
]

_BYTES = {"icc_profile": "icc", "exif": "exif", "xmp": "xmp", "comment": "comment"}
_PROPERTIES = ("transparency", "gamma", "chromaticity", "srgb", "aspect", "resolution", "background")
# What Pillow reads and obeys in `info`: no text of a file may pass for it.
_PILLOWS_OWN = frozenset([*_BYTES, *_PROPERTIES, "dpi", "interlace", "sizes", "default_image", "loop", "duration"])
_NUMBERS = (int, float, IFDRational)
# Pillow's word for how a TIFF is compressed, which it puts into `info` beside the text of other files.
_COMPRESSION = "compression"
XMP_KEY = "XML:com.adobe.xmp"
"""Key of the text of a PNG that is XMP."""

INCHES_PER_METRE = 0.0254
"""Files count dots per metre where Pillow counts them per inch."""

_RESOLUTION_TAG = 282
_EXIF_FOLDERS = (34665, 34853)

STRUCTURAL_TAGS = frozenset(
    [
        *(254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 282, 283, 284),
        *(288, 289, 290, 291, 292, 293, 296, 297, 301, 317, 320, 322, 323, 324, 325, 332, 338, 339, 340, 341, 347),
        *range(512, 522),
        *(529, 530, 531, 532, 700, 34675),
    ]
)
"""Tags of a TIFF file that say how it stores its pixels, not what they show; size, resolution, colour profile and XMP
are kept elsewhere."""


def metadata_of(image: Image.Image) -> dict[str, bytes]:
    """The metadata of an image that Pillow exposes and can write again. Orientation is only kept, never applied."""
    info = image.info
    # A text may have any key, "exif" too: what is text in the file is no property, whatever it is called.
    metadata = {
        name: bytes(info[key])
        for key, name in _BYTES.items()
        if isinstance(info.get(key), bytes | bytearray | memoryview) and bytes(info[key])
    }
    if "exif" not in metadata and hasattr(image, "tag_v2"):
        metadata |= _tiff_exif(image)
    properties = {key: info.get(key) for key in _PROPERTIES if not isinstance(info.get(key), str)}
    properties["dpi"] = _density(image)
    if _lacks_resolution(image):
        properties["dpi"] = properties["resolution"] = None
    metadata |= packed_properties(properties) | packed_text(_texts(image))
    return {name: data for name, data in metadata.items() if data}


def _texts(image: Image.Image) -> Iterable[tuple[str, str]]:
    """Key and text of each text of the image's file, or of its `info` where it has no file."""
    kept_elsewhere = {XMP_KEY} if isinstance(image.info.get("xmp"), bytes) else set()
    if image.format != "PNG":
        kept_elsewhere.add(_COMPRESSION)
    for key, value in image.info.items():
        if isinstance(key, str) and isinstance(value, str) and key not in kept_elsewhere:
            yield key, value


def _density(image: Image.Image) -> Any:
    """Dots per inch, or None. Pillow gives 72 to a JPEG that says nothing."""
    density = image.info.get("dpi")
    if image.format in ("JPEG", "MPO") and image.info.get("jfif_unit") not in (1, 2):
        return density if _RESOLUTION_TAG in image.getexif() else None
    return None if isinstance(density, str) else density


def _lacks_resolution(image: Image.Image) -> bool:
    """Whether a TIFF says nothing of its resolution, for which Pillow puts a 1."""
    return image.format == "TIFF" and _RESOLUTION_TAG not in getattr(image, "tag_v2", {})


def exact_text_of_tags(exif: Image.Exif) -> None:
    """Replace texts by their bytes: Pillow reads them as Latin-1, which keeps each byte, but writes ASCII."""
    for tags in (exif, *(exif.get_ifd(folder) for folder in _EXIF_FOLDERS if folder in exif)):
        for tag, value in list(tags.items()):
            if isinstance(value, str):
                tags[tag] = value.encode("latin-1", "replace")


def packed_properties(properties: Mapping[str, Any]) -> dict[str, bytes]:
    """The entries "dpi" and "properties", each where there is something in it that can be kept."""
    values = {key: value for key, value in properties.items() if value is not None}
    found = {"dpi": _pack(values.pop("dpi"))} if "dpi" in values else {}
    if values:
        found["properties"] = _pack(values)
    return {name: data for name, data in found.items() if data}


def packed_text(entries: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """The entry "text", where there is any; keys may come twice."""
    # One that is no text in any encoding does not take the others with it.
    text = [entry for entry in (_text_entry(key, value) for key, value in entries) if all(map(_is_unicode, entry))]
    return {"text": _pack(text)} if text else {}


def info_from_metadata(metadata: Mapping[str, bytes]) -> dict[str, Any]:
    """A Pillow `info` with the metadata of a `.srec` file.

    Raises:
        DamagedFileError: When an entry is not what its name says.
    """
    info: dict[str, Any] = {key: metadata[name] for key, name in _BYTES.items() if name in metadata}
    if "dpi" in metadata:
        dpi = _unpack(metadata["dpi"], "dpi")
        # The first versions took a text of that name for the density: it stays without effect.
        if isinstance(dpi, str):
            dpi = None
        elif not isinstance(dpi, tuple) or len(dpi) != 2 or not all(isinstance(value, _NUMBERS) for value in dpi):
            raise DamagedFileError('The metadata "dpi" of the file is not two numbers.')
        info |= {} if dpi is None else {"dpi": dpi}
    info |= properties_of(metadata)
    for key, text in text_entries(metadata):
        if key not in _PILLOWS_OWN:
            info.setdefault(key, text)
    return info


def properties_of(metadata: Mapping[str, bytes]) -> dict[str, Any]:
    """The entry "properties", which may be missing, as values by Pillow's names.

    Raises:
        DamagedFileError: When it is not what its name says.
    """
    if "properties" not in metadata:
        return {}
    properties = _unpack(metadata["properties"], "properties")
    if not isinstance(properties, dict):
        raise DamagedFileError('The metadata "properties" of the file is not a list of named values.')
    return {key: value for key, value in properties.items() if key in _PROPERTIES and _is_usable(key, value)}


def _is_usable(key: str, value: Any) -> bool:
    """Whether a property is of a kind that Pillow can do something with: it trusts what it finds in `info`."""
    match key:
        case "gamma":
            return isinstance(value, int | float)
        case "srgb":
            return isinstance(value, int)
        case "transparency":
            level = isinstance(value, int) and 0 <= value < 1 << 16
            return level or isinstance(value, bytes) or _are_integers(value, 3)
        case "chromaticity" | "aspect" | "resolution":
            return isinstance(value, tuple)
    return not isinstance(value, str | dict)


def _are_integers(value: Any, count: int) -> bool:
    return isinstance(value, tuple) and len(value) == count and all(isinstance(part, int) for part in value)


def text_entries(metadata: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Key and text of each text entry; the text is an `iTXt` where the entry has a language.

    Raises:
        DamagedFileError: When the entry is not a list of texts.
    """
    entries: list[tuple[str, str]] = []
    found = _unpack(metadata["text"], "text") if "text" in metadata else ()
    for entry in found if isinstance(found, tuple) else (None,):
        if not isinstance(entry, tuple) or len(entry) not in (2, 4) or not all(isinstance(part, str) for part in entry):
            raise DamagedFileError('The metadata "text" of the file is not a list of texts.')
        entries.append((entry[0], entry[1] if len(entry) == 2 else iTXt(*entry[1:])))
    return entries


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text_entry(key: str, value: str) -> list[str]:
    if not isinstance(value, iTXt):
        return [key, value]
    return [key, str(value), *(_decoded(part) for part in (value.lang, value.tkey))]


def _decoded(part: str | bytes | None) -> str:
    return part.decode(errors="replace") if isinstance(part, bytes) else part or ""


def _tiff_exif(image: Image.Image) -> dict[str, bytes]:
    """The tags of a TIFF that tell about the picture, as EXIF."""
    exif = image.getexif()
    exact_text_of_tags(exif)
    for tag in STRUCTURAL_TAGS & set(exif):
        del exif[tag]
    return {"exif": exif.tobytes()} if len(exif) else {}


def _pack(value: Any) -> bytes:
    """A value as JSON; b"" for one that JSON cannot hold (not a number, an object of somebody's own)."""
    try:
        return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError):
        return b""


def _plain(value: Any) -> Any:
    """JSON has no bytes and no fractions: they become {"hex": …} and {"ratio": [numerator, denominator]}."""
    match value:
        case bool() | int() | float() | str() | None:
            return value
        case numbers.Integral():
            return int(value)
        case Decimal():
            return float(value)
        case IFDRational():
            numerator, denominator = value.limit_rational(1 << 31) if math.isfinite(value) else (0, 0)
            return {"ratio": [int(numerator), int(denominator)]}
        case Fraction():
            return {"ratio": [value.numerator, value.denominator]}
        case numbers.Real():
            return float(value)
        case bytes() | bytearray() | memoryview():
            return {"hex": bytes(value).hex()}
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def _unpack(data: bytes, name: str) -> Any:
    try:
        return _rich(json.loads(data))
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedFileError(f'The metadata "{name}" of the file is not what it should be.') from error


def _rich(value: Any) -> Any:
    match value:
        case {"ratio": [int(numerator), int(denominator)]}:
            return IFDRational(numerator, denominator)
        case {"hex": str(digits)}:
            return bytes.fromhex(digits)
        case dict():
            return {key: _rich(item) for key, item in value.items()}
        case list():
            return tuple(_rich(item) for item in value)
    return value
