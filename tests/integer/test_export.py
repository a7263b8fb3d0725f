"""From a float network to integers and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from srec_engine.errors import ModelError
from srec_engine.integer.export import export, restored
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import read_model
from srec_engine.model.store import find_model, shipped_model_names
from srec_engine.network.likelihood import image_bits
from srec_engine.network.network import SuperResolutionNetwork


@pytest.mark.parametrize("name", shipped_model_names())
def test_a_shipped_model_turned_into_floats_exports_as_itself(name: str) -> None:
    model = read_model(find_model(name))
    again = export(restored(model), model.tables, "again", {})
    # What streams begin with is learned for a network that is finished: it is none of the network's.
    assert again.identity() == replace(model, starts={}).identity()


def test_a_restored_network_needs_the_bits_of_the_rounded_one() -> None:
    torch.manual_seed(5)
    network = SuperResolutionNetwork(NetworkConfiguration(features=8, blocks=1, scales=2, shared_scales=1))
    network.set_quantised(True)
    images = torch.randint(0, 256, (1, 3, 24, 20)).float()
    again = restored(export(network, {}, "small", {}))
    with torch.no_grad():
        before, after = image_bits(network, images), image_bits(again, images)
    # Biases and the linear predictor are rounded at export only, finely.
    assert [float(scale.total) for scale in after] == pytest.approx([float(scale.total) for scale in before], rel=1e-3)


def test_a_model_whose_layers_do_not_fit_its_configuration_is_not_restored() -> None:
    model = read_model(find_model("photo-fast"))
    with pytest.raises(ModelError, match="do not fit"):
        restored(replace(model, configuration=replace(model.configuration, blocks=2)))
    with pytest.raises(ModelError, match="another layout"):
        restored(replace(model, configuration=NetworkConfiguration.original()))
