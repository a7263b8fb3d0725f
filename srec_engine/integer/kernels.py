"""Ways to compute the same integers.

A kernel prepares layers for a device; a prepared layer maps stored inputs to accumulator·2^−shift. Since every
accumulator stays below 2²⁴ and every scale is a power of two, float32 results are exact however they were summed, and
whatever was fused. A kernel is used only after `admit` has seen it reproduce the model's known answers on the device.
"""

from __future__ import annotations

import warnings
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from srec_engine.errors import ModelError
from srec_engine.integer.known_answers import digest, generated_inputs
from srec_engine.integer.stream import FloatStream, Int16Stream, Stream
from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["KERNELS", "Float32Kernel", "Int8Kernel", "Kernel", "PreparedLayer", "UnfoldKernel", "choose_kernel"]


class PreparedLayer(Protocol):
    """A layer, ready to compute on one device."""

    def scaled(self, inputs: Tensor) -> Tensor:
        """Accumulator·2^−shift, float32 (N, outputs, H, W) in channels-last memory, exact.

        Inputs are (N, inputs, H, W): uint8 with the layer's offset added; for wide layers int16, or float32 that
        holds such integers.
        """

    def to_bytes(self, inputs: Tensor) -> Tensor:
        """`scaled`, rounded half to even and clamped to 0 … 255, as uint8."""


class Kernel(Protocol):
    """A way to compute layers on a device."""

    name: str
    stream: type[Stream]

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """Make a layer ready. Raises RuntimeError (or its kin) where the kernel does not exist."""


class _FloatLayer:
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


class _UnfoldLayer(_FloatLayer):
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


class Float32Kernel:
    """Plain float32 convolutions: any device."""

    name = "float32"
    stream: type[Stream] = FloatStream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`."""
        return _FloatLayer(layer, device)


class UnfoldKernel:
    """Matrix products over unfolded patches: the last resort where convolutions take exactness-breaking shortcuts."""

    name = "unfold"
    stream: type[Stream] = FloatStream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`."""
        return _UnfoldLayer(layer, device)


class Int8Kernel:
    """8-bit convolutions of oneDNN on x86 CPUs; wide layers run in float32."""

    name = "int8"
    stream: type[Stream] = Int16Stream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`."""
        if device.type != "cpu":
            raise RuntimeError("The int8 kernel runs on the CPU only.")
        return _Int8Layer(layer) if layer.eight_bit else _FloatLayer(layer, device)


KERNELS: dict[str, Kernel] = {kernel.name: kernel for kernel in (Int8Kernel(), Float32Kernel(), UnfoldKernel())}
"""Every kernel by name, fastest first."""


def choose_kernel(
    name: str, device: torch.device, layers: dict[str, IntegerConvolution], known_answers: dict[str, str]
) -> tuple[Kernel, dict[str, PreparedLayer]]:
    """The kernel of that name ("auto": the fastest) that reproduces every known answer on `device`, with its layers.

    Raises:
        ModelError: When the kernel is unknown or none is exact here.
    """
    if name != "auto" and name not in KERNELS:
        raise ModelError(f"There is no kernel {name!r}. Choose one of auto, {', '.join(KERNELS)}.")
    for kernel in KERNELS.values() if name == "auto" else [KERNELS[name]]:
        try:
            prepared = {key: kernel.prepare(layer, device) for key, layer in layers.items()}
            if _reproduces(layers, prepared, known_answers, device):
                return kernel, prepared
        except (RuntimeError, NotImplementedError, AttributeError):
            continue
    raise ModelError(f"No exact kernel was found for {name!r} on {device}. Choose another device or kernel (auto).")


def _reproduces(
    layers: dict[str, IntegerConvolution],
    prepared: dict[str, PreparedLayer],
    known_answers: dict[str, str],
    device: torch.device,
) -> bool:
    """Whether every prepared layer gives the accumulators that were stored with the model."""
    if set(known_answers) != set(layers):
        return False
    for name, layer in layers.items():
        inputs = generated_inputs(layer)[None]
        stored = torch.from_numpy(inputs + layer.input_offset).to(device)
        stored = stored.to(torch.uint8) if layer.eight_bit else stored
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # a kernel that is not there may warn before it raises
            scaled = prepared[name].scaled(stored)[0].double().cpu().numpy()
        accumulators = scaled * 2.0 ** layer.shift.astype(np.float64)[:, None, None]
        if digest(np.rint(accumulators).astype(np.int64)) != known_answers[name]:
            return False
    return True
