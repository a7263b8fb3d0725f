"""Bands of frequencies of a JPEG, which take the place of scales: 4 are the means, then 3 to 0, from coarse to fine."""

from __future__ import annotations

__all__ = ["BANDS", "BAND_SCALES", "MEAN_SCALE", "band_of"]

BANDS = ((1, 5), (6, 14), (15, 27), (28, 63))
"""First and last zigzag index of the bands of AC frequencies: diagonals 1 and 2, 3 and 4, 5 and 6, 7 to 14."""

MEAN_SCALE = len(BANDS)
"""The scale of the means (DC): the picture at an eighth of its size."""

BAND_SCALES = tuple(range(MEAN_SCALE, -1, -1))
"""Coarse to fine."""


def band_of(scale: int) -> tuple[int, int]:
    """First and last zigzag index of the frequencies of a scale."""
    return (0, 0) if scale == MEAN_SCALE else BANDS[MEAN_SCALE - 1 - scale]
