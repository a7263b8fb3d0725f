"""Our own layout in integers on one device: the same walk as `network.likelihood`, in exact integers."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from srec_engine.integer.prepared import PreparedModel, computed_exactly
from srec_engine.integer.prepared_layer import PreparedLayer
from srec_engine.integer.stream import Stream
from srec_engine.model.adaptation import Adaptation, corrected_classifier
from srec_engine.model.integer_model import IntegerModel
from srec_engine.model.layers import (
    INPUT_OFFSET,
    PartNames,
    check_layers,
    remainder_names,
    step_names,
    upsampler_name,
)
from srec_engine.network.inputs import linear_inputs, local_contrast, signed_inputs

__all__ = ["IntegerNetwork", "ScaleState"]


class ScaleState:
    """What is carried through the steps of one scale: the stream, its activations, and what is known of the blocks.

    Attributes:
        scale: The scale that is being coded.
        weight_set: Its set of weights.
        activations: uint8 (N, features, H, W) after the last contribution.
        sums: float32 (N, 3, H, W) sums of the blocks, once the remainders are known.
        contrast: Of the sums.
        known: Pixels of the blocks known so far, float32.
    """

    def __init__(self, scale: int, weight_set: int, stream: Stream, activations: Tensor) -> None:
        self.scale = scale
        self.weight_set = weight_set
        self.stream = stream
        self.activations = activations
        self.sums: Tensor | None = None
        self.contrast: Tensor | None = None
        self.known: list[Tensor] = []


class IntegerNetwork(PreparedModel):
    """A model of our own layout on a device. See `CodingNetwork` for its methods.

    Raises:
        ModelError: When its layers do not fit its configuration, or no kernel is exact.
    """

    def __init__(self, model: IntegerModel, device: str = "cpu", kernel: str = "auto", *, checked: bool = True) -> None:
        check_layers(model.configuration, model.layers)
        super().__init__(model, device, kernel, checked=checked)
        self._corrected: dict[tuple[int, int], PreparedLayer] = {}

    def adapted(self, adaptation: Adaptation) -> IntegerNetwork:
        """See `PreparedModel.adapted`."""
        network = copy.copy(self)
        network._corrected = dict(self._prepared_corrections(adaptation))  # noqa: SLF001 - another one of this class
        return network

    def _prepared_corrections(self, adaptation: Adaptation) -> Iterator[tuple[tuple[int, int], PreparedLayer]]:
        for (scale, step), correction in adaptation.items():
            name = step_names(self.model.configuration.weight_set(scale), step).classifier
            layer = corrected_classifier(self.model.layers[name], correction)
            yield (scale, step), self.kernel.prepare(layer, self.device)

    @computed_exactly
    def begin_scale(self, scale: int, means: Tensor, context: Tensor | None) -> tuple[ScaleState, Tensor]:
        """Start coding `scale`.

        Args:
            scale: 0 is the full image.
            means: float32 (N, 3, H, W) low-resolution pixels on the device.
            context: Activations that the coarser scale ended with, or None.

        Returns:
            The state, and float32 (N, H, W, outputs) of the remainders' classifier in steps of 2⁻⁶ nat.
        """
        weight_set = self.model.configuration.weight_set(scale)
        batch, _, height, width = means.shape
        stream = self.kernel.stream((batch, self.model.configuration.features, height, width), self.device)
        if context is not None:
            upsampled = functional.pixel_shuffle(self.layer(upsampler_name(weight_set)).scaled(context), 2)
            stream.add(upsampled[..., :height, :width])
        sums = 4 * means
        inputs = _stored(signed_inputs(local_contrast(sums), sums))
        names = remainder_names(weight_set)
        activations = stream.add(self.layer(names.head).scaled(inputs))
        blocks = self.model.configuration.remainder_blocks
        activations = self._through_blocks(names, blocks, stream, activations)
        logits = self.layer(names.classifier).scaled(activations)
        return ScaleState(scale, weight_set, stream, activations), _channels_last(logits)

    @computed_exactly
    def set_sums(self, state: ScaleState, sums: Tensor) -> None:
        """Tell the state the blocks' sums: float32 (N, 3, H, W) on the device."""
        state.sums = sums
        state.contrast = local_contrast(sums)

    @computed_exactly
    def step(self, state: ScaleState) -> tuple[Tensor, Tensor]:
        """Parameters of the next pixel's distributions.

        Returns:
            float32 (N, H, W, parameters) in the coder's fixed-point steps, and float32 (N, H, W, 3), the linear
            correction of the predicted means in steps of 2⁻⁸ grey level. Both are exact; the coder rounds them.
        """
        if state.sums is None or state.contrast is None:
            raise RuntimeError("set_sums comes before the first step")
        names = step_names(state.weight_set, len(state.known))
        linear = linear_inputs(state.contrast, state.sums, state.known)
        inputs = _stored(signed_inputs(linear, state.sums))
        activations = state.stream.add(self.layer(names.head).scaled(inputs))
        blocks = self.model.configuration.blocks
        state.activations = activations = self._through_blocks(names, blocks, state.stream, activations)
        parameters = self.classified(state.scale, len(state.known), activations)
        correction = self.layer(names.linear).scaled(linear.to(torch.int16))
        return parameters, _channels_last(correction)

    @computed_exactly
    def classified(self, scale: int, step: int, activations: Tensor) -> Tensor:
        """See `CodingNetwork.classified`."""
        corrected = self._corrected.get((scale, step))
        name = step_names(self.model.configuration.weight_set(scale), step).classifier
        return _channels_last((corrected or self.layer(name)).scaled(activations))

    def _through_blocks(self, names: PartNames, blocks: int, stream: Stream, activations: Tensor) -> Tensor:
        """Add residual blocks to the stream; returns its activations afterwards."""
        for number in range(blocks):
            first, second = names.block(number)
            inner = self.layer(first).to_bytes(activations)
            activations = stream.add(self.layer(second).scaled(inner))
        return activations

    def add_known(self, state: ScaleState, pixel: Tensor) -> None:
        """Tell the state the pixel that was just coded: float32 (N, 3, H, W) on the device."""
        state.known.append(pixel)


def _stored(signed: Tensor) -> Tensor:
    """Signed inputs (−127 … 127) as the bytes that layers with an offset take."""
    return (signed + INPUT_OFFSET).to(torch.uint8)


def _channels_last(values: Tensor) -> Tensor:
    return values.permute(0, 2, 3, 1).contiguous()
