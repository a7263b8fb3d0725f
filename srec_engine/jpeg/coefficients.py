"""What a JPEG is made of once its Huffman codes are gone: whole numbers, and what else there was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.zigzag import COEFFICIENTS, ZIGZAG

__all__ = ["COEFFICIENTS", "ZIGZAG", "ComponentGeometry", "JpegCoefficients", "JpegGeometry", "joined"]


@dataclass(frozen=True, slots=True)
class ComponentGeometry:
    """A component, as the headers alone tell it (A.1.1, A.2).

    Attributes:
        horizontal, vertical: Sampling factors, 1 to 4.
        rows, columns: Blocks, those included that fill the last MCUs of interleaved scans: whole multiples of
            `vertical` and `horizontal`. A scan of this component alone never codes those outside of its real size.
        quantization: Steps, uint16 (64,) in natural order (8·vertical + horizontal frequency), from 1 up: those that
            hold for the first scan which has the component. All are 1 where there are none; a step of 0 becomes 1.
    """

    horizontal: int
    vertical: int
    rows: int
    columns: int
    quantization: NDArray[np.uint16]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of its coefficients: (rows, columns, 64)."""
        return self.rows, self.columns, COEFFICIENTS


@dataclass(frozen=True, slots=True)
class JpegGeometry:
    """A picture, as the headers alone tell it.

    Attributes:
        width, height: Pixels, 1 to 65535, not more than `srec_engine.limits.MAX_PIXELS` together.
        components: 1 to 4, in the order of the frame header.
    """

    width: int
    height: int
    components: tuple[ComponentGeometry, ...]


@dataclass(frozen=True, slots=True)
class JpegCoefficients:
    """A JPEG, taken apart.

    Attributes:
        skeleton: All that is no coefficient. First the headers, their length in LEB128 before them: every byte of the
            file in its order, except those that code pixels. Behind them, as `oddities` describes it, what a writer
            has to do otherwise than the usual ones; nothing at all for most files.
        components: Quantised coefficients, int16 (rows, columns, 64) each, in natural order, as the geometry of the
            skeleton says. What no scan codes is 0.
    """

    skeleton: bytes
    components: tuple[NDArray[np.int16], ...]


def joined(components: Sequence[NDArray[np.int16]]) -> NDArray[np.int16]:
    """Coefficients of all components one after the other, int16 (n,), as the kernels take them."""
    return np.concatenate([component.reshape(-1) for component in components])
