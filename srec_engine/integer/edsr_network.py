"""The original layout in integers on one device: the same walk as `network.likelihood`, exactly.

Activations are signed 16-bit integers (each layer states how large they may be), the stream between them is
`GUARD_BITS` finer. Every value is an integer below 2²⁴ held in float32, so nothing here ever rounds but `round`.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from srec_engine.integer.prepared import PreparedModel, computed_exactly
from srec_engine.model.configuration import STEP_COUNT
from srec_engine.model.integer_model import IntegerModel
from srec_engine.model.layers import EDSR_INPUT_LEVELS, PartNames, check_layers, step_names, upsampler_name

__all__ = ["GUARD_BITS", "EdsrNetwork", "EdsrState"]

GUARD_BITS = 6
"""The stream is this many bits finer than the activations that convolutions take from it."""

STREAM_LIMIT = float(1 << 21)
"""The stream is clipped to ± this: whatever is added to it, float32 gives the clipped sum exactly."""

LEAK_LIMIT = float(1 << 18)
"""Inputs of the leaky rectifier are clipped to ± this, so that their product with the leak's numerator is exact."""

LEAK = 41 / 4096
"""Slope of the leaky rectifier below zero: 0.01 with a denominator that is a power of two."""

REMAINDER_LOGITS = 12


class EdsrState:
    """What is carried through the steps of one scale.

    Attributes:
        weight_set: Which set of weights codes the scale.
        context: float32 (N, features, H, W) integers that the next step's stream begins with; None: with zero.
        sums: float32 (N, 3, H, W) sums of the blocks, once the remainders are known.
        known: Pixels of the blocks known so far, float32.
        activations: int16 (N, features, H, W), what the next finer scale's context is made of; empty before the end.
    """

    def __init__(self, weight_set: int, context: Tensor | None) -> None:
        self.weight_set = weight_set
        self.context = context
        self.sums: Tensor | None = None
        self.known: list[Tensor] = []
        self.activations = torch.empty(0, dtype=torch.int16)


class EdsrNetwork(PreparedModel):
    """A model of the original layout on a device. See `CodingNetwork` for its methods.

    Raises:
        ModelError: When its layers do not fit its configuration, or no kernel is exact.
    """

    def __init__(self, model: IntegerModel, device: str = "cpu", kernel: str = "auto", *, checked: bool = True) -> None:
        check_layers(model.configuration, model.layers)
        super().__init__(model, device, kernel, checked=checked)
        self._atrous = range(len(model.configuration.atrous_rates))

    @computed_exactly
    def begin_scale(self, scale: int, means: Tensor, context: Tensor | None) -> tuple[EdsrState, Tensor]:
        """Start coding `scale`. The remainders are as likely as each other: their logits are zeros."""
        weight_set = self.model.configuration.weight_set(scale)
        batch, _, height, width = means.shape
        upsampled = None
        if context is not None:
            shuffled = functional.pixel_shuffle(self.layer(upsampler_name(weight_set)).scaled(context), 2)
            upsampled = shuffled[..., :height, :width].contiguous(memory_format=torch.channels_last)
            upsampled = _limited_to_stream(upsampled)
        logits = torch.zeros((batch, height, width, REMAINDER_LOGITS), dtype=torch.float32, device=self.device)
        return EdsrState(weight_set, upsampled), logits

    @computed_exactly
    def set_sums(self, state: EdsrState, sums: Tensor) -> None:
        """Tell the state the blocks' sums: float32 (N, 3, H, W) on the device."""
        state.sums = sums

    @computed_exactly
    def step(self, state: EdsrState) -> tuple[Tensor, None]:
        """Parameters of the next pixel's distributions, float32 (N, H, W, parameters); the means are absolute."""
        number = len(state.known)
        names = step_names(state.weight_set, number)
        taken_in = self.layer(names.head).scaled(_inputs(state))
        stream = torch.zeros_like(taken_in) if state.context is None else state.context
        _add(stream, taken_in)
        features = self._features(names, stream)
        parameters = self._classified(names, features)
        context = self.layer(names.context).scaled(features)
        if number < STEP_COUNT - 1:
            state.context = _limited_to_stream(context)
        else:
            state.activations = self._activations(state, context)
        return parameters.permute(0, 2, 3, 1).contiguous(), None

    def add_known(self, state: EdsrState, pixel: Tensor) -> None:
        """Tell the state the pixel that was just coded: float32 (N, 3, H, W) on the device."""
        state.known.append(pixel)

    def _features(self, names: PartNames, first: Tensor) -> Tensor:
        """The residual blocks, the closing convolution and the tail, from the stream to activations."""
        stream = first.clone()
        for block in range(self.model.configuration.blocks):
            first_name, second_name = names.block(block)
            inner = self.layer(first_name).scaled(self._taken(stream, first_name)).round_()
            inner.clamp_(-LEAK_LIMIT, LEAK_LIMIT)
            rectified = torch.maximum(inner, inner * LEAK)
            _add(stream, self.layer(second_name).scaled(self._taken(rectified, second_name)))
        closing = self.layer(names.closing).scaled(self._taken(stream, names.closing))
        _add(first, closing)
        tail = self.layer(names.tail).scaled(self._taken(first, names.tail))
        return self._limited(tail, [names.context, *(names.atrous(number) for number in self._atrous)])

    def _classified(self, names: PartNames, features: Tensor) -> Tensor:
        dilated = [self.layer(names.atrous(number)).scaled(features) for number in self._atrous]
        return self.layer(names.classifier).scaled(self._limited(torch.cat(dilated, dim=1), [names.classifier]))

    def _activations(self, state: EdsrState, context: Tensor) -> Tensor:
        """The last step's context as activations for the next finer scale; nothing where there is none."""
        finer = state.weight_set + 1
        if finer == self.model.configuration.weight_sets:
            return torch.empty((len(context), 0), dtype=torch.int16)
        return self._limited(context, [upsampler_name(finer)]).to(torch.int16)

    def _taken(self, stream: Tensor, name: str) -> Tensor:
        """The stream as the activations that a layer takes."""
        return self._limited(stream * 2.0**-GUARD_BITS, [name])

    def _limited(self, values: Tensor, names: Sequence[str]) -> Tensor:
        """Values rounded and clipped to what layers take, in place."""
        limit = min(self.model.layers[name].input_maximum for name in names)
        return values.round_().clamp_(-limit, limit)


def _inputs(state: EdsrState) -> Tensor:
    """Sums and known pixels as integers −510 … 510: (N, 3 + 3·known, H, W)."""
    if state.sums is None:
        raise RuntimeError("set_sums comes before the first step")
    return torch.cat([state.sums, *(4 * pixel for pixel in state.known)], dim=1).sub_(EDSR_INPUT_LEVELS)


def _add(stream: Tensor, contribution: Tensor) -> None:
    stream.add_(contribution.round_()).clamp_(-STREAM_LIMIT, STREAM_LIMIT)


def _limited_to_stream(contribution: Tensor) -> Tensor:
    return contribution.round_().clamp_(-STREAM_LIMIT, STREAM_LIMIT)
