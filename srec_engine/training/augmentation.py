"""What crops go through besides being cut out: enlarging, reducing and noise. Each takes its own random numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["LARGEST_ENLARGEMENT", "LARGEST_REDUCTION", "SMALLEST_REDUCTION", "like_a_camera", "noisy", "reduced"]

LARGEST_ENLARGEMENT = 2.0
"""Factor by which crops are enlarged at most."""

CAMERA_NOISE = 2.5
"""Standard deviation in grey levels of the noise added to an enlarged crop's brightest places, at most."""

SMALLEST_REDUCTION = 1.5
"""Images that are not this much larger than a crop are not scaled down: the blocks of JPEG would survive."""

LARGEST_REDUCTION = 4.0
"""Factor by which crops are scaled down at most."""

_SHARP = (Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)
_REDUCING = (Image.Resampling.BOX, Image.Resampling.HAMMING, *_SHARP)


def like_a_camera(crop: NDArray[np.uint8], side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """A crop (3, h, w) enlarged to `side` with a little noise: small training images are sharper than a camera's."""
    enlarged = _resized(crop, side, _SHARP[random.integers(len(_SHARP))])
    return noisy(enlarged, CAMERA_NOISE, random)


def reduced(crop: NDArray[np.uint8], side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """A crop (3, h, w) scaled down to `side` with a filter drawn at random, so that no filter's traces are learned."""
    return _resized(crop, side, _REDUCING[random.integers(len(_REDUCING))])


def noisy(crop: NDArray[np.uint8], largest: float, random: np.random.Generator) -> NDArray[np.uint8]:
    """A crop with noise (deviation up to `largest` grey levels), finer in dark places as a sensor's is."""
    values = crop.astype(np.float32)
    strength = random.uniform(0.0, largest) * np.sqrt(0.25 + values / 255)
    result = values + strength * random.standard_normal(values.shape, dtype=np.float32)
    return result.round().clip(0, 255).astype(np.uint8)


def _resized(crop: NDArray[np.uint8], side: int, resampling: Image.Resampling) -> NDArray[np.uint8]:
    picture = Image.fromarray(np.ascontiguousarray(crop.transpose(1, 2, 0)))
    return np.asarray(picture.resize((side, side), resampling)).transpose(2, 0, 1)
