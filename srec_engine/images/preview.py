"""A small picture, quickly: what a thumbnail or the first glance needs. No network."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from srec_engine.container import Reader
from srec_engine.errors import DamagedFileError, UnsupportedImageError
from srec_engine.images.metadata import info_from_metadata
from srec_engine.images.opening import open_image
from srec_engine.images.pillow_errors import READING_ERRORS
from srec_engine.images.planes import full_colour, metadata_from_reader

__all__ = ["display_info", "reduced_base", "reduced_file", "reduced_image", "reduced_samples", "upright"]


def reduced_base(reader: Reader) -> Image.Image:
    """The base of a network's file, in its own size, mode L or RGB, without alpha.

    Raises:
        DamagedFileError: When it is missing or damaged.
    """
    base = full_colour(reader.header.mode, reader.base())
    image = Image.fromarray(base[:, :, 0] if base.shape[2] == 1 else base)
    image.info.update(display_info(reader))
    return image


def display_info(reader: Reader) -> dict[str, Any]:
    """What a coarse picture needs to be shown rightly: "exif" (its orientation) and "icc_profile", where there are any.

    Damaged metadata is left out: a picture is better than none.
    """
    try:
        info = info_from_metadata(metadata_from_reader(reader)[0])
    except DamagedFileError:
        return {}
    return {key: info[key] for key in ("exif", "icc_profile") if key in info}


def upright(image: Image.Image) -> Image.Image:
    """The picture turned as its EXIF says, or as it is where its EXIF cannot be read."""
    try:
        return ImageOps.exif_transpose(image)
    except READING_ERRORS:
        return image


def reduced_file(data: bytes, name: str, max_side: int, formats: Sequence[str] | None = None) -> Image.Image:
    """A source file's picture, as `reduced_image` gives it.

    Args:
        data: The file.
        name: Names it in messages.
        max_side: Pixels that a side may have.
        formats: Pillow's names of what it may be; None for all that are opened.

    Raises:
        DamagedFileError: When it cannot be shown.
    """
    try:
        with open_image(io.BytesIO(data), name, formats) as image:
            # A JPEG is decoded at a fraction of its size.
            image.draft(None, (max_side, max_side))
            return reduced_image(image, max_side)
    except (UnsupportedImageError, *READING_ERRORS) as error:
        raise DamagedFileError(f"{name} holds a file that cannot be shown: {error}") from error


def reduced_image(image: Image.Image, max_side: int) -> Image.Image:
    """A picture, at most `max_side` pixels a side, of mode L, LA, RGB or RGBA, not turned by its orientation."""
    image.load()
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.mode not in ("L", "LA", "RGB", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((max_side, max_side), reducing_gap=2.0)
    return image


def reduced_samples(image: Image.Image) -> NDArray[np.uint8]:
    """The samples of what `reduced_image` gives, without alpha: uint8 (h, w, 1 or 3)."""
    is_grey = image.mode in ("L", "LA")
    return np.atleast_3d(np.asarray(image.convert("L" if is_grey else "RGB")))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of any depth, its range stretched to 0 … 255: only to be looked at."""
    values = np.asarray(image).astype(np.float64)
    values = np.nan_to_num(values - np.nanmin(values), posinf=0.0, neginf=0.0)
    return Image.fromarray((values * (255.0 / max(1e-12, float(values.max())))).astype(np.uint8))
