"""The pyramid of 2×2 means and remainders (paper, section 3; `docs/format.md`).

The last two axes of every array are height and width, whatever stands before them. The functions work on
numpy arrays and on torch tensors alike, so that the codec and the training share one definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

__all__ = ["block_pixels", "block_sums", "join_blocks", "mean_and_remainder", "pad_to", "reduced_size"]

Array = TypeVar("Array", bound=Any)


def reduced_size(height: int, width: int, times: int = 1) -> tuple[int, int]:
    """Height and width after halving `times` times, rounding up."""
    step = (1 << times) - 1
    return (height + step) >> times, (width + step) >> times


def pad_to(values: Array, height: int, width: int) -> Array:
    """Repeat the last row and column until the array is `height` × `width`."""
    rows, columns = values.shape[-2], values.shape[-1]
    if rows < height:
        values = values[..., np.minimum(np.arange(height), rows - 1), :]
    if columns < width:
        values = values[..., np.minimum(np.arange(width), columns - 1)]
    return values


def block_pixels(values: Array) -> tuple[Array, Array, Array, Array]:
    """The four pixels of each 2×2 block: top-left, top-right, bottom-left, bottom-right.

    Odd sizes are padded by repeating the last row or column.
    """
    height, width = reduced_size(values.shape[-2], values.shape[-1])
    padded = pad_to(values, 2 * height, 2 * width)
    return (
        padded[..., 0::2, 0::2],
        padded[..., 0::2, 1::2],
        padded[..., 1::2, 0::2],
        padded[..., 1::2, 1::2],
    )


def block_sums(pixels: Sequence[Array]) -> Array:
    """Sum of the four pixels of each block, 0 to 1020. The values must be of a type that holds 1020."""
    top_left, top_right, bottom_left, bottom_right = pixels
    sums: Array = top_left + top_right + bottom_left + bottom_right
    return sums


def mean_and_remainder(sums: Array) -> tuple[Array, Array]:
    """The mean, rounded with halves down (0 to 255), and the remainder sum − 4·mean, in {−1, 0, 1, 2}."""
    means = (sums + 1) // 4
    return means, sums - 4 * means


def join_blocks(pixels: Sequence[np.ndarray[Any, Any]], height: int, width: int) -> np.ndarray[Any, Any]:
    """The image of `height` × `width` whose blocks have these four pixels; padding is dropped."""
    rows, columns = pixels[0].shape[-2:]
    joined = np.empty((*pixels[0].shape[:-2], 2 * rows, 2 * columns), dtype=pixels[0].dtype)
    joined[..., 0::2, 0::2], joined[..., 0::2, 1::2], joined[..., 1::2, 0::2], joined[..., 1::2, 1::2] = pixels
    return joined[..., :height, :width]
