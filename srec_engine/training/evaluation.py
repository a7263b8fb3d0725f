"""Bits that a network needs for images, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from srec_engine.network.likelihood import base_bits, image_bits
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.reports import CODED_STEPS

__all__ = ["Evaluation", "PartBits", "evaluate", "evaluate_batch", "total"]


@dataclass(frozen=True, slots=True)
class PartBits:
    """Bits of one part of an image.

    Attributes:
        scale: 0 is the full image; the base has the number of scales.
        step: "base", or one of `CODED_STEPS`.
        bits: The model's bits.
        coded: Bits in a file, the lengths of streams counted with the remainders; None where no file was made.
    """

    scale: int
    step: str
    bits: float
    coded: float | None = None

    @property
    def name(self) -> str:
        """As tables say it: "base" or "scale 0 pixel 1"."""
        return self.step if self.step == "base" else f"scale {self.scale} {self.step}"

    def original_key(self, scales: int) -> str:
        """The name the original program gives this part (its scale 0 is the coarsest)."""
        if self.step == "base":
            return "eval/codes_0"
        step = ("rounding", "0", "1", "2")[CODED_STEPS.index(self.step)]
        return f"eval/{scales - 1 - self.scale}_{step}"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Bits of an image, or of several together.

    Attributes:
        subpixels: Three times the pixels.
        parts: Coarse to fine.
        scales: Scales the network codes.
        file_bits: Bits of whole files, headers and index included; None where none was made.
    """

    subpixels: int
    parts: tuple[PartBits, ...] = field(default=())
    scales: int = 0
    file_bits: float | None = None

    @property
    def bits(self) -> float:
        """Bits of all parts."""
        return sum(part.bits for part in self.parts)

    @property
    def bpsp(self) -> float:
        """Bits per subpixel of the full image."""
        return self.bits / self.subpixels

    @property
    def container_bits(self) -> float | None:
        """Bits of the files that belong to no part: header, index, checksums."""
        coded = [part.coded for part in self.parts if part.coded is not None]
        return None if self.file_bits is None else self.file_bits - sum(coded)


def evaluate(network: SuperResolutionNetwork, image: NDArray[np.uint8], device: str = "cpu") -> Evaluation:
    """Bits of one image, uint8 (H, W, 3)."""
    pixels = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))[None])
    return evaluate_batch(network, pixels.to(device))


def evaluate_batch(network: SuperResolutionNetwork, images: Tensor) -> Evaluation:
    """Bits of a batch of images of one size together, integers (N, 3, H, W)."""
    pixels = images.float()
    with torch.inference_mode():
        scales = image_bits(network, pixels)
    count = network.configuration.scales
    parts = [PartBits(count, "base", base_bits(pixels, count))]
    for scale in scales:
        steps = zip(CODED_STEPS, (scale.remainders, *scale.pixels), strict=True)
        parts.extend(PartBits(scale.scale, step, float(bits)) for step, bits in steps)
    return Evaluation(pixels.numel(), tuple(parts), count)


def total(evaluations: Sequence[Evaluation]) -> Evaluation:
    """Several images (at least one) as one."""
    first = evaluations[0]
    sums = [
        PartBits(
            part.scale,
            part.step,
            sum(evaluation.parts[index].bits for evaluation in evaluations),
            _sum_of_known([evaluation.parts[index].coded for evaluation in evaluations]),
        )
        for index, part in enumerate(first.parts)
    ]
    file_bits = _sum_of_known([evaluation.file_bits for evaluation in evaluations])
    return Evaluation(sum(evaluation.subpixels for evaluation in evaluations), tuple(sums), first.scales, file_bits)


def _sum_of_known(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
