"""The integer network: every kernel gives the integers of the 64-bit reference."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch

from srec_engine.errors import ModelError
from srec_engine.integer.export import export
from srec_engine.integer.kernels import KERNELS
from srec_engine.integer.known_answers import generated_inputs, reference_accumulators
from srec_engine.integer.network import IntegerNetwork
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.integer_model import IntegerConvolution, IntegerModel
from srec_engine.network.layers import Convolution
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.pyramid import block_pixels, block_sums, mean_and_remainder

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def model() -> IntegerModel:
    """A small untrained model whose weights are large enough to use the whole range of integers."""
    torch.manual_seed(3)
    network = SuperResolutionNetwork(
        NetworkConfiguration(features=16, blocks=1, components=2, scales=2, shared_scales=1)
    )
    for module in network.modules():
        if isinstance(module, Convolution):
            torch.nn.init.normal_(module.weight, std=0.3)
    return export(network, {}, "test", {})


@pytest.mark.parametrize("name", list(KERNELS))
def test_a_kernel_reproduces_the_64_bit_reference_on_every_layer(model: IntegerModel, name: str) -> None:
    for layer in model.layers.values():
        inputs = generated_inputs(layer)
        try:
            prepared = KERNELS[name].prepare(layer, CPU)
        except (RuntimeError, AttributeError):
            pytest.skip(f"{name} does not exist on this CPU")
        stored = torch.from_numpy(inputs + layer.input_offset)[None]
        scaled = prepared.scaled(stored.to(torch.uint8) if layer.eight_bit else stored)[0].double().numpy()
        expected = reference_accumulators(layer, inputs) * 2.0 ** -layer.shift.astype(np.float64)[:, None, None]
        assert np.array_equal(scaled, expected)


@pytest.mark.parametrize("name", list(KERNELS))
def test_the_memory_format_of_the_inputs_changes_no_integer(model: IntegerModel, name: str) -> None:
    for layer in model.layers.values():
        prepared = KERNELS[name].prepare(layer, CPU)
        stored = torch.from_numpy(generated_inputs(layer) + layer.input_offset)[None].expand(2, -1, -1, -1)
        stored = (stored.to(torch.uint8) if layer.eight_bit else stored).contiguous()
        channels_last = stored.contiguous(memory_format=torch.channels_last)
        assert torch.equal(prepared.scaled(stored), prepared.scaled(channels_last))


def digest_of_a_scale(network: IntegerNetwork, tiles: int) -> str:
    """Digest of everything a scale's walk gives the coder, for `tiles` equal tiles (that of the first)."""
    random = np.random.default_rng(5)
    image = torch.from_numpy(random.integers(0, 256, (1, 3, 62, 50))).float().expand(tiles, -1, -1, -1)
    pixels = block_pixels(image)
    sums = block_sums(pixels)
    means, _ = mean_and_remainder(sums)
    digest = hashlib.sha256()
    state, logits = network.begin_scale(1, means, None)
    digest.update(logits[0].numpy().tobytes())
    network.set_sums(state, sums)
    for pixel in pixels[:3]:
        for output in network.step(state):
            digest.update(output[0].numpy().tobytes())
        network.add_known(state, pixel)
    return digest.hexdigest()


@pytest.mark.filterwarnings("ignore:TF32 acceleration:UserWarning")  # switching oneDNN warns on CPUs
def test_kernels_threads_onednn_and_batches_change_no_integer(model: IntegerModel) -> None:
    digests = set()
    threads = torch.get_num_threads()
    try:
        for kernel in KERNELS:
            for count in (1, 2):
                for onednn in (True, False):
                    torch.set_num_threads(count)
                    with torch.backends.mkldnn.flags(enabled=onednn):
                        network = IntegerNetwork(model, "cpu", kernel)
                        digests |= {digest_of_a_scale(network, tiles) for tiles in (1, 3)}
    finally:
        torch.set_num_threads(threads)
    assert len(digests) == 1


def test_the_fastest_kernel_that_passes_is_chosen(model: IntegerModel) -> None:
    assert IntegerNetwork(model, "cpu", "auto").kernel_name in KERNELS


def test_a_kernel_that_misses_a_known_answer_is_not_used(model: IntegerModel) -> None:
    wrong = IntegerModel(
        model.configuration, model.layers, model.couplings, model.tables,
        {**model.known_answers, "0.0.head": "0" * 16},
    )  # fmt: skip
    with pytest.raises(ModelError, match="No exact kernel"):
        IntegerNetwork(wrong, "cpu", "auto")


def test_an_unknown_kernel_is_named_with_the_known_ones(model: IntegerModel) -> None:
    with pytest.raises(ModelError, match="int8, float32, unfold"):
        IntegerNetwork(model, "cpu", "fastest")


def test_a_layer_that_could_reach_two_to_the_24_is_refused() -> None:
    weight = np.full((1, 1024, 3, 3), 127, dtype=np.int16)
    layer = IntegerConvolution(weight, np.zeros(1, np.int32), np.zeros(1, np.int8), input_maximum=255)
    with pytest.raises(ModelError, match="2\\^24"):
        layer.check("wide")


def test_networks_of_another_layout_say_how_they_become_models() -> None:
    network = SuperResolutionNetwork(NetworkConfiguration.original(8, 1, 2, 2))
    with pytest.raises(ModelError, match="import-weights"):
        export(network, {}, "original", {})
