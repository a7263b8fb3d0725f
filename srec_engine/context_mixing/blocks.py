"""The coefficients of a component's blocks, their means left out; for numba kernels.

Block by block, row by row: how many coefficients are not zero; then, from low to high frequencies until all of those
have come, each coefficient's magnitude and sign.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer, kernel
from srec_engine.context_mixing.binary_coder import COST, ENCODING, MODE, RECORDING, has_run_out
from srec_engine.context_mixing.counts import code_count
from srec_engine.context_mixing.estimates import STEP_UNITS, learn_estimate
from srec_engine.context_mixing.magnitudes import code_magnitude
from srec_engine.context_mixing.mixer import Mixer
from srec_engine.context_mixing.outlook import look_out
from srec_engine.context_mixing.planes import BlockPlane, BlockRoom, Neighbours
from srec_engine.context_mixing.quantisers import classed
from srec_engine.context_mixing.signs import code_sign
from srec_engine.context_mixing.transform import (
    BASIS,
    BASIS_BITS,
    border_pixels,
    dequantised,
    flat_border,
    gap_spectrum,
)
from srec_engine.zigzag import ZIGZAG

__all__ = ["code_blocks"]

_COMPANION_LIMIT = 4096
_ESTIMATE_LIMIT = 32767


@inlined
def _neighbours(blocks: NDArray[np.int16], row: int, column: int, nothing: NDArray[np.int16]) -> Neighbours:
    """The blocks around one; what lies outside of the band is nothing, or the next one inside."""
    columns = blocks.shape[1]
    above = blocks[row - 1, column] if row else nothing
    left = blocks[row, column - 1] if column else nothing
    corner = blocks[row - 1, column - 1] if row and column else nothing
    ahead = blocks[row - 1, column + 1] if row and column + 1 < columns else above
    far_above = blocks[row - 2, column] if row > 1 else above
    far_left = blocks[row, column - 2] if column > 1 else left
    return Neighbours(above, left, corner, ahead, far_above, far_left)


@inlined
def _contrast(plane: BlockPlane, row: int, column: int) -> int:
    """Class of how far a block's mean is from the four around it."""
    rows, columns, _ = plane.blocks.shape
    blocks = plane.blocks
    mean = integer(blocks[row, column, 0])
    total = integer(0)
    if row:
        total += abs(integer(blocks[row - 1, column, 0]) - mean)
    if column:
        total += abs(integer(blocks[row, column - 1, 0]) - mean)
    if row + 1 < rows:
        total += abs(integer(blocks[row + 1, column, 0]) - mean)
    if column + 1 < columns:
        total += abs(integer(blocks[row, column + 1, 0]) - mean)
    return classed(total * plane.steps[0] >> 4, 23)


@inlined
def _count(block: NDArray[np.int16]) -> int:
    """How many coefficients are not zero, the mean left out."""
    count = integer(0)
    for k in range(1, 64):
        if block[k] != 0:
            count += 1
    return count


@inlined
def _begin_block(room: BlockRoom, row: int, column: int, mean: int) -> None:
    """Clear what is kept of a block, and see what its neighbours' borders ask of it."""
    for k in range(64):
        room.sizes[k] = 0
        room.values[k] = 0
    room.values[0] = mean
    for u in range(8):
        room.gap_above[u] = 0
        room.gap_left[u] = 0
    if row:
        gap_spectrum(room.bottoms[column], mean, room.line, room.gap_above)
    if column:
        gap_spectrum(room.right, mean, room.line, room.gap_left)


@inlined
def _enter_value(plane: BlockPlane, room: BlockRoom, frequency: int, value: int) -> None:
    """Take what a coefficient makes of the borders from what they still ask for."""
    u, v = frequency & 7, frequency >> 3
    amount = dequantised(value, plane.steps[frequency])
    room.values[frequency] = amount
    room.gap_above[u] -= amount * STEP_UNITS * BASIS[v, 0] >> BASIS_BITS
    room.gap_left[v] -= amount * STEP_UNITS * BASIS[u, 0] >> BASIS_BITS


@inlined
def _relate(room: BlockRoom, now: int, column: int, which: int, companion: int, value: int) -> None:
    """Remember how a coefficient follows a companion."""
    seen = min(max(companion, -_COMPANION_LIMIT), _COMPANION_LIMIT)
    room.products[now, column + 1, which, 0] += seen * value * STEP_UNITS
    room.products[now, column + 1, which, 1] += seen * seen


@inlined
def _code_coefficients(mixer: Mixer, plane: BlockPlane, room: BlockRoom, row: int, column: int, count: int) -> None:
    """Code the coefficients of a block, `count` of which are not zero."""
    block = plane.blocks[row, column]
    near = _neighbours(plane.blocks, row, column, room.nothing)
    rest = count
    run = integer(0)
    last = integer(0)
    for place in range(1, 64):
        if rest == 0:
            break
        frequency = ZIGZAG[place]
        seen = look_out(plane, room, near, row, column, frequency, place, rest)
        cost_before = mixer.state[COST]
        value = integer(block[frequency])
        size = code_magnitude(mixer, abs(value), seen, plane.kind, run, last)
        if size:
            features = room.estimator.features
            positive = code_sign(mixer, integer(value > 0), size, seen, block, near, features, plane.kind)
            value = size if positive else -size
            block[frequency] = value
            _enter_value(plane, room, frequency, value)
            rest -= 1
            run = integer(0)
        else:
            value = integer(0)
            run += 1
        if mixer.state[MODE] == RECORDING:
            plane.costs[row, column, frequency] = mixer.state[COST] - cost_before
            plane.estimates[row, column, frequency] = min(max(seen.estimate, -_ESTIMATE_LIMIT), _ESTIMATE_LIMIT)
        learn_estimate(room.estimator, frequency, STEP_UNITS * value - seen.estimate)
        if plane.first.shape[0]:
            _relate(room, row & 1, column, 0, seen.first, value)
        if plane.second.shape[0]:
            _relate(room, row & 1, column, 1, seen.second, value)
        room.sizes[frequency] = size
        last = size


@kernel
def code_blocks(mixer: Mixer, plane: BlockPlane, room: BlockRoom) -> None:
    """Write or read the coefficients of a component in a band; it ends early where what is read has run out."""
    rows, columns, _ = plane.blocks.shape
    for row in range(rows):
        for column in range(columns):
            if has_run_out(mixer.state, mixer.data):
                return
            block = plane.blocks[row, column]
            count = _count(block) if mixer.state[MODE] == ENCODING else integer(0)
            cost_before = mixer.state[COST]
            count = code_count(mixer, plane, room, row, column, _contrast(plane, row, column), count)
            if mixer.state[MODE] == RECORDING:
                plane.costs[row, column, 0] += mixer.state[COST] - cost_before
            for which in range(2):
                for part in range(2):
                    room.products[row & 1, column + 1, which, part] = 0
            mean = dequantised(integer(block[0]), plane.steps[0])
            if count == 0:
                flat_border(mean, room.bottoms[column], room.right)
            else:
                _begin_block(room, row, column, mean)
                _code_coefficients(mixer, plane, room, row, column, count)
                border_pixels(room.values, room.line, room.bottoms[column], room.right)
