"""Two readers must agree: before pixels take the place of a file, a second, independent one has read the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts import UnaccountedError
from srec_engine.images.opening import pillow_image
from srec_engine.images.picture import Picture
from srec_engine.images.rasters import colours_of, row_bands

__all__ = ["check_agreement", "check_agreement_with_pillow"]

_DISAGREEMENT = "two readers of this format see different pictures in it"


def check_agreement(picture: Picture, samples: NDArray[np.uint8], rows: int | None = None) -> None:
    """Compare a picture with what another reader made of the same file.

    Args:
        picture: What was read.
        samples: uint8 (H, W) or (H, W, C), palettes as their colours; grey may come as three channels, and alpha may be
            missing where it is opaque.
        rows: Compare only so many rows; None for all.

    Raises:
        UnaccountedError: When they differ.
    """
    height = picture.height if rows is None else min(rows, picture.height)
    samples = samples[:, :, None] if samples.ndim == 2 else samples
    if samples.dtype != np.uint8 or samples.shape[0] < height or samples.shape[1] != picture.width:
        raise UnaccountedError(_DISAGREEMENT)
    for band in row_bands(picture.width, height):
        _check_band(picture, samples[band], band)


def _check_band(picture: Picture, samples: NDArray[np.uint8], band: slice) -> None:
    channels = samples.shape[2]
    has_alpha = channels in (2, 4)
    _check_colours(picture, samples[:, :, : channels - has_alpha], band)
    own = np.uint8(255) if picture.alpha is None else picture.alpha[band]
    other = samples[:, :, -1] if has_alpha else np.uint8(255)
    if not np.all(own == other):
        raise UnaccountedError(_DISAGREEMENT)


def _check_colours(picture: Picture, colours: NDArray[np.uint8], band: slice) -> None:
    own = colours_of(picture, band)
    # One channel of grey is compared with each of three.
    if own.shape[:2] != colours.shape[:2] or not np.all(own == colours):
        raise UnaccountedError(_DISAGREEMENT)


def check_agreement_with_pillow(picture: Picture, data: bytes, format_name: str) -> None:
    """Compare a picture that was read without Pillow with what Pillow makes of the file.

    Pillow may leave out an alpha channel that it does not look for.

    Raises:
        UnaccountedError: When they differ, or Pillow cannot read the file.
    """
    with pillow_image(data, format_name) as image:
        if image.size != (picture.width, picture.height):
            raise UnaccountedError(_DISAGREEMENT)
        image.load()
        form = "L" if image.mode in ("1", "L", "LA") else "RGB"
        if picture.alpha is not None and "A" in image.getbands():
            form += "A"
        for band in row_bands(*image.size):
            seen = image.crop((0, band.start, image.width, band.stop)).convert(form)
            samples = np.asarray(seen).reshape(band.stop - band.start, image.width, -1)
            check = _check_band if form.endswith("A") else _check_colours
            check(picture, samples, band)
