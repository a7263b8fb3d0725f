"""Everything about one pixel: the distribution of each channel, given the channels before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.analysis.recording import TileSteps
from srec_engine.entropy.fixed_point import FREQUENCY_TOTAL

__all__ = ["Distribution", "PixelReadout", "read_pixel"]

_FREE_PIXEL = 3


@dataclass(frozen=True, eq=False, slots=True)
class Distribution:
    """What was expected of one subpixel (or one remainder), and what it was.

    Attributes:
        actual: Its value.
        lowest: The smallest value that the sum and the pixels before allow.
        frequencies: int32, of `lowest` and the values after it; they add up to 65536. All other values are impossible.
    """

    actual: int
    lowest: int
    frequencies: NDArray[np.int32]

    @property
    def highest(self) -> int:
        """The largest allowed value."""
        return self.lowest + len(self.frequencies) - 1

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Of `lowest` and the values after it; they add up to 1."""
        return self.frequencies / FREQUENCY_TOTAL

    @property
    def probability(self) -> float:
        """Of the actual value; 0 where a damaged tile holds an impossible one."""
        if not self.lowest <= self.actual <= self.highest:
            return 0.0
        return float(self.frequencies[self.actual - self.lowest]) / FREQUENCY_TOTAL

    @property
    def cost(self) -> float:
        """Bits that the actual value took."""
        return float(-np.log2(max(self.probability, 1 / FREQUENCY_TOTAL))) + 0.0

    @property
    def entropy(self) -> float:
        """Bits that the network expected to pay."""
        likely = self.probabilities[self.frequencies > 0]
        return float(-(likely * np.log2(likely)).sum()) + 0.0

    @property
    def mean(self) -> float:
        """Expected value."""
        return float((self.probabilities * np.arange(self.lowest, self.highest + 1)).sum())

    @property
    def most_likely(self) -> int:
        """Value with the largest probability, the smallest of several."""
        return self.lowest + int(self.frequencies.argmax())

    def interval(self, share: float) -> tuple[int, int]:
        """The shortest run of values (first, last) around the most likely one, grown greedily, that holds `share`."""
        first = last = int(self.frequencies.argmax())
        held = int(self.frequencies[first])
        while held < share * FREQUENCY_TOTAL and last - first + 1 < len(self.frequencies):
            before = int(self.frequencies[first - 1]) if first else -1
            after = int(self.frequencies[last + 1]) if last + 1 < len(self.frequencies) else -1
            if before >= after:
                first, held = first - 1, held + before
            else:
                last, held = last + 1, held + after
        return self.lowest + first, self.lowest + last


@dataclass(frozen=True, eq=False, slots=True)
class PixelReadout:
    """One pixel of one scale.

    Attributes:
        scale, x, y: Which, in pixels of that scale.
        step: 1, 2 or 3 for a coded pixel of the block; 4 for the one that follows from the sum.
        channels: One distribution for each coded channel; a certain one for the fourth pixel.
        remainders: Of the block, one for each coded channel.
        block: Values of the block's pixels 1 to 4 in each coded channel; fewer at an edge where the block is not whole.
        block_bits: Bits of the whole block: remainders and pixels, all channels.
    """

    scale: int
    x: int
    y: int
    step: int
    channels: tuple[Distribution, ...]
    remainders: tuple[Distribution, ...]
    block: tuple[tuple[int, ...], ...]
    block_bits: float


def read_pixel(steps: TileSteps, x: int, y: int) -> PixelReadout:
    """Read out pixel (x, y) of the scale, which lies in the tile.

    Raises:
        ValueError: When it does not.
    """
    column, row = x - steps.box.left, y - steps.box.top
    if not (0 <= column < steps.box.width and 0 <= row < steps.box.height):
        raise ValueError(f"pixel ({x}, {y}) does not lie in tile {steps.tile}")
    index = 2 * (row % 2) + column % 2
    coded = [_pixel(steps, number, row // 2, column // 2) for number in range(_FREE_PIXEL)]
    if index == _FREE_PIXEL:
        certain = np.array([FREQUENCY_TOTAL], dtype=np.int32)
        values = steps.image[row, column, : steps.channels]
        channels = tuple(Distribution(int(value), int(value), certain) for value in values)
    else:
        channels = coded[index]
    remainders = tuple(_remainder(steps, channel, row // 2, column // 2) for channel in range(steps.channels))
    bits = sum(one.cost for many in (*coded, remainders) for one in many)
    block = _values_of_block(steps, row - row % 2, column - column % 2)
    return PixelReadout(steps.scale, x, y, index + 1, channels, remainders, block, bits)


def _values_of_block(steps: TileSteps, top: int, left: int) -> tuple[tuple[int, ...], ...]:
    pixels = steps.image[top : top + 2, left : left + 2, : steps.channels].reshape(-1, steps.channels)
    return tuple(tuple(int(value) for value in pixel) for pixel in pixels)


def _pixel(steps: TileSteps, index: int, row: int, column: int) -> tuple[Distribution, ...]:
    """Of coded pixel `index` of a block; empty where the image ends before it."""
    step, values = steps.pixels[index], steps.values[index]
    if row >= step.height or column >= step.width:
        return ()
    return tuple(
        Distribution(int(values[row, column, channel]), *stream.at(row, column))
        for channel, stream in enumerate(steps.probabilities[1 + index])
    )


def _remainder(steps: TileSteps, channel: int, row: int, column: int) -> Distribution:
    lowest, frequencies = steps.probabilities[0][channel].at(row, column)
    return Distribution(int(steps.symbols[row, column, channel]) - 1, lowest - 1, frequencies)
