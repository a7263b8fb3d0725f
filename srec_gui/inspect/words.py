"""Names and numbers of the room, translated."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from srec_gui.analysis import Layer, Part, TileLayers, byte_scale
from srec_gui.inspect.choice import RangeMode

__all__ = [
    "CHANNELS",
    "channel_name",
    "layer_meaning",
    "layer_name",
    "number",
    "part_name",
    "range_name",
    "scale_name",
    "value_at",
    "value_text",
]

CHANNELS = ("R", "G", "B")


def layer_name(layer: Layer) -> str:
    """A layer as the person reads it."""
    return {
        Layer.ACTUAL: _translate("Actual"),
        Layer.PREDICTED: _translate("Predicted"),
        Layer.MOST_LIKELY: _translate("Most likely"),
        Layer.RESIDUAL: _translate("Residual"),
        Layer.COST: _translate("Cost"),
        Layer.EXPECTED_COST: _translate("Expected cost"),
    }[layer]


def layer_meaning(layer: Layer) -> str:
    """What a layer shows, in a sentence."""
    return {
        Layer.ACTUAL: _translate("What the file holds."),
        Layer.PREDICTED: _translate("The mean of what the network expected, before it saw the value."),
        Layer.MOST_LIKELY: _translate("The value that the network thought most likely."),
        Layer.RESIDUAL: _translate("The actual value minus the mean of what was expected."),
        Layer.COST: _translate("The bits that the actual value took: few where it was expected."),
        Layer.EXPECTED_COST: _translate("The bits that the network expected to pay: its own doubt (entropy)."),
    }[layer]


def part_name(part: Part) -> str:
    """A part of a scale."""
    return {
        Part.ALL: _translate("All pixels"),
        Part.REMAINDERS: _translate("Remainders"),
        Part.PIXEL_1: _translate("Pixel 1 (top left)"),
        Part.PIXEL_2: _translate("Pixel 2 (top right)"),
        Part.PIXEL_3: _translate("Pixel 3 (bottom left)"),
    }[part]


def channel_name(channel: int | None) -> str:
    """A channel, or all of them."""
    return _translate("R, G, B") if channel is None else CHANNELS[channel]


def range_name(mode: RangeMode) -> str:
    """What a colour bar spans."""
    return {
        RangeMode.FIXED: _translate("Colours: fixed range"),
        RangeMode.SCALE: _translate("Colours: range of this scale"),
        RangeMode.IMAGE: _translate("Colours: range of the whole image"),
    }[mode]


def scale_name(scale: int, count: int) -> str:
    """A scale by its size: "1/4", "full size", "base 1/32"."""
    if scale == 0:
        return _translate("Full size")
    text = f"1/{1 << scale}"
    return _translate("Base %1").replace("%1", text) if scale == count else text


def number(value: float, digits: int = 2) -> str:
    """A number with a real minus sign."""
    return QLocale().toString(float(value), "f", digits).replace("-", "−")


def value_at(layers: TileLayers, layer: Layer, part: Part, x: int, y: int) -> tuple[float, ...]:
    """A layer's value for each channel at pixel (x, y) of the scale; for a part: at the block that holds it."""
    column, row = x - layers.left, y - layers.top
    planes = (layers.remainders if part is Part.REMAINDERS else layers.pixels)[layer]
    if part is Part.REMAINDERS:
        column, row = column // 2, row // 2
    elif part.offset is not None:
        column = min(planes.shape[2] - 1, column - column % 2 + part.offset[1])
        row = min(planes.shape[1] - 1, row - row % 2 + part.offset[0])
    meaning = byte_scale(layer, part)
    return tuple(meaning.value(int(byte)) for byte in planes[:, row, column])


def value_text(value: float, layer: Layer) -> str:
    """A layer's value: bits with one digit, grey levels whole."""
    return number(value, 1) if layer.in_bits else number(round(value), 0)


def _translate(text: str) -> str:
    return QCoreApplication.translate("inspect", text)
