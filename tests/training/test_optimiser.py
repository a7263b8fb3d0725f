"""Muon and Adam do what their papers say."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from srec_engine.training.optimiser import MuonWithAdam, orthogonalised


def iterated(matrices: torch.Tensor) -> torch.Tensor:
    """Muon's Newton–Schulz iteration as its paper writes it."""
    values = matrices / matrices.norm(dim=(1, 2), keepdim=True)
    for _ in range(5):
        gram = values @ values.mT
        values = 3.4445 * values + (-4.7750 * gram + 2.0315 * gram @ gram) @ values
    return values


@pytest.mark.parametrize("smallest", [1.0, 1e-2, 1e-5])
def test_orthogonalising_is_the_papers_iteration_even_with_small_singular_values(smallest: float) -> None:
    random = torch.Generator().manual_seed(0)
    scales = torch.logspace(0, math.log10(smallest), 12).view(-1, 1)
    mixing = torch.linalg.qr(torch.randn(5, 12, 12, generator=random)).Q
    matrices = mixing @ (scales * torch.randn(5, 12, 108, generator=random))
    expected = iterated(matrices.double())
    for given, wanted in ((matrices, expected), (matrices.mT, expected.mT)):
        assert torch.linalg.matrix_norm(orthogonalised(given).double() - wanted, 2).max() < 5e-3


def test_a_matrix_of_zeros_has_no_direction() -> None:
    assert not orthogonalised(torch.zeros(2, 3, 27)).any()


@pytest.mark.parametrize("memory_format", [torch.channels_last, torch.contiguous_format])
def test_square_convolutions_move_along_their_orthogonalised_gradient(memory_format: torch.memory_format) -> None:
    convolution = nn.Conv2d(6, 6, 3, bias=False).to(memory_format=memory_format)  # type: ignore[call-overload]
    before = convolution.weight.detach().clone()
    gradient = torch.randn(before.shape, generator=torch.Generator().manual_seed(1))
    convolution.weight.grad = gradient.clone()
    MuonWithAdam(convolution.parameters(), lr=0.01).step()
    moved = (before - convolution.weight.detach()).flatten(1)
    size = 0.01 * 0.2 * math.sqrt(6 * 9)
    assert torch.allclose(moved, size * iterated(gradient.flatten(1)[None])[0], atol=1e-6)


def test_all_other_parameters_move_as_torchs_adam_moves_them() -> None:
    torch.manual_seed(2)
    ours, theirs = nn.Linear(5, 4), nn.Linear(5, 4)
    theirs.load_state_dict(ours.state_dict())
    optimisers = MuonWithAdam(ours.parameters(), 0.01), torch.optim.Adam(theirs.parameters(), 0.01, (0.9, 0.99))
    for step in range(4):
        for layer, optimiser in zip((ours, theirs), optimisers, strict=True):
            optimiser.zero_grad()
            layer(torch.full((2, 5), step - 1.5)).square().sum().backward()
            if step == 1:
                layer.bias.grad = None  # its steps are counted apart
            optimiser.step()
    for mine, reference in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(mine, reference, atol=1e-6)
