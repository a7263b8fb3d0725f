"""Streams whose distributions learn from neighbours, in plain Python integers: what is written, and what is read.

The second of two implementations of docs/coding.md, section 4, for machines on which numba does not work, and the other
half of the tests. One value follows the other, because what a distribution has learned depends on all before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.fixed_point import FREQUENCY_BITS
from srec_engine.entropy.plain_range_decoder import PlainRangeDecoder

__all__ = ["Distribution", "LearnedStream", "decode_stream", "learned_frequencies", "saved_share"]

Integers = npt.NDArray[np.int64]


class Distribution(Protocol):
    """Cumulative frequencies of one value, of 65536."""

    def interval(self, value: int) -> tuple[int, int]:
        """The frequencies [start, end) of an allowed value."""

    def find(self, target: int) -> tuple[int, int, int]:
        """The value whose frequencies contain `target`, 0 to 65535, and its frequencies: (value, start, end)."""


class LearnedStream(Protocol):
    """The distributions of one stream, one after the other: `LearnedPixels` or `LearnedRemainders`."""

    height: int
    width: int
    values: list[list[int]]
    possible: bool

    def enter_row(self, row: int) -> None:
        """Begin with a row; rows follow one another."""

    def distribution(self, column: int) -> Distribution | None:
        """The distribution of the next value of the row; None where the value is certain."""

    def learn(self, value: int, start: int, end: int) -> None:
        """Learn from the value of `distribution`, which owns the frequencies [start, end)."""

    def leave_traces(self) -> None:
        """Write down what later streams look at."""


def learned_frequencies(stream: LearnedStream, values: Integers) -> Integers:
    """What a stream's values are coded with, and leave its traces.

    Args:
        stream: At its beginning.
        values: int64 (height, width), each one allowed.

    Returns:
        int64 (N, 2), [start, end) of 65536 of each value that is not certain.
    """
    plane: list[list[int]] = values.tolist()
    ends: list[tuple[int, int]] = []

    def given(distribution: Distribution, row: int, column: int) -> tuple[int, int, int]:
        value = plane[row][column]
        start, end = distribution.interval(value)
        ends.append((start, end))
        return value, start, end

    _go_through(stream, given)
    return np.array(ends, np.int64).reshape(-1, 2)


def decode_stream(stream: LearnedStream, data: bytes) -> bool:
    """Decode the values of a stream, which has them afterwards, and leave its traces.

    Returns:
        Whether the bytes are what coding these values gives.
    """
    decoder = PlainRangeDecoder(data)

    def decoded(distribution: Distribution, row: int, column: int) -> tuple[int, int, int]:  # noqa: ARG001
        value, start, end = distribution.find(decoder.target())
        decoder.consume(start, end)
        return value, start, end

    coded = _go_through(stream, decoded)
    if not coded:
        return stream.possible and not data
    return stream.possible and decoder.ends_here()


def saved_share(learned: Integers, plain: Integers) -> float:
    """Share of the bits that learning saves, from the [start, end) with and without it, (N, 2) each.

    The sum is made in the order and with the logarithm of the compiled kernels, not numpy's: an encoder chooses by it,
    and should choose the same with either coder.
    """
    plain_bits = _bits(plain)
    return 1 - _bits(learned) / plain_bits if plain_bits else 0.0


def _bits(ends: Integers) -> float:
    total = 0.0
    for frequency in (ends[:, 1] - ends[:, 0]).tolist():
        total += FREQUENCY_BITS - math.log2(frequency)
    return total


def _go_through(stream: LearnedStream, choose: Callable[[Distribution, int, int], tuple[int, int, int]]) -> bool:
    """Take each value from `choose(distribution, row, column)`: (value, start, end); return whether there was any."""
    coded = False
    for row in range(stream.height):
        stream.enter_row(row)
        for column in range(stream.width):
            distribution = stream.distribution(column)
            if distribution is not None:
                stream.learn(*choose(distribution, row, column))
                coded = True
    stream.leave_traces()
    return coded
