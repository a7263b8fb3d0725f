"""The coefficients of a packed JPEG: what they were, what was expected, what they cost. Importing it imports numba."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.analysis.jpeg_bands import MEAN_SCALE, band_of
from srec_engine.analysis.jpeg_parts import channel_names
from srec_engine.container.fields import Cursor
from srec_engine.context_mixing import record_coefficients
from srec_engine.jpeg import ZIGZAG, ComponentGeometry, JpegGeometry

__all__ = ["JpegRecord", "frequencies_below", "frequencies_of", "record_jpeg"]

_COST_UNIT = 1 << 16
_STEP_UNITS = 16
"""Estimates are in units of 1/16 step."""


def frequencies_of(scale: int) -> NDArray[np.int64]:
    """Where the frequencies of a scale lie in a block, in natural order (8·vertical + horizontal)."""
    first, last = band_of(scale)
    return ZIGZAG[first : last + 1]


def frequencies_below(scale: int) -> NDArray[np.int64]:
    """Where the frequencies lie that are coarser than those of a scale."""
    return ZIGZAG[: band_of(scale)[0]]


@dataclass(frozen=True, eq=False, slots=True)
class JpegRecord:
    """All coefficients of a JPEG; it takes 8 bytes for each.

    Attributes:
        geometry: Of the JPEG.
        channels: Names of its components.
        actual: int16 (rows, columns, 64) each, in steps.
        estimates: int16 likewise, what was expected, in 1/16 step.
        costs: int32 likewise, in 2⁻¹⁶ bit; with the mean stands the number of coefficients that are not zero.
    """

    geometry: JpegGeometry
    channels: tuple[str, ...]
    actual: tuple[NDArray[np.int16], ...]
    estimates: tuple[NDArray[np.int16], ...]
    costs: tuple[NDArray[np.int32], ...]

    @property
    def components(self) -> tuple[ComponentGeometry, ...]:
        """Sampling factors, sizes and steps."""
        return self.geometry.components

    @property
    def sampling(self) -> tuple[int, int]:
        """The largest sampling factors, (down, across): a component that has them has a block for 8 × 8 pixels."""
        return (
            max(component.vertical for component in self.components),
            max(component.horizontal for component in self.components),
        )

    @property
    def expects_means(self) -> bool:
        """Whether it is written down what was expected of means."""
        return any(estimates[..., 0].any() for estimates in self.estimates)

    def expected(self, channel: int, blocks: tuple[slice, slice]) -> NDArray[np.float32]:
        """What was expected in some blocks of a component, in steps, float32 (rows, columns, 64)."""
        return self.estimates[channel][blocks].astype(np.float32) * np.float32(1 / _STEP_UNITS)

    def bits(self, channel: int, blocks: tuple[slice, slice]) -> NDArray[np.float32]:
        """What coefficients of some blocks of a component cost, float32 (rows, columns, 64)."""
        return self.costs[channel][blocks].astype(np.float32) * np.float32(1 / _COST_UNIT)

    def band_bits(self) -> NDArray[np.float64]:
        """Bits of each channel and scale, float64 (channels, scales)."""
        sums = np.stack([costs.sum(axis=(0, 1), dtype=np.float64) for costs in self.costs]) / _COST_UNIT
        return np.stack([sums[:, frequencies_of(scale)].sum(axis=1) for scale in range(MEAN_SCALE + 1)], axis=1)


def record_jpeg(skeleton: bytes, geometry: JpegGeometry, coded: bytes, what: str) -> JpegRecord:
    """Decode the coefficients of a JPEG once more, and write down what happened.

    Args:
        skeleton: Of `JpegCoefficients`.
        geometry: What it tells.
        coded: What `context_mixing` made of the coefficients.
        what: Names it in messages.

    Raises:
        DamagedFileError: When nothing of them can be decoded.
    """
    found = record_coefficients(coded, geometry.components, what)
    cursor = Cursor(skeleton, what)
    names = channel_names(cursor.take(cursor.take_integer()))
    return JpegRecord(geometry, names, tuple(found.components), tuple(found.estimates), tuple(found.costs))
