"""The super-resolution network: one definition for the paper's configuration and for ours.

Module names (`rgb_decs`, `mix_logits_prob_clf`, …) are those of the official checkpoints, which therefore load key for
key; `SuperResolutionNetwork.nets` is what they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from srec_engine.model.configuration import STEP_COUNT, NetworkConfiguration
from srec_engine.network.inputs import linear_inputs, local_contrast, signed_inputs
from srec_engine.network.layers import (
    INNER_BITS,
    STREAM_ACTIVATION_BITS,
    STREAM_BITS,
    Convolution,
    Rectifier,
    round_straight_through,
)

__all__ = ["RemainderClassifier", "ScaleDecoder", "StepDecoder", "SuperResolutionNetwork"]

NETWORK_INPUT_UNIT = 2.0**-6
"""Integer inputs (−127 … 127) enter the float network in this unit."""

LINEAR_INPUT_UNIT = 0.25
"""Inputs of the linear predictor are quarter grey levels."""


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions around a rectifier, added to what came in."""

    def __init__(self, configuration: NetworkConfiguration) -> None:
        super().__init__()
        features = configuration.features
        self.preactivation = configuration.layout == "preactivation"
        rectifier: nn.Module = Rectifier(INNER_BITS) if self.preactivation else nn.LeakyReLU()
        self.body = nn.Sequential(Convolution(features, features, 3), rectifier, Convolution(features, features, 3))
        self.activation = Rectifier(STREAM_ACTIVATION_BITS)
        self.quantised = False

    def forward(self, stream: Tensor) -> Tensor:
        """(N, features, H, W) to the same shape."""
        added: Tensor = self.body(self.activation(stream) if self.preactivation else stream)
        return stream + (_round_to_stream(added) if self.quantised else added)


def _round_to_stream(values: Tensor) -> Tensor:
    """Round (straight through) to the steps in which integers are added to the residual stream."""
    return round_straight_through(values, STREAM_BITS)


class StepDecoder(nn.Module):
    """Features of one step: the head takes in what is known, the blocks refine it."""

    def __init__(self, inputs: int, configuration: NetworkConfiguration) -> None:
        super().__init__()
        features = configuration.features
        self.edsr = configuration.layout == "edsr"
        self.quantised = False
        self.head = Convolution(inputs, features, 1 if self.edsr else 3)
        blocks: list[nn.Module] = [ResidualBlock(configuration) for _ in range(configuration.blocks)]
        if self.edsr:
            blocks.append(Convolution(features, features, 3))
            self.tail = Convolution(features, features, 1)
        self.body = nn.Sequential(*blocks)

    def forward(self, inputs: Tensor, context: Tensor | None) -> Tensor:
        """Inputs (N, inputs, H, W) and the context before, (N, features, H, W), to features of that shape."""
        taken_in: Tensor = self.head(inputs)
        if self.quantised:
            taken_in = _round_to_stream(taken_in)
        stream = taken_in if context is None else context + taken_in
        refined: Tensor = self.body(stream)
        return self.tail(refined + stream) if self.edsr else refined


class AtrousConvolutions(nn.Module):
    """Parallel dilated convolutions (none in our layout), then a 1×1 convolution to the mixture's parameters."""

    def __init__(self, configuration: NetworkConfiguration) -> None:
        super().__init__()
        features = configuration.features
        self.atrous = nn.ModuleList(
            Convolution(features, features, 3, dilation=rate) for rate in configuration.atrous_rates
        )
        self.lin = Convolution(features * max(1, len(self.atrous)), configuration.parameters_per_pixel, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(N, features, H, W) to (N, parameters_per_pixel, H, W)."""
        if len(self.atrous):
            features = torch.cat([convolution(features) for convolution in self.atrous], dim=1)
        output: Tensor = self.lin(features)
        return output


class Classifier(nn.Module):
    """From features to the parameters of the mixture."""

    def __init__(self, configuration: NetworkConfiguration) -> None:
        super().__init__()
        self.atrous = AtrousConvolutions(configuration)

    def forward(self, features: Tensor) -> Tensor:
        """(N, features, H, W) to (N, parameters_per_pixel, H, W)."""
        output: Tensor = self.atrous(features)
        return output


class RemainderClassifier(nn.Module):
    """Distribution of the remainders from the low-resolution picture and the context of the coarser scale."""

    def __init__(self, configuration: NetworkConfiguration) -> None:
        super().__init__()
        self.head = Convolution(6, configuration.features, 3)
        self.body = nn.Sequential(*(ResidualBlock(configuration) for _ in range(configuration.remainder_blocks)))
        self.lin = Convolution(configuration.features, configuration.remainder_outputs, 1)
        self.couplings = nn.Parameter(torch.zeros(3, 4, 4))
        self.activation = Rectifier(STREAM_ACTIVATION_BITS)
        self.quantised = False

    def forward(self, means: Tensor, context: Tensor | None) -> tuple[Tensor, Tensor]:
        """Low-resolution pixels (N, 3, H, W) and the context to the classifier's outputs and the stream for pixel 1."""
        sums = 4 * means
        inputs = signed_inputs(local_contrast(sums), sums) * NETWORK_INPUT_UNIT
        taken_in: Tensor = self.head(inputs)
        if self.quantised:
            taken_in = _round_to_stream(taken_in)
        stream = self.body(taken_in if context is None else context + taken_in)
        logits: Tensor = self.lin(self.activation(stream))
        return logits, stream


class ScaleDecoder(nn.Module):
    """Everything with weights that codes one scale (or, shared, several coarse ones)."""

    def __init__(self, configuration: NetworkConfiguration) -> None:
        super().__init__()
        ours = configuration.layout == "preactivation"
        self.configuration = configuration
        inputs_of = [3 * (step + 1) + (3 if configuration.inputs == "contrast" else 0) for step in range(STEP_COUNT)]
        self.rgb_decs = nn.ModuleList(StepDecoder(inputs, configuration) for inputs in inputs_of)
        self.mix_logits_prob_clf = nn.ModuleList(Classifier(configuration) for _ in range(STEP_COUNT))
        self.feat_convs = nn.ModuleList(
            nn.Identity() if ours else Convolution(configuration.features, configuration.features, 3)
            for _ in range(STEP_COUNT)
        )
        self.linear = nn.ModuleList(
            Convolution(3 * (step + 1), 3, configuration.linear_kernel, bias=False)
            for step in range(STEP_COUNT if configuration.linear_kernel else 0)
        )
        self.remainder = RemainderClassifier(configuration) if configuration.learned_remainders else None
        self.activation = Rectifier(STREAM_ACTIVATION_BITS) if ours else nn.Identity()
        self._start_near_the_average()

    def _start_near_the_average(self) -> None:
        """Start with small corrections, spread means and scales of a few grey levels (ours only)."""
        if self.configuration.coefficients == "sigmoid":
            return
        for convolution in self.linear:
            nn.init.zeros_(cast(Convolution, convolution).weight)
        components = self.configuration.components
        spread = torch.arange(components) - (components - 1) / 2
        for classifier in self.mix_logits_prob_clf:
            last = cast(Classifier, classifier).atrous.lin
            nn.init.normal_(last.weight, std=0.02)
            bias = torch.zeros(9 * components + 3)
            main = bias[: 9 * components].view(3, 3, components)
            main[:, 1] = spread * 2.0
            main[:, 2] = 1.0 + spread.abs() * 0.5
            bias[9 * components] = bias[9 * components + 2] = 0.5
            cast(Tensor, last.bias).data.copy_(bias)

    def predicted(self, step: int, inputs: Tensor, remaining: Tensor, left: int) -> Tensor:
        """Predicted means (N, 3, H, W) in grey levels: the remaining sum's share, corrected linearly."""
        share = remaining / left
        if not len(self.linear):
            return share
        correction: Tensor = self.linear[step](inputs * LINEAR_INPUT_UNIT)
        return share + correction

    def step_inputs(
        self, sums: Tensor, contrast: Tensor | None, known: Sequence[Tensor]
    ) -> tuple[Tensor, Tensor | None]:
        """Inputs of a step's head, and those of the linear predictor (None without one)."""
        if contrast is None:
            values = torch.cat([sums / 4, *known], dim=1)
            return values / 127.5 - 1, None
        linear = linear_inputs(contrast, sums, known)
        return signed_inputs(linear, sums) * NETWORK_INPUT_UNIT, linear


class SuperResolutionNetwork(nn.Module):
    """The weights of all scales.

    Attributes:
        configuration: The shape.
        nets: `[context upsamplers, scale decoders]`, by weight set, coarsest first.
    """

    def __init__(self, configuration: NetworkConfiguration) -> None:
        super().__init__()
        self.configuration = configuration
        self.nets = nn.ModuleList(
            [
                nn.ModuleList(self._upsampler(index) for index in range(configuration.weight_sets)),
                nn.ModuleList(ScaleDecoder(configuration) for _ in range(configuration.weight_sets)),
            ]
        )

    def _upsampler(self, weight_set: int) -> nn.Module:
        configuration = self.configuration
        if weight_set == 0 and configuration.shared_scales == 1:
            return nn.Identity()
        kernel = 3 if configuration.layout == "edsr" else 1
        return nn.Sequential(
            Convolution(configuration.features, 4 * configuration.features, kernel), nn.PixelShuffle(2)
        )

    def set_quantised(self, quantised: bool) -> None:
        """Switch the rounding of weights, activations and stream on or off.

        The linear predictor and the classifiers' outputs keep their wide integers, so they are only rounded finely
        at export.
        """
        for module in self.modules():
            if isinstance(module, Convolution | Rectifier | ResidualBlock | StepDecoder | RemainderClassifier):
                module.quantised = quantised
        for decoder in self.scale_decoders():
            for convolution in decoder.linear:
                cast(Convolution, convolution).quantised = False

    def scale_decoders(self) -> list[ScaleDecoder]:
        """The decoders by weight set, coarsest first."""
        return [cast(ScaleDecoder, decoder) for decoder in cast(nn.ModuleList, self.nets[1])]

    def upsampled_context(self, scale: int, features: Tensor, height: int, width: int) -> Tensor:
        """The context for `scale` at its low resolution, from the features the coarser scale ended with."""
        weight_set = self.configuration.weight_set(scale)
        decoder = self.scale_decoders()[weight_set]
        upsampler = cast(nn.ModuleList, self.nets[0])[weight_set]
        context: Tensor = upsampler(decoder.activation(features))
        if isinstance(decoder.activation, Rectifier) and decoder.activation.quantised:
            context = _round_to_stream(context)
        return context[..., :height, :width]
