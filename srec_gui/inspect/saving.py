"""Maps and tables as files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from srec_gui.analysis import (
    Layer,
    Part,
    ValueRange,
    draw_map,
    ledger_csv,
    ledger_json,
    make_layers,
    write_bytes,
)
from srec_gui.engine import CancelToken
from srec_gui.inspect.choice import Choice
from srec_gui.inspect.store import TileStore

if TYPE_CHECKING:
    from srec_engine import Inspection, Ledger

__all__ = ["map_name", "save_ledger", "save_map"]


def map_name(path: Path, choice: Choice, layer: Layer) -> str:
    """A name for the file of a map: "cat scale 1 cost.png"."""
    part = "" if choice.part is Part.ALL else f" {choice.part.value}"
    return f"{path.stem} scale {choice.scale}{part} {layer.value}.png"


def save_map(
    inspection: Inspection,
    store: TileStore,
    destination: Path,
    choice: Choice,
    layer: Layer,
    limits: ValueRange,
    cancel: CancelToken,
) -> Path:
    """Write a layer of the whole chosen scale, with its colour bar, as a PNG. Tiles that are missing are computed."""
    whole = _empty(inspection, choice, layer)
    wanted = inspection.tiles_touching(choice.scale)
    half = 1 if choice.part is Part.ALL else 2
    missing = store.missing(choice.scale, wanted)
    pieces = [layers for tile in wanted if (layers := store.get(choice.scale, tile)) is not None]
    made = (make_layers(maps) for maps in inspection.maps(choice.scale, missing, cancel=cancel))
    for source in (pieces, made):
        for layers in source:
            plane = layers.plane(layer, choice.part, choice.channel)
            rows = slice(layers.top // half, layers.top // half + plane.shape[0])
            whole[rows, layers.left // half : layers.left // half + plane.shape[1]] = plane
    title = f"{choice.part.value}, {layer.value}, scale {choice.scale}"
    stream = io.BytesIO()
    draw_map(whole, layer, choice.part, limits, title).save(stream, "PNG")
    write_bytes(destination, stream.getvalue())
    return destination


def save_ledger(ledger: Ledger, destination: Path) -> Path:
    """Write the table as JSON where the name says so, else as CSV."""
    text = ledger_json(ledger) if destination.suffix.lower() == ".json" else ledger_csv(ledger)
    write_bytes(destination, text.encode())
    return destination


def _empty(inspection: Inspection, choice: Choice, layer: Layer) -> np.ndarray[Any, np.dtype[np.uint8]]:
    height, width = inspection.part_size(choice.scale, choice.part)
    coloured = (
        layer.in_values
        and choice.channel is None
        and choice.part is not Part.REMAINDERS
        and inspection.colour_channels > 1
    )
    return np.zeros((height, width, 3) if coloured else (height, width), np.uint8)
