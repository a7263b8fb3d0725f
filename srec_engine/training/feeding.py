"""Batches made ready before they are asked for, so that a device never waits for crops."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from srec_engine.training.crops import CropPlan, CropSampler
from srec_engine.training.data import StoredImage, TrainingImage

__all__ = ["BatchFeeder", "HeldImages"]

logger = logging.getLogger(__name__)

SHARE_OF_MEMORY = 0.3
"""Share of a GPU's free memory that images may take."""


class HeldImages:
    """All images in a device's memory, and crops cut there.

    Args:
        images: uint8 (3, H, W) each.
        device: Where they are held.
    """

    def __init__(self, images: Sequence[NDArray[np.uint8]], device: torch.device) -> None:
        self._shapes = [image.shape for image in images]
        self._offsets = np.cumsum([0, *(image.size for image in images)])
        self._device = device
        self._pixels = torch.empty(int(self._offsets[-1]), dtype=torch.uint8, device=device)
        for image, offset in zip(images, self._offsets, strict=False):
            flat = torch.from_numpy(np.ascontiguousarray(image).reshape(-1))
            self._pixels[offset : offset + image.size].copy_(flat)

    @classmethod
    def where_they_fit(cls, images: Sequence[TrainingImage], device: torch.device) -> HeldImages | None:
        """The images on a GPU; None on other devices, or when they are too many for it."""
        held = [image for image in images if not isinstance(image, StoredImage)]
        if device.type != "cuda" or len(held) < len(images):
            return None
        free, _ = torch.cuda.mem_get_info(device)
        needed = sum(image.nbytes for image in held)
        if needed > SHARE_OF_MEMORY * free:
            logger.info("The images (%d MB) stay in the main memory: the device is too small.", needed >> 20)
            return None
        return cls(held, device)

    def cut(self, plans: Sequence[CropPlan]) -> Tensor:
        """Crops of plans that are plain (see `CropSampler.is_plain`): uint8 (plans, 3, side, side)."""
        # Flips and transpositions are nothing but other strides: start, from channel to channel, down, across.
        strides = torch.from_numpy(np.array([self._strides(plan) for plan in plans], dtype=np.int64))
        start, channel, down, across = strides.to(self._device).unbind(dim=1)
        count = torch.arange(plans[0].side, device=self._device)
        rows = down.view(-1, 1, 1, 1) * count.view(1, 1, -1, 1)
        columns = across.view(-1, 1, 1, 1) * count
        channels = channel.view(-1, 1, 1, 1) * count[:3].view(1, -1, 1, 1)
        return self._pixels[start.view(-1, 1, 1, 1) + channels + rows + columns]

    def _strides(self, plan: CropPlan) -> tuple[int, int, int, int]:
        _, height, width = self._shapes[plan.image]
        start = int(self._offsets[plan.image]) + plan.top * width + plan.left
        down, across = width, 1
        if plan.mirrored:
            start, across = start + plan.side - 1, -1
        if plan.upside_down:
            start, down = start + (plan.side - 1) * width, -width
        if plan.transposed:
            down, across = across, down
        return start, height * width, down, across


class BatchFeeder:
    """The batches of consecutive steps, some of them made ahead in threads.

    Args:
        sampler: What the batches are.
        device: Where they are wanted.
        places: Which places of each batch are this process's own.
        threads: Threads that make batches ahead; 0 makes each when it is asked for.
        held: The images on the device, when they are there.
    """

    def __init__(
        self,
        sampler: CropSampler,
        device: torch.device,
        places: range,
        threads: int = 1,
        held: HeldImages | None = None,
    ) -> None:
        self._sampler = sampler
        self._device = device
        self._places = places
        self._held = held
        self._ahead = 2 * threads
        self._pool = ThreadPoolExecutor(threads, "crops") if threads else None
        self._waiting: dict[int, Future[Tensor]] = {}

    def batch(self, step: int) -> Tensor:
        """The batch of `step` on the device: uint8 (places, 3, crop, crop)."""
        if self._pool is None:
            return self._made(step)
        ready = self._waiting.pop(step, None)
        if ready is None:  # the first batch, or a jump
            self._forget()
            ready = self._pool.submit(self._made, step)
        for later in range(step + 1, step + 1 + self._ahead):
            if later not in self._waiting:
                self._waiting[later] = self._pool.submit(self._made, later)
        return ready.result()

    def close(self) -> None:
        """Let go of what was made ahead. The feeder can be used again."""
        self._forget()

    def _forget(self) -> None:
        for batch in self._waiting.values():
            batch.cancel()
        self._waiting.clear()

    def _made(self, step: int) -> Tensor:
        if self._held is None:
            return self._moved(self._sampler.batch(step, self._places))
        plans = self._sampler.plans(step, self._places)
        batch = torch.empty((len(plans), 3, *2 * [self._sampler.crop]), dtype=torch.uint8, device=self._device)
        plain = [place for place, plan in enumerate(plans) if self._sampler.is_plain(plan)]
        others = [place for place in range(len(plans)) if place not in set(plain)]
        if plain:
            batch[torch.tensor(plain, device=self._device)] = self._held.cut([plans[place] for place in plain])
        if others:
            cut = np.stack([self._sampler.cut(plans[place]) for place in others])
            batch[torch.tensor(others, device=self._device)] = self._moved(torch.from_numpy(cut))
        return batch

    def _moved(self, batch: Tensor) -> Tensor:
        if self._device.type != "cuda":
            return batch.to(self._device)
        return batch.pin_memory().to(self._device, non_blocking=True)
