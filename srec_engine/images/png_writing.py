"""Metadata of pictures that came from no PNG as a PNG's chunks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PIL.PngImagePlugin import PngInfo, iTXt

from srec_engine.images.metadata import INCHES_PER_METRE, XMP_KEY

__all__ = ["PNG_LEVEL", "png_chunks_of", "png_density"]

PNG_LEVEL = 4
"""zlib's level: on photographs smaller than Pillow's default (6) and almost twice as fast."""

_COMPRESS_TEXT_ABOVE = 1024
_LARGEST = (1 << 31) - 1
_MAX_KEY_BYTES = 79


def png_chunks_of(info: Mapping[str, Any], entries: Iterable[tuple[str, str]]) -> tuple[PngInfo, set[str]]:
    """The chunks for some metadata, and the names of what they hold.

    Args:
        info: As Pillow has it; "icc_profile", "exif", "dpi" and "transparency" are its own to write.
        entries: Keys and texts.
    """
    chunks, kept = PngInfo(), set[str]()
    for key, numbers in (("gamma", [info.get("gamma")]), ("chromaticity", info.get("chromaticity"))):
        values = _integers(numbers, 100_000)
        if values and len(values) == (1 if key == "gamma" else 8):
            chunks.add(b"gAMA" if key == "gamma" else b"cHRM", b"".join(value.to_bytes(4, "big") for value in values))
            kept.add(key)
    if isinstance(info.get("srgb"), int) and 0 <= info["srgb"] <= 255:
        chunks.add(b"sRGB", bytes([info["srgb"]]))
        kept.add("srgb")
    _add_texts(chunks, info, list(entries), kept)
    return chunks, kept


def _integers(numbers: Any, factor: float) -> list[int]:
    """Numbers in units of 1 / `factor`; [] where one is none that a chunk can hold."""
    try:
        values = [round(float(number) * factor) for number in numbers or ()]
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return []
    return values if all(0 <= value <= _LARGEST for value in values) else []


def png_density(info: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Pillow's option for the dots per inch, where they are such that a PNG can hold them.

    An aspect ratio without a unit is the one thing that Pillow reads from a PNG and cannot write.
    """
    values = _integers(info.get("dpi"), 1 / INCHES_PER_METRE)
    return {"dpi": info["dpi"]} if len(values) == 2 and all(values) else {}


def _add_texts(chunks: PngInfo, info: Mapping[str, Any], entries: list[tuple[str, str]], kept: set[str]) -> None:
    if "xmp" in info:
        if all(key != XMP_KEY for key, _ in entries):
            chunks.add_itxt(XMP_KEY, info["xmp"].decode(errors="replace"))
        kept |= {"xmp"} if _is_utf8(info["xmp"]) else set()
    if "comment" in info:
        if all(key != "Comment" for key, _ in entries):
            # The letters of a PNG's plain text are those of Latin-1, which has one for each byte.
            comment = info["comment"]
            entries.append(("Comment", comment.decode() if _is_utf8(comment) else comment.decode("latin-1")))
        kept.add("comment")
    fitting = [(key, text) for key, text in entries if _is_key(key)]
    for key, text in fitting:
        long = len(text) > _COMPRESS_TEXT_ABOVE
        if isinstance(text, iTXt):
            chunks.add_itxt(key, text, text.lang or "", text.tkey or "", zip=long and key != XMP_KEY)
        else:
            chunks.add_text(key, text, zip=long)
    if len(fitting) == len(entries):
        kept.add("text")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_key(key: str) -> bool:
    """Whether a chunk can have it as its key."""
    try:
        return 0 < len(key.encode("latin-1")) <= _MAX_KEY_BYTES and "\0" not in key
    except UnicodeEncodeError:
        return False
