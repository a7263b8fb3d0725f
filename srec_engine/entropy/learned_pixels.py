"""What a stream of pixels learns from its neighbours, in plain Python: the machine needs no numba.

docs/coding.md, section 4, "Pixels". `pixel_learning` says the same in numba; a change here is a change there, and a new
version of the file format.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import mul

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.distribution_arrays import pixel_components, pixel_intervals
from srec_engine.entropy.fixed_point import CHANNELS, FREQUENCY_TOTAL
from srec_engine.entropy.learned_classes import ClassTables, PixelSurroundings, Plane, weigh_classes
from srec_engine.entropy.learning import (
    CLASSES_OF_A_SET,
    DEVIATION_LIMIT,
    ENERGY_OFFSET,
    LEAST_DEVIATION,
    MARGIN,
    NEAR_FACTOR,
    NEAR_SHIFT,
    OFFSET_LIMIT,
    OWN_INPUTS,
    PLACE_RATE,
    PLACE_RATE_BITS,
    POSITION_OFFSET,
    RATE_BITS,
    RESIDUAL_BITS,
    RESIDUAL_LIMIT,
    SHIFT_LIMIT,
    SPREAD_BITS,
    SPREAD_LIMIT,
    SPREAD_RATE,
    SPREAD_RATE_BITS,
    SURPRISE_CLASSES,
    VALUE_CLASSES,
    WEIGHT_LIMIT,
    WEIGHT_RATE,
    WIDTH_CLASSES,
    block_place,
    deviations,
)
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.plain_mixture import ClassWeights, Mixture, PixelDistribution
from srec_engine.entropy.starting_states import StartingStates
from srec_engine.entropy.steps import PixelStep

__all__ = ["Components", "LearnedPixels"]

Components = tuple[list[int], list[int], list[int]]
"""Weights, means (2⁻⁸ grey level) and log-scales (places in the table) of a mixture."""

_HALF = FREQUENCY_TOTAL // 2


@dataclass(frozen=True, slots=True)
class _Tables:
    """What a stream learns.

    Attributes:
        weights: [set][input], 2⁻¹⁶.
        near, known: Spreads, [width class][class of how far off the neighbours were].
        places: Spreads, by the block's place in a JPEG's grid.
        classes: About the values around the centre.
    """

    weights: list[list[int]]
    near: list[list[int]]
    known: list[list[int]]
    places: list[int]
    classes: ClassTables


def _first_tables(starts: StartingStates, stream: int, inputs: int, contexts: int) -> _Tables:
    """The tables that a stream begins with."""
    near, known = starts.spreads[stream].tolist()
    classes = starts.classes[stream % CHANNELS, :contexts]
    return _Tables(
        weights=starts.weights[stream, :, :inputs].tolist(),
        near=near,
        known=known,
        places=starts.places[stream].tolist(),
        classes=ClassTables(classes[..., :VALUE_CLASSES].tolist(), classes[..., VALUE_CLASSES].tolist()),
    )


@dataclass(slots=True)
class _Moment:
    """What was expected of a value, as far as it is needed when the value is known. Terms as in docs/coding.md."""

    row: int
    column: int
    mean: int
    deviation: int
    centre: int = 0
    width_class: int = 0
    near_class: int = 0
    known_class: int = 0
    predicted: int = 0
    energy: int = 0
    contexts: list[int] | None = None
    classes: ClassWeights | None = None


class LearnedPixels:
    """The distributions of one stream of pixels, one after the other.

    Args:
        step, channel: The stream.
        values: uint8 (H, W, 3); the channels before `channel` are read.
        memory: What streams before have left behind.

    Attributes:
        values: [row][column], those that are known so far.
        possible: Whether all sums so far were ones that pixels can have.
    """

    def __init__(self, step: PixelStep, channel: int, values: npt.NDArray[np.uint8], memory: TileMemory) -> None:
        index = step.number - 1
        self.height, self.width = step.height, step.width
        self.possible = True
        self._step, self._channel, self._image, self._memory = step, channel, values, memory
        self._plain = bool(memory.plain[step.number, channel])
        self._sigmoid: list[int] = step.tables.sigmoid.tolist()
        self._exponential: list[int] = step.tables.exponential.tolist()
        self._inverse_scales: list[int] = step.tables.inverse_scale.tolist()
        self._deviations: list[int] = deviations(step.tables.inverse_scale).tolist()
        lowest, highest = pixel_intervals(step, channel)
        self._lowest: Plane = lowest.tolist()
        self._highest: Plane = highest.tolist()
        self._surroundings = PixelSurroundings(step, channel, values, memory)
        self.values = self._surroundings.own
        self._stream = 3 * index + channel
        known = [self._stream - before for before in range(1, channel + 1)]
        known += [3 * before + channel for before in range(index)]
        self._known: list[Plane] = [memory.residuals[stream].tolist() for stream in known]
        self._residuals: Plane = memory.residuals[self._stream].tolist()
        self._offsets: Plane = memory.offsets[self._stream].tolist()
        self._offsets_before: Plane | None = memory.offsets[self._stream - 1].tolist() if channel > 0 else None
        contexts = 1 + 2 * (channel > 0) + (index > 0) + (channel > 0 and index > 0)
        self._tables = _first_tables(step.tables.starts, self._stream, OWN_INPUTS + 5 * len(known), contexts)
        self._fine_deviation = step.tables.starts.fine_deviation
        self._inputs: list[int] = []
        self._components: list[Components] = []
        self._row = 0
        self._moment = _Moment(0, 0, 0, 0)

    def enter_row(self, row: int) -> None:
        """Begin with a row; rows follow one another."""
        self._row = row
        self._components = self.row_components(row)

    def row_components(self, row: int) -> list[Components]:
        """The mixtures of a row as the network gives them."""
        chosen = row * self.width + np.arange(self.width)
        arrays = pixel_components(self._step, self._channel, self._image, chosen)
        return list(zip(*(array.T.tolist() for array in arrays), strict=True))

    def distribution(self, column: int) -> PixelDistribution | None:
        """The distribution of the next value of the row; None, and the value is known, where it is certain."""
        row = self._row
        lowest, highest = self._lowest[row][column], self._highest[row][column]
        if lowest >= highest:
            # A damaged tile can leave sums that no pixels have; the interval may then be empty.
            self.possible &= lowest == highest
            self.values[row][column] = min(lowest, 255)
            return None
        weights, means, places = self._components[column]
        total = sum(weights)
        moment = self._moment = self._expect(row, column, weights, means, places, total)
        shift, spread = (0, 0) if self._plain else self._correction(moment)
        inverse_scales, last = self._inverse_scales, len(self._inverse_scales) - 1
        moved_places = [place + spread for place in places]
        if max(moved_places) > last or min(moved_places) < 0:
            moved_places = [min(max(place, 0), last) for place in moved_places]
        components = [
            (weight, mean + shift, inverse_scales[place])
            for weight, mean, place in zip(weights, means, moved_places, strict=True)
            if weight > 0
        ]
        mixture = Mixture(self._sigmoid, components, total, lowest, highest)
        moved = moment.mean + shift + 128
        moment.centre = centre = min(max(moved >> 8, lowest), highest)
        if not self._plain and moment.deviation <= self._fine_deviation and mixture.inside > 0:
            self._weigh(moment, mixture, min(max(moved - 256 * centre, 0), 255) >> 6)
        return PixelDistribution(mixture, centre, moment.classes)

    def learn(self, value: int, start: int, end: int) -> None:
        """Learn from the value of `distribution`, which owns the frequencies [start, end)."""
        moment = self._moment
        row, column = moment.row, moment.column
        self.values[row][column] = value
        residual = _quotient((256 * value - moment.mean) << RESIDUAL_BITS, moment.deviation)
        residual = min(max(residual, -RESIDUAL_LIMIT), RESIDUAL_LIMIT)
        self._residuals[row + MARGIN][column + MARGIN] = residual
        offset = min(max(value - moment.centre, -OFFSET_LIMIT), OFFSET_LIMIT)
        self._offsets[row + MARGIN][column + MARGIN] = offset
        if self._plain:
            return
        if moment.contexts is not None and moment.classes is not None:
            self._tables.classes.learn(moment.contexts, moment.classes, value, moment.deviation)
        self._move_weights(moment, residual)
        self._move_spreads(moment, start, end)

    def leave_traces(self) -> None:
        """Write down what later streams look at."""
        self._memory.residuals[self._stream] = self._residuals
        self._memory.offsets[self._stream] = self._offsets

    def _expect(
        self, row: int, column: int, weights: list[int], means: list[int], places: list[int], total: int
    ) -> _Moment:
        """The mixture's mean and mean deviation, 2⁻⁸ grey level."""
        widths = self._deviations
        moment = sum([weight * (mean + POSITION_OFFSET) for weight, mean in zip(weights, means, strict=True)])
        mean = moment // total - POSITION_OFFSET
        moment = sum(
            [
                weight * (widths[place] + abs(position - mean))
                for weight, position, place in zip(weights, means, places, strict=True)
            ]
        )
        return _Moment(row, column, mean, min(max(moment // total, LEAST_DEVIATION), DEVIATION_LIMIT))

    def _correction(self, moment: _Moment) -> tuple[int, int]:
        """What is added to the means (2⁻⁸ grey level) and to the log-scales (2⁻⁶ nat): (shift, spread)."""
        tables = self._tables
        moment.width_class = width_class = _width_class(moment.deviation)
        self._gather(moment)
        weights = tables.weights[width_class // CLASSES_OF_A_SET]
        predicted = sum(map(mul, weights, self._inputs)) >> 16
        moment.predicted = min(max(predicted, -SHIFT_LIMIT), SHIFT_LIMIT)
        moment.energy = sum(map(mul, self._inputs, self._inputs))
        spread = tables.near[width_class][moment.near_class] + tables.known[width_class][moment.known_class]
        spread += tables.places[block_place(moment.row, moment.column)]
        spread = min(max(spread, -SPREAD_LIMIT), SPREAD_LIMIT)
        return moment.predicted * moment.deviation >> 8, spread >> SPREAD_BITS

    def _gather(self, moment: _Moment) -> None:
        """Set the inputs of the prediction, and the classes that tell how large they are."""
        row, column = moment.row + MARGIN, moment.column + MARGIN
        own, above = self._residuals[row], self._residuals[row - 1]
        west, north, northwest, northeast = own[column - 1], above[column], above[column - 1], above[column + 1]
        inputs = [west, north, northwest, northeast, own[column - 2], self._residuals[row - 2][column]]
        near = 2 * (abs(west) + abs(north)) + abs(northwest) + abs(northeast)
        moment.near_class = min(NEAR_FACTOR * near >> NEAR_SHIFT, SURPRISE_CLASSES - 1)
        size = 0
        for plane in self._known:
            middle = plane[row]
            here, west, north = middle[column], middle[column - 1], plane[row - 1][column]
            east, south = middle[column + 1], plane[row + 1][column]
            inputs += here, west, north, east, south
            size += 4 * abs(here) + abs(west) + abs(north) + abs(east) + abs(south)
        if self._known:
            moment.known_class = min(size // (256 * len(self._known)), SURPRISE_CLASSES - 1)
        self._inputs = inputs

    def _weigh(self, moment: _Moment, mixture: Mixture, fraction: int) -> None:
        """Weigh the values about the centre one by one."""
        row, column = moment.row, moment.column
        before = self._offsets_before
        offset = before[row + MARGIN][column + MARGIN] if before is not None else 0
        moment.contexts = self._surroundings.contexts(row, column, moment.centre, fraction, offset)
        sums = self._tables.classes.sums(moment.contexts)
        moment.classes = weigh_classes(mixture, moment.centre, sums, self._exponential)

    def _move_weights(self, moment: _Moment, residual: int) -> None:
        """One step of the normalised least mean squares."""
        error = (residual - moment.predicted) * WEIGHT_RATE << RATE_BITS
        rate, half = _quotient(error, moment.energy + ENERGY_OFFSET), 1 << (RATE_BITS - 1)
        weight_set = moment.width_class // CLASSES_OF_A_SET
        moved = [
            weight + (rate * value + half >> RATE_BITS)
            for weight, value in zip(self._tables.weights[weight_set], self._inputs, strict=True)
        ]
        if max(moved) > WEIGHT_LIMIT or min(moved) < -WEIGHT_LIMIT:
            moved = [min(max(weight, -WEIGHT_LIMIT), WEIGHT_LIMIT) for weight in moved]
        self._tables.weights[weight_set] = moved

    def _move_spreads(self, moment: _Moment, start: int, end: int) -> None:
        excess, tables = _excess(start, end), self._tables
        _move(tables.near[moment.width_class], moment.near_class, SPREAD_RATE * excess >> SPREAD_RATE_BITS)
        _move(tables.known[moment.width_class], moment.known_class, SPREAD_RATE * excess >> SPREAD_RATE_BITS)
        _move(tables.places, block_place(moment.row, moment.column), PLACE_RATE * excess >> PLACE_RATE_BITS)


def _quotient(numerator: int, denominator: int) -> int:
    """Rounded towards zero; the denominator is positive."""
    return numerator // denominator if numerator >= 0 else -(-numerator // denominator)


def _width_class(deviation: int) -> int:
    """Two classes an octave."""
    number = deviation + 64
    length = number.bit_length()
    return min(2 * (length - 8) + (number >> (length - 2) & 1), WIDTH_CLASSES - 1)


def _excess(start: int, end: int) -> int:
    """How far, in 2⁻¹⁶, a value lies from the middle of its distribution, beyond the half that is to be expected."""
    below, above = 2 * start - FREQUENCY_TOTAL, 2 * end - FREQUENCY_TOTAL
    if below >= 0:
        return (below + above >> 1) - _HALF
    if above <= 0:
        return (-below - above >> 1) - _HALF
    return (below * below + above * above) // (2 * (above - below)) - _HALF


def _move(table: list[int], place: int, step: int) -> None:
    table[place] = min(max(table[place] + step, -SPREAD_LIMIT), SPREAD_LIMIT)
