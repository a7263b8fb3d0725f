"""Ways to compute the same integers.

A kernel prepares layers for a device; a prepared layer maps stored inputs to accumulator·2^−shift. Since every
accumulator stays below 2²⁴ and every scale is a power of two, float32 results are exact however they were summed, and
whatever was fused. A kernel is used only after `admit` has seen it reproduce the model's known answers on the device.
"""

from __future__ import annotations

import warnings

import numpy as np
import torch

from srec_engine.errors import ModelError
from srec_engine.integer.float_kernels import Float32Kernel, UnfoldKernel
from srec_engine.integer.int8_kernels import Int8Kernel
from srec_engine.integer.known_answers import digest, generated_inputs
from srec_engine.integer.prepared_layer import Kernel, PreparedLayer
from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["KERNELS", "choose_kernel"]

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
