"""Ways to compute the same integers, and which of them does so on a device.

A kernel prepares layers for a device; a prepared layer maps stored inputs to accumulator·2^−shift. Since every
accumulator stays below 2²⁴ and every scale is a power of two, float32 results are exact however they were summed, and
whatever was fused. A kernel is used only where its layers answer rightly (here), and where complete walks through the
network do (`srec_engine.codec.admission`).
"""

from __future__ import annotations

import torch

from srec_engine.errors import ModelError
from srec_engine.integer.float_kernels import Float32Kernel, Float64Kernel, UnfoldKernel
from srec_engine.integer.int8_kernels import Int8Kernel
from srec_engine.integer.known_answers import answers_rightly
from srec_engine.integer.prepared_layer import Kernel, KernelUnavailableError, PreparedLayer
from srec_engine.integer.split_kernel import Int8SplitKernel
from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["COMPARISONS", "KERNELS", "KERNEL_FAULTS", "choose_kernel", "kernels_named", "no_exact_kernel"]

KERNELS: dict[str, Kernel] = {
    kernel.name: kernel for kernel in (Int8Kernel(), Int8SplitKernel(), Float32Kernel(), UnfoldKernel())
}
"""Every kernel by name, fastest first."""

COMPARISONS: dict[str, Kernel] = {kernel.name: kernel for kernel in (UnfoldKernel(), Float32Kernel(), Float64Kernel())}
"""Kernels that what was coded is compared by, the first that had no part in it. The last is good for nothing else."""

KERNEL_FAULTS = (RuntimeError, NotImplementedError, AttributeError, TypeError)
"""What torch raises where an operator or a type does not exist on a device."""


def kernels_named(name: str) -> list[Kernel]:
    """The kernel of that name; all of them, fastest first, for "auto".

    Raises:
        ModelError: When there is none.
    """
    if name == "auto":
        return list(KERNELS.values())
    found = KERNELS.get(name) or COMPARISONS.get(name)
    if found is None:
        raise ModelError(f"There is no kernel {name!r}. Choose one of auto, {', '.join(KERNELS)}.")
    return [found]


def choose_kernel(
    name: str, device: torch.device, layers: dict[str, IntegerConvolution], known_answers: dict[str, str]
) -> tuple[Kernel, dict[str, PreparedLayer]]:
    """The kernel of that name ("auto": the fastest) whose layers answer rightly on `device`, with its layers.

    Raises:
        ModelError: When the kernel is unknown or none is exact here.
        Exception: Whatever an accelerator that fails raises.
    """
    for kernel in kernels_named(name):
        try:
            prepared = {key: kernel.prepare(layer, device) for key, layer in layers.items()}
            if answers_rightly(layers, prepared, known_answers, device):
                return kernel, prepared
        except KernelUnavailableError:
            continue
        except KERNEL_FAULTS:
            # A CPU may lack what one kernel needs. An accelerator that fails does so for every kernel.
            if device.type != "cpu":
                raise
    raise no_exact_kernel(name, device)


def no_exact_kernel(name: str, device: torch.device) -> ModelError:
    """What a caller is told where no kernel may be used."""
    return ModelError(f"No exact kernel was found for {name!r} on {device}. Choose another device or kernel (auto).")
