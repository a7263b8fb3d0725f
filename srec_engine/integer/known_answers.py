"""What each layer must answer to generated inputs, the reference that knows the truth, and whether a kernel agrees.

The inputs are full-range bytes, so that kernels that saturate or that trade exactness for speed give themselves away.
Nothing is rounded before it is compared. How layers go together in a walk is proven elsewhere (`codec.admission`).
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from srec_engine.integer.prepared_layer import PreparedLayer
from srec_engine.model.integer_model import EXACT_LIMIT, IntegerConvolution

__all__ = [
    "answers_rightly",
    "digest",
    "generated_inputs",
    "known_answers",
    "mixed_numbers",
    "reference_accumulators",
]

TEST_SIDE = 24
"""Side in pixels of the generated inputs."""

MANY = 16
"""Inputs that are also computed together: libraries choose other ways for many at once than for one."""

PART_SIDE = 12
"""Side in pixels of each of them."""


def mixed_numbers(count: int) -> NDArray[np.uint64]:
    """Numbers of 24 bits without order, the same on every machine.

    A Weyl sequence with a multiplicative mix: plain 64-bit integer arithmetic, no library's generator.
    """
    numbers = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    numbers ^= numbers >> np.uint64(29)
    numbers *= np.uint64(0xBF58476D1CE4E5B9)
    return numbers >> np.uint64(40)


def generated_inputs(layer: IntegerConvolution) -> NDArray[np.int16]:
    """Inputs (inputs, 24, 24) over the layer's whole range, the same on every machine.

    A third of them are at the ends of the range, where saturating kernels fail.
    """
    channels = layer.weight.shape[1]
    count = channels * TEST_SIDE * TEST_SIDE
    numbers = mixed_numbers(count)
    low = -layer.input_maximum if layer.input_offset or not layer.eight_bit else 0
    span = np.uint64(layer.input_maximum - low + 1)
    values = (numbers % span).astype(np.int64) + low
    ends = (numbers >> np.uint64(10)) % np.uint64(6)
    values = np.where(ends == 0, low, np.where(ends == 1, layer.input_maximum, values))
    return values.reshape(channels, TEST_SIDE, TEST_SIDE).astype(np.int16)


def reference_accumulators(layer: IntegerConvolution, inputs: NDArray[np.int16]) -> NDArray[np.int64]:
    """The layer's accumulators (outputs, H, W) in 64-bit integers: the definition of a convolution, nothing faster."""
    margin = layer.padding
    height, width = inputs.shape[1:]
    padded = np.pad(inputs.astype(np.int64), ((0, 0), (margin, margin), (margin, margin)))
    weight = layer.weight.astype(np.int64)
    sums = np.zeros((weight.shape[0], height, width), dtype=np.int64)
    for row in range(layer.side):
        for column in range(layer.side):
            top, left = row * layer.dilation, column * layer.dilation
            window = padded[:, top : top + height, left : left + width]
            sums += np.tensordot(weight[:, :, row, column], window, axes=1)
    return sums + layer.bias.astype(np.int64)[:, None, None]


def digest(accumulators: NDArray[np.int64]) -> str:
    """Short digest of exact accumulators (outputs, H, W)."""
    return hashlib.sha256(np.ascontiguousarray(accumulators, dtype="<i8").tobytes()).hexdigest()[:16]


def known_answers(layers: dict[str, IntegerConvolution]) -> dict[str, str]:
    """Digest of every layer's accumulators for its generated inputs."""
    return {name: digest(reference_accumulators(layer, generated_inputs(layer))) for name, layer in layers.items()}


def answers_rightly(
    layers: Mapping[str, IntegerConvolution],
    prepared: Mapping[str, PreparedLayer],
    answers: Mapping[str, str],
    device: torch.device,
) -> bool:
    """Whether every prepared layer gives the accumulators that were stored with the model, exactly.

    One input and many together, and rounded to bytes. Where the model brings no answers that this program can make
    inputs for, the reference gives them.
    """
    if answers and set(answers) != set(layers):
        return False
    for name, layer in layers.items():
        expected = answers.get(name) or digest(reference_accumulators(layer, generated_inputs(layer)))
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # a kernel that is not there may warn before it raises
            if not _answers_rightly(layer, prepared[name], expected, device):
                return False
    return True


def _answers_rightly(layer: IntegerConvolution, prepared: PreparedLayer, expected: str, device: torch.device) -> bool:
    stored = torch.from_numpy(generated_inputs(layer)[None] + layer.input_offset)
    stored = (stored.to(torch.uint8) if layer.eight_bit else stored).to(device)
    scaled = prepared.scaled(stored)
    if _exact_digest(scaled, layer) != expected:
        return False
    part = stored[..., :PART_SIDE, :PART_SIDE]
    one, many = prepared.scaled(part.contiguous()), prepared.scaled(part.expand(MANY, -1, -1, -1).contiguous())
    if not torch.equal(many, one.expand_as(many)):
        return False
    return not layer.eight_bit or torch.equal(prepared.to_bytes(stored), scaled.round().clamp(0, 255).to(torch.uint8))


def _exact_digest(scaled: Tensor, layer: IntegerConvolution) -> str:
    """Digest of the accumulators; "" where they are not whole numbers, or none that float32 holds exactly."""
    shift = layer.shift.astype(np.int64)[:, None, None]
    accumulators = np.ldexp(scaled[0].cpu().double().numpy(), shift)
    if not bool((np.abs(accumulators) < EXACT_LIMIT).all()) or not np.array_equal(accumulators, np.rint(accumulators)):
        return ""
    return digest(accumulators.astype(np.int64))
