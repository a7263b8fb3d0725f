"""A larger network that begins as an equal of a smaller one, so that no training is lost when the shape grows."""

from __future__ import annotations

from dataclasses import replace

import torch

from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.network.network import ResidualBlock, SuperResolutionNetwork

__all__ = ["grown"]


def grown(network: SuperResolutionNetwork, configuration: NetworkConfiguration) -> SuperResolutionNetwork:
    """A network of another shape that computes what `network` computes.

    New residual blocks add zero and new outputs of the remainders' classifier are zero, until they are trained.

    Args:
        network: The smaller network.
        configuration: The shape that is wanted: more blocks, or the remainders' products.

    Raises:
        ModelError: When the shape differs in anything else.
    """
    given = network.configuration
    growing = {"blocks", "remainder_blocks", "remainder_products"}
    same_but_grown = replace(given, **{name: getattr(configuration, name) for name in growing})
    if same_but_grown != configuration or any(getattr(given, name) > getattr(configuration, name) for name in growing):
        raise ModelError("These weights belong to a network of another shape. Choose the same preset and sizes.")
    larger = SuperResolutionNetwork(configuration)
    _silence_blocks(larger)
    state = larger.state_dict()
    for name, weight in network.state_dict().items():
        if state[name].shape == weight.shape:
            state[name] = weight
        else:  # the remainders' classifier: the products' outputs come after those that were there
            state[name] = torch.zeros_like(state[name])
            state[name][: weight.shape[0]] = weight
    larger.load_state_dict(state)
    return larger


@torch.no_grad()
def _silence_blocks(network: SuperResolutionNetwork) -> None:
    for module in network.modules():
        if isinstance(module, ResidualBlock):
            for parameter in module.body[2].parameters():
                parameter.zero_()
