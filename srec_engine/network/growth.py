"""A larger network that begins as an equal of a smaller one, so that no training is lost when the shape grows."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.network.network import RemainderClassifier, ResidualBlock, SuperResolutionNetwork

__all__ = ["grown"]


def grown(network: SuperResolutionNetwork, configuration: NetworkConfiguration) -> SuperResolutionNetwork:
    """A network of another shape that computes what `network` computes.

    New residual blocks add zero, nothing reads new features, and new outputs of the remainders' classifier are zero,
    until they are trained.

    Args:
        network: The smaller network.
        configuration: The shape that is wanted: more features or blocks, or the remainders' products.

    Raises:
        ModelError: When the shape differs in anything else.
    """
    given = network.configuration
    growing = {"features", "blocks", "remainder_blocks", "remainder_products"}
    same_but_grown = replace(given, **{name: getattr(configuration, name) for name in growing})
    if same_but_grown != configuration or any(getattr(given, name) > getattr(configuration, name) for name in growing):
        raise ModelError("These weights belong to a network of another shape. Choose the same preset and sizes.")
    larger = SuperResolutionNetwork(configuration)
    _silence_new_outputs(larger)
    state = larger.state_dict()
    for name, weight in network.state_dict().items():
        _place(state[name], weight)
    larger.load_state_dict(state)
    return larger


@torch.no_grad()
def _silence_new_outputs(network: SuperResolutionNetwork) -> None:
    """Zeros for blocks and remainder outputs that the smaller network may lack."""
    silent = [module.body[2] for module in network.modules() if isinstance(module, ResidualBlock)]
    silent += [module.lin for module in network.modules() if isinstance(module, RemainderClassifier)]
    for parameter in (parameter for convolution in silent for parameter in convolution.parameters()):
        parameter.zero_()


def _place(larger: Tensor, weight: Tensor) -> None:
    """Put a weight or bias into the first outputs and inputs of a larger one; more inputs than before count zero."""
    if weight.ndim == 4:
        larger[:, weight.shape[1] :] = 0
        larger[: weight.shape[0], : weight.shape[1]] = weight
    else:
        larger[: weight.shape[0]] = weight
