"""Between Pillow's images and arrays, band by band, so that no second copy of a large picture is made on the way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from srec_engine.images.picture import Palette, Picture

__all__ = ["image_from_samples", "palette_of", "samples_of", "split_samples"]

_BAND_PIXELS = 1 << 22


def samples_of(image: Image.Image) -> NDArray[np.uint8]:
    """The samples of a loaded image: uint8 (H, W, C); for mode "1" 0 and 1."""
    width, height = image.size
    samples = np.empty((height, width, len(image.getbands())), np.uint8)
    for top, bottom in _bands(width, height):
        band = np.asarray(image.crop((0, top, width, bottom)))
        samples[top:bottom] = band.reshape(bottom - top, width, -1)
    return samples


def split_samples(
    mode: str, samples: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8] | None, NDArray[np.uint8] | None, NDArray[np.uint8] | None]:
    """Samples (H, W, C) as a `Picture`'s (colour, alpha, indices)."""
    if mode in ("1", "P"):
        return None, None, samples[:, :, 0]
    if mode in ("LA", "RGBA"):
        return np.ascontiguousarray(samples[:, :, :-1]), np.ascontiguousarray(samples[:, :, -1]), None
    return samples, None, None


def palette_of(image: Image.Image) -> Palette | None:
    """The palette of a loaded image of mode P, in its own length; None for other modes."""
    if image.mode != "P":
        return None
    data = bytes(image.getpalette(rawmode=None) or [])
    return Palette(image.palette.mode if image.palette else "RGB", data)


def image_from_samples(picture: Picture) -> Image.Image:
    """A Pillow image of a picture's samples and palette, without its metadata."""
    size = (picture.width, picture.height)
    if picture.indices is not None:
        return _indexed(picture, picture.indices)
    if picture.colour is None:
        raise ValueError(f"a picture of mode {picture.mode} has no samples")
    image = Image.new(picture.mode, size)
    for top, bottom in _bands(*size):
        band = picture.colour[top:bottom]
        if picture.alpha is not None:
            band = np.concatenate([band, picture.alpha[top:bottom, :, None]], axis=2)
        # An array with one sample a pixel must be flat to become mode L.
        band = band[:, :, 0] if band.shape[2] == 1 else band
        image.paste(Image.fromarray(np.ascontiguousarray(band)), (0, top))
    return image


def _indexed(picture: Picture, indices: NDArray[np.uint8]) -> Image.Image:
    size = (picture.width, picture.height)
    if picture.mode == "1":
        return Image.frombytes("1", size, np.packbits(indices, axis=1).tobytes())
    image = Image.frombytes("P", size, np.ascontiguousarray(indices).tobytes())
    if picture.palette is not None:
        image.putpalette(picture.palette.data, picture.palette.mode)
        image.load()
    return image


def _bands(width: int, height: int) -> Iterator[tuple[int, int]]:
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        yield top, min(height, top + rows)
