"""Muon for the convolutions of the residual stream, Adam for everything else.

Muon (Jordan et al., 2024) orthogonalises the momentum of each weight matrix by a Newton–Schulz iteration; the step's
size is matched to Adam's (Liu et al., "Muon is scalable for LLM training", 2025), so one learning rate serves both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from srec_engine.training.configuration import TrainingConfiguration

__all__ = ["MuonWithAdam", "make_optimiser", "orthogonalised"]

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_ITERATIONS = 5
_MATCH_ADAM = 0.2


def orthogonalised(matrices: Tensor) -> Tensor:
    """Matrices (N, rows, columns) with their singular values moved close to one."""
    values: Tensor = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    tall = values.shape[1] > values.shape[2]
    if tall:
        values = values.mT
    # Each iteration multiplies by a polynomial of values·valuesᵀ. Such polynomials commute, so they are multiplied up
    # among themselves, as square matrices of the shorter side, and meet the long `values` only at the end.
    gram = values @ values.mT
    identity = torch.eye(gram.shape[-1], dtype=gram.dtype, device=gram.device)
    a, b, c = _COEFFICIENTS
    product: Tensor | None = None
    for iteration in range(_ITERATIONS):
        factor = torch.baddbmm(gram, gram, gram, beta=b, alpha=c) + a * identity
        product = factor if product is None else factor @ product
        if iteration < _ITERATIONS - 1:
            gram = factor @ gram @ factor
    orthogonal = values if product is None else product @ values
    return orthogonal.mT if tall else orthogonal


class MuonWithAdam(torch.optim.Optimizer):
    """Muon for square convolutions (as many outputs as inputs), Adam for all other parameters.

    Args:
        parameters: Of the network.
        lr: Learning rate, the same for both.
        betas: Adam's.
        momentum: Muon's.
        weight_decay: Share of the weights, times the learning rate, that each step takes off.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.99),
        momentum: float = 0.95,
        weight_decay: float = 0.0,
    ) -> None:
        everything = list(parameters)
        matrices = [parameter for parameter in everything if _is_square_convolution(parameter)]
        others = [parameter for parameter in everything if not _is_square_convolution(parameter)]
        groups = [{"params": matrices, "muon": True}, {"params": others, "muon": False}]
        defaults = {"lr": lr, "betas": betas, "momentum": momentum, "weight_decay": weight_decay}
        super().__init__([group for group in groups if group["params"]], defaults)

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]  # noqa: ARG002 - the base class's signature
        """Make one step with the gradients there are."""
        for group in self.param_groups:
            if group.get("weight_decay"):  # runs that began before there was any have none
                for parameter in group["params"]:
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
            if group["muon"]:
                self._muon(group)
            else:
                self._adam(group)

    def _muon(self, group: dict[str, Any]) -> None:
        by_shape: dict[torch.Size, list[Tensor]] = {}
        for parameter in group["params"]:
            if parameter.grad is not None:
                by_shape.setdefault(parameter.shape, []).append(parameter)
        for parameters in by_shape.values():
            updates = orthogonalised(self._directions(parameters, group["momentum"]))
            size = group["lr"] * _MATCH_ADAM * max(updates.shape[1:]) ** 0.5
            outputs, inputs, height, width = parameters[0].shape
            updates = updates.view(-1, outputs, height, width, inputs).permute(0, 1, 4, 2, 3)
            torch._foreach_add_(parameters, list(updates.unbind()), alpha=-size)

    def _directions(self, parameters: list[Tensor], momentum: float) -> Tensor:
        """Nesterov's momentum of parameters of one shape, as matrices (N, outputs, side²·inputs)."""
        gradients = _gradients(parameters)
        averages = self._state(parameters, "momentum")
        torch._foreach_lerp_(averages, gradients, 1 - momentum)
        directions = torch._foreach_lerp(gradients, averages, momentum)  # noqa: SLF001 - torch has no other name for it
        # The order of columns does not matter, and in this one nothing moves where weights are held channels last.
        return torch.stack([direction.permute(0, 2, 3, 1) for direction in directions]).flatten(2)

    def _adam(self, group: dict[str, Any]) -> None:
        first_decay, second_decay = group["betas"]
        parameters = [parameter for parameter in group["params"] if parameter.grad is not None]
        if not parameters:
            return
        gradients = _gradients(parameters)
        steps = [self.state[parameter].setdefault("step", torch.zeros(())) for parameter in parameters]
        firsts, seconds = self._state(parameters, "first"), self._state(parameters, "second")
        torch._foreach_add_(steps, 1)
        torch._foreach_lerp_(firsts, gradients, 1 - first_decay)
        torch._foreach_mul_(seconds, second_decay)
        torch._foreach_addcmul_(seconds, gradients, gradients, value=1 - second_decay)
        counts = [float(step) for step in steps]
        scales = torch._foreach_div(seconds, [1 - second_decay**count for count in counts])  # noqa: SLF001
        torch._foreach_sqrt_(scales)
        torch._foreach_add_(scales, 1e-8)
        rates = [-group["lr"] / (1 - first_decay**count) for count in counts]
        torch._foreach_addcdiv_(parameters, firsts, scales, rates)

    def _state(self, parameters: list[Tensor], name: str) -> list[Tensor]:
        """What is remembered of each parameter under that name; zeros at first."""
        for parameter in parameters:
            if name not in self.state[parameter]:
                self.state[parameter][name] = torch.zeros_like(parameter)
        return [self.state[parameter][name] for parameter in parameters]


def _gradients(parameters: list[Tensor]) -> list[Tensor]:
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


def _is_square_convolution(parameter: Tensor) -> bool:
    return parameter.ndim == 4 and parameter.shape[0] == parameter.shape[1] and parameter.shape[2] > 1


def make_optimiser(configuration: TrainingConfiguration, network: nn.Module) -> torch.optim.Optimizer:
    """The optimiser of a run."""
    parameters = list(network.parameters())
    rate, decay = configuration.learning_rate, configuration.weight_decay
    betas = (0.9, configuration.second_decay)
    match configuration.optimiser:
        case "muon":
            return MuonWithAdam(parameters, rate, betas, weight_decay=decay)
        case "adamw":
            return torch.optim.AdamW(parameters, rate, betas=betas, weight_decay=decay)
        case "sgd":
            return torch.optim.SGD(parameters, rate, momentum=0.9, nesterov=True, weight_decay=decay)
        case "rmsprop":
            return torch.optim.RMSprop(parameters, rate, weight_decay=decay)
        case _:
            return torch.optim.Adam(parameters, rate, betas=betas, weight_decay=decay)
