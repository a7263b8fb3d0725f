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
    record_coefficients,
)

__all__ = [
    "Band",
    "CoefficientError",
    "ComponentShape",
    "DecodedCoefficients",
    "RecordedCoefficients",
    "decode_coefficients",
    "decode_means",
    "encode_coefficients",
    "record_coefficients",
]
