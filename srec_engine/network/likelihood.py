"""How many bits a network needs for images: the training's loss and the evaluation's figures.

The walk here (scale by scale, remainders, then three pixels) is the one the codec makes with integers.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from srec_engine.model.configuration import STEP_COUNT
from srec_engine.network.inputs import local_contrast
from srec_engine.network.mixture import remainder_bits
from srec_engine.network.mixture_gradient import bits_of_output
from srec_engine.network.network import ScaleDecoder, SuperResolutionNetwork
from srec_engine.pyramid import block_pixels, block_sums, mean_and_remainder, pad_to

__all__ = ["ScaleBits", "base_bits", "image_bits", "scale_bits"]


class ScaleBits(NamedTuple):
    """Bits of one scale, summed over the batch: scalar tensors.

    Attributes:
        scale: 0 is the full image.
        remainders: Bits of the remainders.
        pixels: Bits of pixel 1, 2 and 3.
        features: What the finer scale's context is made of.
    """

    scale: int
    remainders: Tensor
    pixels: tuple[Tensor, ...]
    features: Tensor | None

    @property
    def total(self) -> Tensor:
        """Bits of all steps."""
        return self.remainders + torch.stack(self.pixels).sum()


def base_bits(images: Tensor, scales: int) -> float:
    """Bits of the raw base of a batch (N, 3, H, W)."""
    height, width = images.shape[-2:]
    for _ in range(scales):
        height, width = (height + 1) // 2, (width + 1) // 2
    return 8.0 * images.shape[0] * images.shape[1] * height * width


def image_bits(network: SuperResolutionNetwork, images: Tensor) -> list[ScaleBits]:
    """Bits of a batch of images (N, 3, H, W), integers 0 … 255 as float32; coarse to fine."""
    levels = [images]
    for _ in range(network.configuration.scales):
        levels.append(mean_and_remainder(block_sums(block_pixels(levels[-1])))[0])
    features: Tensor | None = None
    bits: list[ScaleBits] = []
    for scale in reversed(range(network.configuration.scales)):
        bits.append(scale_bits(network, scale, levels[scale], features))
        features = bits[-1].features
    return bits


def scale_bits(network: SuperResolutionNetwork, scale: int, image: Tensor, features: Tensor | None) -> ScaleBits:
    """Bits of coding one scale's image (N, 3, H, W), given the features of the coarser scale."""
    configuration = network.configuration
    decoder = network.scale_decoders()[configuration.weight_set(scale)]
    pixels = block_pixels(image)
    sums = block_sums(pixels)
    means, remainders = mean_and_remainder(sums)
    context = None
    if features is not None:
        context = network.upsampled_context(scale, features, means.shape[-2], means.shape[-1])
    bits_of_remainders, stream = _remainders(decoder, means, remainders, context)
    contrast = local_contrast(sums) if configuration.inputs == "contrast" else None
    known: list[Tensor] = []
    bits_of_pixels: list[Tensor] = []
    remaining = sums
    for step in range(STEP_COUNT):
        inputs, linear = decoder.step_inputs(sums, contrast, known)
        stream = decoder.rgb_decs[step](inputs, stream)
        output = decoder.mix_logits_prob_clf[step](decoder.activation(stream))
        left = 4 - step
        predicted = remaining / left if linear is None else decoder.predicted(step, linear, remaining, left)
        bits = bits_of_output(output, predicted, pixels[step], remaining, left, configuration)
        bits_of_pixels.append(bits[..., : _rows(image, step), : _columns(image, step)].sum())
        stream = decoder.feat_convs[step](stream)
        known.append(_known_pixel(decoder, pixels[step], image, step))
        remaining = remaining - pixels[step]
    return ScaleBits(scale, bits_of_remainders, tuple(bits_of_pixels), stream)


def _remainders(
    decoder: ScaleDecoder, means: Tensor, remainders: Tensor, context: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    if decoder.remainder is None:
        raw_bits = torch.tensor(math.log2(4) * remainders.numel(), device=means.device)
        return raw_bits, context
    logits, stream = decoder.remainder(means, context)
    bits = remainder_bits(remainders, logits.float(), decoder.remainder.couplings, means)
    return bits.sum(), stream


def _rows(image: Tensor, step: int) -> int:
    """Rows of a pixel's plane that lie in the image (the rest is padding)."""
    height: int = image.shape[-2]
    return height // 2 if step >= 2 else (height + 1) // 2


def _columns(image: Tensor, step: int) -> int:
    width: int = image.shape[-1]
    return width // 2 if step == 1 else (width + 1) // 2


def _known_pixel(decoder: ScaleDecoder, pixel: Tensor, image: Tensor, step: int) -> Tensor:
    """A coded pixel as the next step sees it. The original repeats a plane's own edge where the image ends."""
    if decoder.configuration.inputs == "contrast":
        return pixel
    rows, columns = _rows(image, step), _columns(image, step)
    if rows == 0 or columns == 0:
        return pixel
    return pad_to(pixel[..., :rows, :columns], pixel.shape[-2], pixel.shape[-1])
