"""Corrections of classifiers are kept exactly, and only where they fit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from srec_engine.errors import ModelError
from srec_engine.integer.export import export
from srec_engine.integer.known_answers import generated_inputs, reference_accumulators
from srec_engine.model.adaptation import (
    Adaptation,
    ClassifierCorrection,
    adaptation_bytes,
    adaptation_from_bytes,
    corrected_classifier,
)
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.integer_model import IntegerConvolution
from srec_engine.network.network import SuperResolutionNetwork

SMALL = NetworkConfiguration(features=8, blocks=1, components=2, scales=2, shared_scales=1)
OUTPUTS = 9 * SMALL.components + 3


@pytest.fixture(scope="module")
def classifier() -> IntegerConvolution:
    torch.manual_seed(4)
    return export(SuperResolutionNetwork(SMALL), {}, "small", {}).layers["1.0.classifier"]


def random_adaptation() -> Adaptation:
    random = np.random.default_rng(2)
    return {
        (scale, step): ClassifierCorrection(
            random.integers(-127, 128, OUTPUTS).astype(np.int8),
            random.integers(-127, 128, (3, SMALL.features)).astype(np.int8),
        )
        for scale in range(2)
        for step in range(3)
    }


def test_corrections_come_back_from_their_bytes() -> None:
    adaptation = random_adaptation()
    back = adaptation_from_bytes(adaptation_bytes(adaptation), SMALL)
    assert set(back) == set(adaptation)
    for key, correction in adaptation.items():
        assert np.array_equal(back[key].bias, correction.bias)
        assert np.array_equal(back[key].scale_weights, correction.scale_weights)


def test_corrections_of_another_model_are_refused() -> None:
    with pytest.raises(ModelError, match="takes others"):
        adaptation_from_bytes(adaptation_bytes(random_adaptation())[:-1], SMALL)


def test_a_correction_adds_its_biases_in_their_units_and_a_product_for_each_channel(
    classifier: IntegerConvolution,
) -> None:
    correction = random_adaptation()[0, 0]
    corrected = corrected_classifier(classifier, correction)
    inputs = generated_inputs(classifier)
    shifts = 2.0 ** -corrected.shift.astype(np.float64)[:, None, None]
    before = reference_accumulators(classifier, inputs) * shifts[:OUTPUTS]
    after = reference_accumulators(corrected, inputs) * shifts
    logits, means, scales = slice(0, 2), slice(2, 4), slice(4, 6)  # red's
    added = (after[:OUTPUTS] - before)[:, 0, 0]
    bias = correction.bias.astype(np.float64)
    assert np.array_equal(added[logits], 4 * bias[logits])
    assert np.array_equal(added[means], 8 * bias[means])
    assert np.array_equal(added[scales], 4 * bias[scales])
    assert np.array_equal(added[18:], 4 * bias[18:])
    products = np.tensordot(correction.scale_weights.astype(np.int64), inputs, axes=1)
    assert np.array_equal(after[OUTPUTS:], products / 32)


def test_a_classifier_that_a_correction_would_make_inexact_is_refused(classifier: IntegerConvolution) -> None:
    correction = random_adaptation()[0, 0]
    wide = IntegerConvolution(
        classifier.weight, classifier.bias, np.full_like(classifier.shift, 20), classifier.input_maximum
    )
    with pytest.raises(ModelError, match=r"2\^24"):
        corrected_classifier(wide, correction)
