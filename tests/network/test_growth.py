"""A network that grew computes what it computed before."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.network.growth import grown
from srec_engine.network.likelihood import image_bits
from srec_engine.network.network import SuperResolutionNetwork

SMALL = NetworkConfiguration(features=8, blocks=1, scales=2, shared_scales=1)


@pytest.mark.parametrize(
    "changes",
    [{"remainder_blocks": 1}, {"remainder_products": True}, {"blocks": 3}, {"features": 12, "blocks": 2}],
)
def test_a_grown_network_needs_the_same_bits(changes: dict[str, int]) -> None:
    torch.manual_seed(3)
    network = SuperResolutionNetwork(SMALL)
    images = torch.randint(0, 256, (2, 3, 21, 18)).float()
    larger = grown(network, replace(SMALL, **changes))
    with torch.no_grad():
        before, after = image_bits(network, images), image_bits(larger, images)
    assert sum(p.numel() for p in larger.parameters()) > sum(p.numel() for p in network.parameters())
    assert [float(scale.total) for scale in after] == pytest.approx([float(scale.total) for scale in before])


@pytest.mark.parametrize("changes", [{"features": 6}, {"blocks": 0}, {"components": 4}])
def test_a_network_grows_into_no_other_shape(changes: dict[str, int]) -> None:
    with pytest.raises(ModelError, match="another shape"):
        grown(SuperResolutionNetwork(SMALL), replace(SMALL, **changes))


def test_remainders_that_follow_from_each_other_cost_less_with_products() -> None:
    torch.manual_seed(3)
    grey = torch.randint(0, 256, (1, 1, 32, 32)).float().expand(1, 3, 32, 32)
    network = SuperResolutionNetwork(replace(SMALL, remainder_products=True))
    classifier = network.scale_decoders()[-1].remainder
    assert classifier is not None
    assert classifier.lin.bias is not None
    with torch.no_grad():
        before = float(image_bits(network, grey)[-1].remainders)
        # Logits r·r_known − r²/2 are largest where the remainders are equal.
        squares = torch.tensor([1.0, 0.0, 1.0, 4.0])
        classifier.lin.bias[12:] = 3.0
        classifier.lin.bias[4:12] = torch.cat([-1.5 * squares, -3.0 * squares])
        after = float(image_bits(network, grey)[-1].remainders)
    assert after < 0.8 * before


def test_later_settings_leave_the_description_of_older_networks_alone() -> None:
    assert not {"remainder_blocks", "remainder_products"} & set(SMALL.to_dict())
    larger = replace(SMALL, remainder_blocks=2, remainder_products=True)
    assert NetworkConfiguration.from_dict(larger.to_dict()) == larger
    assert NetworkConfiguration.from_dict(SMALL.to_dict()) == SMALL
