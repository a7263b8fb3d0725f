"""The order of a block's coefficients in a JPEG."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["COEFFICIENTS", "ZIGZAG"]

COEFFICIENTS = 64
"""Of a block."""


def _zigzag() -> NDArray[np.int64]:
    """Sort by diagonals; those with an even sum go up to the right, the others down to the left."""
    places = [(row, column) for row in range(8) for column in range(8)]
    places.sort(key=lambda place: (sum(place), place[0] if sum(place) % 2 else -place[0]))
    return np.array([8 * row + column for row, column in places], np.int64)


ZIGZAG: NDArray[np.int64] = _zigzag()
"""Where each coefficient of the zigzag order lies in the natural order (T.81 figure A.6), int64 (64,)."""
