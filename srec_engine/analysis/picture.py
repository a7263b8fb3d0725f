"""A map as a picture for a report: colours, and below them a bar that says what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from srec_engine.analysis.colours import ValueRange, colour_table
from srec_engine.analysis.layers import Layer, Part, byte_scale

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["draw_map", "unit_text"]

_BAR_HEIGHT = 12
_MARGIN = 8
_TEXT_HEIGHT = 14
_LEAST_WIDTH = 320
_MOST_ENLARGED = 4096
_GROUND, _INK = (255, 255, 255), (40, 42, 48)


def unit_text(layer: Layer, part: Part) -> str:
    """What the numbers of a layer are, in words."""
    if layer is Layer.BLOCK_COST:
        return "bits per 8 × 8 pixels"
    if layer.in_bits:
        return "bits per subpixel of this scale"
    if part is Part.BAND and layer.in_values:
        return "grey levels that it adds"
    kind = "remainders" if part is Part.REMAINDERS else "grey levels"
    return f"{kind}, actual − expected" if layer is Layer.RESIDUAL else kind


def draw_map(plane: NDArray[np.uint8], layer: Layer, part: Part, limits: ValueRange, title: str = "") -> Image:
    """Draw a layer with its colour bar. The pixels of small maps are drawn larger.

    Args:
        plane: uint8 (height, width), or (height, width, 3) for a picture in colour, as `TileLayers.plane` gives it.
        layer: What it shows.
        part: Of which samples.
        limits: The colour bar's ends.
        title: A line of text below.
    """
    from PIL import Image, ImageDraw

    table = colour_table(layer, part, limits)
    picture = Image.fromarray(plane if plane.ndim == 3 else table[plane])
    larger = max(1, min(_LEAST_WIDTH // picture.width, _MOST_ENLARGED // picture.height))
    picture = picture.resize((larger * picture.width, larger * picture.height), Image.Resampling.NEAREST)
    width = max(_LEAST_WIDTH, picture.width)
    bar = plane.ndim == 2
    below = _MARGIN + (_BAR_HEIGHT + _TEXT_HEIGHT if bar else 0) + _TEXT_HEIGHT + _MARGIN
    sheet = Image.new("RGB", (width, picture.height + below), _GROUND)
    sheet.paste(picture, ((width - picture.width) // 2, 0))
    draw = ImageDraw.Draw(sheet)
    top = picture.height + _MARGIN
    if bar:
        sheet.paste(Image.fromarray(_bar(table, layer, part, limits, width - 2 * _MARGIN)), (_MARGIN, top))
        top += _BAR_HEIGHT + 2
        right = width - _MARGIN
        draw.text((_MARGIN, top), f"{limits.low:g}", fill=_INK)
        draw.text((width / 2, top), unit_text(layer, part).replace("−", "-").replace("×", "x"), fill=_INK, anchor="ma")
        draw.text((right, top), f"{limits.high:g}", fill=_INK, anchor="ra")
        top += _TEXT_HEIGHT
    draw.text((_MARGIN, top), title.replace("−", "-"), fill=_INK)
    return sheet


def _bar(table: NDArray[np.uint8], layer: Layer, part: Part, limits: ValueRange, width: int) -> NDArray[np.uint8]:
    """The colours from the low to the high end, uint8 (height, width, 3)."""
    scale = byte_scale(layer, part)
    values = np.linspace(scale.byte(limits.low), scale.byte(limits.high), width)
    row = table[np.clip(np.rint(values), 0, 255).astype(np.intp)]
    return np.broadcast_to(row, (_BAR_HEIGHT, width, 3)).copy()
