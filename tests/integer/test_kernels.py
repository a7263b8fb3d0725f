"""Which kernel is taken, and what no model may have."""

from __future__ import annotations

import numpy as np
import pytest

from srec_engine.errors import ModelError
from srec_engine.integer.export import export
from srec_engine.integer.kernels import KERNELS
from srec_engine.integer.network import IntegerNetwork
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.integer_model import IntegerConvolution, IntegerModel
from srec_engine.network.network import SuperResolutionNetwork


def test_the_fastest_kernel_that_passes_is_chosen(our_model: IntegerModel) -> None:
    assert IntegerNetwork(our_model, "cpu", "auto").kernel_name in KERNELS


def test_a_kernel_that_misses_a_known_answer_is_not_used(our_model: IntegerModel) -> None:
    wrong = IntegerModel(
        our_model.configuration, our_model.layers, our_model.couplings, our_model.tables,
        {**our_model.known_answers, "0.0.head": "0" * 16},
    )  # fmt: skip
    with pytest.raises(ModelError, match="No exact kernel"):
        IntegerNetwork(wrong, "cpu", "auto")


def test_an_unknown_kernel_is_named_with_the_known_ones(our_model: IntegerModel) -> None:
    with pytest.raises(ModelError, match="int8, int8-split, float32, unfold"):
        IntegerNetwork(our_model, "cpu", "fastest")


def test_a_layer_that_could_reach_two_to_the_24_is_refused() -> None:
    weight = np.full((1, 1024, 3, 3), 127, dtype=np.int16)
    layer = IntegerConvolution(weight, np.zeros(1, np.int32), np.zeros(1, np.int8), input_maximum=255)
    with pytest.raises(ModelError, match="2\\^24"):
        layer.check("wide")


def test_networks_of_another_layout_say_how_they_become_models() -> None:
    network = SuperResolutionNetwork(NetworkConfiguration.original(8, 1, 2, 2))
    with pytest.raises(ModelError, match="import-weights"):
        export(network, {}, "original", {})
