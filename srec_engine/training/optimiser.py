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
    a, b, c = _COEFFICIENTS
    for _ in range(_ITERATIONS):
        gram = values @ values.mT
        values = a * values + (b * gram + c * gram @ gram) @ values
    return values.mT if tall else values


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
            directions = torch.stack([self._momentum(parameter, group["momentum"]) for parameter in parameters])
            updates = orthogonalised(directions)
            size = group["lr"] * _MATCH_ADAM * max(updates.shape[1:]) ** 0.5
            for parameter, update in zip(parameters, updates, strict=True):
                parameter.sub_(update.reshape(parameter.shape), alpha=size)

    def _momentum(self, parameter: Tensor, momentum: float) -> Tensor:
        """Nesterov's momentum of a parameter as a matrix (outputs, inputs·side²)."""
        state = self.state[parameter]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(parameter)
        gradient = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        average = state["momentum"].lerp_(gradient, 1 - momentum)
        return torch.lerp(gradient, average, momentum).reshape(parameter.shape[0], -1)

    def _adam(self, group: dict[str, Any]) -> None:
        first_decay, second_decay = group["betas"]
        for parameter in group["params"]:
            if parameter.grad is None:
                continue
            state = self.state[parameter]
            if "step" not in state:
                state["step"] = torch.zeros(())
                state["first"] = torch.zeros_like(parameter)
                state["second"] = torch.zeros_like(parameter)
            state["step"] += 1
            count = float(state["step"])
            state["first"].lerp_(parameter.grad, 1 - first_decay)
            state["second"].mul_(second_decay).addcmul_(parameter.grad, parameter.grad, value=1 - second_decay)
            scale = (state["second"] / (1 - second_decay**count)).sqrt_().add_(1e-8)
            parameter.addcdiv_(state["first"], scale, value=-group["lr"] / (1 - first_decay**count))


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
