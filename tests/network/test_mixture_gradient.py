"""The training's fast way to the mixture's bits gives the definition's values and gradients."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.network.mixture import mixture_bits, split_parameters
from srec_engine.network.mixture_gradient import bits_of_output

CONFIGURATION = NetworkConfiguration(components=3)


class Case(NamedTuple):
    """What `bits_of_output` is given, the pixels chosen so that tails, narrow intervals and clamped scales occur."""

    output: Tensor
    predicted: Tensor
    pixels: Tensor
    remaining: Tensor
    left: int

    def bits(self) -> Tensor:
        return bits_of_output(*self, CONFIGURATION)

    def bits_by_definition(self) -> Tensor:
        parameters = split_parameters(self.output, self.predicted, self.pixels, CONFIGURATION)
        return mixture_bits(self.pixels, parameters, self.remaining, self.left, truncation=True)

    def gradients(self, bits: Tensor) -> tuple[Tensor, ...]:
        random = torch.Generator().manual_seed(5)
        weights = torch.rand(bits.shape, generator=random, dtype=bits.dtype)
        return torch.autograd.grad((weights * bits).sum(), (self.output, self.predicted))


def make_case(left: int, size: tuple[int, int], dtype: torch.dtype = torch.float64, batch: int = 3) -> Case:
    random = torch.Generator().manual_seed(left)
    shape = (batch, 3, *size)
    others = torch.randint(0, 256, (left - 1, *shape), generator=random).to(dtype)
    pixels = torch.randint(0, 256, shape, generator=random).to(dtype)
    pixels[0, :, 0, 0], pixels[0, :, -1, -1] = 0, 255
    others[:, 1, :, 0, 0], others[:, 1, :, -1, -1] = 0, 255
    remaining = pixels + others.sum(dim=0)
    deviation = torch.randn(shape, generator=random, dtype=dtype) * 3
    output = torch.randn(batch, CONFIGURATION.parameters_per_pixel, *size, generator=random, dtype=dtype)
    # Log-scales on both sides of where they are clamped.
    output.view(batch, -1, *size)[:, 2 * CONFIGURATION.components : 3 * CONFIGURATION.components] *= 4
    output = output.contiguous(memory_format=torch.channels_last)
    return Case(output.requires_grad_(), (pixels + deviation).requires_grad_(), pixels, remaining, left)


@pytest.mark.parametrize("left", [4, 3, 2])
@pytest.mark.parametrize("size", [(1, 1), (5, 7), (80, 64)])
def test_bits_and_gradients_are_those_of_the_definition(left: int, size: tuple[int, int]) -> None:
    case = make_case(left, size)
    bits, expected = case.bits(), case.bits_by_definition()
    assert torch.allclose(bits, expected, rtol=1e-9, atol=1e-9)
    for gradient, of_definition in zip(case.gradients(bits), case.gradients(expected), strict=True):
        assert float(of_definition.abs().max()) > 0
        assert torch.allclose(gradient, of_definition, rtol=1e-8, atol=1e-9)


def test_gradients_are_those_of_finite_differences() -> None:
    case = make_case(3, (2, 3))

    def bits(output: Tensor, predicted: Tensor) -> Tensor:
        return bits_of_output(output, predicted, case.pixels, case.remaining, case.left, CONFIGURATION)

    assert torch.autograd.gradcheck(bits, (case.output, case.predicted))


def test_a_mean_far_from_the_pixel_costs_the_coders_floor_and_pulls_at_hardly_anything() -> None:
    case = make_case(3, (2, 2))
    pixels = torch.full_like(case.pixels, 100)
    far = case._replace(predicted=(pixels + 4000).requires_grad_(), pixels=pixels, remaining=3 * pixels)
    bits = far.bits()
    assert torch.allclose(bits, torch.full_like(bits, math.log2(65536)))
    for gradient in far.gradients(bits):
        assert float(gradient.abs().max()) < 1e-3


@pytest.mark.parametrize("memory_format", [torch.channels_last, torch.contiguous_format])
def test_gradients_come_in_the_type_and_layout_of_the_output(memory_format: torch.memory_format) -> None:
    case = make_case(2, (6, 4), torch.float32)
    output = case.output.detach().bfloat16().contiguous(memory_format=memory_format).requires_grad_()
    exact = case._replace(output=output.detach().float().requires_grad_())
    (gradient, _), (expected, _) = (one.gradients(one.bits()) for one in (case._replace(output=output), exact))
    assert gradient.dtype == torch.bfloat16
    assert gradient.is_contiguous(memory_format=memory_format)
    assert torch.allclose(gradient.float(), expected, rtol=1e-2, atol=1e-4)
