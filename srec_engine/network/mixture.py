"""The mixture of discretised logistics as the training sees it (PixelCNN++; paper, section 3.2).

Its integer counterpart, which the coder uses, is `srec_engine.entropy.distribution`; a test holds the two together.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from srec_engine.model.configuration import NetworkConfiguration

__all__ = ["FREQUENCY_TOTAL", "PixelParameters", "mixture_bits", "remainder_bits", "split_parameters"]

FREQUENCY_TOTAL = 65536
"""Frequencies of the coder add up to this; every allowed symbol has at least one."""

FAR_OUTSIDE = 1e6
"""Grey levels at which every component's CDF is 0 or 1 in float32, whatever its scale."""


class PixelParameters(NamedTuple):
    """Mixture parameters of a pixel's three channels, each (N, 3, K, H, W)."""

    logits: Tensor
    means: Tensor
    log_scales: Tensor


def split_parameters(
    output: Tensor, predicted: Tensor, pixels: Tensor, configuration: NetworkConfiguration
) -> PixelParameters:
    """Take a classifier's output apart and shift the means by the channels that come before.

    Args:
        output: (N, parameters_per_pixel, H, W).
        predicted: (N, 3, H, W) predicted means in grey levels (used with relative means).
        pixels: (N, 3, H, W) the true values, of which a channel sees those before it.
        configuration: The network's.
    """
    if configuration.coefficients == "sigmoid":
        return _split_original(output, pixels, configuration)
    components = configuration.components
    batch, _, height, width = output.shape
    main = output[:, : 9 * components].view(batch, 3, 3, components, height, width)
    coefficients = output[:, 9 * components :].unsqueeze(2)
    deviation = (pixels - predicted).unsqueeze(2)
    shift_green = coefficients[:, 0] * deviation[:, 0]
    shift_blue = coefficients[:, 1] * deviation[:, 0] + coefficients[:, 2] * deviation[:, 1]
    shift = torch.stack([torch.zeros_like(shift_green), shift_green, shift_blue], dim=1)
    means = main[:, :, 1] + predicted.unsqueeze(2) + shift
    log_scales = main[:, :, 2].clamp(configuration.log_scale_minimum, configuration.log_scale_maximum)
    return PixelParameters(main[:, :, 0], means, log_scales)


def _split_original(output: Tensor, pixels: Tensor, configuration: NetworkConfiguration) -> PixelParameters:
    """The original's order: all weights, all means, all log-scales, all coefficients; means clipped to 0 … 255."""
    batch, _, height, width = output.shape
    split = output.view(batch, 4, 3, configuration.components, height, width)
    coefficients = torch.sigmoid(split[:, 3])
    red, green = pixels[:, 0:1], pixels[:, 1:2]
    means = torch.stack(
        [
            split[:, 1, 0],
            split[:, 1, 1] + coefficients[:, 0] * red,
            split[:, 1, 2] + coefficients[:, 1] * red + coefficients[:, 2] * green,
        ],
        dim=1,
    ).clamp(0.0, 255.0)
    log_scales = split[:, 2].clamp(configuration.log_scale_minimum, configuration.log_scale_maximum)
    return PixelParameters(split[:, 0], means, log_scales)


def _component_cdf(boundary: Tensor, parameters: PixelParameters, inverse_scales: Tensor) -> Tensor:
    """Logistic CDF of each component half a grey level below `boundary`; 0 at 0 and 1 at 256 (folded tails)."""
    # Moving the boundary itself far out folds the tails K times cheaper than masking every component.
    folded = torch.where(boundary <= 0, -FAR_OUTSIDE, torch.where(boundary >= 256, FAR_OUTSIDE, boundary - 0.5))
    return torch.sigmoid((folded.unsqueeze(2) - parameters.means) * inverse_scales)


def mixture_bits(pixels: Tensor, parameters: PixelParameters, remaining: Tensor, left: int, truncation: bool) -> Tensor:
    """Bits of each subpixel, (N, 3, H, W).

    Args:
        pixels: (N, 3, H, W) true values.
        parameters: Of those pixels.
        remaining: (N, 3, H, W) sum of the block's pixels that are not known yet, this one included.
        left: How many those are (4, 3 or 2).
        truncation: Renormalise to the interval that `remaining` allows, with the coder's floor of one in 65536.
    """
    weights = torch.softmax(parameters.logits, dim=2)
    inverse_scales = torch.exp(-parameters.log_scales)
    lower = _component_cdf(pixels, parameters, inverse_scales)
    upper = _component_cdf(pixels + 1, parameters, inverse_scales)
    if not truncation:
        probability = (weights * (upper - lower).clamp_min(1e-12)).sum(dim=2)
        return -torch.log(probability) / math.log(2)
    low = (remaining - 255 * (left - 1)).clamp_min(0)
    high = remaining.clamp_max(255)
    inside = _component_cdf(high + 1, parameters, inverse_scales) - _component_cdf(low, parameters, inverse_scales)
    total = (weights * inside).sum(dim=2).clamp_min(1e-6)
    share = ((weights * (upper - lower)).sum(dim=2) / total).clamp(0.0, 1.0)
    symbols = high - low + 1
    probability = share * (1 - symbols / FREQUENCY_TOTAL) + 1 / FREQUENCY_TOTAL
    return -torch.log2(probability)


def remainder_bits(remainders: Tensor, logits: Tensor, couplings: Tensor, means: Tensor) -> Tensor:
    """Bits of each remainder, (N, 3, H, W).

    Args:
        remainders: (N, 3, H, W) in −1 … 2.
        logits: (N, 12, H, W), four per channel; then, where the network has them, three products' strengths (G with R,
            B with R, B with G): remainders of two channels add strength·product to the later one's logit.
        couplings: (3, 4, 4): what red adds to green's logits, red to blue's, green to blue's.
        means: (N, 3, H, W) low-resolution pixels; black and white forbid the remainders that no block can have.
    """
    batch, outputs, height, width = logits.shape
    symbols = (remainders + 1).long()
    value = torch.arange(4, device=logits.device).view(1, 1, 4, 1, 1)
    split = logits[:, :12].reshape(batch, 3, 4, height, width)
    added = [couplings[pair][symbols[:, known]].movedim(-1, 1) for pair, known in ((0, 0), (1, 0), (2, 1))]
    if outputs > 12:
        slopes = logits[:, 12:] * remainders[:, [0, 0, 1]]
        added = [table + slopes[:, pair : pair + 1] * (value[0] - 1) for pair, table in enumerate(added)]
    coupled = torch.stack([split[:, 0], split[:, 1] + added[0], split[:, 2] + added[1] + added[2]], dim=1)
    black, white = (means == 0).unsqueeze(2), (means == 255).unsqueeze(2)
    forbidden = (black & (value == 0)) | (white & (value >= 2))
    log_probability = torch.log_softmax(coupled.masked_fill(forbidden, -1e4), dim=2)
    return -log_probability.gather(2, symbols.unsqueeze(2)).squeeze(2) / math.log(2)
