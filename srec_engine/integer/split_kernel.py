"""The 8-bit kernel for processors that add products of bytes in 16 bits: channels that would saturate are split up.

Without VNNI, oneDNN multiplies bytes with `vpmaddubsw`: it adds the products of two neighbouring input channels, 2k
and 2k + 1 of the same pixel, in a signed 16-bit integer that saturates, and everything after that in 32 bits. Inputs
are bytes, 0 … 255. So two weights of one sign, v and w, reach 255·|v + w| at most, and two of different signs 255
times the larger one, which is 255·127 = 32385 at most. Where |v + w| ≤ 128 for all weights of one sign, no pair leaves
±255·128 = ±32640, and 16 bits hold −32768 … 32767.

So the order of the input channels decides whether a convolution is exact. This kernel chooses, for each layer, an
order in which no pair can saturate, for any output, any position in the kernel and any input. A channel that can
stand beside no other gets a neighbour whose weights are zeros, so there is such an order for all weights. The inputs
are put into that order before the convolution.

That oneDNN makes these pairs and no others is tried out before a layer is used, with weights of which about half of
all other pairs would saturate.
"""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from srec_engine.integer.float_kernels import Float32Kernel
from srec_engine.integer.int8_kernels import Int8Layer, is_exact
from srec_engine.integer.prepared_layer import KernelUnavailableError, PreparedLayer
from srec_engine.integer.stream import Int16Stream, Stream
from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["Int8SplitKernel", "arranged"]

LARGEST_SUM = 128
"""Of the weights of a pair, where their signs are equal: 255·128 is within 16 bits, 255·129 is not."""

GROUP = 4
"""The number of arranged channels is a multiple of this: oneDNN keeps weights in groups of four bytes, and where it
joins a kernel's positions to one long row, none of its groups lies across two positions then."""


class _SplitLayer:
    """oneDNN's quantised convolution over inputs whose channels come in an order in which no pair saturates."""

    def __init__(self, layer: IntegerConvolution) -> None:
        self.order, in_order = arranged(layer)
        self.inner = Int8Layer(in_order)

    def scaled(self, inputs: Tensor) -> Tensor:
        return self.inner.scaled(self._arranged(inputs))

    def to_bytes(self, inputs: Tensor) -> Tensor:
        return self.inner.to_bytes(self._arranged(inputs))

    def _arranged(self, inputs: Tensor) -> Tensor:
        # numpy takes single bytes five times faster than torch's index_select does.
        pixels = inputs.permute(0, 2, 3, 1).contiguous().numpy()
        return torch.from_numpy(pixels.take(self.order, axis=3)).permute(0, 3, 1, 2)


class Int8SplitKernel:
    """8-bit convolutions of oneDNN on any x86 CPU, for any weights and inputs; wide layers run in float32."""

    name = "int8-split"
    stream: type[Stream] = Int16Stream

    def prepare(self, layer: IntegerConvolution, device: torch.device) -> PreparedLayer:
        """See `Kernel.prepare`. A processor that makes other pairs is refused whatever the layer's own weights are."""
        if device.type != "cpu":
            raise KernelUnavailableError("The int8-split kernel runs on the CPU only.")
        if not layer.eight_bit:
            return Float32Kernel().prepare(layer, device)
        prepared = _SplitLayer(layer)
        shape = (*layer.weight.shape[:1], len(prepared.order), *layer.weight.shape[2:])
        if not _adds_neighbours(shape, layer.dilation, layer.input_offset):
            raise KernelUnavailableError(
                "This processor adds products of bytes that are not neighbours: int8-split is not exact."
            )
        return prepared


def arranged(layer: IntegerConvolution) -> tuple[NDArray[np.intp], IntegerConvolution]:
    """A layer for inputs whose channels are put into an order in which no pair of its weights can saturate.

    Returns:
        intp (channels,): the channel of the original inputs that each of the new ones is, and the layer that takes
        these. Its additional channels have the weight zero.
    """
    order: list[int] = []
    used: list[bool] = []
    for channel, partner in _pairs(_can_be_neighbours(layer.weight)):
        order += [channel, channel if partner is None else partner]
        used += [True, partner is not None]
    missing = -len(order) % GROUP
    order += [0] * missing
    used += [False] * missing
    weight = layer.weight[:, order] * np.array(used, np.int16)[:, None, None]
    return np.array(order, np.intp), replace(layer, weight=weight)


def _can_be_neighbours(weight: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Bool (inputs, inputs): which two channels never saturate together, at any output and position."""
    by_channel = weight.swapaxes(0, 1).reshape(weight.shape[1], -1)
    # Only where one of two weights is above half of it, their sum can be too large.
    large = by_channel[:, np.abs(by_channel).max(axis=0) > LARGEST_SUM // 2]
    # The magnitude of a sum exceeds both of its terms only where their signs are equal.
    return np.array([np.abs(large + row).max(axis=1, initial=0) <= LARGEST_SUM for row in large], dtype=np.bool_)


def _pairs(allowed: NDArray[np.bool_]) -> list[tuple[int, int | None]]:
    """Channels in pairs, as many as a simple search finds; None for those that are left alone.

    The channel with the fewest possible partners goes first, to the one of them that has the fewest itself.
    """
    count = len(allowed)
    free = np.ones(count, dtype=np.bool_)
    possible = allowed & ~np.eye(count, dtype=np.bool_)
    pairs: list[tuple[int, int | None]] = []
    while free.any():
        choices = (possible & free).sum(axis=1)
        channel = int(np.where(free, choices, count).argmin())
        free[channel] = False
        partners = possible[channel] & free
        partner = int(np.where(partners, choices, count).argmin()) if partners.any() else None
        if partner is not None:
            free[partner] = False
        pairs.append((channel, partner))
    return pairs


@functools.cache
def _adds_neighbours(shape: tuple[int, ...], dilation: int, offset: int) -> bool:
    """Whether this process's oneDNN adds only the channels 2k and 2k + 1 in 16 bits, for convolutions of this shape.

    Each pair's weights add up to exactly ±`LARGEST_SUM`, in ever new shares: half of all other pairs would saturate.
    """
    random = np.random.default_rng(0)
    outputs, inputs, *sides = shape
    first = random.integers(1, LARGEST_SUM, (outputs, inputs // 2, *sides))
    signs = 2 * random.integers(0, 2, first.shape) - 1
    weight = np.stack([signs * first, signs * (LARGEST_SUM - first)], axis=2).reshape(shape)
    return is_exact(weight.astype(np.int16), dilation, offset)
