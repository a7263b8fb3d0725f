"""Model files keep a model exactly and refuse everything else."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from srec_engine.errors import ModelError
from srec_engine.integer.export import export
from srec_engine.integer.tables import distribution_tables
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import read_model, write_model
from srec_engine.model.integer_model import IntegerModel
from srec_engine.network.network import SuperResolutionNetwork


@pytest.fixture(scope="module")
def model() -> IntegerModel:
    torch.manual_seed(0)
    configuration = NetworkConfiguration(features=4, blocks=1, components=1, scales=1, shared_scales=1)
    return export(SuperResolutionNetwork(configuration), distribution_tables(configuration), "small", {"seed": 0})


def test_a_model_comes_back_with_the_same_identity(model: IntegerModel, tmp_path: Path) -> None:
    write_model(model, tmp_path / "small.safetensors")
    read = read_model(tmp_path / "small.safetensors")
    assert read.identity() == model.identity()
    assert read.configuration == model.configuration
    assert read.known_answers == model.known_answers
    assert (read.name, read.recipe) == ("small", {"seed": 0})


def test_changing_one_weight_changes_the_identity(model: IntegerModel) -> None:
    layer = model.layers["0.0.head"]
    before = model.identity()
    layer.weight[0, 0, 0, 0] ^= 1
    try:
        assert model.identity() != before
    finally:
        layer.weight[0, 0, 0, 0] ^= 1


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.safetensors"):
        read_model(tmp_path / "nowhere.safetensors")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_a_damaged_model_is_refused_or_is_another_model(
    model: IntegerModel, tmp_path: Path, position: float, value: int
) -> None:
    path = tmp_path / "small.safetensors"
    write_model(model, path)
    data = bytearray(path.read_bytes())
    data[int(position * len(data))] = value
    path.write_bytes(data)
    # Anything but a ModelError fails the test.
    with contextlib.suppress(ModelError):
        read_model(path).identity()


def test_a_configuration_with_impossible_sizes_is_refused() -> None:
    with pytest.raises(ModelError, match="features"):
        NetworkConfiguration(features=0)
    values = NetworkConfiguration().to_dict()
    with pytest.raises(ModelError, match="does not fit"):
        NetworkConfiguration.from_dict({**values, "surprise": 1})


def test_couplings_of_the_wrong_shape_are_refused(model: IntegerModel) -> None:
    wrong = IntegerModel(model.configuration, model.layers, np.zeros((1, 2, 4, 4), np.int32), model.tables)
    with pytest.raises(ModelError, match="couplings"):
        wrong.check()
