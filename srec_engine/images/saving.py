"""Pictures to Pillow's images and to files."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from srec_engine.atomic import atomic_write
from srec_engine.errors import OutputError, UnsupportedImageError
from srec_engine.images.metadata import (
    STRUCTURAL_TAGS,
    exact_text_of_tags,
    info_from_metadata,
    properties_of,
    text_entries,
)
from srec_engine.images.picture import Palette, Picture
from srec_engine.images.pillow_errors import READING_ERRORS, WRITING_ERRORS
from srec_engine.images.pixels import image_from_samples
from srec_engine.images.png_writing import PNG_LEVEL, png_chunks_of, png_density
from srec_engine.images.webp import MAX_BLOCK_SIDE, lossless_options

__all__ = ["LOSSLESS_EXTENSIONS", "PILLOW_NAMES", "save_image", "to_image", "write_image"]

LOSSLESS_EXTENSIONS = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF", ".webp": "WEBP"}
"""Extensions that pictures are saved under, with Pillow's names of the formats."""

PILLOW_NAMES = {"png": "PNG", "tiff": "TIFF", "webp": "WEBP"}
"""Names of those formats as a person says them, with Pillow's."""

_FORMATS = frozenset(LOSSLESS_EXTENSIONS.values())

_XMP_TAG = 700
_TAG_FOLDERS = frozenset([0x8769, 0x8825, 0xA005])
_LARGEST_RATIO = 1 << 31


def to_image(picture: Picture) -> Image.Image:
    """A Pillow image with mode, pixels, palette and metadata (in `info`, under Pillow's own names).

    Raises:
        DamagedFileError: When the metadata is not what its names say.
    """
    image = image_from_samples(picture)
    image.info.update(info_from_metadata(picture.metadata))
    return image


def save_image(
    picture: Picture,
    path: Path,
    *,
    format_name: str | None = None,
    replace: bool = True,
    readable_like: Path | None = None,
) -> tuple[str, ...]:
    """Save a picture losslessly, wholly or not at all.

    Args:
        picture: What to save.
        path: Where to.
        format_name: "PNG", "TIFF" or "WEBP"; None takes that of the path's extension (`LOSSLESS_EXTENSIONS`).
        replace: Whether a file that is there may be replaced.
        readable_like: Nobody may read the result who could not read this file.

    Returns:
        Names of the metadata that this format cannot hold; () when all was kept. PNG keeps the most.

    Raises:
        UnsupportedImageError: When the format is not one of those, or would lose the picture's transparency.
        OutputError: When writing fails; nothing is left behind.
    """
    format_name = LOSSLESS_EXTENSIONS.get(path.suffix.lower()) if format_name is None else format_name
    if format_name not in _FORMATS:
        known = ", ".join(LOSSLESS_EXTENSIONS)
        raise UnsupportedImageError(f"{path} cannot be written: no lossless format is known for its name. Use {known}.")
    with atomic_write(path, replace=replace, readable_like=readable_like) as file:
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
    return tuple(key for key in _names(picture.metadata) if key not in kept)


def _names(metadata: Mapping[str, bytes]) -> list[str]:
    """Names of all metadata, each property by its own."""
    names = [name for name in metadata if name != "properties"]
    return [*names, *properties_of(metadata)]


def _write_png(picture: Picture, stream: BinaryIO, name: str) -> set[str]:
    del name  # PNG refuses nothing
    image, info = to_image(_with_whole_palette(picture)), info_from_metadata(picture.metadata)
    chunks, kept = png_chunks_of(info, text_entries(picture.metadata))
    density = png_density(info)
    # Pillow would write the properties of the image by itself, also those that no chunk can hold.
    image.info = {
        key: value for key, value in image.info.items() if key == "transparency" and _is_transparency(image.mode, value)
    }
    image.save(
        stream, "PNG", pnginfo=chunks, compress_level=PNG_LEVEL, **density, **_options(info, "icc_profile", "exif")
    )
    return kept | {"icc", "exif", *density} | ({"transparency"} if image.info else set())


def _is_transparency(mode: str, value: Any) -> bool:
    """Whether it is what a picture of that mode can have: a level or a place in the palette, alphas, or a colour."""
    if mode == "RGB":
        return isinstance(value, tuple)
    return isinstance(value, int) or (mode == "P" and isinstance(value, bytes))


def _with_whole_palette(picture: Picture) -> Picture:
    """Pillow takes as many bits a pixel as the palette needs, even when pixels point behind its end."""
    if picture.palette is None or picture.indices is None:
        return picture
    needed = len(picture.palette.mode) * (int(picture.indices.max()) + 1)
    palette = Palette(picture.palette.mode, picture.palette.data.ljust(needed, b"\0"))
    return Picture(
        picture.mode, picture.width, picture.height, indices=picture.indices, palette=palette, metadata=picture.metadata
    )


def _write_tiff(picture: Picture, stream: BinaryIO, name: str) -> set[str]:
    image, info = to_image(picture), info_from_metadata(picture.metadata)
    if _has_key_transparency(picture, info):
        raise UnsupportedImageError(f"{name} was not written: TIFF cannot keep this picture's transparency. Use PNG.")
    exif, exif_kept = _tiff_tags(info)
    density = _tiff_density(info)
    # Pillow writes folders of tags inside a TIFF only without compression.
    compression = "raw" if _TAG_FOLDERS & set(exif) else "tiff_adobe_deflate"
    image.save(stream, "TIFF", compression=compression, exif=exif, **density, **_options(info, "icc_profile"))
    return {"icc", "xmp", *density} | ({"exif"} if exif_kept else set())


def _tiff_density(info: Mapping[str, Any]) -> dict[str, Any]:
    """The option for Pillow, where the density is one that a TIFF can hold."""
    density = info.get("dpi")
    return {"dpi": density} if density and all(0 < value < _LARGEST_RATIO for value in density) else {}


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
    exact_text_of_tags(exif)
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
    return {"icc", "exif", "xmp", "transparency"}


def _options(info: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: info[key] for key in keys if key in info}


def _has_key_transparency(picture: Picture, info: Mapping[str, Any]) -> bool:
    """Whether a colour of the palette, or one grey or colour, stands for transparent."""
    return "transparency" in info or (picture.palette is not None and picture.palette.mode == "RGBA")
