"""Pillow pictures made ready for the screen: oriented, in sRGB, in several sizes. Runs in a worker thread.

The work is done in bands of rows: each call of Pillow is short, lets other threads run, and can be cancelled after.
Pillow is imported inside the functions, so that starting the window does not load it.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from srec_gui.engine import CancelToken
from srec_gui.view.picture import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["display_image", "make_picture", "orientation_of"]

logger = logging.getLogger(__name__)

_BAND_ROWS = 64
_MAX_LEVELS = 7  # 2**6 = _BAND_ROWS: every band makes whole rows of every level
_SMALLEST_LEVEL = 256
_ENLARGEMENT = 4
_MOST_ENLARGED_PIXELS = 4_000_000
_ORIENTATION_TAG = 0x0112

_Convert = Callable[["Image"], "Image"]
"""A band in the file's mode to a band in RGB or RGBA, in sRGB."""


def orientation_of(image: Image) -> int:
    """EXIF orientation of `image`, 1 (as stored) when there is none or it makes no sense."""
    try:
        orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    except (ValueError, SyntaxError, OSError, KeyError, TypeError):  # what Pillow raises for damaged EXIF
        return 1
    return orientation if orientation in range(1, 9) else 1


def make_picture(
    image: Image,
    cancel: CancelToken,
    *,
    full_size: tuple[int, int] | None = None,
    scale: int = 0,
    orientation: int | None = None,
) -> Picture:
    """Make `image` ready for the screen.

    Args:
        image: A loaded picture, as stored.
        cancel: Polled between bands.
        full_size: Stored width and height of the full picture, when `image` is a coarser scale of it.
        scale: As in `Picture.scale`.
        orientation: EXIF orientation; None looks it up in `image`.

    Raises:
        Cancelled: The token was set.
    """
    if orientation is None:
        orientation = orientation_of(image)
    width, height = full_size or image.size
    if orientation >= 5:
        width, height = height, width
    times = 1 if scale == 0 else _enlargement(image)
    shown = image if times == 1 else _enlarged(image, times)
    convert, note = _conversion(shown)
    levels = _levels(_oriented(shown, orientation), convert, cancel)
    return Picture(width, height, levels, image, scale, orientation, times, note)


def display_image(image: Image, cancel: CancelToken) -> QImage:
    """`image` in sRGB and oriented, at its full size."""
    convert, _ = _conversion(image)
    return _levels(_oriented(image, orientation_of(image)), convert, cancel, count=1)[0]


def _enlargement(image: Image) -> int:
    """How much to enlarge a coarser scale: painting enlarges bilinearly, which shows the grid of a small picture."""
    small = image.width * image.height * _ENLARGEMENT**2 <= _MOST_ENLARGED_PIXELS
    return _ENLARGEMENT if small and image.mode in {"L", "LA", "RGB", "RGBA"} else 1


def _enlarged(image: Image, times: int) -> Image:
    from PIL.Image import Resampling

    larger = image.resize((image.width * times, image.height * times), Resampling.BICUBIC)
    larger.info = image.info
    return larger


def _oriented(image: Image, orientation: int) -> Image:
    from PIL.Image import Transpose

    transposes = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(transposes[orientation]) if orientation in transposes else image


def _levels(image: Image, convert: _Convert, cancel: CancelToken, count: int = _MAX_LEVELS) -> tuple[QImage, ...]:
    """Display images of `image`, each half as large as the one before."""
    has_alpha = convert(image.crop((0, 0, 1, 1))).mode == "RGBA"
    levels = _empty_levels(image.size, has_alpha, count)
    for top in range(0, image.height, _BAND_ROWS):
        cancel.raise_if_cancelled()
        band = convert(image.crop((0, top, image.width, min(image.height, top + _BAND_ROWS))))
        if has_alpha:
            band = band.convert("RGBa")
        for number, level in enumerate(levels):
            if number:
                band = band.reduce(2)
            _write_rows(level, top >> number, band)
    return levels


def _empty_levels(size: tuple[int, int], has_alpha: bool, count: int) -> tuple[QImage, ...]:
    # RGB32 and premultiplied ARGB32 are what Qt's painter works in: no conversion while painting.
    form = QImage.Format.Format_ARGB32_Premultiplied if has_alpha else QImage.Format.Format_RGB32
    width, height = size
    levels = []
    for _ in range(count):
        level = QImage(width, height, form)
        if level.isNull():
            raise MemoryError(f"no memory for a picture of {width} × {height} pixels")
        levels.append(level)
        if max(width, height) <= _SMALLEST_LEVEL:
            break
        width, height = -(-width // 2), -(-height // 2)
    return tuple(levels)


def _write_rows(level: QImage, top: int, band: Image) -> None:
    # An opaque band gets an alpha of 255: Qt wants RGB32's fourth byte set.
    data = band.convert("RGBA").tobytes("raw", "BGRA") if band.mode == "RGB" else band.tobytes("raw", "BGRa")
    start = top * level.bytesPerLine()
    memoryview(level.bits())[start : start + len(data)] = data


def _conversion(image: Image) -> tuple[_Convert, str]:
    """The way from the file's mode to sRGB, and a note when the file's colour profile cannot be used."""
    target = "RGBA" if image.has_transparency_data or image.mode in {"PA", "La", "RGBa"} else "RGB"
    try:
        convert = _profile_conversion(image, target)
    except ValueError as error:
        logger.info("The colour profile was left out: %s", error)
        return _plain_conversion(image, target), "profile"
    return convert or _plain_conversion(image, target), ""


def _plain_conversion(image: Image, target: str) -> _Convert:
    if image.mode == "F" or image.mode == "I":
        return _range_conversion(image)
    if image.mode.startswith("I;16"):
        return lambda band: band.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L").convert("RGB")
    if image.mode == "LAB":
        return _lab_conversion()
    return lambda band: band.convert(target)


def _range_conversion(image: Image) -> _Convert:
    """Numbers without a fixed range: 8-bit ones as they are, others from black to white."""
    low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
    if low >= 0 and high <= 255 and (image.mode == "I" or high > 1):
        low, high = 0.0, 255.0
    elif low >= 0 and high <= 65535 and image.mode == "I":
        low, high = 0.0, 65535.0
    factor = 255 / (high - low) if high > low else 0.0
    offset = -low * factor
    return lambda band: band.convert("F").point(lambda value: value * factor + offset).convert("L").convert("RGB")


def _lab_conversion() -> _Convert:
    from PIL import ImageCms

    transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
    return lambda band: _apply(transform, band)


def _profile_conversion(image: Image, target: str) -> _Convert | None:
    """The conversion by the file's ICC profile, or None when there is none that changes anything.

    Raises:
        ValueError: The profile is damaged.
    """
    data = image.info.get("icc_profile")
    if not data or not isinstance(data, bytes):
        return None
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        name = (profile.profile.profile_description or "").lower()
        if "srgb" in name and "linear" not in name:
            return None
        source = _profile_mode(profile.profile.xcolor_space.strip(), image.mode, target)
        if source is None:
            return None
        # As browsers and editors do: white stays white, black stays black.
        transform = ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            source,
            target if source == target else "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, TypeError) as error:
        raise ValueError(str(error)) from error
    if source == "L" and target == "RGBA":
        return lambda band: _with_alpha(_apply(transform, band.convert("L")), band.convert("RGBA"))
    return lambda band: _apply(transform, band.convert(source))


def _profile_mode(space: str, mode: str, target: str) -> str | None:
    """The mode to give the transform for a profile of colour space `space`; None when it does not fit the picture."""
    if space == "RGB" and mode in {"RGB", "RGBA", "P", "PA"}:
        return target
    if space == "GRAY" and mode in {"L", "LA", "1"}:
        return "L"
    if space == "CMYK" and mode == "CMYK":
        return "CMYK"
    return None


def _apply(transform: object, band: Image) -> Image:
    from PIL import ImageCms

    result = ImageCms.applyTransform(band, transform)  # type: ignore[arg-type]
    return result if result is not None else band


def _with_alpha(color: Image, alpha_source: Image) -> Image:
    color.putalpha(alpha_source.getchannel("A"))
    return color
