"""What crops go through besides being cut out: enlarging, softening, reducing, noise, and JPEG.

Each takes its own random numbers.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = [
    "LARGEST_ENLARGEMENT",
    "LARGEST_REDUCTION",
    "LARGEST_SOFTENING",
    "SMALLEST_REDUCTION",
    "compressed",
    "like_a_camera",
    "noisy",
    "reduced",
    "softened",
]

LARGEST_ENLARGEMENT = 2.0
"""Factor by which crops are enlarged at most."""

LARGEST_SOFTENING = 4.0
"""Factor by which softened crops are enlarged at most: as smooth as what is out of focus."""

CAMERA_NOISE = 2.5
"""Standard deviation in grey levels of the noise added to an enlarged crop's brightest places, at most."""

SMALLEST_REDUCTION = 1.5
"""Images that are not this much larger than a crop are not scaled down: the blocks of JPEG would survive."""

LARGEST_REDUCTION = 4.0
"""Factor by which crops are scaled down at most."""

SOFT_NOISE = 2.0
"""Standard deviation in grey levels of the noise that all channels of a softened crop share, at most."""

HALVED_CHROMA, PALER, TONED = 0.6, 0.3, 0.1
"""How often a softened crop's colour is halved in resolution, made paler, replaced by a single tone."""

GRAINY, GRAIN = 0.08, 8.0
"""How often a softened crop has coarse grain, the same in all channels as editors make it; its largest deviation."""

QUALITIES, SUBSAMPLINGS = (70, 99), (0, 0, 2)
"""Range of the qualities, and the chroma subsamplings (Pillow's numbers), that crops are compressed with as JPEG."""

_BLOCK = 8
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_SHARP = (Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)
_SOFT = Image.Resampling.BILINEAR
_REDUCING = (Image.Resampling.BOX, Image.Resampling.HAMMING, *_SHARP)


def like_a_camera(crop: NDArray[np.uint8], side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """A crop (3, h, w) enlarged to `side` with a little noise: small training images are sharper than a camera's."""
    enlarged = _resized(crop, side, _SHARP[random.integers(len(_SHARP))])
    return noisy(enlarged, CAMERA_NOISE, random)


def softened(crop: NDArray[np.uint8], side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """A crop (3, h, w) enlarged to `side` as pictures come from phones and the web: smooth, with soft or little colour.

    Training images that were made small are sharper, noisier and more colourful than most pictures people keep.
    """
    resampling = _SHARP[random.integers(len(_SHARP))]
    luma = np.tensordot(_LUMA, crop.astype(np.float32), axes=1)
    chroma = _resized_planes(crop - luma, side, resampling)
    luma = _resized_planes(luma[None], side, resampling)
    if random.random() < HALVED_CHROMA:
        chroma = _resized_planes(_resized_planes(chroma, side // 2, Image.Resampling.BOX), side, _SOFT)
    if random.random() < PALER:
        chroma *= random.uniform(0.0, 1.0)
    if random.random() < TONED:
        tone = random.normal(0.0, 12.0, (3, 1, 1)).astype(np.float32)
        chroma = tone * np.sin(luma * (np.pi / 255))
    shared = random.uniform(0.0, 1.0) ** 2 * SOFT_NOISE * random.standard_normal(luma.shape, dtype=np.float32)
    result: NDArray[np.float32] = luma + chroma + shared
    if random.random() < 0.5:
        result = result + random.uniform(0.0, 1.0) ** 2 * random.standard_normal(result.shape, dtype=np.float32)
    result = result.round()
    if random.random() < GRAINY:
        result = result + (random.uniform(0.0, GRAIN) * random.standard_normal(luma.shape, dtype=np.float32)).round()
    return result.clip(0, 255).astype(np.uint8)


def compressed(crop: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """A crop (3, h, w) that was a JPEG once, as most pictures from the web were, with its blocks at a random place."""
    top, left = (int(offset) for offset in random.integers(_BLOCK, size=2))
    padded = np.pad(crop, ((0, 0), (top, 0), (left, 0)), mode="reflect")
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(padded.transpose(1, 2, 0))).save(
        buffer,
        "JPEG",
        quality=int(random.integers(*QUALITIES)),
        subsampling=SUBSAMPLINGS[random.integers(len(SUBSAMPLINGS))],
    )
    with Image.open(buffer) as picture:
        return np.asarray(picture).transpose(2, 0, 1)[:, top:, left:]


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


def _resized_planes(planes: NDArray[np.float32], side: int, resampling: Image.Resampling) -> NDArray[np.float32]:
    """Planes (N, h, w) scaled to (N, side, side), without rounding."""
    size = (side, side)
    return np.stack([np.asarray(Image.fromarray(plane).resize(size, resampling)) for plane in planes])
