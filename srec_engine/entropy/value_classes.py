"""The value at the centre of a mixture, weighed against those beside it, for numba kernels. Importing it imports numba.

Where a mixture is hardly wider than a grey level or two, which value it is depends on the exact values around: how
those of the neighbours differ from the centre, and how much the other channel changed on the way. A mixture's values
are then put into classes, below, at and above the centre. The weight that it gives to each is multiplied with a factor
that was learned for each of several contexts, and the values of a class share theirs as the mixture says.

`learned_streams` says the same in plain Python; a change here is a change there, and a new version of the file format.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srec_engine.compilation.kernels import inlined, integer, leading_zeros, quotient
from srec_engine.entropy.fixed_point import EXPONENTIAL_ENTRIES, FREQUENCY_TOTAL
from srec_engine.entropy.kernel_types import PixelLearner, TableArrays
from srec_engine.entropy.learning import (
    BIAS_BITS,
    BIAS_LIMIT,
    CENTRE_CLASS,
    CLASS_RATES,
    CLASS_SHIFT,
    FINE_DEVIATION,
    MARGIN,
    NOWHERE,
    OFFSET_LIMIT,
    VALUE_CLASSES,
    WIDE_COUNT,
    folded,
)

__all__ = [
    "BASE",
    "FACTOR",
    "INSIDE",
    "ROWS",
    "START",
    "learn_classes",
    "set_class_boundaries",
    "set_class_contexts",
    "weigh_classes",
]

ROWS = 5
"""Rows of `PixelLearner.classes`."""

START, INSIDE, BASE, FACTOR, ERROR = range(ROWS)
"""The rows: first value of each class (and the end of the last), what the mixture weighs below it, what the classes
weigh below it, what the mixture's weights of the class are multiplied with, and how far off its share was."""


_folded = inlined(folded)


@inlined
def set_class_contexts(
    learner: PixelLearner, values: Any, row: int, column: int, channel: int, centre: int, fraction: int, width: int
) -> int:
    """Set the contexts of a value; return how many there are.

    Of `values` (uint8 (H, W, 3)) the channels before are whole, this one up to here; `width` columns are coded. The
    centre is the grey level nearest to the mean, the fraction says where about it the mean lies, in quarters, 0 to 3.
    """
    contexts, plane = learner.contexts, np.uint64(channel)
    has_west, has_north, has_northeast = column > 0, row > 0, row > 0 and column + 1 < width
    # Unsigned places: numba looks for negative ones otherwise.
    y, north_y = np.uint64(row), np.uint64(row - 1)
    x, west_x, east_x = np.uint64(column), np.uint64(column - 1), np.uint64(column + 1)
    west = integer(values[y, west_x, plane]) - centre if has_west else integer(NOWHERE)
    north = integer(values[north_y, x, plane]) - centre if has_north else integer(NOWHERE)
    step = quotient(learner.stream, 3)
    here, beyond = integer(0), integer(0)
    beyond_y, beyond_x = y, x
    if step > 0:
        first = learner.first
        if step == 2 and row + 1 < first.shape[0]:
            beyond_y = np.uint64(row + 1)
        if step == 1 and column + 1 < first.shape[1]:
            beyond_x = east_x
        here = integer(first[y, x, plane]) - centre
        beyond = integer(first[beyond_y, beyond_x, plane]) - centre
    if channel == 0:
        contexts[0] = (_folded(west, 4) * 9 + _folded(north, 4)) * 20 + OFFSET_LIMIT * 4 + fraction
        if step == 0:
            return integer(1)
        contexts[1] = (_folded(here, 4) * 9 + _folded(beyond, 4)) * 20 + OFFSET_LIMIT * 4 + fraction
        return integer(2)
    before = integer(
        learner.offsets[np.uint64(learner.stream - 1), np.uint64(row + MARGIN), np.uint64(column + MARGIN)]
    )
    last = _folded(before, OFFSET_LIMIT) * 4 + fraction
    contexts[0] = (_folded(west, 4) * 9 + _folded(north, 4)) * 20 + last
    known = np.uint64(channel - 1)
    other = integer(values[y, x, known])
    change_west = west + other - integer(values[y, west_x, known]) if has_west else integer(NOWHERE)
    change_north = north + other - integer(values[north_y, x, known]) if has_north else integer(NOWHERE)
    change_northeast = integer(NOWHERE)
    if has_northeast:
        change = integer(values[north_y, east_x, plane]) - integer(values[north_y, east_x, known])
        change_northeast = change + other - centre
    contexts[1] = (_folded(change_west, 4) * 9 + _folded(change_north, 4)) * 20 + last
    nearest = _folded(change_west, 3) * 7 + _folded(change_north, 3)
    contexts[2] = (nearest * 7 + _folded(change_northeast, 3)) * 4 + fraction
    if step == 0:
        return integer(3)
    contexts[3] = (_folded(here, 4) * 9 + _folded(beyond, 4)) * 20 + last
    here += other - integer(learner.first[y, x, known])
    beyond += other - integer(learner.first[beyond_y, beyond_x, known])
    contexts[4] = (_folded(here, 4) * 9 + _folded(beyond, 4)) * 20 + last
    return integer(5)


@inlined
def set_class_boundaries(learner: PixelLearner, centre: int, lowest: int, highest: int) -> None:
    """Note where each class begins, and where the last one ends."""
    starts = learner.classes[START]
    starts[0] = lowest
    starts[VALUE_CLASSES] = highest + 1
    for number in range(1, VALUE_CLASSES):
        starts[number] = min(max(centre + number - CENTRE_CLASS, lowest), highest + 1)


@inlined
def weigh_classes(learner: PixelLearner, tables: TableArrays, count: int, inside: int) -> int:
    """Give each class its weight; return their sum.

    Args:
        learner: Of the stream; `classes[1]` holds what the mixture weighs below each class's start.
        tables: Of the model.
        count: Contexts.
        inside: The mixture's whole weight.
    """
    classes = learner.classes
    largest = integer(-(BIAS_LIMIT * 8))
    for number in range(VALUE_CLASSES):
        bias = integer(0)
        for which in range(count):
            bias += learner.biases[which, np.uint64(learner.contexts[which]), number]
        classes[FACTOR, number] = bias >> BIAS_BITS
        largest = max(largest, bias >> BIAS_BITS)
    total = integer(0)
    for number in range(VALUE_CLASSES):
        distance = largest - classes[FACTOR, number]
        factor = integer(1)
        if distance < EXPONENTIAL_ENTRIES:
            factor += integer(tables.exponential[np.uint64(distance)])
        classes[FACTOR, number] = factor
        classes[BASE, number] = total
        if classes[START, number] < classes[START, number + 1]:
            own = (classes[INSIDE, number + 1] - classes[INSIDE, number]) >> CLASS_SHIFT
            total += (own + (inside >> 30) + 1) * factor
    classes[BASE, VALUE_CLASSES] = total
    return total


@inlined
def learn_classes(learner: PixelLearner, value: int, count: int, deviation: int) -> None:
    """Move the biases of the contexts towards the class of a value whose mixture has that deviation, 2⁻⁸ grey level."""
    classes, biases = learner.classes, learner.biases
    total = integer(classes[BASE, VALUE_CLASSES])
    shift = max(40 - leading_zeros(total), 0)
    reciprocal = quotient(integer(1) << 40, total >> shift)
    below = integer(classes[BASE, 0])
    more = integer(WIDE_COUNT if deviation > FINE_DEVIATION else 0)
    for number in range(VALUE_CLASSES):
        above = integer(classes[BASE, number + 1])
        share = (((above - below) >> shift) * reciprocal) >> 24
        below = above
        inside = classes[START, number] <= value < classes[START, number + 1]
        classes[ERROR, number] = (FREQUENCY_TOTAL if inside else 0) - share
    for which in range(count):
        context = np.uint64(learner.contexts[which])
        times = biases[which, context, VALUE_CLASSES]
        rate = CLASS_RATES[np.uint64(min(times + more, len(CLASS_RATES) - 1))]
        for number in range(VALUE_CLASSES):
            moved = biases[which, context, number] + ((classes[ERROR, number] * rate) >> 16)
            biases[which, context, number] = min(max(moved, -BIAS_LIMIT), BIAS_LIMIT)
        biases[which, context, VALUE_CLASSES] = min(times + 1, len(CLASS_RATES) - 1)
