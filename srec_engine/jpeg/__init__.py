"""JPEG to quantised coefficients and back again, byte for byte or not at all. Importing it imports numba.

`read_jpeg` takes a file apart into a skeleton, which is all that is no coefficient, and the coefficients of each
component. `write_jpeg` makes the file of them. `geometry_of` tells what a skeleton says about the coefficients.
"""

from __future__ import annotations

from srec_engine.jpeg.coefficients import ZIGZAG, ComponentGeometry, JpegCoefficients, JpegGeometry
from srec_engine.jpeg.reading import read_jpeg
from srec_engine.jpeg.writing import geometry_of, write_jpeg

__all__ = [
    "ZIGZAG",
    "ComponentGeometry",
    "JpegCoefficients",
    "JpegGeometry",
    "geometry_of",
    "read_jpeg",
    "write_jpeg",
]
