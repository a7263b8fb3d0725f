"""From a float network of the original layout, trained without a thought of integers, to the integer model that codes.

Each channel of each activation gets a unit of its own, taken from its range on photographs; the units disappear in the
weights around it. Weights are as fine as 2²⁴ and 16 bits allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from srec_engine.entropy.fixed_point import GREY_BITS, NAT_UNITS, SIGMOID_STEPS
from srec_engine.errors import ModelError
from srec_engine.integer.calibration import InputStatistics, input_statistics
from srec_engine.integer.edsr_network import GUARD_BITS
from srec_engine.integer.known_answers import known_answers
from srec_engine.integer.rounding import ScaledConvolution
from srec_engine.integer.tables import distribution_tables
from srec_engine.model.configuration import STEP_COUNT, NetworkConfiguration
from srec_engine.model.integer_model import IntegerConvolution, IntegerModel
from srec_engine.model.layers import EDSR_INPUT_LEVELS, step_names, upsampler_name
from srec_engine.network.layers import Convolution
from srec_engine.network.network import SuperResolutionNetwork

__all__ = ["export_edsr"]

ACTIVATION_LIMIT = 1023
"""Activations are integers −1023 … 1023. With 64 features that leaves the weights of a 3×3 convolution a root mean
square of about 25, which is enough where their errors make up for each other."""

HEADROOM = 1.1
"""Activations may be this much larger than on the photographs that were looked at."""

LOG_SCALE_MINIMUM = -310 / NAT_UNITS
LOG_SCALE_MAXIMUM = 352 / NAT_UNITS
"""Log-scales are clipped to −4.84 … 5.5 nat: below, a logistic function is a step within 1/50 of a grey level, beyond,
it is flat over all grey levels."""


def export_edsr(
    network: SuperResolutionNetwork, images: Sequence[NDArray[np.uint8]], name: str, recipe: dict[str, Any]
) -> IntegerModel:
    """Round a network of the original layout to integers, prove it exact, and compute its known answers.

    Args:
        network: The trained network.
        images: Photographs, uint8 (H, W, 3), that say how large its activations become.
        name: What people will call the model.
        recipe: How it was made, in words and figures.

    Raises:
        ModelError: When the network has another layout, does not compute finite numbers, or could exceed 2²⁴.
    """
    if network.configuration != _original_form(network.configuration):
        raise ModelError(
            "This network does not have the original program's layout. Export it with srec train --export."
        )
    statistics = input_statistics(network, images)
    if not all(bool(torch.isfinite(several.largest).all()) for several in statistics.values()):
        raise ModelError("The network does not compute finite numbers, so it cannot be rounded to integers.")
    configuration = replace(
        network.configuration,
        truncation=True,
        log_scale_minimum=LOG_SCALE_MINIMUM,
        log_scale_maximum=LOG_SCALE_MAXIMUM,
    )
    layers = dict(_Export(network, statistics).layers())
    couplings = np.zeros((configuration.weight_sets, 3, 4, 4), dtype=np.int32)
    tables = distribution_tables(configuration)
    model = IntegerModel(configuration, layers, couplings, tables, known_answers(layers), recipe, name)
    model.check()
    return model


def _original_form(configuration: NetworkConfiguration) -> NetworkConfiguration:
    """The original program's configuration of the same size."""
    return NetworkConfiguration.original(
        configuration.features, configuration.blocks, configuration.components, configuration.scales
    )


@dataclass(frozen=True, slots=True)
class _Export:
    """The layers of one network.

    Attributes:
        network: The network.
        statistics: What its convolutions were given, by their names.
    """

    network: SuperResolutionNetwork
    statistics: Mapping[str, InputStatistics]

    def layers(self) -> Iterator[tuple[str, IntegerConvolution]]:
        """Every convolution with its name in a model."""
        for index in range(self.network.configuration.weight_sets):
            streams = [self._stream_units(f"nets.1.{index}.rgb_decs.{step}") for step in range(STEP_COUNT)]
            if index:
                # Channels 4k … 4k + 3 become the four pixels of channel k.
                outputs = _finer(streams[0]).repeat_interleave(4)
                name = f"nets.0.{index}.0"
                yield upsampler_name(index), self._rounded(name, self._units(name), outputs)
            contexts = [*(_finer(stream) for stream in streams[1:]), self._last_context(index)]
            for step in range(STEP_COUNT):
                yield from self._step_layers((index, step), streams[step], contexts[step])

    def _step_layers(
        self, place: tuple[int, int], stream: Tensor, context: Tensor
    ) -> Iterator[tuple[str, IntegerConvolution]]:
        """One step's layers.

        Args:
            place: Weight set and step.
            stream: Units of the activations that are taken from the stream.
            context: Units of the context that the step ends with.
        """
        index, step = place
        names, decoder = step_names(index, step), f"nets.1.{index}.rgb_decs.{step}"
        classifier, context_name = (
            f"nets.1.{index}.mix_logits_prob_clf.{step}.atrous",
            f"nets.1.{index}.feat_convs.{step}",
        )
        blocks, rates = self.network.configuration.blocks, self.network.configuration.atrous_rates
        pixel = torch.full((3 * (step + 1),), 1 / EDSR_INPUT_LEVELS, dtype=torch.float64)
        features, dilated = self._units(context_name), self._units(f"{classifier}.lin")
        yield names.head, self._rounded(f"{decoder}.head", pixel, _finer(stream), EDSR_INPUT_LEVELS)
        for block in range(blocks):
            name = f"{decoder}.body.{block}.body"
            inner = self._units(f"{name}.2")
            first, second = names.block(block)
            yield first, self._rounded(f"{name}.0", stream, _finer(inner))
            yield second, self._rounded(f"{name}.2", inner, _finer(stream))
        yield names.closing, self._rounded(f"{decoder}.body.{blocks}", stream, _finer(stream))
        yield names.tail, self._rounded(f"{decoder}.tail", stream, features)
        for number, units in enumerate(dilated.chunk(len(rates))):
            yield names.atrous(number), self._rounded(f"{classifier}.atrous.{number}", features, units)
        order, units = _parameter_order(self.network.configuration.components)
        yield names.classifier, self._rounded(f"{classifier}.lin", dilated, units, order=order)
        yield names.context, self._rounded(context_name, features, context)

    def _units(self, *names: str) -> Tensor:
        """Unit of each channel of the activations that the named convolutions take, from its largest magnitude."""
        largest = torch.stack([self.statistics[name].largest for name in names]).amax(dim=0)
        # A channel that never spoke on the photographs may do so elsewhere: it gets room like a faint one.
        faint = torch.clamp_min(largest.max() * 2.0**-8, 2.0**-20)
        return largest.clamp_min(faint) * HEADROOM / ACTIVATION_LIMIT

    def _stream_units(self, decoder: str) -> Tensor:
        """Units of what a step's convolutions take from its stream."""
        blocks = self.network.configuration.blocks
        takers = [f"{decoder}.body.{block}.body.0" for block in range(blocks)]
        return self._units(*takers, f"{decoder}.body.{blocks}", f"{decoder}.tail")

    def _last_context(self, index: int) -> Tensor:
        """Units of what the next finer set's upsampler takes; any, where there is none."""
        name = f"nets.0.{index + 1}.0"
        if name in self.statistics:
            return self._units(name)
        return torch.ones(self.network.configuration.features, dtype=torch.float64)

    def _rounded(
        self, name: str, inputs: Tensor, outputs: Tensor, maximum: int = ACTIVATION_LIMIT, order: Tensor | None = None
    ) -> IntegerConvolution:
        """Integers of a convolution whose input and output channels come in these units, its outputs in this order."""
        convolution = cast(Convolution, self.network.get_submodule(name))
        weight, bias = convolution.weight.detach().double(), cast(Tensor, convolution.bias).detach().double()
        if order is not None:
            weight, bias = weight[order], bias[order]
        per_tap = inputs.repeat_interleave(weight[0, 0].numel())
        seen = self.statistics[name]
        scaled = ScaledConvolution(
            weight=weight * inputs.view(1, -1, 1, 1) / outputs.view(-1, 1, 1, 1),
            bias=bias / outputs,
            mean=seen.mean / per_tap,
            covariance=seen.covariance / torch.outer(per_tap, per_tap),
            maximum=maximum,
            dilation=int(convolution.dilation[0]),
        )
        return scaled.rounded()


def _finer(units: Tensor) -> Tensor:
    """Units of the stream that activations of these units are taken from."""
    return units * 2.0**-GUARD_BITS


def _parameter_order(components: int) -> tuple[Tensor, Tensor]:
    """Where in the original's classifier outputs the coder's parameters are, and the units that the coder wants.

    The original's are all logits, all means, all log-scales, all coefficients; the coder's are the first three kinds
    channel by channel, then the coefficients.
    """
    original = torch.arange(12 * components).view(4, 3, components)
    order = torch.cat([original[:3].transpose(0, 1).flatten(), original[3].flatten()])
    channel = [NAT_UNITS] * components + [1 << GREY_BITS] * components + [NAT_UNITS] * components
    steps = torch.tensor(channel * 3 + [SIGMOID_STEPS] * (3 * components), dtype=torch.float64)
    return order, 1 / steps
