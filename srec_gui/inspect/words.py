"""Names and numbers of the room, translated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from srec_gui.analysis import Layer, Part, band_of
from srec_gui.inspect.choice import RangeMode

if TYPE_CHECKING:
    from srec_engine import Inspection

__all__ = [
    "CHANNELS",
    "NETWORK_NAMES",
    "Names",
    "layer_name",
    "names_of",
    "number",
    "range_name",
    "scale_name",
    "value_text",
]

CHANNELS = ("R", "G", "B")


@dataclass(frozen=True, slots=True)
class Names:
    """What things of a file are called: its scales may be the network's, or bands of frequencies of a JPEG.

    Attributes:
        channels: Names of its channels.
        scale_count: Scales that the network coded; 0 for a JPEG.
        of_jpeg: Which it is.
    """

    channels: tuple[str, ...] = CHANNELS
    scale_count: int = 0
    of_jpeg: bool = False

    def scale(self, scale: int) -> str:
        """A scale by its size, a band by its frequencies: "1/4", "AC 6 – 14"."""
        return _band_name(scale) if self.of_jpeg else scale_name(scale, self.scale_count)

    def channel(self, channel: int | None) -> str:
        """A channel, or all of them."""
        return ", ".join(self.channels) if channel is None else self.channels[channel]

    def part(self, part: Part) -> str:
        """Some of the samples of a scale."""
        return {
            Part.ALL: _translate("Up to this band") if self.of_jpeg else _translate("All pixels"),
            Part.BAND: _translate("This band alone"),
            Part.REMAINDERS: _translate("Remainders"),
            Part.PIXEL_1: _translate("Pixel 1 (top left)"),
            Part.PIXEL_2: _translate("Pixel 2 (top right)"),
            Part.PIXEL_3: _translate("Pixel 3 (bottom left)"),
        }[part]

    def meaning(self, layer: Layer) -> str:
        """What a layer shows, in a sentence."""
        return (_band_meaning if self.of_jpeg else _network_meaning)(layer)


NETWORK_NAMES = Names()


def names_of(inspection: Inspection | None) -> Names:
    """What things of a file are called."""
    if inspection is None or inspection.geometry is None:
        return NETWORK_NAMES
    if inspection.has_free_pixels:
        return Names(CHANNELS, len(inspection.scales))
    return Names(inspection.channel_names, of_jpeg=True)


def layer_name(layer: Layer) -> str:
    """A layer as the person reads it."""
    return {
        Layer.ACTUAL: _translate("Actual"),
        Layer.PREDICTED: _translate("Predicted"),
        Layer.MOST_LIKELY: _translate("Most likely"),
        Layer.RESIDUAL: _translate("Residual"),
        Layer.COST: _translate("Cost"),
        Layer.EXPECTED_COST: _translate("Expected cost"),
        Layer.BLOCK_COST: _translate("Cost"),
    }[layer]


def _network_meaning(layer: Layer) -> str:
    return {
        Layer.ACTUAL: _translate("What the file holds."),
        Layer.PREDICTED: _translate("The mean of what the network expected, before it saw the value."),
        Layer.MOST_LIKELY: _translate("The value that the network thought most likely."),
        Layer.RESIDUAL: _translate("The actual value minus the mean of what was expected."),
        Layer.COST: _translate("The bits that the actual value took: few where it was expected."),
        Layer.EXPECTED_COST: _translate("The bits that the network expected to pay: its own doubt (entropy)."),
    }[layer]


def _band_meaning(layer: Layer) -> str:
    return {
        Layer.ACTUAL: _translate("The picture that the JPEG’s frequencies make, up to those of this band."),
        Layer.PREDICTED: _translate(
            "The same with what was expected of this band’s frequencies, from the blocks around and those known before."
        ),
        Layer.RESIDUAL: _translate("What this band’s frequencies add, minus what they were expected to add."),
        Layer.BLOCK_COST: _translate("The bits that the frequencies of a block took: few where they were expected."),
    }[layer]


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


def _band_name(scale: int) -> str:
    first, last = band_of(scale)
    return f"AC {first} – {last}" if first else _translate("DC, the means")


def number(value: float, digits: int = 2) -> str:
    """A number with a real minus sign."""
    return QLocale().toString(float(value), "f", digits).replace("-", "−")


def value_text(value: float, layer: Layer) -> str:
    """A layer's value: bits with one digit, grey levels and the bits of a whole block whole."""
    return number(value, 1) if layer.in_bits and layer is not Layer.BLOCK_COST else number(round(value), 0)


def _translate(text: str) -> str:
    return QCoreApplication.translate("inspect", text)
