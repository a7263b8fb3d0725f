"""From a trained float network to the integer model that codes.

Every weight becomes an 8-bit integer times a power of two per output channel (16 bits in the linear predictor), every
bias an integer in accumulator units, every rescaling a power of two.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from srec_engine.errors import ModelError
from srec_engine.integer.known_answers import known_answers
from srec_engine.model.configuration import STEP_COUNT, NetworkConfiguration
from srec_engine.model.integer_model import EXACT_LIMIT, IntegerConvolution, IntegerModel
from srec_engine.network.inputs import INPUT_BITS, INPUT_LEVELS, LINEAR_INPUT_LIMIT
from srec_engine.network.layers import (
    ACTIVATION_LEVELS,
    INNER_BITS,
    STREAM_ACTIVATION_BITS,
    STREAM_BITS,
    Convolution,
    weight_exponents,
)
from srec_engine.network.network import ScaleDecoder, SuperResolutionNetwork

__all__ = ["COEFFICIENT_BITS", "LOG_BITS", "MEAN_BITS", "export"]

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


def export(
    network: SuperResolutionNetwork, tables: dict[str, NDArray[Any]], name: str, recipe: dict[str, Any]
) -> IntegerModel:
    """Round `network` to integers, prove it exact, and compute its known answers.

    Raises:
        ModelError: When the configuration has no integer form, or a layer could exceed 2²⁴.
    """
    configuration = network.configuration
    if configuration.layout != "preactivation" or configuration.inputs != "contrast":
        raise ModelError("This network has no integer form yet: only networks of our own layout can be exported.")
    layers = dict(_layers(network))
    couplings = [_couplings(decoder) for decoder in network.scale_decoders()]
    model = IntegerModel(configuration, layers, np.stack(couplings), tables, {}, recipe, name)
    model.check()
    return IntegerModel(configuration, layers, model.couplings, tables, known_answers(layers), recipe, name)


def _layers(network: SuperResolutionNetwork) -> Iterator[tuple[str, IntegerConvolution]]:
    """Every convolution of the network with the name the integer network looks it up by."""
    for index, decoder in enumerate(network.scale_decoders()):
        upsampler = cast(torch.nn.ModuleList, network.nets[0])[index]
        if isinstance(upsampler, torch.nn.Sequential):
            yield f"{index}.upsampler", _from_stream(cast(Convolution, upsampler[0]), STREAM_BITS)
        if decoder.remainder is not None:
            yield f"{index}.remainder.head", _from_inputs(decoder.remainder.head)
            yield f"{index}.remainder.classifier", _from_stream(decoder.remainder.lin, LOG_BITS)
        for step in range(STEP_COUNT):
            yield from _step_layers(f"{index}.{step}", decoder, step)


def _step_layers(prefix: str, decoder: ScaleDecoder, step: int) -> Iterator[tuple[str, IntegerConvolution]]:
    step_decoder = cast(Any, decoder.rgb_decs[step])
    yield f"{prefix}.head", _from_inputs(step_decoder.head)
    for number, block in enumerate(step_decoder.body):
        first, _, second = block.body
        yield f"{prefix}.block{number}.first", _from_stream(first, INNER_BITS)
        yield (
            f"{prefix}.block{number}.second",
            _quantise(second, INNER_BITS, STREAM_BITS, ACTIVATION_LEVELS),
        )
    classifier = cast(Any, decoder.mix_logits_prob_clf[step]).atrous.lin
    yield f"{prefix}.classifier", _from_stream(classifier, _parameter_bits(decoder.configuration))
    if len(decoder.linear):
        yield f"{prefix}.linear", _linear(cast(Convolution, decoder.linear[step]))


def _parameter_bits(configuration: NetworkConfiguration) -> Tensor:
    """Fixed-point bits of each classifier output: logits, means, log-scales per channel, then coefficients."""
    components = configuration.components
    channel = [LOG_BITS] * components + [MEAN_BITS] * components + [LOG_BITS] * components
    return torch.tensor(channel * 3 + [COEFFICIENT_BITS] * 3)


def _from_stream(convolution: Convolution, output_bits: int | Tensor) -> IntegerConvolution:
    return _quantise(convolution, STREAM_ACTIVATION_BITS, output_bits, ACTIVATION_LEVELS)


def _from_inputs(convolution: Convolution) -> IntegerConvolution:
    return _quantise(convolution, INPUT_BITS, STREAM_BITS, INPUT_LEVELS, offset=128)


def _quantise(
    convolution: Convolution, input_bits: int, output_bits: int | Tensor, input_maximum: int, offset: int = 0
) -> IntegerConvolution:
    """Integers of a convolution whose inputs and outputs come in steps of 2^−input_bits and 2^−output_bits."""
    weight = convolution.weight.detach().double()
    exponents = weight_exponents(convolution.weight).double()
    integers = torch.round(weight * 2.0 ** exponents.view(-1, 1, 1, 1))
    bias = torch.zeros(weight.shape[0]) if convolution.bias is None else convolution.bias.detach()
    integer_bias = torch.round(bias.double() * 2.0 ** (exponents + input_bits))
    shift = exponents + input_bits - output_bits
    return IntegerConvolution(
        weight=integers.to(torch.int16).numpy(),
        bias=integer_bias.clamp(-EXACT_LIMIT, EXACT_LIMIT).to(torch.int32).numpy(),
        shift=shift.to(torch.int8).numpy(),
        input_maximum=input_maximum,
        input_offset=offset,
    )


def _linear(convolution: Convolution) -> IntegerConvolution:
    """The linear predictor: wide inputs, weights as fine as 2²⁴ allows."""
    weight = convolution.weight.detach().double()
    magnitude = weight.abs().sum(dim=(1, 2, 3)) * LINEAR_INPUT_LIMIT
    room = torch.floor(torch.log2(0.98 * EXACT_LIMIT / magnitude.clamp_min(1e-9)))
    exponents = room.clamp_max(LINEAR_WEIGHT_BITS)
    return IntegerConvolution(
        weight=torch.round(weight * 2.0 ** exponents.view(-1, 1, 1, 1)).to(torch.int16).numpy(),
        bias=np.zeros(weight.shape[0], dtype=np.int32),
        shift=(exponents + LINEAR_INPUT_BITS - MEAN_BITS).to(torch.int8).numpy(),
        input_maximum=LINEAR_INPUT_LIMIT,
    )


def _couplings(decoder: ScaleDecoder) -> NDArray[np.int32]:
    if decoder.remainder is None:
        return np.zeros((3, 4, 4), dtype=np.int32)
    return torch.round(decoder.remainder.couplings.detach() * 2.0**LOG_BITS).to(torch.int32).numpy()
