"""The plain types and functions of the engine's analysis, for the Inspect room.

Apart from `engine`, because they bring in numpy, which the window does without until somebody inspects a file.
"""

from __future__ import annotations

from srec_engine import (
    BELOW,
    BEYOND,
    UNREADABLE,
    JpegPart,
    JpegPartKind,
    Layer,
    LayeredTile,
    Ledger,
    LedgerRow,
    Part,
    ValueRange,
    band_of,
    byte_scale,
    colour_table,
    default_range,
    draw_map,
    ledger_csv,
    ledger_json,
    parts_csv,
    parts_json,
    unit_text,
)

__all__ = [
    "BELOW",
    "BEYOND",
    "UNREADABLE",
    "JpegPart",
    "JpegPartKind",
    "Layer",
    "LayeredTile",
    "Ledger",
    "LedgerRow",
    "Part",
    "ValueRange",
    "band_of",
    "byte_scale",
    "colour_table",
    "default_range",
    "draw_map",
    "ledger_csv",
    "ledger_json",
    "parts_csv",
    "parts_json",
    "unit_text",
]
