"""Colours of maps: perceptual, the same everywhere, with what lies beyond the range marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.analysis.layers import Layer, Part, byte_scale

__all__ = ["BELOW", "BEYOND", "ValueRange", "colour_table", "default_range"]

BEYOND = (0, 229, 255)
"""Marks what lies beyond the range: a colour that neither map has."""

BELOW = (0, 84, 94)
"""Marks bits below the range, as far from the map's colours but dark: cheap pixels are no alarm."""

# The perceptual map "inferno" of matplotlib (public domain) as polynomials of degree six, one column for each channel.
_INFERNO = np.array(
    [
        [0.0002189403691192265, 0.001651004631001012, -0.01948089843709184],
        [0.1065134194856116, 0.5639564367884091, 3.932712388889277],
        [11.60249308247187, -3.972853965665698, -15.9423941062914],
        [-41.70399613139459, 17.43639888205313, 44.35414519872813],
        [77.162935699427, -33.40235894210092, -81.80730925738993],
        [-71.31942824499214, 32.62606426397723, 73.20951985803202],
        [25.13112622477341, -12.24266895238567, -23.07032500287172],
    ]
)
_INFERNO.flags.writeable = False

# Anchors of a diverging map: blue, nearly black at zero, orange, with lightness symmetric about zero.
_DIVERGING_PLACES = (-1.0, -0.5, 0.0, 0.5, 1.0)
_DIVERGING_COLOURS = ((158, 202, 255), (42, 112, 196), (18, 18, 22), (196, 84, 24), (255, 196, 148))


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The values that a colour bar spans."""

    low: float
    high: float


def default_range(layer: Layer, part: Part) -> ValueRange:
    """The fixed range, so that files can be compared: 0 to 8 bits, residuals of 8 grey levels, all grey levels.

    Blocks of a JPEG have 64 pixels: 0 to 128 bits for all their frequencies, to 32 for those of a band, which add or
    take away up to 64 grey levels.
    """
    if layer is Layer.BLOCK_COST:
        return ValueRange(0.0, 32.0 if part is Part.BAND else 128.0)
    if layer.in_bits:
        return ValueRange(0.0, 8.0)
    if part is Part.REMAINDERS:
        return ValueRange(-3.0, 3.0) if layer is Layer.RESIDUAL else ValueRange(-1.0, 2.0)
    if layer is Layer.RESIDUAL:
        return ValueRange(-8.0, 8.0)
    return ValueRange(-64.0, 64.0) if part is Part.BAND else ValueRange(0.0, 255.0)


def colour_table(layer: Layer, part: Part, limits: ValueRange) -> NDArray[np.uint8]:
    """The colours of a layer's 256 bytes, uint8 (256, 3)."""
    scale = byte_scale(layer, part)
    places = (np.arange(256) - scale.byte(limits.low)) / max(1e-9, scale.byte(limits.high) - scale.byte(limits.low))
    if layer.in_values:
        return _grey(places)
    table = _diverging(2 * places - 1) if layer is Layer.RESIDUAL else _inferno(places)
    half_a_step = 0.5 / max(1e-9, scale.byte(limits.high) - scale.byte(limits.low))
    table[places > 1 + half_a_step] = BEYOND
    table[places < -half_a_step] = BELOW if layer.in_bits else BEYOND
    return table


def _grey(places: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    return np.repeat(_to_bytes(np.clip(places, 0, 1))[:, None], 3, axis=1)


def _inferno(places: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    powers = np.clip(places, 0, 1)[:, None] ** np.arange(len(_INFERNO))
    return _to_bytes(powers @ _INFERNO)


def _diverging(places: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    anchors = np.array(_DIVERGING_COLOURS, dtype=np.float64) / 255
    return _to_bytes(np.stack([np.interp(places, _DIVERGING_PLACES, anchors[:, c]) for c in range(3)], axis=1))


def _to_bytes(shares: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    levels: NDArray[np.uint8] = np.clip(np.rint(255 * shares), 0, 255).astype(np.uint8)
    return levels
