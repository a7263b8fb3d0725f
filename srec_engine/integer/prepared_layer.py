"""What every kernel offers: a layer made ready on a device."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from srec_engine.integer.stream import Stream
from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["Kernel", "KernelUnavailableError", "PreparedLayer"]


class KernelUnavailableError(RuntimeError):
    """A kernel is not for this device, this processor or this build of torch."""


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
        """Make a layer ready. Raises KernelUnavailableError where the kernel is not for the device."""
