"""What is known about a picture and its file, besides the pixels. Plain data, gathered in a worker."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srec_gui.engine import CheckReport, DecodeReport, FileInfo

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Facts", "frame_count", "image_facts", "kept_file_facts"]

logger = logging.getLogger(__name__)

_LONGEST_VALUE = 400
_EXIF_FOLDER = 0x8769
_GPS_FOLDER = 0x8825
_POINTERS = {_EXIF_FOLDER, _GPS_FOLDER, 0xA005, 0x014A}
_BULKY = {"MakerNote", "PrintImageMatching", "UserComment", "XMLPacket", "ImageResources", "InterColorProfile"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a picture.

    Attributes:
        path: The file.
        file_bytes: Its size.
        modified: Time of its last change in seconds since 1970.
        format: Name of the format ("PNG", "SReC").
        width, height: Pixels as stored; 0 where they are not known.
        mode: Pillow mode of the stored pixels.
        frames: Pictures in the file; the first one is shown.
        dpi: Pixels per inch across and down, or None.
        profile: Name of the colour profile, or "".
        exif: Names and values of EXIF tags, in the file's order.
        texts: Names and values of text chunks.
        info: The header of a `.srec`, else None.
        report: What decoding it did, once it is done.
        check: What would become of an ordinary picture as a `.srec`, once it is known.
    """

    path: Path
    file_bytes: int
    modified: float
    format: str
    width: int
    height: int
    mode: str
    frames: int = 1
    dpi: tuple[float, float] | None = None
    profile: str = ""
    exif: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    info: FileInfo | None = None
    report: DecodeReport | None = None
    check: CheckReport | None = None


def frame_count(image: Image) -> int:
    """Pictures in the file of `image`. Ask before its pixels are read: counting may move within the file."""
    try:
        return int(getattr(image, "n_frames", 1))
    except (OSError, SyntaxError, ValueError, EOFError):
        return 1


def image_facts(path: Path, image: Image, *, frames: int = 1, info: FileInfo | None = None) -> Facts:
    """Facts about `image`, which came from the file `path`. Damaged metadata is left out, never an error."""
    status = path.stat()
    told = info if info is not None and info.is_picture_known else None
    return Facts(
        path=path,
        file_bytes=status.st_size,
        modified=status.st_mtime,
        format="SReC" if info is not None else (image.format or path.suffix.lstrip(".").upper()),
        width=image.width if told is None else told.width,
        height=image.height if told is None else told.height,
        mode=image.mode if told is None else told.mode,
        frames=frames,
        dpi=_dpi(image),
        profile=_profile_name(image),
        exif=_exif(image),
        texts=_texts(image),
        info=info,
    )


def kept_file_facts(path: Path, info: FileInfo) -> Facts:
    """Facts about a `.srec` that holds a file which cannot be shown."""
    status = path.stat()
    width, height, mode = (info.width, info.height, info.mode) if info.is_picture_known else (0, 0, "")
    return Facts(path, status.st_size, status.st_mtime, "SReC", width, height, mode, info=info)


def _dpi(image: Image) -> tuple[float, float] | None:
    dpi: Any = image.info.get("dpi")
    try:
        across, down = float(dpi[0]), float(dpi[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return (across, down) if all(math.isfinite(value) and value > 0 for value in (across, down)) else None


def _profile_name(image: Image) -> str:
    data = image.info.get("icc_profile")
    if not isinstance(data, bytes) or not data:
        return ""
    import io

    from PIL import ImageCms

    try:
        description = ImageCms.ImageCmsProfile(io.BytesIO(data)).profile.profile_description
    except (ImageCms.PyCMSError, OSError, ValueError):
        return "?"
    return (description or "?").strip()


def _exif(image: Image) -> tuple[tuple[str, str], ...]:
    from PIL.ExifTags import GPSTAGS, TAGS

    try:
        exif = image.getexif()
        rows = [(TAGS.get(tag, f"0x{tag:04X}"), value) for tag, value in exif.items() if tag not in _POINTERS]
        rows += [(TAGS.get(tag, f"0x{tag:04X}"), value) for tag, value in exif.get_ifd(_EXIF_FOLDER).items()]
        rows += [(GPSTAGS.get(tag, f"0x{tag:04X}"), value) for tag, value in exif.get_ifd(_GPS_FOLDER).items()]
        return tuple((str(name), _text(value)) for name, value in rows if name not in _BULKY)
    except (ValueError, SyntaxError, OSError, KeyError, TypeError, ZeroDivisionError) as error:
        logger.info("The EXIF data of %s could not be read: %s", getattr(image, "filename", ""), error)
        return ()


def _texts(image: Image) -> tuple[tuple[str, str], ...]:
    try:
        texts = getattr(image, "text", None)
    except (OSError, SyntaxError, ValueError, EOFError, AssertionError):  # Pillow asserts that a PNG is whole
        texts = None
    found = dict(texts) if isinstance(texts, dict) else {}
    comment = image.info.get("comment")
    if comment:
        found.setdefault("Comment", comment)
    return tuple((str(name), _text(value)) for name, value in found.items() if not str(name).startswith("XML:"))


def _text(value: object) -> str:
    """`value` for reading: bytes as text where they are text, fractions as numbers, all of bounded length."""
    if isinstance(value, bytes):
        plain = value.rstrip(b"\0")
        text = plain.decode("utf-8", "replace") if plain.isascii() else f"{len(value)} bytes"
    elif isinstance(value, tuple):
        text = ", ".join(_text(part) for part in value[:16])
    elif isinstance(value, str | int):
        text = str(value)
    else:
        text = _number(value)
    printable = "".join(character if character.isprintable() else " " for character in text).strip()
    return printable if len(printable) <= _LONGEST_VALUE else printable[:_LONGEST_VALUE] + "…"


def _number(value: object) -> str:
    try:
        return f"{float(value):.6g}"  # type: ignore[arg-type]  # Pillow's rationals know __float__
    except (TypeError, ValueError, ZeroDivisionError):
        return str(value)
