"""Kernels in 8-bit integers: oneDNN's quantised convolutions on x86."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from srec_engine.integer.float_kernels import FloatLayer
from srec_engine.integer.prepared_layer import PreparedLayer
from srec_engine.integer.stream import Int16Stream, Stream
from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["Int8Kernel"]


class _Int8Layer:
    """oneDNN's quantised convolution; rescaling by powers of two keeps its fused post-operations exact."""

    def __init__(self, layer: IntegerConvolution) -> None:
        scale = torch.from_numpy(2.0 ** -layer.shift.astype(np.float64)).float()
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
        return self._convolve(inputs, torch.float32)

    def to_bytes(self, inputs: Tensor) -> Tensor:
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
    """8-bit convolutions of oneDNN on x86 CPUs; wide layers run in float32."""

    name = "int8"
    stream: type[Stream] = Int16Stream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`."""
        if device.type != "cpu":
            raise RuntimeError("The int8 kernel runs on the CPU only.")
        return _Int8Layer(layer) if layer.eight_bit else FloatLayer(layer, device)
