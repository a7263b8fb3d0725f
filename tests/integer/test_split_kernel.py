"""Quantised convolutions are exact on processors that add products of bytes in 16 bits that saturate, too."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from srec_engine.integer.kernels import KERNELS
from srec_engine.integer.known_answers import generated_inputs, reference_accumulators
from srec_engine.integer.layouts import prepare_network
from srec_engine.integer.split_kernel import arranged
from srec_engine.model.file import read_model
from srec_engine.model.integer_model import IntegerConvolution, IntegerModel
from srec_engine.model.store import find_model

CPU = torch.device("cpu")
EXTREME_WEIGHTS = (-127, -126, -65, -64, -63, -1, 0, 1, 2, 63, 64, 65, 126, 127)
STEPS = 3
"""Positions of the largest kernel that the tests have, per side; inputs that suit it are repeated this often."""


@pytest.fixture(params=["our_model", "original_model"])
def model(request: pytest.FixtureRequest) -> IntegerModel:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, IntegerModel)
    return found


def layer_of(weight: NDArray[np.int64], offset: int = 0, dilation: int = 1) -> IntegerConvolution:
    outputs = np.arange(len(weight))
    bias, shift = (1000 * outputs - 3000).astype(np.int32), (outputs % 8).astype(np.int8)
    return IntegerConvolution(weight.astype(np.int16), bias, shift, 255 - offset, offset, dilation)


def extreme_layers(count: int, seed: int) -> Iterator[IntegerConvolution]:
    """Layers of many shapes whose weights are at the ends of the range and around half of it."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        outputs, inputs, side = random.integers(1, 20), random.integers(1, 40), random.choice([1, 3])
        likely = random.dirichlet(np.full(len(EXTREME_WEIGHTS), 0.3))
        weight = random.choice(EXTREME_WEIGHTS, (outputs, inputs, side, side), p=likely)
        yield layer_of(weight, offset=int(random.choice([0, 128])), dilation=int(random.integers(1, 3)))
    yield layer_of(np.full((8, 40, 3, 3), 127))
    yield layer_of(np.full((8, 40, 3, 3), -127), offset=128)


def hostile_inputs(layer: IntegerConvolution) -> Iterator[NDArray[np.int16]]:
    """Inputs (inputs, H, W): the generated ones, the largest, and those that each sign of an output's weights meets."""
    yield generated_inputs(layer)
    low = -layer.input_maximum if layer.input_offset or not layer.eight_bit else 0
    for value in (low, layer.input_maximum):
        yield np.full((layer.weight.shape[1], 7, 8), value, np.int16)
    for weight in layer.weight[:3]:
        for sign in (1, -1):
            window = np.where(sign * weight > 0, layer.input_maximum, low)
            spread = window.repeat(layer.dilation, axis=1).repeat(layer.dilation, axis=2)
            yield np.tile(spread, (1, STEPS, STEPS)).astype(np.int16)


def assert_exact(kernel: str, layer: IntegerConvolution) -> None:
    """Compare a kernel's accumulators and bytes with the definition of the convolution."""
    prepared = KERNELS[kernel].prepare(layer, CPU)
    for inputs in hostile_inputs(layer):
        stored = torch.from_numpy(inputs + layer.input_offset)[None]
        stored = stored.to(torch.uint8) if layer.eight_bit else stored
        scale = 2.0 ** -layer.shift.astype(np.float64)[:, None, None]
        expected = reference_accumulators(layer, inputs) * scale
        assert np.array_equal(prepared.scaled(stored)[0].double().numpy(), expected)
        assert np.array_equal(prepared.to_bytes(stored)[0].numpy(), np.rint(expected).clip(0, 255))


def test_a_models_layers_are_exact_for_inputs_that_suit_their_weights(model: IntegerModel) -> None:
    for layer in model.layers.values():
        assert_exact("int8-split", layer)


def test_layers_of_extreme_weights_are_exact() -> None:
    for layer in extreme_layers(20, seed=1):
        assert_exact("int8-split", layer)


@st.composite
def weights(draw: st.DrawFn) -> NDArray[np.int64]:
    """(outputs, inputs, side, side), most of them extreme."""
    outputs, inputs, side = draw(st.integers(1, 6)), draw(st.integers(1, 24)), draw(st.sampled_from([1, 3]))
    some = draw(st.lists(st.one_of(st.sampled_from(EXTREME_WEIGHTS), st.integers(-127, 127)), min_size=1, max_size=12))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    return random.choice(some, (outputs, inputs, side, side))


@settings(max_examples=150)
@given(weights(), st.sampled_from([0, 128]))
def test_no_pair_of_any_weights_can_leave_16_bits(weight: NDArray[np.int64], offset: int) -> None:
    _, layer = arranged(layer_of(weight, offset))
    pairs = layer.weight.astype(np.int64).reshape(len(weight), -1, 2, *weight.shape[2:])
    assert 255 * pairs.clip(min=0).sum(axis=2).max() <= 32767
    assert 255 * pairs.clip(max=0).sum(axis=2).min() >= -32768


@settings(max_examples=150)
@given(weights())
def test_the_other_order_is_the_same_convolution(weight: NDArray[np.int64]) -> None:
    order, layer = arranged(layer_of(weight))
    assert len(order) % 4 == 0
    together = np.zeros_like(weight)
    for position, channel in enumerate(order):
        together[:, channel] += layer.weight[:, position]
    assert np.array_equal(together, weight)


@settings(max_examples=25)
@given(weights(), st.sampled_from([0, 128]), st.integers(1, 2))
def test_any_weights_are_exact(weight: NDArray[np.int64], offset: int, dilation: int) -> None:
    assert_exact("int8-split", layer_of(weight, offset, dilation))


def test_channels_with_small_weights_need_no_zeros_beside_them() -> None:
    weight = np.where(np.arange(32)[:, None, None] < 16, 127, 1) * np.ones((4, 32, 3, 3), np.int64)
    order, layer = arranged(layer_of(weight))
    assert sorted(order) == list(range(32))
    assert (layer.weight != 0).all()


def test_devices_other_than_the_cpu_are_left_to_other_kernels() -> None:
    with pytest.raises(RuntimeError, match="CPU"):
        KERNELS["int8-split"].prepare(layer_of(np.ones((1, 4, 1, 1), np.int64)), torch.device("meta"))


def without_vnni() -> str:
    """What a process finds whose oneDNN takes the processor for one that saturates: the kernel that is chosen there.

    Raises:
        AssertionError: When the split kernel is not exact, or int8 not refused for the smallest of weights.
    """
    for layer in extreme_layers(20, seed=2):
        assert_exact("int8-split", layer)
        with pytest.raises(RuntimeError, match="saturate"):
            KERNELS["int8"].prepare(replace(layer, weight=np.sign(layer.weight)), CPU)
    return prepare_network(read_model(find_model("photo-fast")), "cpu").kernel_name


@pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="other processors have other instructions")
@pytest.mark.parametrize("instructions", ["AVX2", "AVX512_CORE"])
def test_a_processor_without_vnni_refuses_int8_and_is_exact_with_split_pairs(
    instructions: str, project_root: Path
) -> None:
    program = "from tests.integer.test_split_kernel import without_vnni; print(without_vnni())"
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": instructions}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=project_root, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "int8-split"
