"""What docs/coding.md says under "Nothing leaves 63 bits", at its extremes.

The plain implementation computes in integers without bounds. Here it computes in integers that remember how large they
became; and the compiled kernels, whose integers have 64 bits, have to find the same.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from srec_engine.entropy import DistributionTables, EntropyCoder, PixelStep, RemainderStep
from srec_engine.entropy.distribution_arrays import pixel_components
from srec_engine.entropy.fixed_point import (
    COEFFICIENT_LIMIT,
    EXPONENTIAL_ENTRIES,
    EXPONENTIAL_ONE,
    LOGIT_LIMIT,
    MEAN_LIMIT,
    SCALE_LIMIT,
    SIGMOID_ENTRIES,
    SIGMOID_HALF,
    SIGMOID_ONE,
)
from srec_engine.entropy.learned_pixels import Components, LearnedPixels
from srec_engine.entropy.learned_remainders import LearnedRemainders
from srec_engine.entropy.learned_streams import LearnedStream, learned_frequencies
from srec_engine.entropy.learning import DEVIATION_LIMIT, POSITION_OFFSET, SHIFT_LIMIT
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.starting_states import NOTHING_LEARNED, StartingStates
from tests.entropy.builders import Values, extreme_states

Random = np.random.Generator

COMPONENTS = 10
HEIGHT, WIDTH = 12, 13


class Measured(int):
    """An integer that tells how large the results of its arithmetic become; so do these results."""

    largest = 0

    @classmethod
    def of(cls, result: int) -> Measured:
        cls.largest = max(cls.largest, abs(int(result)))
        return cls(result)

    def __add__(self, other: int) -> Measured:
        return self.of(int(self) + int(other))

    def __sub__(self, other: int) -> Measured:
        return self.of(int(self) - int(other))

    def __rsub__(self, other: int) -> Measured:
        return self.of(int(other) - int(self))

    def __mul__(self, other: int) -> Measured:
        return self.of(int(self) * int(other))

    def __lshift__(self, other: int) -> Measured:
        return self.of(int(self) << int(other))

    def __rshift__(self, other: int) -> Measured:
        return self.of(int(self) >> int(other))

    def __floordiv__(self, other: int) -> Measured:
        return self.of(int(self) // int(other))

    def __rfloordiv__(self, other: int) -> Measured:
        return self.of(int(other) // int(self))

    def __neg__(self) -> Measured:
        return self.of(-int(self))

    def __abs__(self) -> Measured:
        return self.of(abs(int(self)))

    __radd__ = __add__
    __rmul__ = __mul__


def measured(numbers: Any) -> Any:
    """The same with integers that remember, in lists of lists."""
    return [measured(inner) for inner in numbers] if isinstance(numbers, list) else Measured(numbers)


class MeasuredPixels(LearnedPixels):
    """Pixels whose whole arithmetic follows from components that remember."""

    def row_components(self, row: int) -> list[Components]:
        return [(measured(weights), measured(means), places) for weights, means, places in super().row_components(row)]


class MeasuredRemainders(LearnedRemainders):
    """Remainders whose whole arithmetic follows from logits that remember."""

    def row_logits(self, row: int) -> list[list[int]]:
        logits: list[list[int]] = measured(super().row_logits(row))
        return logits


def largest_of(stream: LearnedStream, plane: Values) -> int:
    """Largest magnitude on the way through a stream."""
    Measured.largest = 0
    learned_frequencies(stream, plane.astype(np.int64))
    return Measured.largest


def steep_tables(starts: StartingStates) -> DistributionTables:
    """Tables as heavy as they may be: every weight is 2¹⁶ at once; scales from the narrowest to the widest."""
    return DistributionTables(
        sigmoid=np.where(np.arange(SIGMOID_ENTRIES) < 9, SIGMOID_HALF, SIGMOID_ONE).astype(np.int32),
        exponential=np.full(EXPONENTIAL_ENTRIES, EXPONENTIAL_ONE, np.int32),
        inverse_scale=SCALE_LIMIT >> np.arange(29, dtype=np.int64),
        log_scale_minimum=0,
        starts=starts,
    )


def extreme_pixels(
    random: Random, left: int, *, narrow: bool, starts: StartingStates = NOTHING_LEARNED
) -> tuple[PixelStep, Values]:
    """A step whose parameters are at their limits, and values at the ends of what is allowed.

    `narrow`: means lie together between 0 and 255, so that values are weighed one by one.
    """
    shape = (HEIGHT, WIDTH)
    sums = random.choice(np.array([1, 128, 255, 127 * left, 255 * left - 1]), (*shape, 3))
    parameters = np.zeros((*shape, 9 * COMPONENTS + 3), np.float32)
    linear = np.zeros((*shape, 3), np.int64)
    if not narrow:
        parameters[..., : 9 * COMPONENTS] = random.choice([-MEAN_LIMIT, MEAN_LIMIT], (*shape, 9 * COMPONENTS))
        parameters[..., 9 * COMPONENTS :] = random.choice([-COEFFICIENT_LIMIT, COEFFICIENT_LIMIT], (*shape, 3))
        linear = random.choice([-MEAN_LIMIT, MEAN_LIMIT], (*shape, 3))
    step = PixelStep(steep_tables(starts), COMPONENTS, parameters, linear, sums, left, *shape)
    lowest, highest = np.maximum(0, sums - 255 * (left - 1)), np.minimum(255, sums)
    return step, np.where(random.random(sums.shape) < 0.7, highest, lowest).astype(np.uint8)


BEGINNINGS = pytest.mark.parametrize("starts", [NOTHING_LEARNED, extreme_states(7)], ids=["nothing", "extreme"])


@BEGINNINGS
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_pixels_at_their_limits_stay_below_two_to_the_60(
    numba_coder: EntropyCoder, torchac_coder: EntropyCoder, seed: int, narrow: bool, starts: StartingStates
) -> None:
    random = np.random.default_rng(seed)
    ours, theirs, measuring = (TileMemory.of_blocks(HEIGHT, WIDTH) for _ in range(3))
    largest = 0
    for left in (4, 3, 2):
        step, values = extreme_pixels(random, left, narrow=narrow, starts=starts)
        for channel in range(3):
            stream = MeasuredPixels(step, channel, values, measuring)
            largest = max(largest, largest_of(stream, values[..., channel]))
            measuring.keep(step.number, channel, values)
            by_kernel = numba_coder.encode_pixels(step, channel, values, ours)
            assert by_kernel.data == torchac_coder.encode_pixels(step, channel, values, theirs).data
    assert largest < 1 << 60
    # The bound is not idle: values that are weighed one by one come within a factor of two.
    assert largest > 1 << (59 if narrow else 57)
    for memory in (theirs, measuring):
        assert np.array_equal(ours.residuals, memory.residuals)
        assert np.array_equal(ours.offsets, memory.offsets)


@pytest.mark.parametrize("left", [4, 3, 2])
def test_means_stay_below_what_is_added_before_they_are_divided(left: int) -> None:
    """Even with sums and values that a damaged tile may leave, which no pixels have."""
    random = np.random.default_rng(left)
    step, _ = extreme_pixels(random, left, narrow=False)
    step = dataclasses.replace(step, remaining=random.choice([-5000, 0, 1020, 5000], step.remaining.shape))
    values = random.choice(np.array([0, 255], np.uint8), step.remaining.shape)
    for channel in range(3):
        _, means, _ = pixel_components(step, channel, values, np.arange(HEIGHT * WIDTH))
        assert int(np.abs(means).max()) < POSITION_OFFSET - SHIFT_LIMIT * DEVIATION_LIMIT // 256


def extreme_remainders(random: Random, starts: StartingStates) -> tuple[RemainderStep, Values]:
    """A step whose logits, strengths and couplings are at their limits."""
    shape = (HEIGHT, WIDTH)
    grey = random.choice(np.array([0, 1, 128, 255], np.uint8), (*shape, 3))
    logits = random.choice(np.array([-LOGIT_LIMIT, LOGIT_LIMIT], np.float32), (*shape, 15))
    couplings: npt.NDArray[Any] = random.choice(np.array([-LOGIT_LIMIT, LOGIT_LIMIT]), (3, 4, 4))
    symbols = random.integers(np.where(grey == 0, 1, 0), np.where(grey == 255, 2, 4)).astype(np.uint8)
    return RemainderStep(steep_tables(starts), logits, couplings, grey, *shape), symbols


@BEGINNINGS
def test_remainders_at_their_limits_stay_far_below(
    numba_coder: EntropyCoder, torchac_coder: EntropyCoder, starts: StartingStates
) -> None:
    step, symbols = extreme_remainders(np.random.default_rng(3), starts)
    ours, theirs, measuring = (TileMemory.of_blocks(HEIGHT, WIDTH) for _ in range(3))
    for channel in range(3):
        stream = MeasuredRemainders(step, channel, symbols, measuring)
        assert largest_of(stream, symbols[..., channel]) < 1 << 40
        by_kernel = numba_coder.encode_remainders(step, channel, symbols, ours)
        assert by_kernel.data == torchac_coder.encode_remainders(step, channel, symbols, theirs).data
    assert np.array_equal(ours.surprises, theirs.surprises)
    assert np.array_equal(ours.surprises, measuring.surprises)
