"""Training images: read once, held in memory as bytes, cropped anew for every step.

The crop of a step depends on nothing but the seed and the step's number, so a resumed run continues exactly.
"""

from __future__ import annotations

import io
import logging
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from srec_engine.errors import SrecError

__all__ = ["CropSampler", "load_images"]

logger = logging.getLogger(__name__)

LARGEST_ENLARGEMENT = 2.0
"""Factor by which crops are enlarged at most."""

LARGEST_NOISE = 2.5
"""Standard deviation in grey levels of the noise added to an enlarged crop's brightest places, at most."""

IMAGE_SUFFIXES = frozenset({".png", ".webp", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".ppm"})


def load_images(sources: Iterable[Path], smallest_side: int) -> list[NDArray[np.uint8]]:
    """Read every image of files, folders and tar packs as (3, H, W) arrays.

    Images that cannot be read, or whose shorter side is under `smallest_side`, are named in the log and skipped.

    Raises:
        SrecError: When a source is missing or nothing usable was found.
    """
    images: list[NDArray[np.uint8]] = []
    for source in sources:
        for name, data in _members(source):
            try:
                with Image.open(io.BytesIO(data)) as image:
                    pixels = np.asarray(image.convert("RGB"))
            except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
                logger.warning("Skipped %s: it cannot be read (%s).", name, error)
                continue
            if min(pixels.shape[:2]) < smallest_side:
                logger.warning("Skipped %s: it is smaller than the crop of %d pixels.", name, smallest_side)
                continue
            images.append(np.ascontiguousarray(pixels.transpose(2, 0, 1)))
    if not images:
        raise SrecError("No usable training image was found. Give folders, files or tar packs of photographs.")
    return images


def _members(source: Path) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the images of one source, in the order of their names."""
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.suffix.lower() in IMAGE_SUFFIXES:
                yield str(path), path.read_bytes()
    elif source.suffix == ".tar":
        yield from _tar_members(source)
    elif source.is_file():
        yield str(source), source.read_bytes()
    else:
        raise SrecError(f"The training data {source} does not exist.")


def _tar_members(source: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(source) as pack:
            for member in sorted(pack.getmembers(), key=lambda member: member.name):
                stream = pack.extractfile(member) if member.isfile() else None
                if stream is not None and Path(member.name).suffix.lower() in IMAGE_SUFFIXES:
                    yield f"{source}/{member.name}", stream.read()
    except (OSError, tarfile.TarError) as error:
        raise SrecError(f"The training pack {source} cannot be read ({error}).") from error


class CropSampler:
    """Batches of random crops, flipped and transposed at random.

    Images are drawn in proportion to their number of pixels.

    Args:
        images: (3, H, W) each.
        crop: Side of a crop in pixels.
        batch: Crops per step.
        seed: Decides every crop of the run.
        native_share: Share of crops that imitate pictures at a camera's own resolution: enlarged by up to
            `LARGEST_ENLARGEMENT`, then with mild noise. Small training images are sharper than such pictures.
    """

    def __init__(
        self, images: Sequence[NDArray[np.uint8]], crop: int, batch: int, seed: int, native_share: float = 0.0
    ) -> None:
        self._native_share = native_share
        self._images = images
        self._crop = crop
        self._batch = batch
        self._seed = seed
        areas = np.array([image.shape[1] * image.shape[2] for image in images], dtype=np.float64)
        self._cumulative = np.cumsum(areas / areas.sum())

    def batch(self, step: int, places: Iterable[int] | None = None) -> Tensor:
        """The batch of one step, or those places of it: uint8, (places, 3, crop, crop)."""
        first = step * self._batch
        crops = [self._one(first + place) for place in (range(self._batch) if places is None else places)]
        return torch.from_numpy(np.stack(crops))

    def _one(self, number: int) -> NDArray[np.uint8]:
        """The run's crop of that number."""
        random = np.random.Generator(np.random.Philox(key=[self._seed, number]))
        index = min(int(np.searchsorted(self._cumulative, random.random())), len(self._images) - 1)
        image = self._images[index]
        native = self._native_share > 0 and random.random() < self._native_share
        side = round(self._crop / random.uniform(1.0, LARGEST_ENLARGEMENT)) if native else self._crop
        top = random.integers(image.shape[1] - side + 1)
        left = random.integers(image.shape[2] - side + 1)
        crop = image[:, top : top + side, left : left + side]
        if native:
            crop = _like_a_camera(crop, self._crop, random)
        if random.random() < 0.5:
            crop = crop[:, :, ::-1]
        if random.random() < 0.5:
            crop = crop[:, ::-1]
        if random.random() < 0.5:
            crop = crop.transpose(0, 2, 1)
        return np.ascontiguousarray(crop)


def _like_a_camera(crop: NDArray[np.uint8], side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """A crop (3, h, w) enlarged to `side` and given a little noise, finer in dark places as a sensor's is."""
    resampling = (Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)[random.integers(2)]
    enlarged = Image.fromarray(np.ascontiguousarray(crop.transpose(1, 2, 0))).resize((side, side), resampling)
    values = np.asarray(enlarged, dtype=np.float32)
    strength = random.uniform(0.0, LARGEST_NOISE) * np.sqrt(0.25 + values / 255)
    noisy = values + strength * random.standard_normal(values.shape, dtype=np.float32)
    return noisy.round().clip(0, 255).astype(np.uint8).transpose(2, 0, 1)
