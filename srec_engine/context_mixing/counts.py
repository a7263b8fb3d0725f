"""How many coefficients of a block are not zero, its mean left out: coded before any of them; for numba kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer
from srec_engine.context_mixing.layout import CONTEXTS, COUNTS, enter_context
from srec_engine.context_mixing.mixer import BIAS_INPUT, Mixer, code_bit
from srec_engine.context_mixing.planes import COUNT_FEATURES, BlockPlane, BlockRoom
from srec_engine.context_mixing.quantisers import classed

__all__ = ["code_count"]

_STARTS, _SIZES, _NODES, _ROWS = COUNTS.starts, COUNTS.sizes, COUNTS.nodes, COUNTS.rows
_REFINEMENTS = COUNTS.refinements
_BITS = 6
_FINE = 16
"""Counts are predicted in units of 1/16."""
_WEIGHT_BITS, _WEIGHT_LIMIT = 16, 1 << 20
_RATE, _RATE_BITS, _NORM_OFFSET = 300, 8, 256
_EXPECTED_LIMIT, _MISS_LIMIT = 1023, 255


@inlined
def _see_counts(plane: BlockPlane, room: BlockRoom, row: int, column: int, contrast: int) -> None:
    """Fill in the features."""
    rows, columns, _ = plane.blocks.shape
    counts, features = room.counts, room.count_features
    above, left = counts[row, column + 1], counts[row + 1, column]
    corner = counts[row, column]
    ahead = counts[row, column + 2] if column + 1 < columns else above
    if row == 0:
        above = left
        corner = left
        ahead = left
    if column == 0:
        left = above
        corner = above
    first = integer(0)
    second = integer(0)
    first_ahead = integer(0)
    first_below = integer(0)
    if plane.first.shape[0]:
        first = integer(plane.first_counts[row, column])
        if column + 1 < columns:
            first_ahead = integer(plane.first_counts[row, column + 1])
        if row + 1 < rows:
            first_below = integer(plane.first_counts[row + 1, column])
    if plane.second.shape[0]:
        second = integer(plane.second_counts[row, column])
    features[0] = _FINE * above
    features[1] = _FINE * left
    features[2] = _FINE * corner
    features[3] = _FINE * ahead
    features[4] = _FINE * (counts[row - 1, column + 1] if row > 1 else above)
    features[5] = _FINE * (counts[row + 1, column - 1] if column > 1 else left)
    features[6] = _FINE * first
    features[7] = _FINE * second
    features[8] = _FINE * contrast
    features[9] = 2 * _FINE
    features[10] = _FINE * first_ahead
    features[11] = _FINE * first_below


@inlined
def _energy(blocks: NDArray[np.int16], row: int, column: int) -> int:
    """Sum of the magnitudes of the blocks above and to the left."""
    energy = integer(0)
    if row:
        for k in range(1, 64):
            energy += abs(integer(blocks[row - 1, column, k]))
    if column:
        for k in range(1, 64):
            energy += abs(integer(blocks[row, column - 1, k]))
    return energy


@inlined
def _enter(mixer: Mixer, place: int, index: int, value: int) -> None:
    enter_context(mixer.contexts, index, _STARTS, _SIZES, _NODES, place, value)


@inlined
def _enter_counts(
    mixer: Mixer, room: BlockRoom, place: int, expected: int, spread: int, contrast: int, energy: int
) -> None:
    features = room.count_features
    above, left, corner, ahead = features[0] >> 4, features[1] >> 4, features[2] >> 4, features[3] >> 4
    first, second = features[6] >> 4, features[7] >> 4
    around = above + left + corner + ahead
    _enter(mixer, place, 0, (above + left) >> 1)
    _enter(mixer, place, 1, above * 32 + (left >> 1))
    _enter(mixer, place, 2, left * 16 + (ahead >> 2))
    _enter(mixer, place, 3, (first >> 1) * 64 + ((above + left) >> 3) * 4 + min(3, second // 6))
    _enter(mixer, place, 4, (3 * above + 3 * left + corner + ahead) >> 2)
    _enter(mixer, place, 5, (first >> 1) * 64 + second)
    _enter(mixer, place, 6, contrast)
    _enter(mixer, place, 7, min(above, left) * 16 + (max(above, left) >> 2))
    _enter(mixer, place, 8, (around >> 3) * 32 + (first >> 3) * 4 + min(second >> 3, 3))
    _enter(mixer, place, 9, second * 32 + contrast)
    _enter(mixer, place, 10, ahead * 16 + (corner >> 2))
    _enter(mixer, place, 11, (around >> 3) * 32 + contrast)
    _enter(mixer, place, 12, (expected >> 3) * 16 + spread)
    _enter(mixer, place, 13, expected >> 2)
    _enter(mixer, place, 14, (expected >> 4) * 32 + classed(energy, 31))


@inlined
def code_count(
    mixer: Mixer, plane: BlockPlane, room: BlockRoom, row: int, column: int, contrast: int, count: int
) -> int:
    """Code the count of a block.

    Args:
        mixer: What predicts.
        plane: The component.
        room: What its blocks left behind.
        row: Of the block.
        column: Of the block.
        contrast: Class of how far its mean is from those around.
        count: What to write.

    Returns:
        The count.
    """
    _see_counts(plane, room, row, column, contrast)
    features, weights, misses = room.count_features, room.count_weights, room.misses
    expected = integer(0)
    norm = integer(_NORM_OFFSET)
    for index in range(COUNT_FEATURES):
        expected += weights[index] * features[index]
        norm += features[index] * features[index]
    expected = min(max(expected >> _WEIGHT_BITS, 0), _EXPECTED_LIMIT)
    spread = classed((misses[row, column + 1] + misses[row + 1, column] + misses[row, column + 2]) >> 3, 15)
    kind = plane.kind
    _enter_counts(mixer, room, min(kind, 1), expected, spread, contrast, _energy(plane.blocks, row, column))
    mixer.inputs[CONTEXTS] = BIAS_INPUT
    mixer.rows[0] = _ROWS[0] + kind * _NODES
    mixer.rows[1] = _ROWS[1] + (kind * 32 + (expected >> 5)) * _NODES
    mixer.rows[2] = _ROWS[2] + spread * _NODES
    node = integer(1)
    for place in range(_BITS - 1, -1, -1):
        node = 2 * node + code_bit(mixer, count >> place & 1, node, _REFINEMENTS + kind * _NODES + node)
    count = node - _NODES
    miss = _FINE * count - expected
    misses[row + 1, column + 1] = min(abs(miss), _MISS_LIMIT)
    room.counts[row + 1, column + 1] = count
    step = (miss * _RATE << _RATE_BITS) // norm
    for index in range(COUNT_FEATURES):
        weight = weights[index] + (step * features[index] >> _RATE_BITS)
        weights[index] = min(max(weight, -_WEIGHT_LIMIT), _WEIGHT_LIMIT)
    return count
