"""Kernels in float32: exact because every partial sum is an integer below 2²⁴ times a power of two.

That holds for a convolution that multiplies what it is given and adds up the products, in any order. Libraries have
shortcuts that do something else, and whoever runs in the same process may have switched them on: Winograd's transform
(NNPACK, cuDNN), which multiplies sums of inputs, and narrower numbers (TF32, bfloat16). None can be taken here, and
none of the process's switches is touched, since they belong to the program around us:

- Convolutions call oneDNN's direct one by name, or are matrix products of ours. No heuristic chooses.
- Bytes and 8-bit weights have 8 significant bits, which TF32 and bfloat16 keep: narrower numbers change nothing.
- Layers with wider numbers look at the switches, and go by matrix products in float64 where one is set.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from srec_engine.integer.precision import narrower_numbers_allowed
from srec_engine.integer.prepared_layer import KernelUnavailableError, PreparedLayer
from srec_engine.integer.stream import FloatStream, Stream
from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["Float32Kernel", "Float64Kernel", "FloatLayer", "UnfoldKernel"]

BAND = 4096
"""Pixels that are multiplied with all taps while they are in the cache."""


class _Unfolded:
    """A convolution unfolded into one matrix product for each of its taps, summed up where they overlap."""

    def __init__(self, weight: Tensor, bias: Tensor, layer: IntegerConvolution) -> None:
        outputs, inputs, side, _ = weight.shape
        self.taps = weight.permute(2, 3, 1, 0).reshape(side * side, inputs, outputs).contiguous()
        self.bias = bias
        self.side, self.margin, self.dilation = side, layer.padding, layer.dilation

    def __call__(self, values: Tensor) -> Tensor:
        """(N, inputs, H, W) to (N, outputs, H, W) in channels-last memory."""
        count, channels, height, width = values.shape
        margin = self.margin
        padded = functional.pad(values, (margin, margin, margin, margin)).contiguous(memory_format=torch.channels_last)
        padded_height, padded_width = padded.shape[-2:]
        pixels = padded.permute(0, 2, 3, 1).reshape(-1, channels)
        # Seen as one long row, each tap is the same pixels further on; what wraps around lies in the margin.
        places = [
            self.dilation * (row * padded_width + column) for row in range(self.side) for column in range(self.side)
        ]
        sums = torch.empty((len(pixels), len(self.bias)), dtype=values.dtype, device=values.device)
        end = len(pixels) - places[-1]
        for start in range(0, end, BAND):
            stop = min(end, start + BAND)
            band = sums[start:stop]
            torch.addmm(self.bias, pixels[start:stop], self.taps[0], out=band)
            for place, tap in zip(places[1:], self.taps[1:], strict=True):
                band.addmm_(pixels[start + place : stop + place], tap)
        inside = sums.view(count, padded_height, padded_width, -1)[:, :height, :width]
        return inside.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


class _UnfoldLayer:
    """A layer as matrix products; its scale is folded into the weights, which stay exact."""

    def __init__(self, layer: IntegerConvolution, device: torch.device, dtype: torch.dtype = torch.float32) -> None:
        self._layer, self._device, self._dtype = layer, device, dtype
        self._narrow = layer.eight_bit
        self._usual = self._unfolded(dtype)

    def scaled(self, inputs: Tensor) -> Tensor:
        """See `PreparedLayer.scaled`."""
        narrowed = not self._narrow and self._dtype == torch.float32 and narrower_numbers_allowed()
        dtype = torch.float64 if narrowed else self._dtype
        convolution = self._unfolded(dtype) if narrowed else self._usual
        return convolution(_values(inputs, self._layer.input_offset, dtype)).float()

    def _unfolded(self, dtype: torch.dtype) -> _Unfolded:
        weight, bias = _scaled_numbers(self._layer)
        return _Unfolded(weight.to(self._device, dtype), bias.to(self._device, dtype), self._layer)

    def to_bytes(self, inputs: Tensor) -> Tensor:
        """See `PreparedLayer.to_bytes`."""
        return self.scaled(inputs).round_().clamp_(0, 255).to(torch.uint8)


class FloatLayer:
    """A layer by oneDNN's direct convolution on the CPU; its scale is folded into the weights, which stay exact."""

    def __init__(self, layer: IntegerConvolution) -> None:
        weight, bias = _scaled_numbers(layer)
        self._weight = weight.float().contiguous(memory_format=torch.channels_last)
        self._bias = bias.float()
        self._offset = layer.input_offset
        self._narrow = layer.eight_bit
        self._padding, self._dilation = [layer.padding] * 2, [layer.dilation] * 2
        self._unfolded = _UnfoldLayer(layer, torch.device("cpu"))

    def scaled(self, inputs: Tensor) -> Tensor:
        """See `PreparedLayer.scaled`."""
        if not self._narrow and narrower_numbers_allowed():
            return self._unfolded.scaled(inputs)
        values = _values(inputs, self._offset, torch.float32)
        result: Tensor = torch.ops.aten.mkldnn_convolution(
            values, self._weight, self._bias, self._padding, [1, 1], self._dilation, 1
        )
        return result.contiguous(memory_format=torch.channels_last)

    def to_bytes(self, inputs: Tensor) -> Tensor:
        """See `PreparedLayer.to_bytes`."""
        return self.scaled(inputs).round_().clamp_(0, 255).to(torch.uint8)


class Float32Kernel:
    """Plain float32 convolutions on CPUs that oneDNN knows."""

    name = "float32"
    stream: type[Stream] = FloatStream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`."""
        if device.type != "cpu" or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
            raise KernelUnavailableError("Direct convolutions in float32 need a CPU and a build of torch with oneDNN.")
        return FloatLayer(layer)


class UnfoldKernel:
    """Matrix products, one for each tap of a convolution: any device, and nothing but products and sums."""

    name = "unfold"
    stream: type[Stream] = FloatStream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`."""
        return _UnfoldLayer(layer, device)


class Float64Kernel:
    """The matrix products in float64: to compare with, since it shares no number with the others."""

    name = "float64"
    stream: type[Stream] = FloatStream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`."""
        return _UnfoldLayer(layer, device, torch.float64)


def _scaled_numbers(layer: IntegerConvolution) -> tuple[Tensor, Tensor]:
    """Weights and biases times 2^−shift, float64; float32 holds them as well."""
    shift = -layer.shift.astype(np.int64)
    weight = np.ldexp(layer.weight.astype(np.float64), shift[:, None, None, None])
    return torch.from_numpy(weight), torch.from_numpy(np.ldexp(layer.bias.astype(np.float64), shift))


def _values(inputs: Tensor, offset: int, dtype: torch.dtype) -> Tensor:
    """Stored inputs as the numbers they stand for, in channels-last memory."""
    values = inputs.to(dtype, memory_format=torch.channels_last)
    return values - offset if offset else values
