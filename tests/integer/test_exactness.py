"""Networks of both layouts give the same integers, however they are computed."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch

from srec_engine.errors import ModelError
from srec_engine.integer.kernels import KERNELS
from srec_engine.integer.known_answers import generated_inputs, reference_accumulators
from srec_engine.integer.layouts import prepare_network
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.integer.prepared_layer import PreparedLayer
from srec_engine.model.integer_model import IntegerConvolution, IntegerModel
from srec_engine.pyramid import block_pixels, block_sums, mean_and_remainder

CPU = torch.device("cpu")


@pytest.fixture(params=["our_model", "original_model"])
def model(request: pytest.FixtureRequest) -> IntegerModel:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, IntegerModel)
    return found


def stored_inputs(layer: IntegerConvolution) -> torch.Tensor:
    """Inputs that go to a layer's limits, as its kernels take them: (1, C, H, W)."""
    stored = torch.from_numpy(generated_inputs(layer) + layer.input_offset)[None]
    return stored.to(torch.uint8) if layer.eight_bit else stored


def prepared_or_skipped(layer: IntegerConvolution, kernel: str) -> PreparedLayer:
    try:
        return KERNELS[kernel].prepare(layer, CPU)
    except (RuntimeError, AttributeError):
        pytest.skip(f"{kernel} is not for this processor")


def exact_kernels(model: IntegerModel) -> list[str]:
    """Names of the kernels that may be used here: bytes are not for every processor, floats are."""
    found = []
    for kernel in KERNELS:
        try:
            prepare_network(model, "cpu", kernel)
            found.append(kernel)
        except ModelError:
            continue
    assert {"float32", "unfold"} <= set(found)
    return found


@pytest.mark.parametrize("kernel", list(KERNELS))
def test_a_kernel_reproduces_the_64_bit_reference_on_every_layer(model: IntegerModel, kernel: str) -> None:
    for layer in model.layers.values():
        prepared = prepared_or_skipped(layer, kernel)
        scaled = prepared.scaled(stored_inputs(layer))[0].double().numpy()
        expected = reference_accumulators(layer, generated_inputs(layer))
        assert np.array_equal(scaled, expected * 2.0 ** -layer.shift.astype(np.float64)[:, None, None])


@pytest.mark.parametrize("kernel", list(KERNELS))
def test_the_memory_format_of_the_inputs_changes_no_integer(model: IntegerModel, kernel: str) -> None:
    for layer in model.layers.values():
        prepared = prepared_or_skipped(layer, kernel)
        stored = stored_inputs(layer).expand(2, -1, -1, -1).contiguous()
        channels_last = stored.contiguous(memory_format=torch.channels_last)
        assert torch.equal(prepared.scaled(stored), prepared.scaled(channels_last))


def digest_of_two_scales(network: CodingNetwork, tiles: int) -> str:
    """Digest of everything two scales' walks give the coder, for `tiles` equal tiles (that of the first)."""
    random = np.random.default_rng(5)
    image = torch.from_numpy(random.integers(0, 256, (1, 3, 62, 50))).float().expand(tiles, -1, -1, -1)
    coarse = mean_and_remainder(block_sums(block_pixels(image)))[0]
    digest = hashlib.sha256()

    def add(values: torch.Tensor | None) -> None:
        if values is not None:
            digest.update(values[0].contiguous().numpy().tobytes())

    context = None
    for scale, picture in ((2, coarse), (1, image)):
        pixels = block_pixels(picture)
        sums = block_sums(pixels)
        state, logits = network.begin_scale(scale, mean_and_remainder(sums)[0], context)
        add(logits)
        network.set_sums(state, sums)
        for pixel in pixels[:3]:
            for values in network.step(state):
                add(values)
            network.add_known(state, pixel)
        context = state.activations
        add(context)
    return digest.hexdigest()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_the_type_that_a_program_around_us_prefers_changes_no_integer(model: IntegerModel, dtype: torch.dtype) -> None:
    networks = {name: prepare_network(model, "cpu", name) for name in exact_kernels(model)}
    expected = {name: digest_of_two_scales(network, 2) for name, network in networks.items()}
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(dtype)
        assert {name: digest_of_two_scales(network, 2) for name, network in networks.items()} == expected
    finally:
        torch.set_default_dtype(before)


@pytest.mark.filterwarnings("ignore:TF32 acceleration:UserWarning")  # switching oneDNN warns on CPUs
def test_kernels_threads_onednn_and_batches_change_no_integer(model: IntegerModel) -> None:
    digests = set()
    threads = torch.get_num_threads()
    try:
        for kernel in exact_kernels(model):
            for count in (1, 2):
                for onednn in (True, False):
                    torch.set_num_threads(count)
                    with torch.backends.mkldnn.flags(enabled=onednn):
                        network = prepare_network(model, "cpu", kernel)
                        digests |= {digest_of_two_scales(network, tiles) for tiles in (1, 3)}
    finally:
        torch.set_num_threads(threads)
    assert len(digests) == 1
