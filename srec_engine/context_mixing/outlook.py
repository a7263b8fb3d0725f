"""What is known of a coefficient before it is coded; for numba kernels."""

from __future__ import annotations

from typing import NamedTuple

from srec_engine.compilation.kernels import inlined, integer
from srec_engine.context_mixing.estimates import STEP_UNITS, estimated, gap_feature
from srec_engine.context_mixing.planes import BlockPlane, BlockRoom, Neighbours

__all__ = ["Outlook", "look_out", "slope_of"]

_SQUARE_OFFSET = 4096
_SLOPE_LIMIT, _SLOPE_BITS = 4096, 10
_MARGINAL_SHARE, _MARGINAL_BITS = 13, 4
"""A gap is believed for 13/16 in the first row and column of frequencies, and for a half elsewhere."""
_SIZE_LIMIT = 63


class Outlook(NamedTuple):
    """What is known of a coefficient. Sizes are classes or whole steps; estimates are in 1/16 steps.

    Attributes:
        frequency: 0 to 63 in natural order; place: in zigzag order.
        rest: Coefficients of the block that are not zero and still to come.
        gap: What the gap to the neighbours' borders asks for; gap_size, gap_sign: In thirds of a step, and its sign.
        estimate: What the learned estimate is; estimate_size, estimate_sign: Likewise.
        first, second: The companions' coefficients; first_size, second_size: In half steps.
        around: Weighted magnitudes of the same frequency in the blocks around.
        above, left, beyond: Magnitudes of the same frequency in those two blocks, and in four others together.
        within: Weighted magnitudes of nearby frequencies of the block, in steps of this one.
        lower_across, lower_down, nearby: Those of the next lower frequencies, and of five in all, in 1/16 step.
    """

    frequency: int
    place: int
    rest: int
    gap: int
    gap_size: int
    gap_sign: int
    estimate: int
    estimate_size: int
    estimate_sign: int
    first: int
    first_size: int
    second: int
    second_size: int
    around: int
    above: int
    left: int
    beyond: int
    within: int
    lower_across: int
    lower_down: int
    nearby: int


@inlined
def slope_of(room: BlockRoom, column: int, which: int, now: int) -> int:
    """How strongly the blocks around, and this one so far, follow a companion, in units of 2⁻¹⁰."""
    products = room.products
    before = 1 - now
    product = integer(0)
    square = integer(_SQUARE_OFFSET)
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


@inlined
def _sign_beyond_one(value: int) -> int:
    return integer(1) if value > 1 else (integer(2) if value < -1 else integer(0))


@inlined
def _within(plane: BlockPlane, room: BlockRoom, frequency: int) -> tuple[int, int, int, int]:
    """Magnitudes of nearby frequencies in units of 1/16 step: all weighted, to the left, above, and others in part."""
    ratios, sizes = plane.ratios[frequency], room.sizes
    u, v = frequency & 7, frequency >> 3
    left = sizes[frequency - 1] * ratios[0] if u > 0 else integer(0)
    above = sizes[frequency - 8] * ratios[1] if v > 0 else integer(0)
    corner = sizes[frequency - 9] * ratios[2] if u > 0 and v > 0 else integer(0)
    far_left = sizes[frequency - 2] * ratios[3] if u > 1 else integer(0)
    far_above = sizes[frequency - 16] * ratios[4] if v > 1 else integer(0)
    ahead = sizes[frequency - 7] * ratios[5] if v > 0 and u < 7 else integer(0)
    behind = sizes[frequency + 7] * ratios[6] if u > 0 and v < 7 else integer(0)
    weighted = (2 * (left + above) + corner + far_left + far_above + ahead + behind) >> 4
    return weighted, left, above, left + above + corner + ahead + behind


@inlined
def _fill_features(plane: BlockPlane, room: BlockRoom, near: Neighbours, row: int, column: int, frequency: int) -> None:
    features = room.estimator.features
    u, v = frequency & 7, frequency >> 3
    case = 0 if row and column else (1 if row else 2)
    features[0] = gap_feature(room.gap_above[u], plane.gains[case, 0, frequency]) if row else integer(0)
    features[1] = gap_feature(room.gap_left[v], plane.gains[case, 1, frequency]) if column else integer(0)
    features[2] = STEP_UNITS * integer(near.above[frequency])
    features[3] = STEP_UNITS * integer(near.left[frequency])
    features[4] = 0
    features[5] = 0
    features[6] = _incline(plane, near, row, column, frequency)
    features[7] = 0
    features[8] = 0
    now = row & 1
    if plane.first.shape[0]:
        first = integer(plane.first[row, column, frequency])
        features[4] = first
        features[7] = first * slope_of(room, column, 0, now) >> _SLOPE_BITS
    if plane.second.shape[0]:
        second = integer(plane.second[row, column, frequency])
        features[5] = second
        features[8] = second * slope_of(room, column, 1, now) >> _SLOPE_BITS


@inlined
def _incline(plane: BlockPlane, near: Neighbours, row: int, column: int, frequency: int) -> int:
    """What the means around make of the lowest frequencies, in 1/8 steps; 0 for others."""
    if frequency not in (1, 2, 8, 16):
        return integer(0)
    rows, columns, _ = plane.blocks.shape
    mean = integer(plane.blocks[row, column, 0])
    if frequency < 8:
        before = integer(near.left[0]) if column else mean
        after = integer(plane.blocks[row, column + 1, 0]) if column + 1 < columns else mean
    else:
        before = integer(near.above[0]) if row else mean
        after = integer(plane.blocks[row + 1, column, 0]) if row + 1 < rows else mean
    incline = before - after if frequency in (1, 8) else before + after - 2 * mean
    return integer(2 * incline * plane.steps[0] // plane.steps[frequency])


@inlined
def look_out(
    plane: BlockPlane, room: BlockRoom, near: Neighbours, row: int, column: int, frequency: int, place: int, rest: int
) -> Outlook:
    """All that is known of a coefficient; fills in the estimator's features as well.

    Args:
        plane: The component.
        room: What its blocks left behind, and this one so far.
        near: The blocks around.
        row: Of the block.
        column: Of the block.
        frequency: In natural order.
        place: The same in zigzag order.
        rest: Coefficients that are not zero and still to come.
    """
    _fill_features(plane, room, near, row, column, frequency)
    features = room.estimator.features
    gap = features[0] + features[1]
    is_marginal = (frequency & 7) == 0 or (frequency >> 3) == 0
    gap = gap * _MARGINAL_SHARE >> _MARGINAL_BITS if is_marginal else gap >> 1
    estimate = estimated(room.estimator, frequency)
    above, left = abs(integer(near.above[frequency])), abs(integer(near.left[frequency]))
    corner, ahead = abs(integer(near.corner[frequency])), abs(integer(near.ahead[frequency]))
    far_above, far_left = abs(integer(near.far_above[frequency])), abs(integer(near.far_left[frequency]))
    first = integer(plane.first[row, column, frequency]) if plane.first.shape[0] else integer(0)
    second = integer(plane.second[row, column, frequency]) if plane.second.shape[0] else integer(0)
    within, lower_across, lower_down, nearby = _within(plane, room, frequency)
    return Outlook(
        integer(frequency),
        integer(place),
        rest,
        gap,
        min((3 * abs(gap) + 8) >> 4, _SIZE_LIMIT),
        _sign_beyond_one(gap),
        estimate,
        min((3 * abs(estimate) + 8) >> 4, _SIZE_LIMIT),
        _sign_beyond_one(estimate),
        first,
        (2 * abs(first) + 8) >> 4,
        second,
        (2 * abs(second) + 8) >> 4,
        12 * (above + left) + 5 * (corner + ahead) + 2 * (far_above + far_left),
        above,
        left,
        ahead + far_above + far_left + corner,
        within,
        lower_across,
        lower_down,
        nearby,
    )
