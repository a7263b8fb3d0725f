"""A component in a band as kernels take it, and room where its blocks leave behind what the next ones look at."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["COUNT_FEATURES", "BlockPlane", "BlockRoom", "Estimator", "Neighbours"]

COUNT_FEATURES = 12
"""Inputs of the predictor of counts."""


class BlockPlane(NamedTuple):
    """A component in a band.

    Attributes:
        blocks: int16 (rows, columns, 64), natural order, read or written; the means are there.
        steps: int64 (64,).
        kind: 0 for the first component, 1 for the second, 2 for others.
        first, second: int32 (rows, columns, 64), companions in 1/16 steps, or without any rows.
        first_counts, second_counts: int16 (rows, columns), as `Companion` has them.
        gains: int64 (3, 2, 64), `border_gains`.
        ratios: int64 (64, 7), steps of neighbouring frequencies against this one's, in units of 1/16.
        costs: int32 (rows, columns, 64) in 2⁻¹⁶ bit, or without any rows. That of the count is added to the mean's.
        estimates: int16 (rows, columns, 64) in 1/16 steps, like `costs`.
    """

    blocks: Any
    steps: Any
    kind: int
    first: Any
    second: Any
    first_counts: Any
    second_counts: Any
    gains: Any
    ratios: Any
    costs: Any
    estimates: Any


class Estimator(NamedTuple):
    """Predictor of values: weights for each frequency, int64 (64, 9), and room for the inputs, int64 (9,)."""

    weights: Any
    features: Any


class BlockRoom(NamedTuple):
    """What a component's blocks leave behind for the next ones.

    Attributes:
        counts: int64 (rows + 1, columns + 2), with a row above and columns at both sides.
        misses: int64 (rows + 1, columns + 2), how far the predicted counts were off.
        count_weights, count_features: int64 (12,).
        bottoms: int32 (columns, 2, 8); right: int32 (2, 8); see `border_pixels`.
        products: int64 (2, columns + 2, 2, 2), of this row and the one above, for each companion: sums of products with
            it, and of its squares.
        gap_above, gap_left: int64 (8,), `gap_spectrum` less what the coefficients so far make up for.
        values: int32 (64,), the block so far, dequantised; line: int32 (8,).
        sizes: int64 (64,), magnitudes of the block so far.
        nothing: int16 (64,), a block of zeros.
        estimator: What predicts values.
    """

    counts: Any
    misses: Any
    count_weights: Any
    count_features: Any
    bottoms: Any
    right: Any
    products: Any
    gap_above: Any
    gap_left: Any
    values: Any
    line: Any
    sizes: Any
    nothing: Any
    estimator: Any


class Neighbours(NamedTuple):
    """Blocks around one, int16 (64,) each: above, left, above both, above and ahead, two above, two to the left."""

    above: Any
    left: Any
    corner: Any
    ahead: Any
    far_above: Any
    far_left: Any
