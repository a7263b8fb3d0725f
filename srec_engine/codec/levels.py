"""Pictures at every scale, as the walk takes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.pyramid import block_pixels, block_sums, mean_and_remainder

__all__ = ["picture_levels"]


def picture_levels(picture: NDArray[np.uint8], scale_count: int) -> list[NDArray[np.uint8]]:
    """uint8 (…, H, W, 1 or 3) at every scale, fine to coarse: scale_count + 1 arrays, always with three channels."""
    levels = [np.ascontiguousarray(np.repeat(picture, 3, axis=-1) if picture.shape[-1] == 1 else picture)]
    for _ in range(scale_count):
        planes = np.moveaxis(levels[-1], -1, -3).astype(np.int32)
        means, _ = mean_and_remainder(block_sums(block_pixels(planes)))
        levels.append(np.ascontiguousarray(np.moveaxis(means, -3, -1), dtype=np.uint8))
    return levels
