"""The values about the centre of a mixture that is not wide, weighed one by one, in plain Python.

docs/coding.md, section 4, "Values about the centre". `value_classes` says the same in numba; a change here is a change
there, and a new version of the file format.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.fixed_point import EXPONENTIAL_ENTRIES, FREQUENCY_TOTAL
from srec_engine.entropy.learning import (
    BIAS_BITS,
    BIAS_LIMIT,
    CENTRE_CLASS,
    CLASS_RATES,
    CLASS_SHIFT,
    FINE_DEVIATION,
    NOWHERE,
    OFFSET_LIMIT,
    VALUE_CLASSES,
    WIDE_COUNT,
    folded,
)
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.plain_mixture import ClassWeights, Mixture
from srec_engine.entropy.steps import PixelStep

__all__ = ["ClassTables", "PixelSurroundings", "weigh_classes"]

Plane = list[list[int]]

_RATES: list[int] = CLASS_RATES.tolist()


@dataclass(frozen=True, slots=True)
class ClassTables:
    """What was learned about the classes, by context.

    Attributes:
        biases: [context][number][class], 2⁻¹⁶ nat.
        counts: [context][number], how often each was met.
    """

    biases: list[list[list[int]]]
    counts: list[list[int]]

    def sums(self, contexts: list[int]) -> list[int]:
        """Bias of each class where these are the contexts' numbers, 2⁻⁶ nat."""
        entries = [table[number] for table, number in zip(self.biases, contexts, strict=True)]
        return [sum(biases) >> BIAS_BITS for biases in zip(*entries, strict=True)]

    def learn(self, contexts: list[int], classes: ClassWeights, value: int, deviation: int) -> None:
        """Learn from a value that was coded with these classes, and whose mixture has that deviation."""
        total = classes.base[-1]
        shift = max(total.bit_length() - 24, 0)
        reciprocal = (1 << 40) // (total >> shift)
        errors = [-((weight >> shift) * reciprocal >> 24) for weight in classes.weights]
        more = WIDE_COUNT if deviation > FINE_DEVIATION else 0
        errors[bisect_right(classes.starts, value) - 1] += FREQUENCY_TOTAL
        for table, counts, number in zip(self.biases, self.counts, contexts, strict=True):
            rate = _RATES[min(counts[number] + more, len(_RATES) - 1)]
            counts[number] += 1
            table[number] = [
                min(max(bias + (error * rate >> 16), -BIAS_LIMIT), BIAS_LIMIT)
                for bias, error in zip(table[number], errors, strict=True)
            ]


def weigh_classes(mixture: Mixture, centre: int, sums: list[int], exponential: list[int]) -> ClassWeights:
    """Weigh the classes about a centre; `sums` are their biases, `exponential` is the model's table."""
    lowest, end = mixture.lowest, mixture.highest + 1
    starts = [min(max(centre + number - CENTRE_CLASS, lowest), end) for number in range(VALUE_CLASSES)]
    starts[0] = lowest
    starts.append(end)
    inside = [mixture.below(start) for start in starts]
    largest = max(sums)
    factors = [1 + (exponential[largest - bias] if largest - bias < EXPONENTIAL_ENTRIES else 0) for bias in sums]
    least = (mixture.inside >> (CLASS_SHIFT + 16)) + 1
    weights = [
        ((inside[number + 1] - inside[number] >> CLASS_SHIFT) + least) * factors[number]
        if starts[number] < starts[number + 1]
        else 0
        for number in range(VALUE_CLASSES)
    ]
    return ClassWeights(starts, inside, factors, weights, list(accumulate(weights, initial=0)))


class PixelSurroundings:
    """The values around the one that is coded, from which the contexts of the classes follow.

    Args:
        step, channel: The stream.
        values: uint8 (H, W, 3); the channels before `channel` are whole.
        memory: What streams before have left behind.
    """

    __slots__ = ("_before", "_before_first", "_first", "_step", "_width", "own")

    def __init__(self, step: PixelStep, channel: int, values: npt.NDArray[np.uint8], memory: TileMemory) -> None:
        self._width = step.width
        self._step = step.number - 1
        self.own: Plane = [[0] * step.width for _ in range(step.height)]
        """The stream's values as far as they are known; whoever knows one writes it down here."""
        self._before: Plane | None = values[: step.height, : step.width, channel - 1].tolist() if channel > 0 else None
        later = self._step > 0
        self._first: Plane = memory.first[..., channel].tolist() if later else []
        self._before_first: Plane = memory.first[..., channel - 1].tolist() if later and channel > 0 else []

    def contexts(self, row: int, column: int, centre: int, fraction: int, offset: int) -> list[int]:
        """Numbers of the contexts of a value.

        `fraction` tells where about the centre the mean lies, in quarters; `offset` is the one of the channel before.
        """
        last = folded(offset, OFFSET_LIMIT) * 4 + fraction
        own, before = self.own, self._before
        west, north, northeast = self._differences(own, row, column, centre)
        contexts = [(folded(west, 4) * 9 + folded(north, 4)) * 20 + last]
        if before is not None:
            change = before[row][column]
            if column > 0:
                west += change - before[row][column - 1]
            if row > 0:
                north += change - before[row - 1][column]
                if column + 1 < self._width:
                    northeast += change - before[row - 1][column + 1]
            contexts.append((folded(west, 4) * 9 + folded(north, 4)) * 20 + last)
            contexts.append(((folded(west, 3) * 7 + folded(north, 3)) * 7 + folded(northeast, 3)) * 4 + fraction)
        if self._step > 0:
            contexts += self._contexts_of_first(row, column, centre, last)
        return contexts

    def _differences(self, own: Plane, row: int, column: int, centre: int) -> tuple[int, int, int]:
        """Differences of the values at W, N and NE to the centre."""
        west = own[row][column - 1] - centre if column > 0 else NOWHERE
        north = own[row - 1][column] - centre if row > 0 else NOWHERE
        northeast = own[row - 1][column + 1] - centre if row > 0 and column + 1 < self._width else NOWHERE
        return west, north, northeast

    def _contexts_of_first(self, row: int, column: int, centre: int, last: int) -> list[int]:
        """Those by the values of pixel 1 of this block and of the one beyond the pixel."""
        first = self._first
        beyond_row = min(row + 1, len(first) - 1) if self._step == 2 else row
        beyond_column = min(column + 1, len(first[0]) - 1) if self._step == 1 else column
        here = first[row][column] - centre
        beyond = first[beyond_row][beyond_column] - centre
        contexts = [(folded(here, 4) * 9 + folded(beyond, 4)) * 20 + last]
        if self._before is not None:
            change = self._before[row][column]
            here += change - self._before_first[row][column]
            beyond += change - self._before_first[beyond_row][beyond_column]
            contexts.append((folded(here, 4) * 9 + folded(beyond, 4)) * 20 + last)
        return contexts
