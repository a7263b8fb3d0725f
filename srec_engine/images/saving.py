"""Pictures to Pillow's images and to files."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo, iTXt

from srec_engine.errors import OutputError, UnsupportedImageError
from srec_engine.files import atomic_write
from srec_engine.images.metadata import STRUCTURAL_TAGS, info_from_metadata, text_entries
from srec_engine.images.picture import Palette, Picture
from srec_engine.images.pillow_errors import READING_ERRORS, WRITING_ERRORS
from srec_engine.images.pixels import image_from_samples
from srec_engine.images.webp import MAX_BLOCK_SIDE, lossless_options

__all__ = ["LOSSLESS_EXTENSIONS", "save_image", "to_image", "write_image"]

LOSSLESS_EXTENSIONS = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF", ".webp": "WEBP"}
"""Extensions that pictures are saved under, with Pillow's names of the formats."""

_XMP_KEY = "XML:com.adobe.xmp"
_XMP_TAG = 700
_TAG_FOLDERS = frozenset([0x8769, 0x8825, 0xA005])
_COMPRESS_TEXT_ABOVE = 1024
# On photographs smaller than the default (6) and almost twice as fast: 0.2 s per megapixel.
_PNG_LEVEL = 4


def to_image(picture: Picture) -> Image.Image:
    """A Pillow image with mode, pixels, palette and metadata (in `info`, under Pillow's own names).

    Raises:
        DamagedFileError: When the metadata is not what its names say.
    """
    image = image_from_samples(picture)
    image.info.update(info_from_metadata(picture.metadata))
    return image


def save_image(picture: Picture, path: Path, *, replace: bool = True) -> tuple[str, ...]:
    """Save a picture losslessly in the format of the path's extension, wholly or not at all.

    Args:
        picture: What to save.
        path: Ends in one of `LOSSLESS_EXTENSIONS`.
        replace: Whether a file that is there may be replaced.

    Returns:
        Names of the metadata that this format cannot hold; () when all was kept. PNG keeps the most.

    Raises:
        UnsupportedImageError: When the format is not one of those, or would lose the picture's transparency.
        OutputError: When writing fails; nothing is left behind.
    """
    format_name = LOSSLESS_EXTENSIONS.get(path.suffix.lower())
    if format_name is None:
        known = ", ".join(LOSSLESS_EXTENSIONS)
        raise UnsupportedImageError(f"{path} cannot be written: no lossless format is known for its name. Use {known}.")
    with atomic_write(path, replace=replace) as file:
        return write_image(picture, file, format_name, str(path))


def write_image(picture: Picture, stream: BinaryIO, format_name: str, name: str = "The picture") -> tuple[str, ...]:
    """Write a picture to a binary stream; `format_name` is "PNG", "TIFF" or "WEBP". Else as `save_image`.

    Modes 1, L, LA and P come out of a WebP as RGB or RGBA with the same colours: WebP has no others.
    """
    writers = {"PNG": _write_png, "TIFF": _write_tiff, "WEBP": _write_webp}
    if format_name not in writers:
        raise UnsupportedImageError(f"{name} cannot be written as {format_name}. Use {', '.join(writers)}.")
    try:
        kept = writers[format_name](picture, stream, name)
    except WRITING_ERRORS as error:
        raise OutputError(f"{name} could not be written as {format_name}: {error}. Choose another format.") from error
    return tuple(key for key in picture.metadata if key not in kept)


def _write_png(picture: Picture, stream: BinaryIO, name: str) -> set[str]:
    del name  # PNG refuses nothing
    image, info = to_image(_with_whole_palette(picture)), info_from_metadata(picture.metadata)
    chunks = _png_chunks(info, text_entries(picture.metadata))
    image.save(stream, "PNG", pnginfo=chunks, compress_level=_PNG_LEVEL, **_options(info, "icc_profile", "exif", "dpi"))
    # An aspect ratio without a unit is the one thing that Pillow reads from a PNG and cannot write.
    return set(picture.metadata) - ({"properties"} if "aspect" in info else set())


def _with_whole_palette(picture: Picture) -> Picture:
    """Pillow takes as many bits a pixel as the palette needs, even when pixels point behind its end."""
    if picture.palette is None or picture.indices is None:
        return picture
    needed = len(picture.palette.mode) * (int(picture.indices.max()) + 1)
    palette = Palette(picture.palette.mode, picture.palette.data.ljust(needed, b"\0"))
    return Picture(
        picture.mode, picture.width, picture.height, indices=picture.indices, palette=palette, metadata=picture.metadata
    )


def _png_chunks(info: Mapping[str, Any], entries: list[tuple[str, str]]) -> PngInfo:
    chunks = PngInfo()
    if isinstance(info.get("gamma"), int | float):
        chunks.add(b"gAMA", round(info["gamma"] * 100_000).to_bytes(4, "big"))
    chromaticity = info.get("chromaticity")
    if isinstance(chromaticity, tuple) and len(chromaticity) == 8:
        chunks.add(b"cHRM", b"".join(round(value * 100_000).to_bytes(4, "big") for value in chromaticity))
    if isinstance(info.get("srgb"), int):
        chunks.add(b"sRGB", bytes([info["srgb"]]))
    if "xmp" in info and all(key != _XMP_KEY for key, _ in entries):
        entries.append((_XMP_KEY, iTXt(info["xmp"].decode(errors="replace"), "", "")))
    if "comment" in info and all(key != "Comment" for key, _ in entries):
        entries.append(("Comment", info["comment"].decode(errors="replace")))
    for key, text in entries:
        long = len(text) > _COMPRESS_TEXT_ABOVE
        if isinstance(text, iTXt):
            chunks.add_itxt(key, text, text.lang or "", text.tkey or "", zip=long and key != _XMP_KEY)
        else:
            chunks.add_text(key, text, zip=long)
    return chunks


def _write_tiff(picture: Picture, stream: BinaryIO, name: str) -> set[str]:
    image, info = to_image(picture), info_from_metadata(picture.metadata)
    if _has_key_transparency(picture, info):
        raise UnsupportedImageError(f"{name} was not written: TIFF cannot keep this picture's transparency. Use PNG.")
    exif, exif_kept = _tiff_tags(info)
    # Pillow writes folders of tags inside a TIFF only without compression.
    compression = "raw" if _TAG_FOLDERS & set(exif) else "tiff_adobe_deflate"
    image.save(stream, "TIFF", compression=compression, exif=exif, **_options(info, "icc_profile", "dpi"))
    return {"icc", "dpi", "xmp"} | ({"exif"} if exif_kept else set())


def _tiff_tags(info: Mapping[str, Any]) -> tuple[Image.Exif, bool]:
    """EXIF without the tags that describe another file's layout, and XMP; and whether the EXIF could be read."""
    exif, readable = Image.Exif(), True
    try:
        with warnings.catch_warnings():
            # What is not whole is told by the result, not on the console.
            warnings.simplefilter("error")
            exif.load(info.get("exif", b""))
    except (UserWarning, *READING_ERRORS):
        exif, readable = Image.Exif(), False
    for tag in STRUCTURAL_TAGS & set(exif):
        del exif[tag]
    if "xmp" in info:
        exif[_XMP_TAG] = info["xmp"]
    return exif, readable


def _write_webp(picture: Picture, stream: BinaryIO, name: str) -> set[str]:
    image, info = to_image(picture), info_from_metadata(picture.metadata)
    if max(image.size) > MAX_BLOCK_SIDE:
        raise UnsupportedImageError(
            f"{name} was not written: a WebP has at most {MAX_BLOCK_SIDE} pixels a side. Use PNG."
        )
    options = _options(info, "icc_profile", "exif", "xmp")
    if image.mode not in ("RGB", "RGBA") or _has_key_transparency(picture, info):
        transparent = image.mode == "LA" or _has_key_transparency(picture, info)
        image = image.convert("RGBA" if transparent else "RGB")
    image.save(stream, "WEBP", **lossless_options(), **options)
    return {"icc", "exif", "xmp"}


def _options(info: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: info[key] for key in keys if key in info}


def _has_key_transparency(picture: Picture, info: Mapping[str, Any]) -> bool:
    """Whether a colour of the palette, or one grey or colour, stands for transparent."""
    return "transparency" in info or (picture.palette is not None and picture.palette.mode == "RGBA")
