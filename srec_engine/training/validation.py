"""Evaluation during training: always the same pixels, and the best weights so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.training.data import TrainingImage, image_pixels
from srec_engine.training.evaluation import Evaluation, evaluate_batch, total

__all__ = ["BestWeights", "EvaluationImages"]

PIXELS_AT_ONCE = 1 << 20
"""Pixels of images of one size that are evaluated together at most."""


@dataclass(frozen=True, slots=True)
class BestWeights:
    """The best evaluation of a run.

    Attributes:
        bpsp: Bits per subpixel.
        step: Steps done then.
        quantised: Whether the weights were rounded.
    """

    bpsp: float
    step: int
    quantised: bool

    def beaten_by(self, other: BestWeights) -> bool:
        """Whether `other` is to be kept. Rounded weights get exported: the first of them beat all float ones."""
        if self.quantised != other.quantised:
            return other.quantised
        return other.bpsp < self.bpsp

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint."""
        return asdict(self)


class EvaluationImages:
    """The images of a run's evaluations.

    Args:
        images: (3, H, W) each, at least `crop` on each side.
        crop: Side of the middle square that is evaluated; 0 for whole images.
        device: Where the network is.
    """

    def __init__(self, images: Sequence[TrainingImage], crop: int, device: torch.device | str = "cpu") -> None:
        by_shape: dict[tuple[int, ...], list[Tensor]] = {}
        for index in range(len(images)):
            pixels = _middle(torch.from_numpy(image_pixels(images, index, crop)), crop)
            by_shape.setdefault(tuple(pixels.shape), []).append(pixels)
        self._device = torch.device(device)
        self._batches = [batch for group in by_shape.values() for batch in _batches(group)]

    def evaluate(self, network: SuperResolutionNetwork) -> Evaluation:
        """Bits of all images together."""
        return total([evaluate_batch(network, batch.to(self._device)) for batch in self._batches])


def _middle(pixels: Tensor, crop: int) -> Tensor:
    if not crop:
        return pixels
    top, left = round((pixels.shape[1] - crop) / 2), round((pixels.shape[2] - crop) / 2)  # as the original program
    return pixels[:, top : top + crop, left : left + crop]


def _batches(images: list[Tensor]) -> list[Tensor]:
    size = max(1, PIXELS_AT_ONCE // (images[0].shape[1] * images[0].shape[2]))
    return [torch.stack(images[first : first + size]) for first in range(0, len(images), size)]
