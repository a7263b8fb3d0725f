"""The coefficients of a component's blocks, their means left out; for numba kernels.

Block by block, row by row: how many coefficients are not zero; then, from low to high frequencies until all of those
have come, each coefficient's magnitude and sign.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer, kernel
from srec_engine.context_mixing.binary_coder import COST, ENCODING, MODE, RECORDING, coded
from srec_engine.context_mixing.estimates import (
    STEP_UNITS,
    estimated,
    gap_feature,
    learn_estimate,
)
from srec_engine.context_mixing.layout import CONTEXTS, COUNTS, LARGE_MAGNITUDES, MAGNITUDES, SIGNS, enter_context
from srec_engine.context_mixing.logistic import PROBABILITY_ONE
from srec_engine.context_mixing.mixer import BIAS_INPUT, Mixer, code_bit
from srec_engine.context_mixing.quantisers import bit_length, classed, sign_of
from srec_engine.context_mixing.transform import BASIS, BASIS_BITS, border_pixels, flat_border, gap_spectrum

__all__ = ["COUNT_FEATURES", "BlockPlane", "BlockRoom", "code_blocks"]

_DEQUANTISED_LIMIT = 32767
_COMPANION_LIMIT = 4096
_SLOPE_LIMIT = 4096
_SLOPE_BITS = 10
_NOTABLE = 8

COUNT_FEATURES = 12
_COUNT_RATE, _COUNT_RATE_BITS, _COUNT_WEIGHT_LIMIT = 300, 8, 1 << 20

_C_STARTS, _C_SIZES, _C_NODES, _C_ROWS, _C_REFINEMENTS = (
    COUNTS.starts,
    COUNTS.sizes,
    COUNTS.nodes,
    COUNTS.rows,
    COUNTS.refinements,
)
_M_STARTS, _M_SIZES, _M_NODES, _M_ROWS, _M_REFINEMENTS = (
    MAGNITUDES.starts,
    MAGNITUDES.sizes,
    MAGNITUDES.nodes,
    MAGNITUDES.rows,
    MAGNITUDES.refinements,
)
_L_STARTS, _L_SIZES, _L_NODES, _L_ROWS, _L_REFINEMENTS = (
    LARGE_MAGNITUDES.starts,
    LARGE_MAGNITUDES.sizes,
    LARGE_MAGNITUDES.nodes,
    LARGE_MAGNITUDES.rows,
    LARGE_MAGNITUDES.refinements,
)
_S_STARTS, _S_SIZES, _S_NODES, _S_ROWS, _S_REFINEMENTS = (
    SIGNS.starts,
    SIGNS.sizes,
    SIGNS.nodes,
    SIGNS.rows,
    SIGNS.refinements,
)
_ZIGZAG = np.array(
    [
        0,
        1,
        8,
        16,
        9,
        2,
        3,
        10,
        17,
        24,
        32,
        25,
        18,
        11,
        4,
        5,
        12,
        19,
        26,
        33,
        40,
        48,
        41,
        34,
        27,
        20,
        13,
        6,
        7,
        14,
        21,
        28,
        35,
        42,
        49,
        56,
        57,
        50,
        43,
        36,
        29,
        22,
        15,
        23,
        30,
        37,
        44,
        51,
        58,
        59,
        52,
        45,
        38,
        31,
        39,
        46,
        53,
        60,
        61,
        54,
        47,
        55,
        62,
        63,
    ]
)


class BlockPlane(NamedTuple):
    """A component in a band, as the kernel takes it.

    Attributes:
        blocks: int16 (rows, columns, 64), natural order, read or written; the means are there.
        steps: int64 (64,).
        kind: 0 for the first component, 1 for the second, 2 for others.
        first, second: int32 (rows, columns, 64), companions in 1/16 steps, or without any rows.
        first_counts, second_counts: int16 (rows, columns), as `Companion` has them.
        gains: int64 (3, 2, 64), `border_gains`.
        ratios: int64 (64, 7), steps of neighbouring frequencies against this one's, in units of 1/16.
        costs: int32 (rows, columns, 64) in 2⁻¹⁶ bit, or without any rows. That of the count stands with the mean.
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


class BlockRoom(NamedTuple):
    """What a component's blocks leave behind for the next ones.

    Attributes:
        counts: int64 (rows + 1, columns + 2), with a row above and columns at both sides.
        misses: int64 (rows + 1, columns + 2), how far the predicted counts were off.
        count_weights, count_features: int64 (12,).
        bottoms: int32 (columns, 2, 8); right: int32 (2, 8); see `border_pixels`.
        products: int64 (2, columns + 2, 2, 2), for each companion: sums of products with it, and of its squares.
        gap_above, gap_left: int64 (8,).
        values: int32 (64,); line: int32 (8,).
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


@inlined
def _code_count(
    mixer: Mixer, plane: BlockPlane, room: BlockRoom, row: int, column: int, contrast: int, count: int
) -> int:
    """Code how many coefficients of a block are not zero, the mean left out."""
    rows, columns, _ = plane.blocks.shape
    counts = room.counts
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
    far_above = counts[row - 1, column + 1] if row > 1 else above
    far_left = counts[row + 1, column - 1] if column > 1 else left
    first = integer(0)
    second = integer(0)
    features = room.count_features
    features[10] = 0
    features[11] = 0
    if plane.first.shape[0]:
        first = integer(plane.first_counts[row, column])
        if column + 1 < columns:
            features[10] = 16 * integer(plane.first_counts[row, column + 1])
        if row + 1 < rows:
            features[11] = 16 * integer(plane.first_counts[row + 1, column])
    if plane.second.shape[0]:
        second = integer(plane.second_counts[row, column])
    features[0] = 16 * above
    features[1] = 16 * left
    features[2] = 16 * corner
    features[3] = 16 * ahead
    features[4] = 16 * far_above
    features[5] = 16 * far_left
    features[6] = 16 * first
    features[7] = 16 * second
    features[8] = 16 * contrast
    features[9] = 32
    weights = room.count_weights
    expected = integer(0)
    norm = integer(256)
    for index in range(COUNT_FEATURES):
        expected += weights[index] * features[index]
        norm += features[index] * features[index]
    expected = min(max(expected >> 16, 0), 1023)
    spread = classed(
        (room.misses[row, column + 1] + room.misses[row + 1, column] + room.misses[row, column + 2]) >> 3, 15
    )
    energy = integer(0)
    if row:
        for k in range(1, 64):
            energy += abs(integer(plane.blocks[row - 1, column, k]))
    if column:
        for k in range(1, 64):
            energy += abs(integer(plane.blocks[row, column - 1, k]))
    around = above + left + corner + ahead
    kind = plane.kind
    contexts = mixer.contexts
    shared = min(kind, 1)
    enter_context(contexts, 0, _C_STARTS, _C_SIZES, _C_NODES, shared, (above + left) >> 1)
    enter_context(contexts, 1, _C_STARTS, _C_SIZES, _C_NODES, shared, above * 32 + (left >> 1))
    enter_context(contexts, 2, _C_STARTS, _C_SIZES, _C_NODES, shared, left * 16 + (ahead >> 2))
    enter_context(
        contexts,
        3,
        _C_STARTS,
        _C_SIZES,
        _C_NODES,
        shared,
        (first >> 1) * 64 + ((above + left) >> 3) * 4 + min(3, second // 6),
    )
    enter_context(contexts, 4, _C_STARTS, _C_SIZES, _C_NODES, shared, (3 * above + 3 * left + corner + ahead) >> 2)
    enter_context(contexts, 5, _C_STARTS, _C_SIZES, _C_NODES, shared, (first >> 1) * 64 + second)
    enter_context(contexts, 6, _C_STARTS, _C_SIZES, _C_NODES, shared, contrast)
    enter_context(contexts, 7, _C_STARTS, _C_SIZES, _C_NODES, shared, min(above, left) * 16 + (max(above, left) >> 2))
    enter_context(
        contexts, 8, _C_STARTS, _C_SIZES, _C_NODES, shared, (around >> 3) * 32 + (first >> 3) * 4 + min(second >> 3, 3)
    )
    enter_context(contexts, 9, _C_STARTS, _C_SIZES, _C_NODES, shared, second * 32 + contrast)
    enter_context(contexts, 10, _C_STARTS, _C_SIZES, _C_NODES, shared, ahead * 16 + (corner >> 2))
    enter_context(contexts, 11, _C_STARTS, _C_SIZES, _C_NODES, shared, (around >> 3) * 32 + contrast)
    enter_context(contexts, 12, _C_STARTS, _C_SIZES, _C_NODES, shared, (expected >> 3) * 16 + spread)
    enter_context(contexts, 13, _C_STARTS, _C_SIZES, _C_NODES, shared, expected >> 2)
    enter_context(contexts, 14, _C_STARTS, _C_SIZES, _C_NODES, shared, (expected >> 4) * 32 + classed(energy, 31))
    mixer.inputs[CONTEXTS] = BIAS_INPUT
    mixer.rows[0] = _C_ROWS[0] + kind * 64
    mixer.rows[1] = _C_ROWS[1] + (kind * 32 + (expected >> 5)) * 64
    mixer.rows[2] = _C_ROWS[2] + spread * 64
    node = integer(1)
    for place in range(5, -1, -1):
        bit = code_bit(mixer, count >> place & 1, node, _C_REFINEMENTS + kind * 64 + node)
        node = 2 * node + bit
    count = node - 64
    miss = 16 * count - expected
    room.misses[row + 1, column + 1] = min(abs(miss), 255)
    counts[row + 1, column + 1] = count
    step = (miss * _COUNT_RATE << _COUNT_RATE_BITS) // norm
    for index in range(COUNT_FEATURES):
        weight = weights[index] + (step * features[index] >> _COUNT_RATE_BITS)
        weights[index] = min(max(weight, -_COUNT_WEIGHT_LIMIT), _COUNT_WEIGHT_LIMIT)
    return count


@inlined
def _turn_to_large(mixer: Mixer, place: int, large_place: int) -> None:
    """From the contexts, weights of a magnitude below 4 to those of a larger one: the same values of other tables."""
    contexts = mixer.contexts
    for index in range(CONTEXTS):
        value = (contexts[index] - _M_STARTS[index]) // _M_NODES - place * _M_SIZES[index]
        contexts[index] = _L_STARTS[index] + (large_place * _L_SIZES[index] + value) * _L_NODES
    for chosen in range(3):
        mixer.rows[chosen] = _L_ROWS[chosen] + (mixer.rows[chosen] - _M_ROWS[chosen]) // _M_NODES * _L_NODES


@inlined
def _code_magnitude(mixer: Mixer, size: int, place: int, large_place: int, group: int, can_be_zero: bool) -> int:
    """Code a magnitude: bits of its length one after the other, two more bits by context, the rest as they are."""
    length = bit_length(size)
    refinement = _M_REFINEMENTS + group * _M_NODES
    found = integer(0) if can_be_zero else integer(1)
    while found < 3:
        if code_bit(mixer, integer(length > found), found, refinement + found) == 0:
            break
        found += 1
    if found < 2:
        return found
    if found == 2:
        return 2 + code_bit(mixer, size & 1, 3, refinement + 3)
    _turn_to_large(mixer, place, large_place)
    refinement = _L_REFINEMENTS + group * _L_NODES
    while found < 15:
        node = min(found - 3, 4)
        if code_bit(mixer, integer(length > found), node, refinement + node) == 0:
            break
        found += 1
    size_found = integer(1)
    for shift in range(found - 2, -1, -1):
        bit = size >> shift & 1
        node = integer(-1)
        if shift == found - 2:
            node = 5 + 3 * (min(found, 4) - 3) + 2 * integer(found > 4)
        elif shift == found - 3:
            node = 6 + size_found % 2 if found == 3 else 7 + 2 * min(found - 3, 2)
        if node < 0:
            bit = coded(mixer.state, mixer.data, bit, PROBABILITY_ONE >> 1)
        else:
            bit = code_bit(mixer, bit, node, refinement + node)
        size_found = 2 * size_found + bit
    return size_found


@inlined
def _slope(products: NDArray[np.int64], column: int, which: int, now: int) -> int:
    """How strongly the blocks around, and this one so far, follow a companion, in units of 2⁻¹⁰."""
    before = 1 - now
    product = integer(0)
    square = integer(_COMPANION_LIMIT)
    for part in range(2):
        total = products[before, column, which, part] + products[before, column + 2, which, part]
        total += 2 * (products[before, column + 1, which, part] + products[now, column, which, part])
        total += 4 * products[now, column + 1, which, part]
        if part == 0:
            product += total
        else:
            square += total
    slope = (product << _SLOPE_BITS) // square
    return min(max(slope, -_SLOPE_LIMIT), _SLOPE_LIMIT)


@kernel
def code_blocks(mixer: Mixer, plane: BlockPlane, room: BlockRoom) -> None:
    """Write or read the coefficients of a component in a band."""
    rows, columns, _ = plane.blocks.shape
    kind = plane.kind
    steps = plane.steps
    estimator = room.estimator
    features = estimator.features
    has_first = plane.first.shape[0] > 0
    has_second = plane.second.shape[0] > 0
    encodes = mixer.state[MODE] == ENCODING
    records = mixer.state[MODE] == RECORDING
    for row in range(rows):
        now = row & 1
        for column in range(columns):
            block = plane.blocks[row, column]
            above = plane.blocks[row - 1, column] if row else room.nothing
            left = plane.blocks[row, column - 1] if column else room.nothing
            corner = plane.blocks[row - 1, column - 1] if row and column else room.nothing
            ahead = plane.blocks[row - 1, column + 1] if row and column + 1 < columns else above
            far_above = plane.blocks[row - 2, column] if row > 1 else above
            far_left = plane.blocks[row, column - 2] if column > 1 else left
            mean = integer(block[0])
            mean_above = integer(above[0]) if row else mean
            mean_left = integer(left[0]) if column else mean
            mean_right = integer(plane.blocks[row, column + 1, 0]) if column + 1 < columns else mean
            mean_below = integer(plane.blocks[row + 1, column, 0]) if row + 1 < rows else mean
            contrast = abs(mean_right - mean) + abs(mean_left - mean) + abs(mean_above - mean) + abs(mean_below - mean)
            contrast = classed(contrast * steps[0] >> 4, 23)
            count = integer(0)
            if encodes:
                for k in range(1, 64):
                    if block[k] != 0:
                        count += 1
            cost_before = mixer.state[COST]
            count = _code_count(mixer, plane, room, row, column, contrast, count)
            if records:
                plane.costs[row, column, 0] += mixer.state[COST] - cost_before
            dequantised = min(max(mean * steps[0], -_DEQUANTISED_LIMIT), _DEQUANTISED_LIMIT)
            for which in range(2):
                for part in range(2):
                    room.products[now, column + 1, which, part] = 0
            if count == 0:
                flat_border(np.int32(dequantised), room.bottoms[column], room.right)
                continue
            case = 0 if row and column else (1 if row else 2)
            for u in range(8):
                room.gap_above[u] = 0
                room.gap_left[u] = 0
            if row:
                gap_spectrum(room.bottoms[column], dequantised, room.line, room.gap_above)
            if column:
                gap_spectrum(room.right, dequantised, room.line, room.gap_left)
            for k in range(64):
                room.sizes[k] = 0
                room.values[k] = 0
            room.values[0] = dequantised
            sizes = room.sizes
            rest = count
            run = integer(0)
            last = integer(0)
            for place in range(1, 64):
                if rest == 0:
                    break
                k = _ZIGZAG[place]
                u = k & 7
                v = k >> 3
                size_above, size_left = abs(integer(above[k])), abs(integer(left[k]))
                size_corner, size_ahead = abs(integer(corner[k])), abs(integer(ahead[k]))
                size_far_above, size_far_left = abs(integer(far_above[k])), abs(integer(far_left[k]))
                around = (
                    12 * (size_above + size_left)
                    + 5 * (size_corner + size_ahead)
                    + 2 * (size_far_above + size_far_left)
                )
                ratios = plane.ratios[k]
                f1 = sizes[k - 1] * ratios[0] if u > 0 else integer(0)
                f2 = sizes[k - 8] * ratios[1] if v > 0 else integer(0)
                f3 = sizes[k - 9] * ratios[2] if u > 0 and v > 0 else integer(0)
                f4 = sizes[k - 2] * ratios[3] if u > 1 else integer(0)
                f5 = sizes[k - 16] * ratios[4] if v > 1 else integer(0)
                f6 = sizes[k - 7] * ratios[5] if v > 0 and u < 7 else integer(0)
                f7 = sizes[k + 7] * ratios[6] if u > 0 and v < 7 else integer(0)
                within = (2 * (f1 + f2) + f3 + f4 + f5 + f6 + f7) >> 4
                by_first = integer(0)
                by_second = integer(0)
                features[0] = 0
                features[1] = 0
                if row:
                    features[0] = gap_feature(room.gap_above[u], plane.gains[case, 0, k])
                if column:
                    features[1] = gap_feature(room.gap_left[v], plane.gains[case, 1, k])
                features[2] = STEP_UNITS * integer(above[k])
                features[3] = STEP_UNITS * integer(left[k])
                features[4] = 0
                features[5] = 0
                features[7] = 0
                features[8] = 0
                if has_first:
                    by_first = integer(plane.first[row, column, k])
                    features[4] = by_first
                    features[7] = by_first * _slope(room.products, column, 0, now) >> _SLOPE_BITS
                if has_second:
                    by_second = integer(plane.second[row, column, k])
                    features[5] = by_second
                    features[8] = by_second * _slope(room.products, column, 1, now) >> _SLOPE_BITS
                slope = integer(0)
                if k == 1:
                    slope = mean_left - mean_right
                elif k == 8:
                    slope = mean_above - mean_below
                elif k == 2:
                    slope = mean_left + mean_right - 2 * mean
                elif k == 16:
                    slope = mean_above + mean_below - 2 * mean
                features[6] = 2 * slope * steps[0] // steps[k] if slope else integer(0)
                gap_estimate = features[0] + features[1]
                estimate = estimated(estimator, k)

                gap_estimate = gap_estimate * 13 >> 4 if u == 0 or v == 0 else gap_estimate >> 1
                gap_size = min((3 * abs(gap_estimate) + 8) >> 4, 63)
                gap_sign = integer(1) if gap_estimate > 1 else (integer(2) if gap_estimate < -1 else integer(0))
                size_estimate = min((3 * abs(estimate) + 8) >> 4, 63)
                sign_estimate = integer(1) if estimate > 1 else (integer(2) if estimate < -1 else integer(0))
                gap_class, estimate_class = classed(gap_size, 15), classed(size_estimate, 15)
                first_size = (2 * abs(by_first) + 8) >> 4
                second_size = (2 * abs(by_second) + 8) >> 4
                first_class, second_class = classed(first_size, 15), classed(second_size, 15)
                around_class, within_class = classed(around >> 3, 15), classed(within, 15)
                left_over = 64 - place
                rest_class = min(rest, 31)
                share = min(16 * rest // left_over, 15)
                contexts = mixer.contexts
                cls = (min(kind, 1) << 6) + k
                enter_context(contexts, 0, _M_STARTS, _M_SIZES, _M_NODES, cls, gap_class * 16 + estimate_class)
                enter_context(
                    contexts, 1, _M_STARTS, _M_SIZES, _M_NODES, cls, rest_class * 8 + min(within_class >> 1, 7)
                )
                enter_context(contexts, 2, _M_STARTS, _M_SIZES, _M_NODES, cls, within_class * 16 + around_class)
                enter_context(
                    contexts,
                    3,
                    _M_STARTS,
                    _M_SIZES,
                    _M_NODES,
                    cls,
                    classed(size_above + size_left, 15) * 16 + min(second_class, 7) * 2 + integer(first_size > 0),
                )
                enter_context(
                    contexts,
                    4,
                    _M_STARTS,
                    _M_SIZES,
                    _M_NODES,
                    cls,
                    min(size_estimate, 31) * 8 + min(rest_class >> 2, 7),
                )
                enter_context(
                    contexts,
                    5,
                    _M_STARTS,
                    _M_SIZES,
                    _M_NODES,
                    cls,
                    classed(size_above, 15) * 16 + classed(size_left, 15),
                )
                enter_context(
                    contexts,
                    6,
                    _M_STARTS,
                    _M_SIZES,
                    _M_NODES,
                    cls,
                    classed((around >> 4) + within + 2 * second_size, 31) * 8 + min(rest_class >> 2, 7),
                )
                enter_context(contexts, 7, _M_STARTS, _M_SIZES, _M_NODES, cls, first_class * 16 + second_class)
                enter_context(contexts, 8, _M_STARTS, _M_SIZES, _M_NODES, cls, estimate_class * 16 + within_class)
                enter_context(
                    contexts,
                    9,
                    _M_STARTS,
                    _M_SIZES,
                    _M_NODES,
                    cls,
                    min(run, 7) * 32 + min(last, 7) * 4 + min(rest_class >> 3, 3),
                )
                enter_context(
                    contexts, 10, _M_STARTS, _M_SIZES, _M_NODES, cls, classed(f1 >> 3, 15) * 16 + classed(f2 >> 3, 15)
                )
                enter_context(
                    contexts,
                    11,
                    _M_STARTS,
                    _M_SIZES,
                    _M_NODES,
                    cls,
                    share * 16 + classed(size_ahead + size_far_above + size_far_left + size_corner, 15),
                )
                enter_context(contexts, 12, _M_STARTS, _M_SIZES, _M_NODES, cls, share * 16 + around_class)
                enter_context(contexts, 13, _M_STARTS, _M_SIZES, _M_NODES, cls, estimate_class * 16 + around_class)
                enter_context(
                    contexts,
                    14,
                    _M_STARTS,
                    _M_SIZES,
                    _M_NODES,
                    cls,
                    classed((f1 + f2 + f3 + f6 + f7) >> 3, 15) * 16 + classed(first_size + second_size, 15),
                )
                zone = (
                    integer(0)
                    if place < 4
                    else (integer(1) if place < 11 else (integer(2) if place < 28 else integer(3)))
                )
                mixer.rows[0] = _M_ROWS[0] + ((kind << 6) + k) * _M_NODES
                mixer.rows[1] = (
                    _M_ROWS[1] + ((kind * 32 + around_class * 2 + integer(size_estimate > 3)) * 4 + zone) * _M_NODES
                )
                mixer.rows[2] = _M_ROWS[2] + (min(rest, 15) * 16 + (left_over >> 2)) * _M_NODES
                group = kind * 32 + estimate_class * 2 + integer(around_class > 3)
                cost_before = mixer.state[COST]
                value = integer(block[k])
                size = _code_magnitude(mixer, abs(value), cls, min(kind, 1) * 15 + u + v, group, rest < left_over)
                if size:
                    sign_above, sign_left = sign_of(above[k]), sign_of(left[k])
                    two_across = sign_of(block[k - 2]) if u > 1 else integer(0)
                    two_down = sign_of(block[k - 16]) if v > 1 else integer(0)
                    one_across = sign_of(block[k - 1]) if u > 0 else integer(0)
                    one_down = sign_of(block[k - 8]) if v > 0 else integer(0)
                    first_sign = sign_of((by_first + 8) >> 4)
                    second_sign = sign_of((by_second + 8) >> 4)
                    short = min(size, 7)
                    cls = (kind << 6) + k
                    above_gap = min(abs(features[0]) >> 3, 15)
                    left_gap = min(abs(features[1]) >> 3, 15)
                    gap_signs = 2 * integer(features[0] > 0) + integer(features[1] > 0)
                    enter_context(contexts, 0, _S_STARTS, _S_SIZES, _S_NODES, cls, gap_sign * 64 + gap_size)
                    enter_context(
                        contexts, 1, _S_STARTS, _S_SIZES, _S_NODES, cls, (sign_above * 3 + sign_left) * 3 + gap_sign
                    )
                    enter_context(
                        contexts, 2, _S_STARTS, _S_SIZES, _S_NODES, cls, (gap_sign * 16 + gap_class) * 8 + short
                    )
                    enter_context(
                        contexts, 3, _S_STARTS, _S_SIZES, _S_NODES, cls, second_sign * 16 + min(second_size, 15)
                    )
                    enter_context(
                        contexts, 4, _S_STARTS, _S_SIZES, _S_NODES, cls, (sign_above * 3 + gap_sign) * 16 + gap_class
                    )
                    enter_context(
                        contexts, 5, _S_STARTS, _S_SIZES, _S_NODES, cls, (sign_left * 3 + gap_sign) * 16 + gap_class
                    )
                    enter_context(
                        contexts,
                        6,
                        _S_STARTS,
                        _S_SIZES,
                        _S_NODES,
                        cls,
                        gap_sign * 128 + min(abs(gap_estimate) >> 1, 127),
                    )
                    enter_context(contexts, 7, _S_STARTS, _S_SIZES, _S_NODES, cls, two_across * 3 + two_down)
                    enter_context(
                        contexts,
                        8,
                        _S_STARTS,
                        _S_SIZES,
                        _S_NODES,
                        cls,
                        (second_sign * 3 + gap_sign) * 9 + sign_above * 3 + sign_left,
                    )
                    enter_context(contexts, 9, _S_STARTS, _S_SIZES, _S_NODES, cls, one_across * 3 + one_down)
                    enter_context(
                        contexts,
                        10,
                        _S_STARTS,
                        _S_SIZES,
                        _S_NODES,
                        cls,
                        (first_sign * 3 + gap_sign) * 8 + min(first_size, 7),
                    )
                    enter_context(
                        contexts, 11, _S_STARTS, _S_SIZES, _S_NODES, cls, gap_signs * 256 + above_gap * 16 + left_gap
                    )
                    enter_context(contexts, 12, _S_STARTS, _S_SIZES, _S_NODES, cls, sign_estimate * 64 + size_estimate)
                    enter_context(
                        contexts,
                        13,
                        _S_STARTS,
                        _S_SIZES,
                        _S_NODES,
                        cls,
                        (sign_estimate * 16 + estimate_class) * 8 + short,
                    )
                    enter_context(
                        contexts,
                        14,
                        _S_STARTS,
                        _S_SIZES,
                        _S_NODES,
                        cls,
                        (sign_estimate * 3 + gap_sign) * 64 + min(estimate_class, 7) * 8 + min(gap_class, 7),
                    )
                    mixer.rows[0] = _S_ROWS[0] + cls
                    mixer.rows[1] = _S_ROWS[1] + (cls - k + size_estimate) * 3 + sign_estimate
                    mixer.rows[2] = _S_ROWS[2]
                    refinement = (
                        _S_REFINEMENTS + (kind * 8 + short) * 32 + estimate_class * 2 + integer(sign_estimate == 1)
                    )
                    positive = code_bit(mixer, integer(value > 0), 0, refinement)
                    value = size if positive else -size
                    block[k] = value
                    rest -= 1
                    run = integer(0)
                    dequantised = min(max(value * steps[k], -_DEQUANTISED_LIMIT), _DEQUANTISED_LIMIT)
                    room.values[k] = dequantised
                    room.gap_above[u] -= dequantised * STEP_UNITS * BASIS[v, 0] >> BASIS_BITS
                    room.gap_left[v] -= dequantised * STEP_UNITS * BASIS[u, 0] >> BASIS_BITS
                else:
                    value = integer(0)
                    run += 1
                if records:
                    plane.costs[row, column, k] = mixer.state[COST] - cost_before
                    plane.estimates[row, column, k] = min(max(estimate, -32768), 32767)
                learn_estimate(estimator, k, STEP_UNITS * value - estimate)
                if has_first:
                    seen = min(max(by_first, -_COMPANION_LIMIT), _COMPANION_LIMIT)
                    room.products[now, column + 1, 0, 0] += seen * value * STEP_UNITS
                    room.products[now, column + 1, 0, 1] += seen * seen
                if has_second:
                    seen = min(max(by_second, -_COMPANION_LIMIT), _COMPANION_LIMIT)
                    room.products[now, column + 1, 1, 0] += seen * value * STEP_UNITS
                    room.products[now, column + 1, 1, 1] += seen * seen
                sizes[k] = size
                last = size
            border_pixels(room.values, room.line, room.bottoms[column], room.right)
