"""What enters a float network's convolutions on photographs: how large it becomes, and how it goes together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from srec_engine.network.layers import Convolution
from srec_engine.network.likelihood import image_bits
from srec_engine.network.network import SuperResolutionNetwork

__all__ = ["InputStatistics", "input_statistics"]

SAMPLES = 512
"""Places of each picture at each convolution that its covariance is taken from."""


class InputStatistics:
    """What one convolution was given.

    Attributes:
        largest: float64 (inputs,), largest magnitude of each channel.
    """

    def __init__(self, convolution: Convolution) -> None:
        taps = convolution.weight[0].numel()
        self._convolution = convolution
        self._count = 0
        self._sum = torch.zeros(taps, dtype=torch.float64)
        self._products = torch.zeros((taps, taps), dtype=torch.float64)
        self.largest = torch.zeros(convolution.in_channels, dtype=torch.float64)

    def add(self, inputs: Tensor) -> None:
        """Note inputs (1, channels, H, W)."""
        self.largest = torch.maximum(self.largest, inputs.abs().amax(dim=(0, 2, 3)).double())
        patches = _patches(inputs[0], self._convolution)
        self._count += patches.shape[1]
        self._sum += patches.sum(dim=1).double()
        self._products += (patches @ patches.T).double()

    @property
    def mean(self) -> Tensor:
        """Mean input of each weight of an output, float64 (taps,), in the order of the flattened weights."""
        return self._sum / max(1, self._count)

    @property
    def covariance(self) -> Tensor:
        """Covariance of those inputs, float64 (taps, taps)."""
        return self._products / max(1, self._count) - torch.outer(self.mean, self.mean)


def input_statistics(
    network: SuperResolutionNetwork, images: Sequence[NDArray[np.uint8]]
) -> dict[str, InputStatistics]:
    """Walk the network over images, uint8 (H, W, 3), and variants of them; by the names of its convolutions.

    The variants have each combination of channels inverted, and their colours are strong: ranges must fit every
    photograph, not only those that look like the ones that are at hand.
    """
    convolutions = {name: module for name, module in network.named_modules() if isinstance(module, Convolution)}
    statistics = {name: InputStatistics(convolution) for name, convolution in convolutions.items()}
    with _listening(convolutions, statistics), torch.inference_mode():
        for image in images:
            for variant in _variants(torch.from_numpy(image.transpose(2, 0, 1)[None].astype(np.float32))):
                image_bits(network, variant)
    return statistics


@contextmanager
def _listening(convolutions: dict[str, Convolution], statistics: dict[str, InputStatistics]) -> Iterator[None]:
    """Note what every forward pass within gives to the convolutions."""

    def listen(name: str, convolution: Convolution) -> Any:
        def note(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            statistics[name].add(inputs[0])

        return convolution.register_forward_pre_hook(note)

    handles = [listen(name, convolution) for name, convolution in convolutions.items()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _variants(pixels: Tensor) -> Iterator[Tensor]:
    """(1, 3, H, W) in all eight combinations of inverted channels, as it is and with strong colours and contrasts."""
    grey = pixels.mean(dim=1, keepdim=True)
    strong = (128 + 2 * (grey - 128) + 3 * (pixels - grey)).round().clamp(0, 255)
    for inverted in itertools.product((False, True), repeat=3):
        mask = torch.tensor(inverted).view(1, 3, 1, 1)
        for picture in (pixels, strong):
            yield torch.where(mask, 255 - picture, picture)


def _patches(inputs: Tensor, convolution: Convolution) -> Tensor:
    """What a convolution's weights meet at places spread over (channels, H, W): (taps, places)."""
    channels, height, width = inputs.shape
    margin, dilation = int(convolution.padding[0]), int(convolution.dilation[0])
    padded = functional.pad(inputs, (margin, margin, margin, margin))
    places = torch.linspace(0, height * width - 1, min(SAMPLES, height * width)).long()
    rows, columns = places // width, places % width
    sides = range(0, dilation * convolution.kernel_size[0], dilation)
    taps = [padded[:, rows + down, columns + right] for down in sides for right in sides]
    return torch.stack(taps, dim=1).reshape(channels * len(taps), -1)
