"""What a stream of remainders learns from its neighbours, in plain Python: the machine needs no numba.

docs/coding.md, section 4, "Remainders". `remainder_learning` says the same in numba; a change here is a change there,
and a new version of the file format.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.distribution_arrays import remainder_intervals, remainder_logits
from srec_engine.entropy.fixed_point import (
    EXPONENTIAL_ENTRIES,
    EXPONENTIAL_ONE,
    FREQUENCY_TOTAL,
    REMAINDER_SYMBOLS,
)
from srec_engine.entropy.learning import (
    BIAS_BITS,
    BIAS_LIMIT,
    BIAS_RATES,
    CONFIDENCES,
    GRADIENT_LIMIT,
    KNOWN_SURPRISE,
    MARGIN,
    MOST_DISTANCE,
    NEAR_SURPRISE,
    REMAINDER_CONTEXTS,
    SPREAD_OF_SURPRISE,
    SURPRISE_LIMITS,
    SURPRISE_SHIFT,
    TEMPERATURE_BITS,
    TEMPERATURE_LIMITS,
    TEMPERATURE_RATE_BITS,
    TEMPERATURE_RATES,
    UNSURPRISED,
    block_place,
    folded,
)
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.starting_states import StartingStates
from srec_engine.entropy.steps import RemainderStep

__all__ = ["LearnedRemainders", "RemainderDistribution"]

Plane = list[list[int]]

_BIAS_RATES: list[int] = BIAS_RATES.tolist()
_TEMPERATURE_RATES: list[int] = TEMPERATURE_RATES.tolist()


@dataclass(frozen=True, slots=True)
class RemainderDistribution:
    """Cumulative frequencies of the symbols.

    Attributes:
        lowest: The first symbol that is allowed.
        boundaries: Frequency of the allowed symbols before each of them, and of all of them.
    """

    lowest: int
    boundaries: list[int]

    def interval(self, value: int) -> tuple[int, int]:
        """The frequencies [start, end) of an allowed symbol."""
        index = value - self.lowest
        return self.boundaries[index], self.boundaries[index + 1]

    def find(self, target: int) -> tuple[int, int, int]:
        """The symbol whose frequencies contain `target`, 0 to 65535, and its frequencies: (symbol, start, end)."""
        index = 0
        while self.boundaries[index + 1] <= target:
            index += 1
        return self.lowest + index, self.boundaries[index], self.boundaries[index + 1]


@dataclass(frozen=True, slots=True)
class _Tables:
    """What a stream learns, and how often it learned it.

    Attributes:
        biases, bias_counts: [context][number][symbol], 2⁻¹⁶ nat; [context][number].
        temperatures, temperature_counts: Two tables, [confidence][class of how surprising the neighbours were].
    """

    biases: list[list[list[int]]]
    bias_counts: list[list[int]]
    temperatures: list[Plane]
    temperature_counts: list[Plane]


def _first_tables(starts: StartingStates, channel: int) -> _Tables:
    """The tables that a stream begins with."""
    biases = starts.biases[channel, : REMAINDER_CONTEXTS[channel]]
    temperatures = starts.temperatures[channel]
    return _Tables(
        biases=biases[..., :REMAINDER_SYMBOLS].tolist(),
        bias_counts=biases[..., REMAINDER_SYMBOLS].tolist(),
        temperatures=temperatures[..., 0].tolist(),
        temperature_counts=temperatures[..., 1].tolist(),
    )


@dataclass(slots=True)
class _Moment:
    """What was expected of a symbol, as far as it is needed when the symbol is known. Terms as in docs/coding.md."""

    row: int
    column: int
    distances: list[int]
    distribution: RemainderDistribution
    confidence: int = 0
    surprises: tuple[int, int] = (0, 0)
    contexts: list[int] | None = None


class LearnedRemainders:
    """The distributions of one stream of remainders, one after the other.

    Args:
        step, channel: The stream.
        symbols: uint8 (H, W, 3); the channels before `channel` are read.
        memory: What streams before have left behind.

    Attributes:
        values: [row][column], the symbols that are known so far.
        possible: Always true: every stream decodes to symbols that are allowed.
    """

    possible = True

    def __init__(self, step: RemainderStep, channel: int, symbols: npt.NDArray[np.uint8], memory: TileMemory) -> None:
        self.height, self.width = step.height, step.width
        self._step, self._channel, self._image, self._memory = step, channel, symbols, memory
        self._plain = bool(memory.plain[step.number, channel])
        self._exponential: list[int] = step.tables.exponential.tolist()
        lowest, highest = remainder_intervals(step, channel)
        self._lowest: Plane = lowest.tolist()
        self._highest: Plane = highest.tolist()
        inside = np.s_[: step.height, : step.width]
        self._fourfold: Plane = (4 * step.low_resolution[(*inside, channel)].astype(np.int64)).tolist()
        sums = 4 * step.low_resolution[inside].astype(np.int64) + symbols[inside] - 1
        self._sums_before: list[Plane] = [sums[..., before].tolist() for before in range(channel)]
        self._symbols_before: Plane = (symbols[(*inside, channel - 1)] & 3).tolist() if channel > 0 else []
        self._sums: Plane = [[0] * step.width for _ in range(step.height)]
        self.values: Plane = [[0] * step.width for _ in range(step.height)]
        self._surprises: Plane = memory.surprises[channel].tolist()
        self._surprises_before: list[Plane] = [memory.surprises[before].tolist() for before in range(channel)]
        self._tables = _first_tables(step.tables.starts, channel)
        self._logits: list[list[int]] = []
        self._row = 0
        self._moment = _Moment(0, 0, [], RemainderDistribution(0, []))

    def enter_row(self, row: int) -> None:
        """Begin with a row; rows follow one another."""
        self._row = row
        self._logits = self.row_logits(row)

    def row_logits(self, row: int) -> list[list[int]]:
        """The four logits of each symbol of a row as the network gives them."""
        chosen = row * self.width + np.arange(self.width)
        logits: list[list[int]] = remainder_logits(self._step, self._channel, self._image, chosen).tolist()
        return logits

    def distribution(self, column: int) -> RemainderDistribution:
        """The distribution of the next symbol of the row."""
        row = self._row
        lowest, end = self._lowest[row][column], self._highest[row][column] + 1
        logits = self._logits[column][lowest:end]
        largest = max(logits)
        distances = [max(logit - largest, -MOST_DISTANCE) for logit in logits]
        weights = [self._weight(-distance) for distance in distances]
        if self._plain:
            self._moment = _Moment(row, column, distances, _frequencies(lowest, weights))
            return self._moment.distribution
        confidence = min(sum(weights) - EXPONENTIAL_ONE >> 14, CONFIDENCES - 1)
        surprises = self._surprise_classes(row, column)
        contexts = self._contexts(row, column)
        corrected = self._corrected(distances, lowest, confidence, surprises, contexts)
        largest = max(corrected)
        weights = [self._weight(largest - logit) for logit in corrected]
        distribution = _frequencies(lowest, weights)
        self._moment = _Moment(row, column, distances, distribution, confidence, surprises, contexts)
        return distribution

    def learn(self, value: int, start: int, end: int) -> None:  # noqa: ARG002 - as `LearnedPixels`
        """Learn from the symbol of `distribution`, which owns the frequencies [start, end)."""
        moment = self._moment
        row, column, distribution = moment.row, moment.column, moment.distribution
        self.values[row][column] = value
        self._sums[row][column] = self._fourfold[row][column] + value - 1
        boundaries, index = distribution.boundaries, value - distribution.lowest
        frequencies = [after - before for before, after in pairwise(boundaries)]
        expected = sum(
            [frequency * distance for frequency, distance in zip(frequencies, moment.distances, strict=True)]
        )
        gradient = moment.distances[index] - (expected >> 16)
        least, most = SURPRISE_LIMITS
        self._surprises[row + MARGIN][column + MARGIN] = min(max(-gradient, least), most)
        if moment.contexts is None:
            return
        self._move_temperatures(moment, min(max(gradient, -GRADIENT_LIMIT), GRADIENT_LIMIT))
        errors = [-frequency for frequency in frequencies]
        errors[index] += FREQUENCY_TOTAL
        self._move_biases(moment.contexts, distribution.lowest, errors)

    def leave_traces(self) -> None:
        """Write down what later streams look at."""
        self._memory.surprises[self._channel] = self._surprises

    def _weight(self, distance: int) -> int:
        return self._exponential[distance] if distance < EXPONENTIAL_ENTRIES else 0

    def _surprise_classes(self, row: int, column: int) -> tuple[int, int]:
        """How surprising the neighbours were: those of the channel, and those of the channels before."""
        row, column = row + MARGIN, column + MARGIN
        own, above = self._surprises[row], self._surprises[row - 1]
        near = 2 * (own[column - 1] + above[column]) + above[column - 1] + above[column + 1]
        known = 0
        for plane in self._surprises_before:
            middle = plane[row]
            known += 4 * middle[column] + middle[column - 1] + middle[column + 1]
            known += plane[row - 1][column] + plane[row + 1][column]
        most = SPREAD_OF_SURPRISE - 1
        near_class = (NEAR_SURPRISE * near >> SURPRISE_SHIFT) + UNSURPRISED
        known_class = (KNOWN_SURPRISE * known >> SURPRISE_SHIFT) + UNSURPRISED
        return min(max(near_class, 0), most), min(max(known_class, 0), most)

    def _contexts(self, row: int, column: int) -> list[int]:
        """Numbers of the contexts, by the sums of the blocks around."""
        here = self._fourfold[row][column]
        symbol = self._symbols_before[row][column] if self._channel > 0 else 0
        west, north, northwest, northeast = (
            total - here if total is not None else 0 for total in _around(self._sums, row, column)
        )
        contexts = [
            (9 * symbol + folded(west, 4)) * 9 + folded(north, 4),
            15 * folded(west + north - northwest, 7) + folded(west + northeast >> 1, 7),
            block_place(row, column),
        ]
        if self._channel > 0:
            changed = self._changed(self._sums_before[-1], row, column, (west, north, northeast))
            west_moved, north_moved, northeast_moved = (folded(change, 3) for change in changed)
            contexts.append((9 * symbol + folded(changed[0], 4)) * 9 + folded(changed[1], 4))
            contexts.append((7 * west_moved + north_moved) * 7 + northeast_moved)
        if self._channel == 2:
            changed = self._changed(self._sums_before[0], row, column, (west, north, northeast))
            contexts.append(15 * folded(changed[0], 7) + folded(changed[1], 7))
        return contexts

    def _changed(self, sums: Plane, row: int, column: int, differences: tuple[int, int, int]) -> tuple[int, int, int]:
        """Differences to W, N and NE, moved by how much another channel changed from there; 0 where nothing is."""
        here = sums[row][column]
        west, north, _, northeast = _around(sums, row, column)
        return (
            differences[0] + here - west if west is not None else 0,
            differences[1] + here - north if north is not None else 0,
            differences[2] + here - northeast if northeast is not None else 0,
        )

    def _corrected(
        self, distances: list[int], lowest: int, confidence: int, surprises: tuple[int, int], contexts: list[int]
    ) -> list[int]:
        """The logits of the allowed symbols with all that was learned."""
        tables = self._tables
        near, known = tables.temperatures
        part = near[confidence][surprises[0]] + known[confidence][surprises[1]]
        least, most = TEMPERATURE_LIMITS
        temperature = 256 + min(max(part >> TEMPERATURE_BITS, least), most)
        entries = [table[number] for table, number in zip(tables.biases, contexts, strict=True)]
        return [
            (distance * temperature >> 8) + (sum([biases[symbol] for biases in entries]) >> BIAS_BITS)
            for symbol, distance in enumerate(distances, lowest)
        ]

    def _move_temperatures(self, moment: _Moment, gradient: int) -> None:
        tables, confidence = self._tables, moment.confidence
        for table, counts, place in zip(tables.temperatures, tables.temperature_counts, moment.surprises, strict=True):
            rate = _TEMPERATURE_RATES[min(counts[confidence][place], len(_TEMPERATURE_RATES) - 1)]
            moved = table[confidence][place] + (gradient * rate >> TEMPERATURE_RATE_BITS)
            table[confidence][place] = min(max(moved, -BIAS_LIMIT), BIAS_LIMIT)
            counts[confidence][place] += 1

    def _move_biases(self, contexts: list[int], lowest: int, errors: list[int]) -> None:
        tables = self._tables
        for table, counts, number in zip(tables.biases, tables.bias_counts, contexts, strict=True):
            rate, biases = _BIAS_RATES[min(counts[number], len(_BIAS_RATES) - 1)], table[number]
            for symbol, error in enumerate(errors, lowest):
                bias = biases[symbol] + (error * rate >> 16)
                biases[symbol] = bias if -BIAS_LIMIT <= bias <= BIAS_LIMIT else min(max(bias, -BIAS_LIMIT), BIAS_LIMIT)
            counts[number] += 1


def _frequencies(lowest: int, weights: list[int]) -> RemainderDistribution:
    """Cumulative frequencies: the weights' shares of what is left when every symbol has got 1."""
    scale, total = FREQUENCY_TOTAL - len(weights), sum(weights)
    below = accumulate(weights, initial=0)
    return RemainderDistribution(lowest, [weight * scale // total + index for index, weight in enumerate(below)])


def _around(plane: Plane, row: int, column: int) -> tuple[int | None, int | None, int | None, int | None]:
    """What lies at W, N, NW and NE; None where nothing is."""
    west = plane[row][column - 1] if column > 0 else None
    if row == 0:
        return west, None, None, None
    above = plane[row - 1]
    northwest = above[column - 1] if column > 0 else None
    return west, above[column], northwest, above[column + 1] if column + 1 < len(above) else None
