"""A model's layers made ready on a device, and what a coder asks of a network that is built from them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar

import torch
from torch import Tensor

from srec_engine.errors import ModelError
from srec_engine.integer.kernels import choose_kernel, kernels_named
from srec_engine.integer.prepared_layer import PreparedLayer
from srec_engine.model.adaptation import Adaptation
from srec_engine.model.integer_model import IntegerModel

__all__ = ["CodingNetwork", "PreparedModel", "ScaleWalk", "computed_exactly"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Prepared = TypeVar("Prepared", bound="PreparedModel")


class ScaleWalk(Protocol):
    """What is carried through the steps of one scale.

    Attributes:
        weight_set: Which of the model's sets of weights codes the scale.
        activations: Integers (N, features, H, W) after the last step so far: the next finer scale's context.
    """

    weight_set: int
    activations: Tensor


class PreparedModel:
    """A model on a device, by one kernel.

    Args:
        model: The model.
        device: Where it is to run.
        kernel: Name of the kernel; "auto": the fastest whose layers answer rightly.
        checked: False takes the kernel of that name at its word: it was found exact before.

    Attributes:
        model: The model.
        device: Where it runs.
        kernel_name: The kernel.

    Raises:
        ModelError: When the kernel is unknown or none is exact here.
    """

    def __init__(self, model: IntegerModel, device: str = "cpu", kernel: str = "auto", *, checked: bool = True) -> None:
        self.model = model
        self.device = torch.device(device)
        if checked:
            self.kernel, self._layers = choose_kernel(kernel, self.device, model.layers, model.known_answers)
        else:
            (self.kernel,) = kernels_named(kernel)
            self._layers = {name: self.kernel.prepare(layer, self.device) for name, layer in model.layers.items()}
        self.kernel_name = self.kernel.name

    def layer(self, name: str) -> PreparedLayer:
        """A prepared layer by its name in the model."""
        return self._layers[name]

    def adapted(self, adaptation: Adaptation) -> Self:  # noqa: ARG002 - for layouts that can
        """The same network with one picture's corrections.

        Raises:
            ModelError: When its layout takes none, or a corrected classifier would not be exact.
        """
        raise ModelError("This picture has corrections that its model cannot take. The file is damaged.")

    def classified(self, scale: int, step: int, activations: Tensor) -> Tensor:  # noqa: ARG002 - for layouts that can
        """See `CodingNetwork.classified`."""
        raise ModelError("Networks of this layout keep no activations that could be classified again.")


def computed_exactly(
    method: Callable[Concatenate[Prepared, Parameters], Result],
) -> Callable[Concatenate[Prepared, Parameters], Result]:
    """For a network's steps: nothing is recorded for gradients, and no surrounding autocast narrows a number."""

    @functools.wraps(method)
    def exact(self: Prepared, /, *arguments: Parameters.args, **options: Parameters.kwargs) -> Result:
        with torch.inference_mode(), torch.autocast(self.device.type, enabled=False):
            return method(self, *arguments, **options)

    return exact


class CodingNetwork(Protocol):
    """A network in integers as the codec walks it: for each scale `begin_scale`, `set_sums`, then `step` and
    `add_known` for each coded pixel. A state is what the same network's `begin_scale` gave.

    Attributes:
        model: The model.
        device: Where it runs.
        kernel_name: How its layers are computed.
    """

    model: IntegerModel
    device: torch.device
    kernel_name: str

    def adapted(self, adaptation: Adaptation) -> Self:
        """The same network with one picture's corrections. Raises ModelError where it can take none."""

    def begin_scale(self, scale: int, means: Tensor, context: Tensor | None) -> tuple[ScaleWalk, Tensor]:
        """Start coding `scale`.

        Args:
            scale: 0 is the full image.
            means: float32 (N, 3, H, W) low-resolution pixels on the device.
            context: Activations that the coarser scale ended with, or None.

        Returns:
            The state, and float32 (N, H, W, 12) logits of the remainders in steps of 2⁻⁶ nat.
        """

    def set_sums(self, state: Any, sums: Tensor) -> None:
        """Tell the state the blocks' sums: float32 (N, 3, H, W) on the device."""

    def step(self, state: Any) -> tuple[Tensor, Tensor | None]:
        """Parameters of the next pixel's distributions.

        Returns:
            float32 (N, H, W, parameters) in the coder's fixed-point steps (three more where the picture has
            corrections), and float32 (N, H, W, 3), the linear correction of the predicted means in steps of 2⁻⁸ grey
            level, or None where the means are absolute.
            Both are exact; the coder rounds them.
        """

    def classified(self, scale: int, step: int, activations: Tensor) -> Tensor:
        """The parameters that `step` gives where the state's activations after it are these.

        A network with corrections says other things than one without of the same activations.

        Raises:
            ModelError: When the layout takes no corrections, and keeps no activations.
        """

    def add_known(self, state: Any, pixel: Tensor) -> None:
        """Tell the state the pixel that was just coded: float32 (N, 3, H, W) on the device."""
