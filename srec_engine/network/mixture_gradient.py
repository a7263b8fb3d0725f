"""Bits of the mixture and their gradient in one pass, with few large temporaries: the training's way.

What is computed is `srec_engine.network.mixture`, for networks of our kind (linear coefficients, truncation). Left to
autograd, its operations each keep their operands and run once more backwards, mostly over a layout in which what is
read together is five values long; that took a quarter of a training step. A test holds the two together.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor

from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.network.mixture import FREQUENCY_TOTAL, mixture_bits, split_parameters

__all__ = ["bits_of_output"]

CHANNELS = 3

CHUNK = 4096
"""Pixels that are worked on together on a CPU: their temporaries stay in its second-level cache."""

FOLDED = 1e4
"""Moves the boundaries 0 and 256, 128 levels from the middle, to where every CDF is 0 or 1."""

SMALLEST_TOTAL = 1e-6


def bits_of_output(
    output: Tensor, predicted: Tensor, pixels: Tensor, remaining: Tensor, left: int, configuration: NetworkConfiguration
) -> Tensor:
    """Bits of each subpixel, (N, 3, H, W), from a classifier's output; `split_parameters` and `mixture_bits` in one.

    Args:
        output: (N, parameters_per_pixel, H, W), float32 or what autocast makes of it.
        predicted: (N, 3, H, W) predicted means in grey levels.
        pixels: (N, 3, H, W) true values.
        remaining: (N, 3, H, W) sum of the block's pixels that are not known yet, this one included.
        left: How many those are (4, 3 or 2).
        configuration: The network's.
    """
    ours = configuration.coefficients == "linear" and configuration.truncation
    # torch.compile fuses the definition by itself, and would have to leave its graph for ours.
    if ours and torch.is_grad_enabled() and output.requires_grad and not torch.compiler.is_compiling():
        bits: Tensor = _BitsOfOutput.apply(  # type: ignore[no-untyped-call]
            output, predicted, pixels, remaining, left, configuration
        )
        return bits
    parameters = split_parameters(output.float(), predicted, pixels, configuration)
    return mixture_bits(pixels, parameters, remaining, left, configuration.truncation)


class _BitsOfOutput(torch.autograd.Function):
    """`bits_of_output`, which knows its own gradient.

    A subpixel's bits depend on its own parameters only, so their derivatives by those parameters are made along with
    the bits and kept, in place of everything they were made of.
    """

    @staticmethod
    def forward(
        context: Any,
        output: Tensor,
        predicted: Tensor,
        pixels: Tensor,
        remaining: Tensor,
        left: int,
        configuration: NetworkConfiguration,
    ) -> Tensor:
        batch, _, height, width = output.shape
        flat = (batch, CHANNELS, height * width)
        planes = _planes(output)
        deviation = (pixels - predicted).view(flat)
        bits = torch.empty(flat, dtype=planes.dtype, device=planes.device)
        main = 9 * configuration.components
        slopes = planes.new_empty(batch, main, height * width)
        together = max(1, CHUNK // (height * width)) if planes.device.type == "cpu" else batch
        for start in range(0, batch, together):
            chunk = slice(start, start + together)
            means = _shifted(predicted[chunk].reshape(-1, *flat[1:]), deviation[chunk], planes[chunk, main:])
            limits = _limits(pixels[chunk].reshape(means.shape), remaining[chunk].reshape(means.shape), left)
            _bits_and_slopes(planes[chunk, :main], means, limits, configuration, bits[chunk], slopes[chunk])
        context.save_for_backward(slopes, deviation, planes[:, main:])
        context.output = output.dtype, output.is_contiguous(memory_format=torch.channels_last)
        return bits.view(pixels.shape)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        slopes, deviation, coefficients = context.saved_tensors
        shape = gradients[0].shape
        batch, main, pixels = slopes.shape
        gradient = slopes.new_empty(batch, main + CHANNELS, pixels)
        by_channel = (batch, CHANNELS, CHANNELS, main // 9, pixels)
        weighted = gradient[:, :main].view(by_channel)
        torch.mul(slopes.view(by_channel), gradients[0].reshape(batch, CHANNELS, 1, 1, pixels), out=weighted)
        red, green, blue = (weighted[:, channel, 1].sum(dim=1) for channel in range(CHANNELS))
        torch.mul(green, deviation[:, 0], out=gradient[:, main])
        torch.mul(blue.unsqueeze(1), deviation[:, :2], out=gradient[:, main + 1 :])
        by_prediction = None
        if context.needs_input_grad[1]:
            by_prediction = torch.stack(
                [
                    red - coefficients[:, 0] * green - coefficients[:, 1] * blue,
                    green - coefficients[:, 2] * blue,
                    blue,
                ],
                dim=1,
            ).view(shape)
        by_output = _laid_out(gradient, shape[-2:], *context.output)
        return by_output, by_prediction, None, None, None, None


class _Limits(NamedTuple):
    """Boundaries of CDFs, each (N, 3, P), grey levels less one half; 0 and 256 are far outside (folded tails)."""

    all: Tensor  # (4, N, 3, P): of the pixel, lower and upper, and of the interval that is allowed
    share: Tensor  # (N, 3, P): what the floor of one in 65536 leaves to the mixture


def _limits(pixels: Tensor, remaining: Tensor, left: int) -> _Limits:
    low = (remaining - 255 * (left - 1)).clamp_min_(0)
    high = remaining.clamp_max(255)
    centred = torch.stack([pixels, pixels + 1, low, high + 1]).sub_(128)
    far = torch.nn.functional.hardshrink(centred, 127.5)
    share = (high - low).add_(1).mul_(-1 / FREQUENCY_TOTAL).add_(1)
    return _Limits(centred.add_(127.5).add_(far, alpha=FOLDED), share)


def _shifted(predicted: Tensor, deviation: Tensor, coefficients: Tensor) -> Tensor:
    """The predicted means (N, 3, P) moved by the channels that come before."""
    means = predicted.clone()
    means[:, 1].addcmul_(coefficients[:, 0], deviation[:, 0])
    means[:, 2].addcmul_(coefficients[:, 1], deviation[:, 0]).addcmul_(coefficients[:, 2], deviation[:, 1])
    return means


def _bits_and_slopes(
    main: Tensor, predicted: Tensor, limits: _Limits, configuration: NetworkConfiguration, bits: Tensor, slopes: Tensor
) -> None:
    """Fill in the bits (N, 3, P) and their derivatives by the parameters `main`, both (N, 9K, P)."""
    by_channel = (main.shape[0], CHANNELS, CHANNELS, configuration.components, main.shape[2])
    logits, offsets, raw_scales = main.view(by_channel).unbind(2)
    by_logit, by_mean, by_scale = slopes.view(by_channel).unbind(2)
    weights = torch.softmax(logits, dim=2)
    log_scales = raw_scales.clamp(configuration.log_scale_minimum, configuration.log_scale_maximum)
    inverse_scales = torch.exp(-log_scales)
    means = offsets + predicted.unsqueeze(2)
    arguments = (limits.all.unsqueeze(3) - means).mul_(inverse_scales)
    cdf = torch.sigmoid(arguments)
    inside, allowed = cdf[1] - cdf[0], cdf[3] - cdf[2]
    unclamped = (weights * allowed).sum(dim=2)
    total = unclamped.clamp_min(SMALLEST_TOTAL)
    ratio = (weights * inside).sum(dim=2).div_(total)
    share = ratio.clamp(0.0, 1.0)
    probability = (share * limits.share).add_(1 / FREQUENCY_TOTAL)
    torch.log2(probability, out=bits).neg_()

    # From here on derivatives: of the bits by the share, then by the mixture's mass inside and allowed.
    by_inside = (limits.share / probability).mul_(-1 / math.log(2)).mul_(share == ratio).div_(total)
    by_allowed = (by_inside * share).mul_(unclamped == total).neg_()
    by_weight = inside.mul_(by_inside.unsqueeze(2)).addcmul_(allowed, by_allowed.unsqueeze(2))
    by_weight.sub_((weights * by_weight).sum(dim=2, keepdim=True))
    torch.mul(weights, by_weight, out=by_logit)
    by_cdf = torch.stack([-by_inside, by_inside, -by_allowed, by_allowed]).unsqueeze(3)
    by_argument = torch.addcmul(cdf, cdf, cdf, value=-1).mul_(by_cdf)
    torch.mul(by_argument.sum(dim=0), inverse_scales.mul_(weights), out=by_mean).neg_()
    torch.mul(by_argument.mul_(arguments).sum(dim=0), weights, out=by_scale).neg_()
    by_scale.masked_fill_(log_scales != raw_scales, 0.0)


def _planes(output: Tensor) -> Tensor:
    """`output` as (N, C, P), plane after plane, in float32 at least."""
    batch, channels, height, width = output.shape
    if output.device.type != "cpu" or not output.is_contiguous(memory_format=torch.channels_last):
        planes = output.contiguous()
    else:
        # Transposing matrices is what torch does in blocks that fit the cache; changing the memory format is not.
        planes = output.new_empty(output.shape)
        for image, pixels in zip(planes.view(batch, channels, -1), output.permute(0, 2, 3, 1), strict=True):
            image.copy_(pixels.reshape(-1, channels).t())
    planes = planes.view(batch, channels, height * width)
    return planes if planes.dtype == torch.float64 else planes.float()


def _laid_out(planes: Tensor, size: torch.Size, dtype: torch.dtype, channels_last: bool) -> Tensor:
    """(N, C, P) as (N, C, H, W) in another type and memory format."""
    batch, channels, pixels = planes.shape
    values = planes.to(dtype)
    if not channels_last:
        return values.view(batch, channels, *size)
    if planes.device.type != "cpu":
        return values.view(batch, channels, *size).contiguous(memory_format=torch.channels_last)
    result = values.new_empty(batch, pixels, channels)
    for image, source in zip(result, values, strict=True):
        image.copy_(source.t())
    return result.view(batch, *size, channels).permute(0, 3, 1, 2)
