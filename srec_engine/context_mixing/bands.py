"""How a picture is cut into bands, which know nothing of each other: several work side by side, damage stays in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Band", "CoefficientError", "ComponentShape", "bands_of"]

PIXELS_OF_TWO_BANDS = 6 << 20
"""Pixels of the first component for which there are two more bands. One alone is for pictures of up to half of this."""


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


def bands_of(components: Sequence[ComponentShape]) -> list[Band]:
    """The bands of a picture, from top to bottom. All rows of MCUs are in one, and none is empty."""
    first = components[0]
    height = first.rows // first.vertical
    pixels = 64 * first.rows * first.columns
    count = 1 if 2 * pixels <= PIXELS_OF_TWO_BANDS else 2 * -(-pixels // PIXELS_OF_TWO_BANDS)
    count = min(count, height)
    return [Band(height * index // count, height * (index + 1) // count) for index in range(count)]
