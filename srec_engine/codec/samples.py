"""A quick look at a picture's samples: about what lossless WebP would take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.images.webp import WebPEffort, webp_encode

__all__ = ["estimated_webp_bytes"]

SAMPLE_SIDE = 256
"""Side of the squares that an estimate looks at."""

SAMPLE_COUNT = 16
"""Squares that an estimate looks at in a large picture."""


def estimated_webp_bytes(colour: NDArray[np.uint8]) -> float:
    """About what a quick lossless WebP of uint8 (H, W, C) would take; squares of a large picture stand for all."""
    sample = _squares(colour)
    return len(webp_encode(sample, WebPEffort.FAST)) * colour.size / sample.size


def _squares(colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Evenly spread squares one below the other, or the whole of a small picture."""
    height, width, _ = colour.shape
    if height * width <= SAMPLE_COUNT * SAMPLE_SIDE**2 or min(height, width) < SAMPLE_SIDE:
        return colour if height * width <= SAMPLE_COUNT * SAMPLE_SIDE**2 else colour[: max(1, (1 << 20) // width)]
    side = round(SAMPLE_COUNT**0.5)
    tops = np.linspace(0, height - SAMPLE_SIDE, side).astype(int)
    lefts = np.linspace(0, width - SAMPLE_SIDE, side).astype(int)
    return np.concatenate(
        [colour[top : top + SAMPLE_SIDE, left : left + SAMPLE_SIDE] for top in tops for left in lefts]
    )
