"""The distribution of one subpixel in plain Python integers: a mixture whose values may have been weighed by classes.

What `distribution_arrays` computes for whole arrays, for one value at a time, because what a stream has learned is not
known before. docs/coding.md, sections 3 and 4.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from srec_engine.entropy.fixed_point import (
    FREQUENCY_TOTAL,
    GREY_LEVELS,
    SCALE_BITS,
    SIGMOID_ENTRIES,
    SIGMOID_ONE,
)
from srec_engine.entropy.learning import CLASS_SHIFT

__all__ = ["ClassWeights", "Mixture", "PixelDistribution"]


class Mixture:
    """A mixture over the values that are allowed.

    Args:
        sigmoid: The model's table.
        components: Weight, mean (2⁻⁸ grey level) and inverse scale of each.
        total: Sum of the weights.
        lowest, highest: Values that are allowed, both ends included.
    """

    __slots__ = ("_bottom", "_components", "_sigmoid", "_total", "highest", "inside", "lowest")

    def __init__(
        self, sigmoid: list[int], components: list[tuple[int, int, int]], total: int, lowest: int, highest: int
    ) -> None:
        self._sigmoid = sigmoid
        self._components = components
        self._total = total
        self.lowest = lowest
        self.highest = highest
        self._bottom = self._whole_below(lowest)
        self.inside = self.below(highest + 1)
        """What all allowed values weigh."""

    def below(self, boundary: int) -> int:
        """What the allowed values below a boundary weigh: G of docs/coding.md."""
        return self._whole_below(boundary) - self._bottom

    def _whole_below(self, boundary: int) -> int:
        """What all values below a boundary weigh, allowed or not: F of docs/coding.md."""
        if boundary <= 0:
            return 0
        if boundary >= GREY_LEVELS:
            return self._total * SIGMOID_ONE
        sigmoid, last = self._sigmoid, SIGMOID_ENTRIES - 1
        place = (2 * boundary - 1) * 128
        weight_below = 0
        for weight, mean, inverse_scale in self._components:
            distance = place - mean
            entry = abs(distance) * inverse_scale >> SCALE_BITS
            share = sigmoid[entry if entry < last else last]
            weight_below += weight * (share if distance >= 0 else SIGMOID_ONE - share)
        return weight_below


@dataclass(frozen=True, slots=True)
class ClassWeights:
    """Classes of values about the centre of a mixture, and what was learned about them.

    Attributes:
        starts: First value of each class, and the end of the last: b of docs/coding.md.
        inside: What the mixture weighs below each of these: G(b).
        factors: What the mixture's weight of each class is multiplied with: φ.
        weights: The product: V.
        base: What the classes weigh below each of `starts`: B.
    """

    starts: list[int]
    inside: list[int]
    factors: list[int]
    weights: list[int]
    base: list[int]


class PixelDistribution:
    """Cumulative frequencies of a mixture.

    Args:
        mixture: The mixture.
        centre: About where most of it lies: where a search begins.
        classes: How its values are weighed; None where they are not.
    """

    __slots__ = ("_centre", "_classes", "_mixture", "_scale", "_total")

    def __init__(self, mixture: Mixture, centre: int, classes: ClassWeights | None) -> None:
        self._mixture = mixture
        self._centre = centre
        self._classes = classes
        self._scale = FREQUENCY_TOTAL - (mixture.highest - mixture.lowest + 1)
        self._total = mixture.inside if classes is None else classes.base[-1]

    def interval(self, value: int) -> tuple[int, int]:
        """The frequencies [start, end) of an allowed value."""
        return self._frequency(value), self._frequency(value + 1)

    def find(self, target: int) -> tuple[int, int, int]:
        """The value whose frequencies contain `target`, 0 to 65535, and its frequencies: (value, start, end)."""
        (first, start), (last, end) = self._bracket(target)
        while last - first > 1:
            middle = (first + last) // 2
            frequency = self._frequency(middle)
            if frequency <= target:
                first, start = middle, frequency
            else:
                last, end = middle, frequency
        return first, start, end

    def _frequency(self, boundary: int) -> int:
        """The frequency of the values below a boundary, from the lowest value to the highest + 1."""
        mixture = self._mixture
        if boundary > mixture.highest:
            return FREQUENCY_TOTAL
        index = boundary - mixture.lowest
        if self._total == 0:
            # No component reaches the allowed values: all weigh the same.
            return index * self._scale // (mixture.highest - mixture.lowest + 1) + index
        return self._weight_below(boundary) * self._scale // self._total + index

    def _weight_below(self, boundary: int) -> int:
        classes = self._classes
        if classes is None:
            return self._mixture.below(boundary)
        number = bisect_right(classes.starts, boundary) - 1
        if classes.starts[number] == boundary:
            return classes.base[number]
        share = self._mixture.below(boundary) - classes.inside[number] >> CLASS_SHIFT
        return classes.base[number] + share * classes.factors[number]

    def _bracket(self, target: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Two boundaries and their frequencies, between which the target lies."""
        classes = self._classes
        if classes is None:
            return self._bracket_from_centre(target)
        lowest, scale, total = self._mixture.lowest, self._scale, self._total
        first = lowest, 0
        for start, base in zip(classes.starts[1:-1], classes.base[1:-1], strict=True):
            frequency = base * scale // total + start - lowest
            if frequency > target:
                return first, (start, frequency)
            first = start, frequency
        return first, (self._mixture.highest + 1, FREQUENCY_TOTAL)

    def _bracket_from_centre(self, target: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """The same by steps that double; where they begin makes no difference to the value that is found."""
        first, last = (self._mixture.lowest, 0), (self._mixture.highest + 1, FREQUENCY_TOTAL)
        boundary, step = self._centre, 1
        while first[0] < boundary < last[0]:
            frequency = self._frequency(boundary)
            if frequency <= target:
                first = boundary, frequency
                if last[1] < FREQUENCY_TOTAL:
                    break
                boundary += step
            else:
                last = boundary, frequency
                if first[1] > 0:
                    break
                boundary -= step
            step *= 2
        return first, last
