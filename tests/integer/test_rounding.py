"""Rounded convolutions stay below 2²⁴, and their errors cancel where inputs go together."""

from __future__ import annotations

import pytest
import torch

from srec_engine.errors import ModelError
from srec_engine.integer.rounding import ScaledConvolution, compensated


def correlated_inputs(taps: int) -> torch.Tensor:
    """Samples (5000, taps) that rise and fall together, as neighbours in a photograph do."""
    generator = torch.Generator().manual_seed(0)
    together = torch.randn(5000, 1, generator=generator, dtype=torch.float64) * 300
    return together + torch.randn(5000, taps, generator=generator, dtype=torch.float64) * 20


def test_compensated_errors_are_a_fraction_of_plainly_rounded_ones() -> None:
    inputs = correlated_inputs(200)
    weights = torch.randn(8, 200, generator=torch.Generator().manual_seed(1), dtype=torch.float64) * 20
    rounded = compensated(weights, inputs.T.cov())

    def error(integers: torch.Tensor) -> float:
        return float((inputs @ (integers - weights).T).square().mean())

    assert torch.equal(rounded, rounded.round())
    assert (rounded - weights).abs().max() < 3
    assert error(rounded) < 0.2 * error(weights.round())


@pytest.mark.parametrize("spread", [1e-6, 1.0, 1e6])
def test_weights_of_any_size_become_integers_that_are_proved_exact(spread: float) -> None:
    weight = torch.randn(6, 4, 3, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64) * spread
    bias = torch.linspace(-3, 3, 6, dtype=torch.float64) * spread
    inputs = correlated_inputs(36)
    layer = ScaledConvolution(weight, bias, inputs.mean(dim=0), inputs.T.cov(), 1023, 2).rounded()
    layer.check("layer")
    assert (layer.input_maximum, layer.dilation) == (1023, 2)
    back = torch.from_numpy(layer.weight).double() * 2.0 ** -torch.from_numpy(layer.shift).double().view(-1, 1, 1, 1)
    assert (back - weight).abs().max() < 0.01 * spread


def test_inputs_that_never_varied_leave_rounding_as_it_is() -> None:
    weights = torch.tensor([[1.4, -2.6, 3.0]], dtype=torch.float64)
    assert compensated(weights, torch.zeros(3, 3, dtype=torch.float64)).tolist() == [[1.0, -3.0, 3.0]]


def test_biases_beyond_all_integers_are_refused() -> None:
    nothing = torch.zeros(1, dtype=torch.float64)
    huge = torch.full((1,), 1e30, dtype=torch.float64)
    one = torch.ones(1, 1, 1, 1, dtype=torch.float64)
    with pytest.raises(ModelError, match=r"2\^24"):
        ScaledConvolution(one, huge, nothing, nothing.view(1, 1), 1023, 1).rounded()
