"""A small model of each layout, whose weights use the whole range of integers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from srec_engine.integer.edsr_export import export_edsr
from srec_engine.integer.export import export
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.integer_model import IntegerModel
from srec_engine.network.checkpoint import load_network
from srec_engine.network.layers import Convolution
from srec_engine.network.network import SuperResolutionNetwork

REFERENCE = Path(__file__).parent.parent / "data" / "reference"


def reference_picture(name: str) -> np.ndarray:
    """A picture that comes with the original program's checkpoint."""
    with Image.open(REFERENCE / name) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="session")
def our_model() -> IntegerModel:
    """Untrained, with large weights."""
    torch.manual_seed(3)
    network = SuperResolutionNetwork(
        NetworkConfiguration(features=16, blocks=1, components=2, scales=3, shared_scales=1)
    )
    for module in network.modules():
        if isinstance(module, Convolution):
            torch.nn.init.normal_(module.weight, std=0.3)
    return export(network, {}, "test", {})


@pytest.fixture(scope="session")
def original_network() -> SuperResolutionNetwork:
    """The original program's checkpoint."""
    return load_network(REFERENCE / "tiny.pth")


@pytest.fixture(scope="session")
def original_model(original_network: SuperResolutionNetwork) -> IntegerModel:
    """That checkpoint in integers."""
    return export_edsr(original_network, [reference_picture("even_128x96.png")], "tiny", {})
