"""How a picture is cut into bands, which know nothing of each other: several work side by side, damage stays in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Band", "CoefficientError", "ComponentShape", "bands_of", "largest_count", "mcu_rows", "suitable_count"]

VALUES_OF_TWO_BANDS = 4_000_000
"""Coefficients that are not zero for which there are two more bands. One alone is for up to 3/8 of this."""


class ComponentShape(Protocol):
    """What has to be known of a component."""

    @property
    def vertical(self) -> int:
        """Its rows of blocks in a row of MCUs."""

    @property
    def rows(self) -> int:
        """Blocks down: a multiple of `vertical`, and as many times that as in each other component."""

    @property
    def columns(self) -> int:
        """Blocks across."""

    @property
    def quantization(self) -> NDArray[np.uint16]:
        """Steps, (64,) in natural order, from 1 up."""


FREE_BANDS = 16
"""Bands that any picture may have. Each copies the tables, so that thousands would keep a reader busy."""


class CoefficientError(Exception):
    """Coefficients cannot be coded; the message is a clause that says why."""


@dataclass(frozen=True, slots=True)
class Band:
    """A run of rows of MCUs, from `first` to before `end`."""

    first: int
    end: int

    def rows(self, component: ComponentShape) -> slice:
        """Its rows of a component's blocks."""
        return slice(self.first * component.vertical, self.end * component.vertical)


def bands_of(components: Sequence[ComponentShape], count: int) -> list[Band]:
    """So many bands of a picture, from top to bottom, with all its rows of MCUs; none is empty if there are enough."""
    height = mcu_rows(components)
    return [Band(height * index // count, height * (index + 1) // count) for index in range(count)]


def mcu_rows(components: Sequence[ComponentShape]) -> int:
    """Rows of MCUs."""
    return components[0].rows // components[0].vertical


def suitable_count(components: Sequence[ComponentShape], coefficients: Sequence[NDArray[np.int16]]) -> int:
    """How many bands to cut a picture into: each has to learn for itself, and should have something to learn from."""
    values = sum(int(np.count_nonzero(component)) for component in coefficients)
    return min(_count(values), mcu_rows(components))


def largest_count(components: Sequence[ComponentShape]) -> int:
    """How many bands a reader takes: what `suitable_count` may be for a picture of this size, or a few."""
    most = _count(64 * sum(shape.rows * shape.columns for shape in components))
    return min(max(most, FREE_BANDS), mcu_rows(components))


def _count(values: int) -> int:
    return 1 if 8 * values <= 3 * VALUES_OF_TWO_BANDS else 2 * -(-values // VALUES_OF_TWO_BANDS)
