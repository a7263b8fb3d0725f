"""The values about the centre of a narrow mixture, weighed one by one, for numba kernels. Importing it imports numba.

Where a mixture is narrower than a few grey levels, which value it is depends on the exact values around: how those of
the neighbours differ from the centre, and how much the other channel changed on the way. A mixture's values are then
put into classes, the weight that it gives to each is multiplied with a factor that was learned for each of several
contexts, and the values of the outer classes share theirs as the mixture says.

`learned_streams` says the same in plain Python; a change here is a change there, and a new version of the file format.
"""

from __future__ import annotations

from typing import Any

from srec_engine.entropy.compilation import inlined, integer, leading_zeros, quotient
from srec_engine.entropy.fixed_point import EXPONENTIAL_ENTRIES, FREQUENCY_TOTAL
from srec_engine.entropy.kernel_types import PixelLearner, TableArrays
from srec_engine.entropy.learning import (
    BIAS_BITS,
    BIAS_LIMIT,
    CENTRE_CLASS,
    CLASS_RATES,
    CLASS_SHIFT,
    MARGIN,
    NOWHERE,
    OFFSET_LIMIT,
    VALUE_CLASSES,
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

ROWS = 4
"""Rows of `PixelLearner.classes`."""

START, INSIDE, BASE, FACTOR = range(ROWS)
"""The rows: first value of each class (and the end of the last), what the mixture weighs below it, what the classes
weigh below it, and what the mixture's weights of the class are multiplied with."""


@inlined
def _near(value: int, limit: int) -> int:
    """A difference within ± limit, counted from 0."""
    return min(max(value, -limit), limit) + limit


@inlined
def set_class_contexts(
    learner: PixelLearner, values: Any, row: int, column: int, channel: int, centre: int, fraction: int, width: int
) -> int:
    """Set the contexts of a value; return how many there are.

    Of `values` (uint8 (H, W, 3)) the channels before are whole, this one up to here; `width` columns are coded. The
    centre is the grey level nearest to the mean, the fraction says where about it the mean lies, in quarters, 0 to 3.
    """
    contexts = learner.contexts
    has_west, has_north, has_northeast = column > 0, row > 0, row > 0 and column + 1 < width
    west = integer(values[row, column - 1, channel]) - centre if has_west else integer(NOWHERE)
    north = integer(values[row - 1, column, channel]) - centre if has_north else integer(NOWHERE)
    before = integer(0)
    if channel > 0:
        before = integer(learner.offsets[learner.stream - 1, row + MARGIN, column + MARGIN])
    last = _near(before, OFFSET_LIMIT) * 4 + fraction
    contexts[0] = (_near(west, 4) * 9 + _near(north, 4)) * 20 + last
    count = integer(1)
    if channel > 0:
        change_west, change_north, change_northeast = integer(NOWHERE), integer(NOWHERE), integer(NOWHERE)
        other = integer(values[row, column, channel - 1])
        if has_west:
            change_west = west + other - integer(values[row, column - 1, channel - 1])
        if has_north:
            change_north = north + other - integer(values[row - 1, column, channel - 1])
        if has_northeast:
            northeast = integer(values[row - 1, column + 1, channel]) - centre
            change_northeast = northeast + other - integer(values[row - 1, column + 1, channel - 1])
        contexts[1] = (_near(change_west, 4) * 9 + _near(change_north, 4)) * 20 + last
        contexts[2] = (
            (_near(change_west, 3) * 7 + _near(change_north, 3)) * 7 + _near(change_northeast, 3)
        ) * 4 + fraction
        count += 2
    step = quotient(learner.stream, 3)
    if step > 0:
        first = learner.first
        beyond_row = min(row + 1, first.shape[0] - 1) if step == 2 else row
        beyond_column = min(column + 1, first.shape[1] - 1) if step == 1 else column
        here = integer(first[row, column, channel]) - centre
        beyond = integer(first[beyond_row, beyond_column, channel]) - centre
        contexts[count] = (_near(here, 4) * 9 + _near(beyond, 4)) * 20 + last
        count += 1
        if channel > 0:
            other = integer(values[row, column, channel - 1])
            here += other - integer(first[row, column, channel - 1])
            beyond += other - integer(first[beyond_row, beyond_column, channel - 1])
            contexts[count] = (_near(here, 4) * 9 + _near(beyond, 4)) * 20 + last
            count += 1
    return count


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
            bias += learner.biases[which, learner.contexts[which], number]
        classes[FACTOR, number] = bias >> BIAS_BITS
        largest = max(largest, bias >> BIAS_BITS)
    total = integer(0)
    for number in range(VALUE_CLASSES):
        distance = largest - classes[FACTOR, number]
        factor = integer(1)
        if distance < EXPONENTIAL_ENTRIES:
            factor += integer(tables.exponential[distance])
        classes[FACTOR, number] = factor
        classes[BASE, number] = total
        if classes[START, number] < classes[START, number + 1]:
            own = (classes[INSIDE, number + 1] - classes[INSIDE, number]) >> CLASS_SHIFT
            total += (own + (inside >> 30) + 1) * factor
    classes[BASE, VALUE_CLASSES] = total
    return total


@inlined
def learn_classes(learner: PixelLearner, value: int, count: int) -> None:
    """Move the biases of the contexts towards the class of a value."""
    classes = learner.classes
    total = classes[BASE, VALUE_CLASSES]
    shift = max(40 - leading_zeros(integer(total)), 0)
    reciprocal = quotient(integer(1) << 40, total >> shift)
    for which in range(count):
        context = learner.contexts[which]
        times = learner.bias_counts[which, context]
        rate = CLASS_RATES[times]
        learner.bias_counts[which, context] = min(times + 1, len(CLASS_RATES) - 1)
        for number in range(VALUE_CLASSES):
            share = (((classes[BASE, number + 1] - classes[BASE, number]) >> shift) * reciprocal) >> 24
            error = -share
            if classes[START, number] <= value < classes[START, number + 1]:
                error += FREQUENCY_TOTAL
            moved = learner.biases[which, context, number] + ((error * rate) >> 16)
            learner.biases[which, context, number] = min(max(moved, -BIAS_LIMIT), BIAS_LIMIT)
