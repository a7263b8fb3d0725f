"""Networks of the original layout in integers: exact by every kernel, and close to the float network."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from srec_engine.errors import ModelError
from srec_engine.integer.edsr_export import export_edsr
from srec_engine.integer.kernels import KERNELS
from srec_engine.integer.known_answers import generated_inputs, reference_accumulators
from srec_engine.integer.layouts import prepare_network
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import read_model, write_model
from srec_engine.model.integer_model import IntegerModel
from srec_engine.network.checkpoint import load_network
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.pyramid import block_pixels, block_sums, mean_and_remainder
from srec_engine.training.evaluation import evaluate
from srec_engine.training.integer_evaluation import IntegerEvaluator

REFERENCE = Path(__file__).parent.parent / "data" / "reference"
CPU = torch.device("cpu")


def photograph(name: str) -> np.ndarray:
    with Image.open(REFERENCE / name) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="module")
def network() -> SuperResolutionNetwork:
    return load_network(REFERENCE / "tiny.pth")


@pytest.fixture(scope="module")
def model(network: SuperResolutionNetwork) -> IntegerModel:
    return export_edsr(network, [photograph("even_128x96.png")], "tiny", {})


@pytest.fixture(scope="module")
def path(model: IntegerModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    write_model(model, path)
    return path


def with_layer(model: IntegerModel, name: str, **changes: object) -> IntegerModel:
    layer = dataclasses.replace(model.layers[name], **changes)  # type: ignore[arg-type]
    return dataclasses.replace(model, layers={**model.layers, name: layer})


@pytest.mark.parametrize("name", ["odd_97x75.png", "even_128x96.png"])
def test_the_integer_model_needs_at_most_one_percent_more_bits(
    network: SuperResolutionNetwork, path: Path, name: str
) -> None:
    truncating = SuperResolutionNetwork(dataclasses.replace(network.configuration, truncation=True))
    truncating.load_state_dict(network.state_dict())
    integer = IntegerEvaluator(path, "cpu").evaluate(photograph(name))
    assert integer.bits <= 1.01 * evaluate(network, photograph(name)).bits
    # The file gains from impossible values, which the original does not leave out; rounding alone costs this.
    assert integer.bits <= 1.01 * evaluate(truncating, photograph(name)).bits


def test_every_layer_keeps_more_than_eight_bits_and_stays_below_two_to_the_24(model: IntegerModel) -> None:
    assert {layer.dilation for layer in model.layers.values()} == {1, 2, 4}
    for name, layer in model.layers.items():
        assert layer.input_maximum > 255, name
        magnitude = np.abs(layer.weight.astype(np.int64)).sum(axis=(1, 2, 3)) * layer.input_maximum
        assert (magnitude + np.abs(layer.bias.astype(np.int64))).max() < 1 << 24, name


@pytest.mark.parametrize("kernel", list(KERNELS))
def test_a_kernel_reproduces_the_64_bit_reference_on_every_layer(model: IntegerModel, kernel: str) -> None:
    for layer in model.layers.values():
        inputs = generated_inputs(layer)
        scaled = KERNELS[kernel].prepare(layer, CPU).scaled(torch.from_numpy(inputs)[None])[0].double().numpy()
        expected = reference_accumulators(layer, inputs) * 2.0 ** -layer.shift.astype(np.float64)[:, None, None]
        assert np.array_equal(scaled, expected)


def digest_of_two_scales(network: CodingNetwork, tiles: int) -> str:
    """Digest of everything two scales' walks give the coder, for `tiles` equal tiles (that of the first)."""
    random = np.random.default_rng(5)
    image = torch.from_numpy(random.integers(0, 256, (1, 3, 30, 26))).float().expand(tiles, -1, -1, -1)
    pixels = block_pixels(image)
    coarse = mean_and_remainder(block_sums(pixels))[0]
    digest = hashlib.sha256()
    context = None
    for scale, picture in ((2, coarse), (1, image)):
        pixels = block_pixels(picture)
        sums = block_sums(pixels)
        state, logits = network.begin_scale(scale, mean_and_remainder(sums)[0], context)
        digest.update(logits[0].numpy().tobytes())
        network.set_sums(state, sums)
        for pixel in pixels[:3]:
            parameters, linear = network.step(state)
            assert linear is None
            digest.update(parameters[0].numpy().tobytes())
            network.add_known(state, pixel)
        context = state.activations
        digest.update(context[0].contiguous().numpy().tobytes())
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
                        network = prepare_network(model, "cpu", kernel)
                        digests |= {digest_of_two_scales(network, tiles) for tiles in (1, 3)}
    finally:
        torch.set_num_threads(threads)
    assert len(digests) == 1


def test_a_model_file_keeps_dilations_and_identity(model: IntegerModel, path: Path) -> None:
    read = read_model(path)
    assert read.identity() == model.identity()
    assert read.configuration == model.configuration
    assert {name: layer.dilation for name, layer in read.layers.items()} == {
        name: layer.dilation for name, layer in model.layers.items()
    }


def test_another_dilation_is_another_model(model: IntegerModel) -> None:
    assert with_layer(model, "0.0.atrous1", dilation=3).identity() != model.identity()


def test_layers_that_do_not_fit_the_configuration_are_refused(model: IntegerModel) -> None:
    rest = {name: layer for name, layer in model.layers.items() if name != "1.upsampler"}
    with pytest.raises(ModelError, match=r"1\.upsampler"):
        prepare_network(dataclasses.replace(model, layers=rest))
    with pytest.raises(ModelError, match=r"0\.0\.tail"):
        prepare_network(with_layer(model, "0.0.tail", weight=np.zeros((8, 9, 1, 1), np.int16)))
    with pytest.raises(ModelError, match="dilation"):
        prepare_network(with_layer(model, "0.0.atrous1", dilation=3))


@pytest.mark.parametrize("dilation", [0, -1, 1000])
def test_absurd_dilations_are_refused(model: IntegerModel, dilation: int) -> None:
    with pytest.raises(ModelError, match="dilation"):
        with_layer(model, "0.0.atrous1", dilation=dilation).check()


def test_networks_of_our_own_layout_are_not_taken_for_the_originals() -> None:
    ours = SuperResolutionNetwork(NetworkConfiguration(features=4, blocks=1, components=1, scales=1, shared_scales=1))
    with pytest.raises(ModelError, match="layout"):
        export_edsr(ours, [photograph("even_128x96.png")], "ours", {})


def test_a_network_that_does_not_compute_numbers_is_refused(network: SuperResolutionNetwork) -> None:
    broken = SuperResolutionNetwork(network.configuration)
    broken.load_state_dict(network.state_dict())
    broken.scale_decoders()[0].get_parameter("rgb_decs.0.head.weight").data.fill_(float("nan"))
    with pytest.raises(ModelError, match="finite"):
        export_edsr(broken, [photograph("even_128x96.png")], "broken", {})
