"""Kernels in 8-bit integers: oneDNN's quantised convolutions on x86."""

from __future__ import annotations

import functools

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from srec_engine.integer.float_kernels import Float32Kernel
from srec_engine.integer.prepared_layer import KernelUnavailableError, PreparedLayer
from srec_engine.integer.stream import Int16Stream, Stream
from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["Int8Kernel", "Int8Layer", "is_exact"]

TEST_SIDE = 24
"""Side in pixels of the inputs that show whether a processor saturates."""


class Int8Layer:
    """oneDNN's quantised convolution; rescaling by powers of two keeps its fused post-operations exact."""

    def __init__(self, layer: IntegerConvolution) -> None:
        scale = torch.from_numpy(np.ldexp(1.0, -layer.shift.astype(np.int64))).float()
        weight = torch.from_numpy(layer.weight.astype(np.int8))
        correction = layer.input_offset * layer.weight.astype(np.int64).sum(axis=(1, 2, 3))
        bias = torch.from_numpy((layer.bias - correction).astype(np.float32))
        self.offset = layer.input_offset
        self.margin = layer.padding
        # Inputs with an offset are padded with it here, since oneDNN pads with stored zeros.
        padding = 0 if self.offset else self.margin
        self.geometry = ([1, 1], [padding, padding], [layer.dilation, layer.dilation], 1)
        self.scale, self.bias = scale, bias * scale
        self.zero_points = torch.zeros(len(scale), dtype=torch.int32)
        self.packed = torch.ops.onednn.qconv_prepack(weight, scale, 1.0, 0, *self.geometry, None)

    def scaled(self, inputs: Tensor) -> Tensor:
        """See `PreparedLayer.scaled`."""
        return self._convolve(inputs, torch.float32)

    def to_bytes(self, inputs: Tensor) -> Tensor:
        """See `PreparedLayer.to_bytes`."""
        return self._convolve(inputs, torch.uint8)

    def _convolve(self, inputs: Tensor, output: torch.dtype) -> Tensor:
        if self.offset:
            margin = self.margin
            inputs = functional.pad(inputs, (margin, margin, margin, margin), value=self.offset)
        inputs = inputs.contiguous(memory_format=torch.channels_last)
        result: Tensor = torch.ops.onednn.qconv2d_pointwise(
            inputs, 1.0, 0, self.packed, self.scale, self.zero_points, self.bias, *self.geometry, 1.0, 0, output,
            "none", [], "",
        )  # fmt: skip
        return result


class Int8Kernel:
    """8-bit convolutions of oneDNN on x86 CPUs that add products in 32 bits (VNNI); wide layers run in float32."""

    name = "int8"
    stream: type[Stream] = Int16Stream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`. A processor that saturates is refused whatever the layer's own weights are.

        A model with small weights may be exact on such a processor, but a picture's corrections of it need not be.
        """
        if device.type != "cpu":
            raise KernelUnavailableError("The int8 kernel runs on the CPU only.")
        if not layer.eight_bit:
            return Float32Kernel().prepare(layer, device)
        if _saturates(layer.weight.shape, layer.dilation, layer.input_offset):
            raise KernelUnavailableError(
                "This processor adds products of bytes in 16 bits that saturate, so int8 is wrong."
            )
        return Int8Layer(layer)


@functools.cache
def _saturates(shape: tuple[int, ...], dilation: int, offset: int) -> bool:
    """Whether this process's oneDNN gives wrong sums for convolutions of this shape that have the largest weights.

    Asked for each shape, since oneDNN has several implementations, and takes the one that suits a shape.
    """
    signs = np.random.default_rng(0).integers(0, 2, shape)
    return not is_exact((254 * signs - 127).astype(np.int16), dilation, offset)


def is_exact(weight: NDArray[np.int16], dilation: int, offset: int) -> bool:
    """Whether oneDNN's quantised convolution by these weights is exact where inputs are the smallest or largest bytes.

    The inputs are random, so that neighbours of every kind are large together somewhere. Weights need random signs:
    sums stay far below 2²⁴ then.
    """
    outputs, inputs = weight.shape[:2]
    zeros = np.zeros(outputs, np.int32)
    layer = IntegerConvolution(weight, zeros, zeros.astype(np.int8), 255 - offset, offset, dilation)
    stored = torch.from_numpy(255 * np.random.default_rng(1).integers(0, 2, (1, inputs, TEST_SIDE, TEST_SIDE)))
    # 64-bit floats are exact in any order of summation, and no implementation of theirs takes shortcuts.
    values = stored.double() - offset
    expected = functional.conv2d(values, torch.from_numpy(weight).double(), padding=layer.padding, dilation=dilation)
    return torch.equal(Int8Layer(layer).scaled(stored.to(torch.uint8)).double(), expected)
