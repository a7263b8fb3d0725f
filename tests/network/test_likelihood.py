"""The float network computes the original program's bits, and our configuration's bits mean what they say."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.network.checkpoint import load_network
from srec_engine.network.likelihood import image_bits
from srec_engine.network.mixture import PixelParameters, mixture_bits, remainder_bits
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.training.evaluation import evaluate

REFERENCE = Path(__file__).parent.parent / "data" / "reference"


@pytest.mark.parametrize("name", ["odd_97x75.png", "even_128x96.png"])
def test_an_original_checkpoint_gives_the_original_programs_bits_key_by_key(name: str) -> None:
    expected = json.loads((REFERENCE / "tiny.json").read_text())["images"][name]
    network = load_network(REFERENCE / "tiny.pth")
    with Image.open(REFERENCE / name) as image:
        evaluation = evaluate(network, np.asarray(image.convert("RGB")))
    bits = {part.original_key(evaluation.scales): part.bits for part in evaluation.parts}
    assert set(bits) == set(expected["bits"])
    for key, value in expected["bits"].items():
        assert bits[key] == pytest.approx(value, rel=1e-4), key
    assert evaluation.bpsp == pytest.approx(expected["bpsp"], rel=1e-4)


def test_the_originals_hyper_parameters_are_read_off_the_checkpoint() -> None:
    configuration = load_network(REFERENCE / "tiny.pth").configuration
    assert configuration == NetworkConfiguration.original(features=8, blocks=2, components=3, scales=3)


def test_a_file_that_is_no_checkpoint_is_refused_with_its_name() -> None:
    with pytest.raises(ModelError, match=r"odd_97x75\.png"):
        load_network(REFERENCE / "odd_97x75.png")


def test_the_full_original_configuration_has_the_papers_number_of_parameters() -> None:
    network = SuperResolutionNetwork(NetworkConfiguration.original())
    assert sum(parameter.numel() for parameter in network.nets.parameters()) == 4_201_208


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 5), (2, 2), (7, 3), (33, 18)])
def test_every_size_from_one_pixel_up_has_finite_bits(height: int, width: int) -> None:
    torch.manual_seed(0)
    network = SuperResolutionNetwork(NetworkConfiguration(features=8, blocks=1, components=2)).eval()
    image = torch.randint(0, 256, (1, 3, height, width)).float()
    with torch.inference_mode():
        for scale in image_bits(network, image):
            assert math.isfinite(float(scale.total))
            assert float(scale.total) >= 0


def test_probabilities_of_a_truncated_mixture_add_up_to_one_over_the_allowed_interval() -> None:
    torch.manual_seed(1)
    shape = (256, 3, 4, 1, 1)
    one = PixelParameters(*(torch.randn(1, *shape[1:]) * spread + mean for mean, spread in ((0, 1), (210, 20), (2, 1))))
    parameters = PixelParameters(*(tensor.expand(shape) for tensor in one))
    remaining = torch.full((256, 3, 1, 1), 700.0)
    values = torch.arange(256.0).view(-1, 1, 1, 1).expand(-1, 3, 1, 1)
    probability = 2.0 ** -mixture_bits(values, parameters, remaining, left=3, truncation=True)
    allowed = probability[190:256]  # 700 − 2·255 = 190
    assert torch.allclose(allowed.sum(dim=0), torch.ones(3, 1, 1), atol=1e-3)


def test_remainders_that_no_block_can_have_get_no_probability() -> None:
    logits = torch.zeros(1, 12, 1, 2)
    means = torch.tensor([[[[0.0, 255.0]]] * 3]).view(1, 3, 1, 2)
    bits = remainder_bits(torch.zeros(1, 3, 1, 2), logits, torch.zeros(3, 4, 4), means)
    assert bits[0, :, 0, 0].tolist() == pytest.approx([math.log2(3)] * 3)
    assert bits[0, :, 0, 1].tolist() == pytest.approx([1.0] * 3)
