"""Random crops. A crop depends on nothing but the seed and its number, so a resumed run continues exactly."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from srec_engine.training.augmentation import (
    LARGEST_ENLARGEMENT,
    LARGEST_REDUCTION,
    LARGEST_SOFTENING,
    SMALLEST_REDUCTION,
    compressed,
    like_a_camera,
    noisy,
    reduced,
    softened,
)
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.data import TrainingImage, image_pixels

__all__ = ["CropPlan", "CropSampler"]


@dataclass(frozen=True, slots=True)
class CropPlan:
    """Where a crop comes from and what happens to it.

    Attributes:
        image: Index of the image.
        top, left, side: The square that is cut out, in pixels.
        mirrored, upside_down, transposed: What is done to it then, in this order.
        treatment: "plain", or how it is scaled to the crop's side before that.
        jpeg: Whether it is compressed as JPEG after the treatment.
        random: Where the treatment and the noise take their random numbers from.
    """

    image: int
    top: int
    left: int
    side: int
    mirrored: bool
    upside_down: bool
    transposed: bool
    treatment: Literal["plain", "camera", "soft", "reduced"]
    jpeg: bool
    random: np.random.Generator


class CropSampler:
    """Batches of random crops.

    Args:
        images: (3, H, W) arrays, or images that are read when they are needed.
        configuration: Crop, batch, seed, and what is done to crops.
    """

    def __init__(self, images: Sequence[TrainingImage], configuration: TrainingConfiguration) -> None:
        self._images = images
        self._configuration = configuration.for_images(len(images))
        areas = np.array([image.shape[1] * image.shape[2] for image in images], dtype=np.float64)
        self._cumulative = np.cumsum(areas / areas.sum())
        self._order = functools.lru_cache(maxsize=2)(self._shuffled)

    @property
    def crop(self) -> int:
        """Side of the crops in pixels."""
        return self._configuration.crop

    def batch(self, step: int, places: Iterable[int] | None = None) -> Tensor:
        """The batch of one step, or those places of it: uint8, (places, 3, crop, crop)."""
        return torch.from_numpy(np.stack([self.cut(plan) for plan in self.plans(step, places)]))

    def plans(self, step: int, places: Iterable[int] | None = None) -> list[CropPlan]:
        """What the batch of one step (or those places of it) is made of."""
        size = self._configuration.batch
        return [self._plan(step * size + place) for place in (range(size) if places is None else places)]

    def is_plain(self, plan: CropPlan) -> bool:
        """Whether a crop is a copy of its image's pixels, turned at most."""
        return plan.treatment == "plain" and not plan.jpeg and self._configuration.noise == 0

    def cut(self, plan: CropPlan) -> NDArray[np.uint8]:
        """The crop of a plan, (3, crop, crop)."""
        pixels = image_pixels(self._images, plan.image, self.crop)
        # An image that could not be read any more is replaced by another one, which may be smaller.
        side = min(plan.side, *pixels.shape[1:])
        top, left = min(plan.top, pixels.shape[1] - side), min(plan.left, pixels.shape[2] - side)
        crop = pixels[:, top : top + side, left : left + side]
        if plan.treatment == "camera":
            crop = like_a_camera(crop, self.crop, plan.random)
        elif plan.treatment == "soft":
            crop = softened(crop, self.crop, plan.random)
        elif plan.treatment == "reduced":
            crop = reduced(crop, self.crop, plan.random)
        if self._configuration.noise:
            crop = noisy(crop, self._configuration.noise, plan.random)
        if plan.jpeg:
            crop = compressed(crop, plan.random)
        if plan.mirrored:
            crop = crop[:, :, ::-1]
        if plan.upside_down:
            crop = crop[:, ::-1]
        if plan.transposed:
            crop = crop.transpose(0, 2, 1)
        return np.ascontiguousarray(crop)

    def _plan(self, number: int) -> CropPlan:
        """The plan of the run's crop of that number."""
        configuration = self._configuration
        random = _generator(configuration.seed, number)
        index = self._image_of(number, random)
        _, height, width = self._images[index].shape
        treatment, side = self._treatment(min(height, width), random)
        top, left = int(random.integers(height - side + 1)), int(random.integers(width - side + 1))
        all_flips = configuration.flips == "all"
        mirrored = bool(random.random() < 0.5)
        upside_down = all_flips and bool(random.random() < 0.5)
        transposed = all_flips and bool(random.random() < 0.5)
        jpeg = bool(configuration.jpeg_share) and bool(random.random() < configuration.jpeg_share)
        return CropPlan(index, top, left, side, mirrored, upside_down, transposed, treatment, jpeg, random)

    def _treatment(
        self, shorter: int, random: np.random.Generator
    ) -> tuple[Literal["plain", "camera", "soft", "reduced"], int]:
        """How a crop of an image with that shorter side is treated, and the side of what is cut out."""
        configuration = self._configuration
        if configuration.native_share and random.random() < configuration.native_share:
            return "camera", round(configuration.crop / random.uniform(1.0, LARGEST_ENLARGEMENT))
        if configuration.soft_share and random.random() < configuration.soft_share:
            return "soft", round(configuration.crop / LARGEST_SOFTENING ** random.uniform(0.0, 1.0))
        largest = min(LARGEST_REDUCTION, shorter / configuration.crop)
        may_reduce = configuration.reduced_share > 0 and largest >= SMALLEST_REDUCTION
        if may_reduce and random.random() < configuration.reduced_share:
            return "reduced", min(shorter, round(configuration.crop * random.uniform(SMALLEST_REDUCTION, largest)))
        return "plain", configuration.crop

    def _image_of(self, number: int, random: np.random.Generator) -> int:
        """Index of the image that a crop is taken from."""
        if self._configuration.sampling == "epochs":
            epoch, place = divmod(number, self._configuration.epoch_steps * self._configuration.batch)
            return int(self._order(epoch)[place % len(self._images)])
        return min(int(np.searchsorted(self._cumulative, random.random())), len(self._images) - 1)

    def _shuffled(self, epoch: int) -> NDArray[np.int64]:
        # Keys of crops are (seed, number): the second word's top bit keeps those of epochs apart from them.
        return _generator(self._configuration.seed, (1 << 63) | epoch).permutation(len(self._images))


def _generator(seed: int, number: int) -> np.random.Generator:
    # A list of large integers would become an array of floats, in which neighbours are the same.
    return np.random.Generator(np.random.Philox(key=np.array([seed, number], dtype=np.uint64)))
