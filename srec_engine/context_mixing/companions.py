"""What one component tells of another: its coefficients where the other's blocks lie, in the other's steps.

Chroma is mostly coarser than luma. The means of 2 × 2 (4 × 1, …) pixels of the blocks that a chroma block covers are a
linear map of their coefficients, so no pixel is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer, kernel
from srec_engine.context_mixing.estimates import STEP_UNITS
from srec_engine.context_mixing.transform import BASIS_BITS, dequantised, mean_basis

__all__ = ["NO_COMPANION", "Companion", "companion_means", "companion_of"]

_COMPANION_LIMIT = 1 << 17
_FACTORS = (1, 2, 4)
_NOTABLE = 8
"""What is half a step or more is counted."""


class Companion(NamedTuple):
    """A component as another one sees it.

    Attributes:
        blocks: int32 (rows, columns, 64) in 1/16 steps of the other, or without any rows.
        counts: int16 (rows, columns), how many of the 63 frequencies are half a step or more.
    """

    blocks: NDArray[np.int32]
    counts: NDArray[np.int16]


NO_COMPANION = Companion(np.zeros((0, 1, 64), np.int32), np.zeros((0, 1), np.int16))


def factors(shape: Sequence[int], other: Sequence[int]) -> tuple[int, int] | None:
    """How many blocks down and across cover one of the other component; None where that is not 1, 2 or 4."""
    found = []
    for own, others in zip(shape[:2], other[:2], strict=True):
        if not others or own % others or own // others not in _FACTORS:
            return None
        found.append(own // others)
    return found[0], found[1]


def companion_of(
    source: NDArray[np.int16], steps: NDArray[np.int64], shape: Sequence[int], other_steps: NDArray[np.int64]
) -> Companion:
    """See a component as another one does.

    Args:
        source: int16 (rows, columns, 64).
        steps: int64 (64,), its quantisation.
        shape: Rows and columns of the other component.
        other_steps: Its quantisation.
    """
    ratio = factors(source.shape, shape)
    if ratio is None:
        return NO_COMPANION
    down, across = ratio
    blocks = np.empty((shape[0], shape[1], 64), np.int32)
    counts = np.empty((shape[0], shape[1]), np.int16)
    inverse = (STEP_UNITS << 16) // other_steps
    halfway = np.zeros((8 * down, 8), np.int32)
    _see(source, steps, inverse, mean_basis(down), mean_basis(across), blocks, counts, halfway)
    return Companion(blocks, counts)


def companion_means(source: NDArray[np.int16], step: int, shape: Sequence[int], other_step: int) -> NDArray[np.int64]:
    """The same of the means alone: int64 (rows, columns), in steps of the other component, or without any rows."""
    ratio = factors(source.shape, shape)
    if ratio is None:
        return np.zeros((0, 1), np.int64)
    down, across = ratio
    summed = source.astype(np.int64).reshape(shape[0], down, shape[1], across).sum((1, 3))
    seen: NDArray[np.int64] = (2 * summed * step + down * across * other_step) // (2 * down * across * other_step)
    return np.clip(seen, -_COMPANION_LIMIT, _COMPANION_LIMIT)


@inlined
def _bring_down(
    halfway: NDArray[np.int32], inverse: NDArray[np.int64], basis: NDArray[np.int32], block: NDArray[np.int32]
) -> None:
    down = basis.shape[1] >> 3
    for v in range(8):
        for u in range(8):
            total = integer(0)
            if down == 1:
                total = integer(halfway[v, u])
            else:
                for place in range(8 * down):
                    total += integer(basis[v, place]) * halfway[place, u]
                total >>= BASIS_BITS
            total = total * inverse[8 * v + u] >> 16
            block[8 * v + u] = min(max(total, -_COMPANION_LIMIT), _COMPANION_LIMIT)


@inlined
def _bring_across(
    source: NDArray[np.int16],
    steps: NDArray[np.int64],
    basis: NDArray[np.int32],
    row: int,
    column: int,
    place: int,
    halfway: NDArray[np.int32],
) -> None:
    """One row of frequencies of the blocks side by side that lie in a column of the other component."""
    across = basis.shape[1] >> 3
    first = 8 * (place & 7)
    for u in range(8):
        halfway[place, u] = 0
    for block in range(across):
        values = source[row, column * across + block]
        for v in range(8):
            value = dequantised(integer(values[first + v]), steps[first + v])
            if across == 1:
                halfway[place, v] = value
            elif value:
                for u in range(8):
                    product = np.int32(basis[u, 8 * block + v] * np.int32(value))
                    halfway[place, u] += product >> np.int32(BASIS_BITS)


@kernel
def _see(
    source: NDArray[np.int16],
    steps: NDArray[np.int64],
    inverse: NDArray[np.int64],
    down_basis: NDArray[np.int32],
    across_basis: NDArray[np.int32],
    blocks: NDArray[np.int32],
    counts: NDArray[np.int16],
    halfway: NDArray[np.int32],
) -> None:
    """Fill in a companion. `halfway` (8·down, 8) is room for what is brought to the other's columns."""
    rows, columns = counts.shape
    down = down_basis.shape[1] >> 3
    for row in range(rows):
        for column in range(columns):
            for place in range(8 * down):
                _bring_across(source, steps, across_basis, row * down + (place >> 3), column, place, halfway)
            _bring_down(halfway, inverse, down_basis, blocks[row, column])
            notable = 0
            for k in range(1, 64):
                if abs(blocks[row, column, k]) >= _NOTABLE:
                    notable += 1
            counts[row, column] = notable
