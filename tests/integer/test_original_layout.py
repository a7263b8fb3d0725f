"""Networks of the original layout in integers: exact by every kernel, and close to the float network."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from srec_engine.errors import ModelError
from srec_engine.integer.edsr_export import export_edsr
from srec_engine.integer.layouts import prepare_network
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import read_model, write_model
from srec_engine.model.integer_model import IntegerModel
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.training.evaluation import evaluate
from srec_engine.training.integer_evaluation import IntegerEvaluator
from tests.integer.conftest import reference_picture


@pytest.fixture(scope="module")
def path(original_model: IntegerModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    write_model(original_model, path)
    return path


def with_layer(model: IntegerModel, name: str, **changes: object) -> IntegerModel:
    layer = dataclasses.replace(model.layers[name], **changes)  # type: ignore[arg-type]
    return dataclasses.replace(model, layers={**model.layers, name: layer})


@pytest.mark.parametrize("name", ["odd_97x75.png", "even_128x96.png"])
def test_the_integer_model_needs_at_most_one_percent_more_bits(
    original_network: SuperResolutionNetwork, path: Path, name: str
) -> None:
    truncating = SuperResolutionNetwork(dataclasses.replace(original_network.configuration, truncation=True))
    truncating.load_state_dict(original_network.state_dict())
    integer = IntegerEvaluator(path, "cpu").evaluate(reference_picture(name))
    assert integer.bits <= 1.01 * evaluate(original_network, reference_picture(name)).bits
    # The file gains from impossible values, which the original does not leave out; rounding alone costs this.
    assert integer.bits <= 1.01 * evaluate(truncating, reference_picture(name)).bits


def test_every_layer_keeps_more_than_eight_bits_and_stays_below_two_to_the_24(original_model: IntegerModel) -> None:
    assert {layer.dilation for layer in original_model.layers.values()} == {1, 2, 4}
    for name, layer in original_model.layers.items():
        assert layer.input_maximum > 255, name
        magnitude = np.abs(layer.weight.astype(np.int64)).sum(axis=(1, 2, 3)) * layer.input_maximum
        assert (magnitude + np.abs(layer.bias.astype(np.int64))).max() < 1 << 24, name


def test_a_model_file_keeps_dilations_and_identity(original_model: IntegerModel, path: Path) -> None:
    read = read_model(path)
    assert read.identity() == original_model.identity()
    assert read.configuration == original_model.configuration
    assert {name: layer.dilation for name, layer in read.layers.items()} == {
        name: layer.dilation for name, layer in original_model.layers.items()
    }


def test_another_dilation_is_another_model(original_model: IntegerModel) -> None:
    assert with_layer(original_model, "0.0.atrous1", dilation=3).identity() != original_model.identity()


def test_layers_that_do_not_fit_the_configuration_are_refused(original_model: IntegerModel) -> None:
    rest = {name: layer for name, layer in original_model.layers.items() if name != "1.upsampler"}
    with pytest.raises(ModelError, match=r"1\.upsampler"):
        prepare_network(dataclasses.replace(original_model, layers=rest))
    with pytest.raises(ModelError, match=r"0\.0\.tail"):
        prepare_network(with_layer(original_model, "0.0.tail", weight=np.zeros((8, 9, 1, 1), np.int16)))
    with pytest.raises(ModelError, match="dilation"):
        prepare_network(with_layer(original_model, "0.0.atrous1", dilation=3))


@pytest.mark.parametrize("dilation", [0, -1, 1000])
def test_absurd_dilations_are_refused(original_model: IntegerModel, dilation: int) -> None:
    with pytest.raises(ModelError, match="dilation"):
        with_layer(original_model, "0.0.atrous1", dilation=dilation).check()


def test_networks_of_our_own_layout_are_not_taken_for_the_originals() -> None:
    ours = SuperResolutionNetwork(NetworkConfiguration(features=4, blocks=1, components=1, scales=1, shared_scales=1))
    with pytest.raises(ModelError, match="layout"):
        export_edsr(ours, [reference_picture("even_128x96.png")], "ours", {})


def test_a_network_that_does_not_compute_numbers_is_refused(original_network: SuperResolutionNetwork) -> None:
    broken = SuperResolutionNetwork(original_network.configuration)
    broken.load_state_dict(original_network.state_dict())
    broken.scale_decoders()[0].get_parameter("rgb_decs.0.head.weight").data.fill_(float("nan"))
    with pytest.raises(ModelError, match="finite"):
        export_edsr(broken, [reference_picture("even_128x96.png")], "broken", {})
