"""Coefficients to be coded: some as photographs have them, some as nothing has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Shape", "extreme", "natural", "shapes_of"]


@dataclass(frozen=True)
class Shape:
    """A component: what the coder has to know of it."""

    vertical: int
    rows: int
    columns: int
    quantization: NDArray[np.uint16]


def shapes_of(height: int, width: int, sampling: Sequence[tuple[int, int]] = ((1, 1),), step: int = 7) -> list[Shape]:
    """Components of a picture of so many MCUs down and across, with sampling factors (down, across)."""
    steps = np.clip(step + np.arange(64) // 2, 1, 65535).astype(np.uint16)
    return [Shape(down, height * down, width * across, steps) for down, across in sampling]


def natural(shapes: Sequence[Shape], seed: int = 0) -> list[NDArray[np.int16]]:
    """Means that go up and down gently, coefficients that fall off with their frequency."""
    random = np.random.default_rng(seed)
    found = []
    for shape in shapes:
        size = (shape.rows, shape.columns)
        fall = 12.0 / (1.0 + np.add.outer(np.arange(8), np.arange(8)).reshape(64)) ** 1.5
        blocks = np.round(random.laplace(size=(*size, 64)) * fall)
        blocks[:, :, 0] = np.round(40 * np.sin(np.add.outer(np.arange(size[0]), np.arange(size[1])) / 5))
        found.append(blocks.astype(np.int16))
    return found


def extreme(shapes: Sequence[Shape], seed: int = 0) -> list[NDArray[np.int16]]:
    """All of 16 bits, the ends above all."""
    random = np.random.default_rng(seed)
    ends = np.array([-32768, -32767, -1, 0, 1, 32766, 32767], np.int16)
    found = []
    for shape in shapes:
        size = (shape.rows, shape.columns, 64)
        values = random.integers(-32767, 32768, size).astype(np.int16)
        blocks = np.where(random.random(size) < 0.5, random.choice(ends[1:], size), values)
        blocks[:, :, 0] = random.choice(ends, size[:2])
        found.append(blocks)
    return found
