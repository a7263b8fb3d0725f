"""The table of layers: every model there is satisfies it, and what does not is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srec_engine.errors import ModelError
from srec_engine.integer.edsr_network import EdsrNetwork
from srec_engine.integer.export import export, restored
from srec_engine.integer.layouts import prepare_network
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import read_model
from srec_engine.model.integer_model import IntegerConvolution, IntegerModel
from srec_engine.model.layers import ACTIVATION_LEVELS, check_layers, layer_table, require_integer_form
from srec_engine.network import inputs, layers
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.resources import resource_path
from tests.model.examples import LAYOUTS, tiny_model

SHIPPED = sorted(resource_path("models").rglob("*.safetensors"))

OURS = NetworkConfiguration(features=4, blocks=1, components=1, scales=2, shared_scales=1)
ORIGINAL = replace(NetworkConfiguration.original(4, 1, 1, 2), truncation=True, log_scale_maximum=5.5)


def changed(layout: str, name: str, **values: Any) -> IntegerModel:
    """A tiny model with one layer changed."""
    model = tiny_model(layout)
    return replace(model, layers={**model.layers, name: replace(model.layers[name], **values)})


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_model_that_ever_shipped_satisfies_the_table(path: Path) -> None:
    model = read_model(path)
    check_layers(model.configuration, model.layers)
    assert set(model.layers) == set(layer_table(model.configuration))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_exported_satisfies_the_table_and_can_be_prepared(layout: str) -> None:
    model = tiny_model(layout)
    assert set(model.layers) == set(layer_table(model.configuration))
    assert prepare_network(model).model is model


def test_the_table_agrees_with_the_float_network_on_the_ranges_of_inputs() -> None:
    table = layer_table(OURS)
    assert table["0.0.head"].taken == (inputs.INPUT_LEVELS, inputs.INPUT_LEVELS, 128)
    assert table["0.0.linear"].taken == (inputs.LINEAR_INPUT_LIMIT, inputs.LINEAR_INPUT_LIMIT, 0)
    assert table["0.0.classifier"].taken.largest == ACTIVATION_LEVELS == layers.ACTIVATION_LEVELS


def without(layout: str, name: str) -> IntegerModel:
    model = tiny_model(layout)
    return replace(model, layers={key: layer for key, layer in model.layers.items() if key != name})


def with_another(layout: str, name: str) -> IntegerModel:
    model = tiny_model(layout)
    return replace(model, layers={**model.layers, name: next(iter(model.layers.values()))})


VIOLATIONS: dict[str, tuple[Callable[[], IntegerModel], str]] = {
    "a missing layer": (lambda: without("preactivation", "0.upsampler"), r"0\.upsampler is missing"),
    "a missing layer of the original layout": (lambda: without("edsr", "1.upsampler"), r"1\.upsampler is missing"),
    "an extra layer": (lambda: with_another("preactivation", "0.3.head"), r"'0\.3\.head' is unknown"),
    "a wrong shape": (
        lambda: changed("preactivation", "0.1.head", weight=np.zeros((4, 6, 3, 3), np.int16)),
        r"0\.1\.head .* shape \(4, 6, 3, 3\).*\(4, 9, 3, 3\)",
    ),
    "a wrong shape of the original layout": (
        lambda: changed("edsr", "0.1.tail", weight=np.zeros((4, 4, 3, 3), np.int16)), r"0\.1\.tail .* shape"
    ),
    "activations said to be 0 or 1": (
        lambda: changed("preactivation", "0.0.block0.first", input_maximum=1), r"0\.0\.block0\.first .* up to 1 with"
    ),
    "a head without its offset": (
        lambda: changed("preactivation", "0.0.head", input_offset=0), r"0\.0\.head .* the offset 0; .* the offset 128"
    ),
    "a linear predictor of small inputs": (
        lambda: changed("preactivation", "0.2.linear", input_maximum=1019), r"0\.2\.linear .* up to 1019"
    ),
    "a dilation in our layout": (
        lambda: changed("preactivation", "0.0.head", dilation=2), r"0\.0\.head .* dilation 2, not 1"
    ),
    "another dilation": (lambda: changed("edsr", "0.0.atrous1", dilation=4), r"0\.0\.atrous1 .* dilation 4, not 2"),
    "another range of the original's inputs": (
        lambda: changed("edsr", "0.0.head", input_maximum=511), r"0\.0\.head .* up to 511"
    ),
    "bytes in the original layout": (
        lambda: changed("edsr", "0.0.tail", input_maximum=255), r"0\.0\.tail .* up to 256 to 32767"
    ),
    "inputs beyond 16 bits": (lambda: changed("edsr", "0.0.tail", input_maximum=1 << 15), r"0\.0\.tail .* 32768"),
    "a configuration with another block": (
        lambda: replace(tiny_model("edsr"), configuration=replace(tiny_model("edsr").configuration, blocks=2)),
        r"block1\.first is missing, and 11 more",
    ),
}  # fmt: skip


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_model_that_does_not_fit_is_refused_by_name_wherever_it_is_used(violation: str) -> None:
    build, message = VIOLATIONS[violation]
    model = build()
    with pytest.raises(ModelError, match=message):
        model.check()
    with pytest.raises(ModelError, match=message):
        prepare_network(model)


def test_a_layer_proven_for_smaller_inputs_than_it_is_given_is_refused() -> None:
    # Its accumulators reach 255 times as much as the proof says.
    heavy = np.full((4, 4, 3, 3), 127, np.int16)
    layer = IntegerConvolution(heavy, np.full(4, (1 << 24) - 36 * 127 - 1, np.int32), np.zeros(4, np.int8), 1)
    layer.check("heavy")
    model = tiny_model("preactivation")
    with pytest.raises(ModelError, match=r"0\.0\.block0\.first"):
        replace(model, layers={**model.layers, "0.0.block0.first": layer}).check()


def test_models_are_not_turned_into_floats_before_their_layers_are_checked() -> None:
    with pytest.raises(ModelError, match=r"0\.0\.head is missing"):
        restored(without("preactivation", "0.0.head"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_has_the_network_that_computes_it(layout: str) -> None:
    assert isinstance(prepare_network(tiny_model(layout)), EdsrNetwork) == (layout == "edsr")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("inputs", "normalised"), ("learned_remainders", False), ("truncation", False), ("relative_means", False)],
        *[("coefficients", "sigmoid"), ("atrous_rates", (1, 2)), ("linear_kernel", 0), ("linear_kernel", 4)],
        ("log_scale_maximum", float("inf")),
    ],
)
def test_networks_of_our_layout_that_integers_do_not_compute_are_refused(field: str, value: object) -> None:
    configuration = replace(OURS, **{field: value})
    with pytest.raises(ModelError, match=f"{field} .* no integer form"):
        require_integer_form(configuration)
    if field != "atrous_rates":
        with pytest.raises(ModelError, match=f"{field} .* no integer form"):
            export(SuperResolutionNetwork(configuration), {}, "odd", {})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("inputs", "contrast"), ("learned_remainders", True), ("truncation", False), ("relative_means", True)],
        *[("coefficients", "linear"), ("atrous_rates", ()), ("linear_kernel", 5), ("shared_scales", 2)],
        *[("remainder_blocks", 1), ("remainder_products", True), ("log_scale_maximum", float("inf"))],
    ],
)
def test_networks_of_the_original_layout_that_integers_do_not_compute_are_refused(field: str, value: object) -> None:
    require_integer_form(ORIGINAL)
    with pytest.raises(ModelError, match=f"{field} .* no integer form"):
        require_integer_form(replace(ORIGINAL, **{field: value}))
