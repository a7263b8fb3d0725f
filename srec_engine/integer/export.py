"""From a trained float network to the integer model that codes, and back again.

Every weight becomes an 8-bit integer times a power of two per output channel (16 bits in the linear predictor), every
bias an integer in accumulator units, every rescaling a power of two. Powers of two lose nothing, so a float network
made of an integer model is that model, and training can go on from any model file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from srec_engine.errors import ModelError
from srec_engine.integer.known_answers import known_answers
from srec_engine.model.configuration import STEP_COUNT, NetworkConfiguration
from srec_engine.model.integer_model import EXACT_LIMIT, IntegerConvolution, IntegerModel
from srec_engine.model.layers import (
    ACTIVATION_LEVELS,
    LayerShape,
    PartNames,
    check_layers,
    layer_table,
    remainder_names,
    require_integer_form,
    step_names,
    upsampler_name,
)
from srec_engine.network.inputs import INPUT_BITS
from srec_engine.network.layers import (
    INNER_BITS,
    STREAM_ACTIVATION_BITS,
    STREAM_BITS,
    Convolution,
    weight_exponents,
)
from srec_engine.network.network import ScaleDecoder, SuperResolutionNetwork

__all__ = ["COEFFICIENT_BITS", "LOG_BITS", "MEAN_BITS", "export", "restored"]

MEAN_BITS = 8
"""Means and the linear correction come in steps of 2⁻⁸ grey level."""

LOG_BITS = 6
"""Logits and log-scales come in steps of 2⁻⁶ nat."""

COEFFICIENT_BITS = 8
"""Coefficients between channels come in steps of 2⁻⁸."""

LINEAR_WEIGHT_BITS = 10
"""Weights of the linear predictor come in steps of 2⁻¹⁰ (coarser where 2²⁴ demands it)."""

LINEAR_INPUT_BITS = 2
"""The linear predictor's inputs are quarter grey levels."""


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """A convolution of the float network and the units of its integer counterpart.

    Attributes:
        convolution: Of the float network.
        input_bits: Inputs come in steps of 2^−input_bits.
        output_bits: Outputs in steps of 2^−output_bits; a tensor where they differ by output.
    """

    convolution: Convolution
    input_bits: int
    output_bits: int | Tensor

    def rounded(self, shape: LayerShape) -> IntegerConvolution:
        """The convolution in integers; wide inputs (those of the linear predictor) get 16-bit weights instead of 8."""
        weight = self.convolution.weight.detach().double()
        maximum = shape.taken.largest
        wide = maximum > ACTIVATION_LEVELS
        exponents = self._wide_exponents(maximum) if wide else weight_exponents(self.convolution.weight).double()
        integers = torch.round(weight * 2.0 ** exponents.view(-1, 1, 1, 1))
        given = self.convolution.bias
        bias = torch.zeros(weight.shape[0]) if given is None else given.detach()
        integer_bias = torch.round(bias.double() * 2.0 ** (exponents + self.input_bits))
        return IntegerConvolution(
            weight=integers.to(torch.int16).numpy(),
            bias=integer_bias.clamp(-EXACT_LIMIT, EXACT_LIMIT).to(torch.int32).numpy(),
            shift=(exponents + self.input_bits - self.output_bits).to(torch.int8).numpy(),
            input_maximum=maximum,
            input_offset=shape.taken.offset,
        )

    def _wide_exponents(self, maximum: int) -> Tensor:
        """Weights as fine as 2²⁴ allows for inputs up to `maximum`."""
        magnitude = self.convolution.weight.detach().double().abs().sum(dim=(1, 2, 3)) * maximum
        room = torch.floor(torch.log2(0.98 * EXACT_LIMIT / magnitude.clamp_min(1e-9)))
        return room.clamp_max(LINEAR_WEIGHT_BITS)

    def restore(self, layer: IntegerConvolution) -> None:
        """Give the float convolution the values of its integer counterpart."""
        exponents = torch.from_numpy(layer.shift.astype(np.float64)) - self.input_bits + self.output_bits
        weight = torch.from_numpy(layer.weight.astype(np.float64)) * 2.0 ** -exponents.view(-1, 1, 1, 1)
        self.convolution.weight.data.copy_(weight)
        if self.convolution.bias is not None:
            bias = torch.from_numpy(layer.bias.astype(np.float64)) * 2.0 ** -(exponents + self.input_bits)
            self.convolution.bias.data.copy_(bias)


def export(
    network: SuperResolutionNetwork, tables: dict[str, NDArray[Any]], name: str, recipe: dict[str, Any]
) -> IntegerModel:
    """Round `network` to integers, prove it exact, and compute its known answers.

    Raises:
        ModelError: When the configuration has no integer form, or a layer could exceed 2²⁴.
    """
    configuration = network.configuration
    _check_layout(configuration)
    table = layer_table(configuration)
    layers = {layer: units.rounded(table[layer]) for layer, units in _units_of_layers(network)}
    couplings = [_couplings(decoder) for decoder in network.scale_decoders()]
    model = IntegerModel(configuration, layers, np.stack(couplings), tables, {}, recipe, name)
    model.check()
    return IntegerModel(configuration, layers, model.couplings, tables, known_answers(layers), recipe, name)


def restored(model: IntegerModel) -> SuperResolutionNetwork:
    """The float network whose export is `model`; rounding is switched on.

    Raises:
        ModelError: When the model's layout is not ours, or its layers do not fit its configuration.
    """
    _check_layout(model.configuration)
    check_layers(model.configuration, model.layers)
    network = SuperResolutionNetwork(model.configuration)
    for layer, units in _units_of_layers(network):
        units.restore(model.layers[layer])
    for decoder, couplings in zip(network.scale_decoders(), model.couplings, strict=True):
        if decoder.remainder is not None:
            decoder.remainder.couplings.data.copy_(torch.from_numpy(couplings.astype(np.float32)) * 2.0**-LOG_BITS)
    network.set_quantised(True)
    return network.eval()


def _check_layout(configuration: NetworkConfiguration) -> None:
    if configuration.layout != "preactivation":
        raise ModelError("This network has another layout. If it is the original program's, use srec import-weights.")
    require_integer_form(configuration)


def _units_of_layers(network: SuperResolutionNetwork) -> Iterator[tuple[str, _Units]]:
    """Every convolution of the network with its name in a model."""
    for index, decoder in enumerate(network.scale_decoders()):
        upsampler = cast(torch.nn.ModuleList, network.nets[0])[index]
        if isinstance(upsampler, torch.nn.Sequential):
            yield upsampler_name(index), _from_stream(cast(Convolution, upsampler[0]), STREAM_BITS)
        if decoder.remainder is not None:
            names = remainder_names(index)
            yield names.head, _from_inputs(decoder.remainder.head)
            yield from _blocks(names, decoder.remainder.body)
            yield names.classifier, _from_stream(decoder.remainder.lin, LOG_BITS)
        for step in range(STEP_COUNT):
            yield from _step(step_names(index, step), decoder, step)


def _step(names: PartNames, decoder: ScaleDecoder, step: int) -> Iterator[tuple[str, _Units]]:
    step_decoder = cast(Any, decoder.rgb_decs[step])
    yield names.head, _from_inputs(step_decoder.head)
    yield from _blocks(names, step_decoder.body)
    classifier = cast(Any, decoder.mix_logits_prob_clf[step]).atrous.lin
    yield names.classifier, _from_stream(classifier, _parameter_bits(decoder.configuration))
    yield names.linear, _Units(cast(Convolution, decoder.linear[step]), LINEAR_INPUT_BITS, MEAN_BITS)


def _blocks(names: PartNames, blocks: torch.nn.Sequential) -> Iterator[tuple[str, _Units]]:
    for number, block in enumerate(blocks):
        first, _, second = cast(Any, block).body
        first_name, second_name = names.block(number)
        yield first_name, _from_stream(first, INNER_BITS)
        yield second_name, _Units(second, INNER_BITS, STREAM_BITS)


def _parameter_bits(configuration: NetworkConfiguration) -> Tensor:
    """Fixed-point bits of each classifier output: logits, means, log-scales per channel, then coefficients."""
    components = configuration.components
    channel = [LOG_BITS] * components + [MEAN_BITS] * components + [LOG_BITS] * components
    return torch.tensor(channel * 3 + [COEFFICIENT_BITS] * 3)


def _from_stream(convolution: Convolution, output_bits: int | Tensor) -> _Units:
    return _Units(convolution, STREAM_ACTIVATION_BITS, output_bits)


def _from_inputs(convolution: Convolution) -> _Units:
    return _Units(convolution, INPUT_BITS, STREAM_BITS)


def _couplings(decoder: ScaleDecoder) -> NDArray[np.int32]:
    if decoder.remainder is None:
        return np.zeros((3, 4, 4), dtype=np.int32)
    return torch.round(decoder.remainder.couplings.detach() * 2.0**LOG_BITS).to(torch.int32).numpy()
