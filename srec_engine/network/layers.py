"""Convolutions and rectifiers that can behave as their integer counterparts will (quantisation-aware training).

Everything is scaled by powers of two: a scale of that kind never rounds in floating point, so kernels that fuse
the bias and the rescaling into the convolution give the same integers as kernels that do not
(`docs/architecture.md`, exactness).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = [
    "ACTIVATION_LEVELS",
    "INNER_BITS",
    "STREAM_ACTIVATION_BITS",
    "STREAM_BITS",
    "WEIGHT_LEVELS",
    "Convolution",
    "Rectifier",
    "round_straight_through",
    "weight_exponents",
]

WEIGHT_LEVELS = 127
"""Largest magnitude of an integer weight (int8, symmetric)."""

ACTIVATION_LEVELS = 255
"""Largest integer activation (unsigned 8 bits)."""

STREAM_ACTIVATION_BITS = 4
"""Activations taken from the residual stream come in steps of 2⁻⁴, so they are clipped at 255/16."""

INNER_BITS = 5
"""Activations between the two convolutions of a block come in steps of 2⁻⁵."""

STREAM_BITS = 6
"""What a convolution adds to the residual stream comes in steps of 2⁻⁶."""


class _RoundedToBits(torch.autograd.Function):
    """Multiples of 2^−bits, half to even; the gradient passes as if nothing had happened."""

    @staticmethod
    def forward(context: Any, values: Tensor, bits: int | Tensor) -> Tensor:  # noqa: ARG004 - torch's signature
        unit = 2.0**bits
        return (values * unit).round_().mul_(1 / unit)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:  # noqa: ARG004
        return gradients[0], None


def round_straight_through(values: Tensor, bits: int | Tensor) -> Tensor:
    """Round to multiples of 2^−`bits`, half to even; the gradient passes as if nothing had happened.

    Args:
        values: Any shape.
        bits: One number, or a tensor of them that broadcasts to `values`.
    """
    if torch.compiler.is_compiling():  # it fuses the plain operations, and cannot look into ours
        unit = 2.0**bits
        return values + ((values * unit).round() * (1 / unit) - values).detach()
    rounded: Tensor = _RoundedToBits.apply(values, bits)  # type: ignore[no-untyped-call]
    return rounded


def weight_exponents(weight: Tensor, levels: int = WEIGHT_LEVELS) -> Tensor:
    """Per output channel the largest e such that |w|·2^e ≤ `levels`, as a float tensor of shape (outputs,)."""
    largest = torch.linalg.vector_norm(weight.detach(), math.inf, dim=(1, 2, 3)).clamp_min_(2.0**-30)
    return torch.floor(torch.log2(levels / largest))


class Convolution(nn.Conv2d):
    """A "same" convolution whose weights can be rounded to per-channel int8 while training.

    Attributes:
        quantised: Whether the weights are rounded (straight through) in `forward`.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, dilation: int = 1, bias: bool = True) -> None:
        super().__init__(inputs, outputs, kernel, padding=dilation * (kernel // 2), dilation=dilation, bias=bias)
        self.quantised = False

    def rounded_weight(self) -> Tensor:
        """The weights as int8 times a power of two, with a straight-through gradient."""
        return round_straight_through(self.weight, weight_exponents(self.weight).view(-1, 1, 1, 1))

    def forward(self, values: Tensor) -> Tensor:
        """Convolve (N, inputs, H, W) to (N, outputs, H, W)."""
        weight = self.rounded_weight() if self.quantised else self.weight
        return functional.conv2d(values, weight, self.bias, padding=self.padding, dilation=self.dilation)


class Rectifier(nn.Module):
    """max(0, x), clipped where 8 bits end, and rounded to steps of 2^−bits when `quantised`."""

    def __init__(self, bits: int) -> None:
        super().__init__()
        self.bits = bits
        self.quantised = False

    def forward(self, values: Tensor) -> Tensor:
        """Any shape; the result lies in 0 … 255·2^−bits."""
        clipped = functional.hardtanh(values, 0.0, ACTIVATION_LEVELS * 2.0**-self.bits)
        if not self.quantised:
            return clipped
        return round_straight_through(clipped, self.bits)
