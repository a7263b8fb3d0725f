"""Codes quantised DCT coefficients by context mixing, in integers: the same bytes on every machine.

Importing it imports numba. `bands` cuts a picture into parts that know nothing of each other; `coder` codes them.
"""

from __future__ import annotations

from srec_engine.context_mixing.bands import Band, CoefficientError, ComponentShape
from srec_engine.context_mixing.coder import (
    DecodedCoefficients,
    RecordedCoefficients,
    decode_coefficients,
    decode_means,
    encode_coefficients,
    learn_tables,
    record_coefficients,
    stream_bytes,
)
from srec_engine.context_mixing.tables import EMPTY_TABLES, CoderTables, empty_tables, packed_tables

__all__ = [
    "EMPTY_TABLES",
    "Band",
    "CoderTables",
    "CoefficientError",
    "ComponentShape",
    "DecodedCoefficients",
    "RecordedCoefficients",
    "decode_coefficients",
    "decode_means",
    "empty_tables",
    "encode_coefficients",
    "learn_tables",
    "packed_tables",
    "record_coefficients",
    "stream_bytes",
]
