"""The convolutions of the original layout by the names that its integer models use, with their shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from srec_engine.errors import ModelError
from srec_engine.model.configuration import STEP_COUNT, NetworkConfiguration
from srec_engine.model.integer_model import IntegerConvolution

__all__ = ["GUARD_BITS", "INPUT_UNITS", "LayerShape", "check_layers", "layer_shapes"]

GUARD_BITS = 6
"""The stream is this many bits finer than the activations that convolutions take from it."""

INPUT_UNITS = 510
"""Network inputs come in steps of 1/510: sums and four times a pixel, minus 510, lie in −510 … 510."""


class LayerShape(NamedTuple):
    """Shape of a convolution's weights, (outputs, inputs, side, side), and its dilation."""

    outputs: int
    inputs: int
    side: int
    dilation: int = 1


def layer_shapes(configuration: NetworkConfiguration) -> dict[str, LayerShape]:
    """Every convolution of a network of the original layout."""
    return dict(_shapes(configuration))


def _shapes(configuration: NetworkConfiguration) -> Iterator[tuple[str, LayerShape]]:
    features, rates = configuration.features, configuration.atrous_rates
    square = LayerShape(features, features, 3)
    for weight_set in range(configuration.weight_sets):
        if weight_set:
            yield f"{weight_set}.upsampler", LayerShape(4 * features, features, 3)
        for step in range(STEP_COUNT):
            prefix = f"{weight_set}.{step}"
            yield f"{prefix}.head", LayerShape(features, 3 * (step + 1), 1)
            for block in range(configuration.blocks):
                yield f"{prefix}.block{block}.first", square
                yield f"{prefix}.block{block}.second", square
            yield f"{prefix}.closing", square
            yield f"{prefix}.tail", square._replace(side=1)
            for number, rate in enumerate(rates):
                yield f"{prefix}.atrous{number}", square._replace(dilation=rate)
            yield (
                f"{prefix}.classifier",
                LayerShape(configuration.parameters_per_pixel, features * len(rates), 1),
            )
            yield f"{prefix}.context", square


def check_layers(configuration: NetworkConfiguration, layers: Mapping[str, IntegerConvolution]) -> None:
    """Check that a model has exactly the layers of its configuration.

    Raises:
        ModelError: When one is missing, too many or of another shape.
    """
    expected = layer_shapes(configuration)
    odd = sorted(set(expected) ^ set(layers))
    if odd:
        raise ModelError(f"The model's layers do not fit its configuration ({', '.join(odd[:3])}).")
    for name, shape in expected.items():
        layer = layers[name]
        if layer.weight.shape != (shape.outputs, shape.inputs, shape.side, shape.side):
            raise ModelError(f"Layer {name} of the model has the shape {layer.weight.shape}, which does not fit.")
        if layer.dilation != shape.dilation or layer.eight_bit:
            raise ModelError(f"Layer {name} of the model has a dilation or inputs that do not fit its layout.")
