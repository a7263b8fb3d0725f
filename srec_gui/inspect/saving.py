"""Maps and tables as files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from srec_gui.analysis import (
    JpegPart,
    Part,
    ValueRange,
    draw_map,
    ledger_csv,
    ledger_json,
    parts_csv,
    parts_json,
)
from srec_gui.engine import CancelToken, write_atomically
from srec_gui.inspect.choice import SideChoice
from srec_gui.inspect.store import TileStore
from srec_gui.inspect.words import CHANNELS

if TYPE_CHECKING:
    from srec_engine import Inspection, Ledger

__all__ = ["map_name", "save_ledger", "save_map", "save_parts"]


def map_name(path: Path, scale: int, side: SideChoice, channels: Sequence[str] = CHANNELS) -> str:
    """A name for the file of a map: "cat scale 1 cost.png", "cat scale 0 pixel 2 G residual.png"."""
    words = [path.stem, f"scale {scale}"]
    words += [] if side.part is Part.ALL else [side.part.value]
    words += [] if side.channel is None else [channels[side.channel]]
    return f"{' '.join([*words, side.layer.value])}.png"


def save_map(
    inspection: Inspection,
    store: TileStore,
    destination: Path,
    scale: int,
    side: SideChoice,
    limits: ValueRange,
    cancel: CancelToken,
) -> Path:
    """Write what a side shows, of the whole scale, with its colour bar, as a PNG. Missing tiles are computed."""
    whole = _empty(inspection, scale, side)
    wanted = inspection.tiles_touching(scale)
    missing = store.missing(scale, wanted)
    pieces = [layers for tile in wanted if (layers := store.get(scale, tile)) is not None]
    for source in (pieces, inspection.layers(scale, missing, cancel=cancel)):
        for layers in source:
            plane, cell = layers.plane(side.layer, side.part, side.channel), layers.cell(side.layer, side.part)
            rows = slice(layers.top // cell, layers.top // cell + plane.shape[0])
            whole[rows, layers.left // cell : layers.left // cell + plane.shape[1]] = plane
    title = f"{side.part.value}, {side.layer.value}, scale {scale}"
    stream = io.BytesIO()
    draw_map(whole, side.layer, side.part, limits, title).save(stream, "PNG")
    write_atomically(destination, stream.getvalue())
    return destination


def save_ledger(ledger: Ledger, destination: Path) -> Path:
    """Write the table as JSON where the name says so, else as CSV."""
    text = ledger_json(ledger) if destination.suffix.lower() == ".json" else ledger_csv(ledger)
    write_atomically(destination, text.encode())
    return destination


def save_parts(parts: Sequence[JpegPart], destination: Path) -> Path:
    """Write the parts of a JPEG as JSON where the name says so, else as CSV."""
    text = parts_json(parts) if destination.suffix.lower() == ".json" else parts_csv(parts)
    write_atomically(destination, text.encode())
    return destination


def _empty(inspection: Inspection, scale: int, side: SideChoice) -> np.ndarray[Any, np.dtype[np.uint8]]:
    height, width = inspection.part_size(scale, side.part, side.layer)
    coloured = (
        side.layer.in_values
        and side.channel is None
        and side.part is not Part.REMAINDERS
        and inspection.colour_channels > 1
    )
    return np.zeros((height, width, 3) if coloured else (height, width), np.uint8)
