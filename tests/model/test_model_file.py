"""Model files keep a model exactly and refuse everything else."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from srec_engine.codec.runtime import load_runtime
from srec_engine.entropy.starting_states import NOTHING_LEARNED
from srec_engine.errors import ModelError
from srec_engine.integer.tables import model_tables
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import model_bytes, read_model, write_model
from srec_engine.model.integer_model import IntegerModel, WalkDigests
from srec_engine.options import CodecOptions
from tests.entropy.builders import stored_states
from tests.model.examples import LAYOUTS, ModelFile, StoredArray, tiny_model


@pytest.fixture
def model() -> IntegerModel:
    return tiny_model("preactivation")


@pytest.fixture
def path(model: IntegerModel, tmp_path: Path) -> Path:
    path = tmp_path / "small.safetensors"
    write_model(model, path)
    return path


def read_changed(path: Path, change: Callable[[ModelFile], object]) -> IntegerModel:
    """The model in a file after a change."""
    file = ModelFile.taken_apart(path.read_bytes())
    change(file)
    path.write_bytes(file.together())
    return read_model(path)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_model_comes_back_with_the_same_identity(layout: str, tmp_path: Path) -> None:
    model = tiny_model(layout)
    write_model(model, tmp_path / "small.safetensors")
    read = read_model(tmp_path / "small.safetensors")
    assert read.identity() == model.identity()
    assert read.configuration == model.configuration
    assert read.known_answers == model.known_answers
    assert (read.name, read.recipe) == (model.name, {"seed": 0})
    assert (read.known_answers_version, read.walks) == (1, None)
    assert [found.name for found in tmp_path.iterdir()] == ["small.safetensors"]


def test_starting_states_come_back_and_are_part_of_the_identity(model: IntegerModel, tmp_path: Path) -> None:
    states = stored_states(1, (1 << 15) - 1)
    begun = replace(model, starts=states)
    write_model(begun, tmp_path / "begun.safetensors")
    read = read_model(tmp_path / "begun.safetensors")
    assert read.identity() == begun.identity() != model.identity()
    assert read.starts.keys() == states.keys()
    assert all(np.array_equal(read.starts[name], table) for name, table in states.items())
    assert model_tables(read).starts.weights.max() > 1 << 16
    assert model_tables(model).starts is NOTHING_LEARNED


ODD_STATES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another shape": (
        lambda states: states.update(places=states["places"][:, :-1].copy()),
        r"starting state places holds int16 \(9, 15\), not int16 \(9, 16\)",
    ),
    "one is missing": (lambda states: states.pop("biases"), "starting state biases is missing"),
    "one is unknown": (lambda states: states.update(more=states["places"]), "starting state more is unknown"),
}


@pytest.mark.parametrize("change", ODD_STATES)
def test_odd_starting_states_are_refused_with_the_name_of_their_file(
    model: IntegerModel, tmp_path: Path, change: str
) -> None:
    apply, message = ODD_STATES[change]
    states: dict[str, Any] = dict(stored_states(1, 100))
    apply(states)
    path = tmp_path / "odd.safetensors"
    write_model(replace(model, starts=states), path)
    with pytest.raises(ModelError, match=message) as refusal:
        load_runtime(path, CodecOptions(device="cpu"))
    assert str(path) in str(refusal.value)
    assert "Install it again, or choose another one." in str(refusal.value)


def test_changing_one_weight_changes_the_identity(model: IntegerModel) -> None:
    head = model.layers["0.0.head"]
    weight = head.weight.copy()
    weight[0, 0, 0, 0] ^= 1
    changed = replace(model, layers={**model.layers, "0.0.head": replace(head, weight=weight)})
    assert changed.identity() != model.identity()


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.safetensors"):
        read_model(tmp_path / "nowhere.safetensors")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_a_damaged_model_is_refused_or_is_another_model(
    model: IntegerModel, tmp_path: Path, position: float, value: int
) -> None:
    path = tmp_path / "small.safetensors"
    data = bytearray(model_bytes(model))
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


def with_type(name: str, type_name: str) -> Callable[[ModelFile], None]:
    def change(file: ModelFile) -> None:
        file.arrays[name].type = type_name
        file.arrays[name].fit()

    return change


def with_shape(name: str, *shape: int) -> Callable[[ModelFile], None]:
    def change(file: ModelFile) -> None:
        file.arrays[name].shape = list(shape)
        file.arrays[name].fit()

    return change


def with_numbers(name: str, *numbers: int) -> Callable[[ModelFile], None]:
    def change(file: ModelFile) -> None:
        file.arrays[name] = StoredArray("I32", [len(numbers)], np.array(numbers, "<i4").tobytes())

    return change


def with_entry(name: str, text: str) -> Callable[[ModelFile], None]:
    return lambda file: file.entries.update({name: text})


def with_starts(change: Callable[[ModelFile], object]) -> Callable[[ModelFile], None]:
    def apply(file: ModelFile) -> None:
        for name, state in stored_states(1, 9).items():
            file.arrays[f"starts.{name}"] = StoredArray("I16", list(state.shape), state.astype("<i2").tobytes())
        change(file)

    return apply


def with_configuration(**values: Any) -> Callable[[ModelFile], None]:
    def change(file: ModelFile) -> None:
        file.entries["configuration"] = json.dumps({**json.loads(file.entries["configuration"]), **values})

    return change


HEAD = "layers.0.0.head"

CHANGES: dict[str, tuple[Callable[[ModelFile], object], str]] = {
    "weights that are no whole numbers": (with_type(f"{HEAD}.weight", "F32"), r"head\.weight holds F32, not I8 or I16"),
    "weights beyond 16 bits": (with_type(f"{HEAD}.weight", "I32"), r"head\.weight holds I32"),
    "biases of 64 bits": (with_type(f"{HEAD}.bias", "I64"), r"head\.bias holds I64, not I32"),
    "shifts of 16 bits": (with_type(f"{HEAD}.shift", "I16"), r"head\.shift holds I16, not I8"),
    "inputs of 64 bits": (with_type(f"{HEAD}.input", "I64"), r"head\.input holds I64, not I32"),
    "couplings in floats": (with_type("couplings", "F32"), "couplings holds F32"),
    "a table in floats": (with_type("tables.sigmoid", "F64"), r"tables\.sigmoid holds F64, not I32 or I64"),
    "a type that numpy does not have": (with_type(f"{HEAD}.weight", "BF16"), "holds BF16"),
    "weights of another shape": (with_shape(f"{HEAD}.weight", 4, 6, 5, 5), r"weight has the shape \(4, 6, 5, 5\)"),
    "weights without a shape": (with_shape(f"{HEAD}.weight"), r"has the shape \(\)"),
    "weights of no size": (with_shape(f"{HEAD}.weight", 4, 0, 3, 3), r"has the shape \(4, 0, 3, 3\)"),
    "too few biases": (with_shape(f"{HEAD}.bias", 3), r"head\.bias has the shape \(3,\), not \(4,\)"),
    "inputs with a number too many": (with_numbers(f"{HEAD}.input", 127, 128, 1), r"head\.input has the shape \(3,\)"),
    "inputs with a number too few": (with_numbers(f"{HEAD}.input", 127), r"head\.input has the shape \(1,\)"),
    "inputs up to 1": (with_numbers("layers.0.0.classifier.input", 1, 0), r"classifier .* up to 1 with"),
    "negative inputs": (with_numbers("layers.0.0.classifier.input", -255, 0), "up to -255"),
    "couplings of another model": (with_shape("couplings", 2, 3, 4, 4), "couplings has the shape"),
    "a table as an image": (with_shape("tables.sigmoid", 2, 2), r"sigmoid has the shape \(2, 2\), not of a table"),
    "an empty table": (with_shape("tables.exponential", 0), r"tables\.exponential has the shape \(0,\)"),
    "an endless table": (with_shape("tables.inverse_scale", 1 << 18), r"inverse_scale has the shape"),
    "a missing array": (lambda file: file.arrays.pop(f"{HEAD}.bias"), r"head\.bias is missing"),
    "a missing table": (lambda file: file.arrays.pop("tables.sigmoid"), r"tables\.sigmoid is missing"),
    "an array nobody knows": (lambda file: file.arrays.update(more=file.arrays["couplings"]), "'more' is unknown"),
    "a layer nobody knows": (
        lambda file: file.arrays.update({"layers.0.3.head.bias": file.arrays["couplings"]}), "'layers.0.3.head.bias'"
    ),
    "twenty starting states": (
        with_starts(
            lambda file: file.arrays.update({f"starts.{i}": file.arrays["starts.places"] for i in range(20)})
        ),
        "'starts.",
    ),
    "starting states of 32 bits": (with_starts(with_type("starts.weights", "I32")), r"starts\.weights holds I32"),
    "an endless starting state": (
        with_starts(with_shape("starts.places", 9, 1 << 17)), r"starts\.places has the shape"
    ),
    "a starting state without a shape": (
        with_starts(with_shape("starts.fine_deviation")), r"starts\.fine_deviation has the shape"
    ),
    "another format": (with_entry("format", "srec-model-2"), "newer version"),
    "no format": (lambda file: file.entries.pop("format"), "not a model"),
    "no name": (lambda file: file.entries.pop("name"), "name is missing"),
    "an endless name": (with_entry("name", "n" * 300), "name is missing or too long"),
    "no recipe": (lambda file: file.entries.pop("recipe"), "recipe is missing"),
    "a recipe that is a list": (with_entry("recipe", "[]"), "recipe is damaged"),
    "a configuration that is no JSON": (with_entry("configuration", "{'features': 4}"), "configuration is damaged"),
    "a configuration that is a text": (with_entry("configuration", '"features"'), "configuration is damaged"),
    "JSON as deep as the sea": (with_entry("recipe", "[" * 100_000), "recipe is damaged"),
    "objects as deep as the sea": (with_entry("configuration", '{"a":' * 100_000), "configuration is damaged"),
    "a number of a million digits": (with_entry("recipe", '{"a": ' + "1" * 1_000_000 + "}"), "recipe is damaged"),
    "endless JSON": (with_entry("recipe", " " * ((1 << 20) + 1)), "recipe has 1048577 characters"),
    "answers that are no digests": (with_entry("known_answers", '{"0.0.head": 5}'), "known answers are damaged"),
    "answers of a version that is none": (with_entry("known_answers_version", "two"), "version .* 'two'"),
    "walks without a version": (with_entry("walks", '{"digests": {}}'), "walks are damaged"),
    "walks with something else": (
        with_entry("walks", '{"version": 1, "digests": {}, "more": 1}'), "walks are damaged"
    ),
    "walks of a version that is none": (with_entry("walks", '{"version": true, "digests": {}}'), "no version"),
    "walks in a list": (with_entry("walks", '{"version": 1, "digests": ["ab"]}'), "no digests"),
    "walks that are no digests": (with_entry("walks", '{"version": 1, "digests": {"a": "xyz"}}'), "damaged"),
    "walks with long digests": (
        with_entry("walks", json.dumps({"version": 1, "digests": {"a": "0" * 65}})), "damaged"
    ),
    "more than 64 walks": (
        with_entry("walks", json.dumps({"version": 1, "digests": {str(number): "ab" for number in range(65)}})),
        "more than 64",
    ),
    "another number of features": (with_configuration(features=5), r"has the shape"),
    "a switch that is a number": (with_configuration(truncation=1), "truncation must be true or false"),
    "a layout nobody knows": (with_configuration(layout="transformer"), "layout must be one of preactivation, edsr"),
    "the other layout's words": (with_configuration(layout="edsr"), "no integer form"),
    "an even linear predictor": (with_configuration(linear_kernel=4), "linear_kernel .* odd number"),
    "no linear predictor": (with_configuration(linear_kernel=0), "linear_kernel"),
    "an infinite log-scale": (with_configuration(log_scale_maximum=float("inf")), "log_scale_maximum .* finite"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_does_not_fit_says_what_is_wrong_and_what_to_do(path: Path, change: str) -> None:
    apply, message = CHANGES[change]
    with pytest.raises(ModelError, match=message) as refusal:
        read_changed(path, apply)
    assert str(path) in str(refusal.value)
    assert "Install it again, or choose another one." in str(refusal.value)


def test_arrays_that_do_not_fit_are_not_loaded(path: Path) -> None:
    # Four gigabytes on disk (in holes, where the file system has them), which the header owns up to.
    file = ModelFile.taken_apart(path.read_bytes())
    file.arrays = {f"{HEAD}.weight": StoredArray("I8", [1 << 32], b""), **file.arrays}
    text = file.together()
    header_end = 8 + int.from_bytes(text[:8], "little")
    header = json.loads(text[8:header_end])
    place = 0
    for name, array in file.arrays.items():
        size = 1 << 32 if name == f"{HEAD}.weight" else len(array.data)
        header[name]["data_offsets"] = [place, place + size]
        header[name]["shape"] = [1 << 32] if name == f"{HEAD}.weight" else array.shape
        place += size
    text = json.dumps(header).encode()
    with path.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        stream.truncate(8 + len(text) + place)
    tracemalloc.start()
    with pytest.raises(ModelError, match=r"head\.weight has the shape \(4294967296,\)"):
        read_model(path)
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_digests_of_walks_are_kept_and_are_no_part_of_the_identity(model: IntegerModel, tmp_path: Path) -> None:
    walks = WalkDigests(3, {"one pixel": "ab" * 32, "two tiles": "0"})
    write_model(replace(model, walks=walks), tmp_path / "walked.safetensors")
    read = read_model(tmp_path / "walked.safetensors")
    assert read.walks == walks
    assert read.identity() == model.identity()


def test_known_answers_to_inputs_of_a_newer_program_count_as_absent(path: Path, model: IntegerModel) -> None:
    def change(file: ModelFile) -> None:
        file.entries.update(known_answers_version="7", known_answers="whatever that will be")

    read = read_changed(path, change)
    assert (read.known_answers, read.known_answers_version) == ({}, 7)
    assert read.identity() == model.identity()
    write_model(read, path)
    assert read_model(path).known_answers_version == 7


def test_an_older_model_stays_when_the_new_one_cannot_be_written(path: Path, model: IntegerModel) -> None:
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_model(replace(model, recipe={"seed": object()}), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
