"""Everything about one block of a JPEG: of each coefficient what it was, what was expected, what it cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.analysis.jpeg_bands import BAND_SCALES
from srec_engine.analysis.jpeg_layers import BLOCK, block_cell
from srec_engine.analysis.jpeg_record import JpegRecord, frequencies_below, frequencies_of
from srec_engine.analysis.layers import Part

__all__ = ["BlockChannel", "BlockReadout", "read_block"]


@dataclass(frozen=True, eq=False, slots=True)
class BlockChannel:
    """A block of one channel. Arrays are (8, 8): vertical, horizontal frequency; the mean is the first.

    Attributes:
        name: Of the channel.
        column, row: Which block of the channel.
        steps: uint16, what a coefficient is a multiple of.
        actual: int16, in steps.
        expected: float32, in steps; 0 where nothing was to be coded.
        bits: float32. With the mean stands the number of coefficients that are not zero.
    """

    name: str
    column: int
    row: int
    steps: NDArray[np.uint16]
    actual: NDArray[np.int16]
    expected: NDArray[np.float32]
    bits: NDArray[np.float32]

    def band_bits(self, scale: int) -> float:
        """Bits of the frequencies of a scale."""
        return float(self.bits.ravel()[frequencies_of(scale)].sum())


@dataclass(frozen=True, eq=False, slots=True)
class BlockReadout:
    """The blocks at one pixel of a scale.

    Attributes:
        scale, x, y: Which, in pixels of that scale.
        channels: The block of each channel.
        expects_means: Whether it is known what was expected of means.
    """

    scale: int
    x: int
    y: int
    channels: tuple[BlockChannel, ...]
    expects_means: bool

    @property
    def scales(self) -> tuple[int, ...]:
        """Bands, from coarse to fine."""
        return BAND_SCALES

    def shown(self, part: Part) -> NDArray[np.bool_]:
        """Which coefficients the scale shows, (8, 8): those of its band, or those of lower ones as well."""
        shown = np.zeros(BLOCK * BLOCK, np.bool_)
        shown[frequencies_of(self.scale)] = True
        if part is not Part.BAND:
            shown[frequencies_below(self.scale)] = True
        return shown.reshape(BLOCK, BLOCK)

    @property
    def bits(self) -> float:
        """Of all blocks together."""
        return float(sum(channel.bits.sum() for channel in self.channels))


def read_block(record: JpegRecord, scale: int, x: int, y: int) -> BlockReadout:
    """Read out the blocks at pixel (x, y) of a scale, which lies in the picture."""
    cell = block_cell(scale)
    channels = []
    for index, (name, component) in enumerate(zip(record.channels, record.components, strict=True)):
        row = y // cell * component.vertical // record.sampling[0]
        column = x // cell * component.horizontal // record.sampling[1]
        place = slice(row, row + 1), slice(column, column + 1)
        square = (BLOCK, BLOCK)
        channels.append(
            BlockChannel(
                name,
                column,
                row,
                component.quantization.reshape(square),
                record.actual[index][place].reshape(square),
                record.expected(index, place).reshape(square),
                record.bits(index, place).reshape(square),
            )
        )
    return BlockReadout(scale, x, y, tuple(channels), record.expects_means)
