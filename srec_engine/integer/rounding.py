"""Rounding of a trained convolution to integers, such that errors cancel out where inputs go together.

Rounded one by one, the weights of an output leave an error for each; inputs that rise and fall together (all of a
photograph's do, with its brightness) add these up. Here each weight's error is made up for by those after it, as far as
the covariance of the inputs says that they can (the method is known as optimal brain quantisation, or GPTQ).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from srec_engine.errors import ModelError
from srec_engine.model.integer_model import EXACT_LIMIT, LARGEST_SHIFT, IntegerConvolution

__all__ = ["ScaledConvolution", "compensated"]

DAMPING = 0.01
"""Share of the mean variance that is added to every input's: what photographs did not show may come all the same."""

LARGEST_WEIGHT = 32767

ATTEMPTS = 8
"""Times that weights are made coarser where making up for errors has made them too large."""


@dataclass(frozen=True, slots=True, eq=False)
class ScaledConvolution:
    """A convolution from integers to integers, with weights that are not rounded yet.

    Attributes:
        weight: float64 (outputs, inputs, side, side).
        bias: float64 (outputs,).
        mean: float64 (taps,), mean of what each weight of an output meets.
        covariance: float64 (taps, taps), of the same.
        maximum: Largest magnitude of an input.
        dilation: Of the convolution.
    """

    weight: Tensor
    bias: Tensor
    mean: Tensor
    covariance: Tensor
    maximum: int
    dilation: int

    def rounded(self) -> IntegerConvolution:
        """Weights and biases as integers times a power of two per output, as fine as 2²⁴ and 16 bits allow.

        Raises:
            ModelError: When no power of two keeps them below 2²⁴.
        """
        flat = self.weight.flatten(1)
        magnitude = flat.abs().sum(dim=1) * self.maximum + self.bias.abs()
        exponents = torch.minimum(
            torch.log2(0.99 * EXACT_LIMIT / magnitude.clamp_min(2.0**-30)),
            torch.log2(0.99 * LARGEST_WEIGHT / flat.abs().amax(dim=1).clamp_min(2.0**-30)),
        )
        exponents = exponents.floor().clamp(-LARGEST_SHIFT, LARGEST_SHIFT)
        for _ in range(ATTEMPTS):
            scale = 2.0**exponents
            exact = flat * scale[:, None]
            weights = compensated(exact, self.covariance)
            biases = torch.round(self.bias * scale + (exact - weights) @ self.mean)
            magnitude = weights.abs().sum(dim=1) * self.maximum + biases.abs()
            large = (magnitude >= EXACT_LIMIT) | (weights.abs().amax(dim=1) > LARGEST_WEIGHT)
            if not bool(large.any()):
                return self._integers(weights, biases, exponents)
            exponents = (exponents - large.double()).clamp_min(-LARGEST_SHIFT)
        raise ModelError("A layer of the network has weights that no integers below 2^24 can stand for.")

    def _integers(self, weights: Tensor, biases: Tensor, exponents: Tensor) -> IntegerConvolution:
        return IntegerConvolution(
            weight=weights.view(self.weight.shape).to(torch.int16).numpy(),
            bias=biases.to(torch.int32).numpy(),
            shift=exponents.to(torch.int8).numpy(),
            input_maximum=self.maximum,
            dilation=self.dilation,
        )


def compensated(weights: Tensor, covariance: Tensor) -> Tensor:
    """Integers near `weights`, float64 (outputs, taps), for inputs of this covariance, float64 (taps, taps)."""
    taps = weights.shape[1]
    variance = covariance.diagonal().mean().clamp_min(2.0**-40)
    damped = covariance + DAMPING * variance * torch.eye(taps, dtype=torch.float64)
    # Row j of this factor says how the weights after j make up for an error of weight j.
    factor = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(damped)), upper=True)
    remaining = weights.clone()
    rounded = torch.empty_like(weights)
    for tap in range(taps):
        rounded[:, tap] = remaining[:, tap].round()
        error = (remaining[:, tap] - rounded[:, tap]) / factor[tap, tap]
        remaining[:, tap + 1 :] -= torch.outer(error, factor[tap, tap + 1 :])
    return rounded
