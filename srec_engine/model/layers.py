"""The layers of a model: one table of names, shapes and inputs for each layout, which export, reading and lookup share.

A network in integers trusts this table: a layer is proven to stay below 2²⁴ for inputs as large as it says that it
takes, so one that said less than it is given would not be exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from srec_engine.errors import ModelError
from srec_engine.model.configuration import CHANNELS, STEP_COUNT, NetworkConfiguration

if TYPE_CHECKING:
    from srec_engine.model.integer_model import IntegerConvolution

__all__ = [
    "ACTIVATION_LEVELS",
    "EDSR_INPUT_LEVELS",
    "INPUT_OFFSET",
    "InputRange",
    "LayerShape",
    "PartNames",
    "check_layers",
    "check_names",
    "layer_table",
    "remainder_names",
    "require_integer_form",
    "step_names",
    "upsampler_name",
]

ACTIVATION_LEVELS = 255
"""Largest activation of our layout: a byte."""

INPUT_OFFSET = 128
"""Added to the signed inputs of our layout's heads, which are stored as bytes."""

EDSR_INPUT_LEVELS = 510
"""Inputs of the original layout: sums and four times a pixel, minus 510, lie in −510 … 510."""


class InputRange(NamedTuple):
    """What a layer may say of its inputs.

    Attributes:
        smallest, largest: Bounds on the largest magnitude (`IntegerConvolution.input_maximum`).
        offset: What is added to them where they are stored as bytes.
    """

    smallest: int
    largest: int
    offset: int = 0


_SIGNED_BYTES = InputRange(127, 127, INPUT_OFFSET)
_ACTIVATIONS = InputRange(ACTIVATION_LEVELS, ACTIVATION_LEVELS)
_QUARTER_LEVELS = InputRange(1020, 1020)
_EDSR_INPUTS = InputRange(EDSR_INPUT_LEVELS, EDSR_INPUT_LEVELS)
# Whatever is given to these layers is clipped to what they take.
_EDSR_ACTIVATIONS = InputRange(ACTIVATION_LEVELS + 1, (1 << 15) - 1)


class LayerShape(NamedTuple):
    """What a layer of a configuration must be.

    Attributes:
        outputs, inputs: Channels.
        side: Of the square kernel.
        taken: Its inputs.
        dilation: Distance in pixels between the inputs that neighbouring weights take.
    """

    outputs: int
    inputs: int
    side: int
    taken: InputRange = _ACTIVATIONS
    dilation: int = 1

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """Shape of the weights."""
        return self.outputs, self.inputs, self.side, self.side


@dataclass(frozen=True, slots=True)
class PartNames:
    """Names of the layers of one part of a weight set: the remainders, or one of the coded pixels.

    Attributes:
        prefix: What they begin with.
    """

    prefix: str

    @property
    def head(self) -> str:
        """Takes the inputs in."""
        return f"{self.prefix}.head"

    def block(self, number: int) -> tuple[str, str]:
        """First and second convolution of a residual block."""
        return f"{self.prefix}.block{number}.first", f"{self.prefix}.block{number}.second"

    @property
    def classifier(self) -> str:
        """Gives the distributions' parameters."""
        return f"{self.prefix}.classifier"

    @property
    def linear(self) -> str:
        """Linear predictor; our layout."""
        return f"{self.prefix}.linear"

    @property
    def closing(self) -> str:
        """Convolution after the residual blocks; the original layout."""
        return f"{self.prefix}.closing"

    @property
    def tail(self) -> str:
        """1×1 convolution after that; the original layout."""
        return f"{self.prefix}.tail"

    def atrous(self, number: int) -> str:
        """One of the dilated convolutions before the classifier; the original layout."""
        return f"{self.prefix}.atrous{number}"

    @property
    def context(self) -> str:
        """What the next step's stream begins with; the original layout."""
        return f"{self.prefix}.context"


def upsampler_name(weight_set: int) -> str:
    """Name of the layer that takes over what the coarser scale ended with."""
    return f"{weight_set}.upsampler"


def remainder_names(weight_set: int) -> PartNames:
    """Names of the layers for the remainders."""
    return PartNames(f"{weight_set}.remainder")


def step_names(weight_set: int, step: int) -> PartNames:
    """Names of the layers for a coded pixel (0, 1, 2)."""
    return PartNames(f"{weight_set}.{step}")


def layer_table(configuration: NetworkConfiguration) -> dict[str, LayerShape]:
    """Every layer of a configuration's model by name.

    Raises:
        ModelError: When the configuration has no integer form.
    """
    require_integer_form(configuration)
    layers = _edsr_layers if configuration.layout == "edsr" else _our_layers
    return {name: shape for index in range(configuration.weight_sets) for name, shape in layers(configuration, index)}


_Layers = Iterator[tuple[str, LayerShape]]


def _our_layers(configuration: NetworkConfiguration, weight_set: int) -> _Layers:
    features = configuration.features
    if weight_set or configuration.shared_scales > 1:
        yield upsampler_name(weight_set), LayerShape(4 * features, features, 1)
    names = remainder_names(weight_set)
    yield names.head, LayerShape(features, 2 * CHANNELS, 3, _SIGNED_BYTES)
    yield from _blocks(names, configuration.remainder_blocks, LayerShape(features, features, 3))
    yield names.classifier, LayerShape(configuration.remainder_outputs, features, 1)
    for step in range(STEP_COUNT):
        names = step_names(weight_set, step)
        linear_inputs = CHANNELS * (step + 1)
        yield names.head, LayerShape(features, linear_inputs + CHANNELS, 3, _SIGNED_BYTES)
        yield from _blocks(names, configuration.blocks, LayerShape(features, features, 3))
        yield names.classifier, LayerShape(configuration.parameters_per_pixel, features, 1)
        yield names.linear, LayerShape(CHANNELS, linear_inputs, configuration.linear_kernel, _QUARTER_LEVELS)


def _edsr_layers(configuration: NetworkConfiguration, weight_set: int) -> _Layers:
    features, rates = configuration.features, configuration.atrous_rates
    square = LayerShape(features, features, 3, _EDSR_ACTIVATIONS)
    if weight_set:
        yield upsampler_name(weight_set), square._replace(outputs=4 * features)
    for step in range(STEP_COUNT):
        names = step_names(weight_set, step)
        yield names.head, LayerShape(features, CHANNELS * (step + 1), 1, _EDSR_INPUTS)
        yield from _blocks(names, configuration.blocks, square)
        yield names.closing, square
        yield names.tail, square._replace(side=1)
        for number, rate in enumerate(rates):
            yield names.atrous(number), square._replace(dilation=rate)
        outputs = configuration.parameters_per_pixel
        yield names.classifier, LayerShape(outputs, features * len(rates), 1, _EDSR_ACTIVATIONS)
        yield names.context, square


def _blocks(names: PartNames, count: int, shape: LayerShape) -> _Layers:
    for number in range(count):
        for name in names.block(number):
            yield name, shape


_INTEGER_FORMS: Mapping[str, Mapping[str, object]] = {
    "preactivation": {
        "inputs": "contrast",
        "learned_remainders": True,
        "truncation": True,
        "relative_means": True,
        "coefficients": "linear",
        "atrous_rates": (),
    },
    "edsr": {
        "inputs": "normalised",
        "learned_remainders": False,
        "truncation": True,
        "relative_means": False,
        "coefficients": "sigmoid",
        "linear_kernel": 0,
        "shared_scales": 1,
        "remainder_blocks": 0,
        "remainder_products": False,
    },
}
"""What the network in integers of each layout takes for granted."""


def require_integer_form(configuration: NetworkConfiguration) -> None:
    """Check that a network of this configuration can be computed in integers.

    Raises:
        ModelError: When it has something that the integer network of its layout lacks.
    """
    layout = configuration.layout
    for field, needed in _INTEGER_FORMS[layout].items():
        if getattr(configuration, field) != needed:
            raise _no_integer_form(configuration, field, repr(needed))
    if layout == "preactivation" and configuration.linear_kernel % 2 == 0:
        raise _no_integer_form(configuration, "linear_kernel", "an odd number")
    if layout == "edsr" and not configuration.atrous_rates:
        raise _no_integer_form(configuration, "atrous_rates", "a few dilations")
    if configuration.log_scale_maximum == float("inf"):
        raise _no_integer_form(configuration, "log_scale_maximum", "finite")


def _no_integer_form(configuration: NetworkConfiguration, field: str, needed: str) -> ModelError:
    return ModelError(
        f"A network of the layout {configuration.layout} whose {field} is {getattr(configuration, field)!r} has no "
        f"integer form: it would have to be {needed}. Choose a network that has one."
    )


def check_layers(configuration: NetworkConfiguration, layers: Mapping[str, IntegerConvolution]) -> None:
    """Check that a model has exactly the layers of its configuration, and that they take what they will be given.

    Raises:
        ModelError: When one is missing, too many or another one, or the configuration has no integer form.
    """
    table = layer_table(configuration)
    check_names("layers", table, layers)
    for name, shape in table.items():
        _check_layer(name, shape, layers[name])


def check_names(what: str, expected: Collection[str], found: Collection[str]) -> None:
    """Check that there is exactly what is expected.

    Raises:
        ModelError: When something is missing or too many; a few of them are named.
    """
    missing, unknown = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    if missing or unknown:
        odd = f"{missing[0]} is missing" if missing else f"{unknown[0][:80]!r} is unknown"
        more = len(missing) + len(unknown) - 1
        raise ModelError(
            f"The model's {what} do not fit its configuration ({odd}{f', and {more} more are odd' if more else ''})."
        )


def _check_layer(name: str, shape: LayerShape, layer: IntegerConvolution) -> None:
    if layer.weight.shape != shape.weight_shape:
        raise ModelError(
            f"Layer {name} of the model has weights of the shape {layer.weight.shape}, which does not fit its "
            f"configuration: {shape.weight_shape}."
        )
    if layer.dilation != shape.dilation:
        raise ModelError(f"Layer {name} of the model has the dilation {layer.dilation}, not {shape.dilation}.")
    smallest, largest, offset = shape.taken
    if not smallest <= layer.input_maximum <= largest or layer.input_offset != offset:
        range_text = f"{largest}" if smallest == largest else f"{smallest} to {largest}"
        raise ModelError(
            f"Layer {name} of the model says that it takes inputs up to {layer.input_maximum} with the offset "
            f"{layer.input_offset}; in its place they are up to {range_text} with the offset {offset}."
        )
