"""Kernels in float32: exact because every partial sum is an integer below 2²⁴ times a power of two."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from srec_engine.integer.prepared_layer import PreparedLayer
from srec_engine.integer.stream import FloatStream, Stream
from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["Float32Kernel", "FloatLayer", "UnfoldKernel"]


class FloatLayer:
    """Convolution in float32; the scale is folded into the weights, which stay exact."""

    def __init__(self, layer: IntegerConvolution, device: torch.device) -> None:
        scale = torch.from_numpy(2.0 ** -layer.shift.astype(np.float64)).float()
        weight = torch.from_numpy(layer.weight.astype(np.float32)) * scale.view(-1, 1, 1, 1)
        self.weight = weight.to(device).contiguous(memory_format=torch.channels_last)
        self.bias = (torch.from_numpy(layer.bias.astype(np.float32)) * scale).to(device)
        self.offset = layer.input_offset
        self.padding, self.dilation = layer.padding, layer.dilation

    def scaled(self, inputs: Tensor) -> Tensor:
        values = inputs.to(torch.float32, memory_format=torch.channels_last)
        if self.offset:
            values = values - self.offset
        result = self.convolve(values)
        return result.contiguous(memory_format=torch.channels_last)

    def to_bytes(self, inputs: Tensor) -> Tensor:
        return self.scaled(inputs).round_().clamp_(0, 255).to(torch.uint8)

    def convolve(self, values: Tensor) -> Tensor:
        return functional.conv2d(values, self.weight, self.bias, padding=self.padding, dilation=self.dilation)


class _UnfoldLayer(FloatLayer):
    """The same as a matrix product over unfolded patches, in bands of rows to bound memory."""

    def convolve(self, values: Tensor) -> Tensor:
        matrix = self.weight.contiguous().flatten(1)
        side, margin = self.weight.shape[-1], self.padding
        padded = functional.pad(values, (margin, margin, margin, margin)).contiguous()
        height, width = values.shape[-2:]
        band = max(1, (1 << 22) // (matrix.shape[1] * width))
        rows = []
        for top in range(0, height, band):
            bottom = min(height, top + band)
            patches = functional.unfold(padded[:, :, top : bottom + 2 * margin], side, self.dilation)
            rows.append((matrix @ patches).reshape(len(values), -1, bottom - top, width))
        return torch.cat(rows, dim=2) + self.bias.view(-1, 1, 1)


class Float32Kernel:
    """Plain float32 convolutions: any device."""

    name = "float32"
    stream: type[Stream] = FloatStream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`."""
        return FloatLayer(layer, device)


class UnfoldKernel:
    """Matrix products over unfolded patches: the last resort where convolutions take exactness-breaking shortcuts."""

    name = "unfold"
    stream: type[Stream] = FloatStream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`."""
        return _UnfoldLayer(layer, device)
