"""What each layer must answer to generated inputs, and the reference that knows the truth.

The inputs are full-range bytes, so that kernels that saturate or that trade exactness for speed give themselves away.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["digest", "generated_inputs", "known_answers", "reference_accumulators"]

TEST_SIDE = 24
"""Side in pixels of the generated inputs."""


def generated_inputs(layer: IntegerConvolution) -> NDArray[np.int16]:
    """Inputs (inputs, 24, 24) over the layer's whole range, the same on every machine.

    A third of them are at the ends of the range, where saturating kernels fail.
    """
    channels = layer.weight.shape[1]
    count = channels * TEST_SIDE * TEST_SIDE
    # Weyl sequence with a multiplicative mix: plain 64-bit integer arithmetic, no library's generator.
    numbers = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    numbers ^= numbers >> np.uint64(29)
    numbers *= np.uint64(0xBF58476D1CE4E5B9)
    numbers >>= np.uint64(40)
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
