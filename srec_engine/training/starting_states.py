"""What streams should begin with: learned from photographs, for a model whose network is finished.

Each tile's streams learn from where they begin, as a coder does, and end somewhere; the beginning then moves a little
towards where they ended, and so comes to lie where the least is left to be learned ("On First-Order Meta-Learning
Algorithms", Nichol, Achiam and Schulman 2018, arXiv 1803.02999, section 2: Reptile).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.codec.known_tiles import KnownValues, walk_known_tiles
from srec_engine.codec.levels import picture_levels
from srec_engine.codec.runtime import load_runtime
from srec_engine.entropy.final_states import FinalTables, final_tables
from srec_engine.entropy.fixed_point import CHANNELS
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.starting_states import STATE_TABLES, StartingStates, StateTable
from srec_engine.entropy.steps import PixelStep, RemainderStep
from srec_engine.entropy.tables import DistributionTables
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.model.integer_model import IntegerModel
from srec_engine.options import CodecOptions

__all__ = ["StartingStateTrainer", "share_at"]

_LARGEST_SHARE, _SMALLEST_SHARE = 0.4, 0.01
"""Shares of the way that a state moves towards the mean of a batch, at a run's beginning and end."""


_TRAINED_DEVIATION = 640
"""Up to 2.5 grey levels values about the centre are weighed: twice as far as where streams begin with nothing."""


def share_at(step: int, steps: int) -> float:
    """The share of the way that states move in a step of a run: a cosine."""
    falling = 0.5 * (1 + math.cos(math.pi * step / steps))
    return _SMALLEST_SHARE + (_LARGEST_SHARE - _SMALLEST_SHARE) * falling


@dataclass(slots=True)
class _State:
    """One table of all streams while it is learned.

    Attributes:
        table: Its shape and unit.
        values: Where streams begin, float64, in the units of what they learn.
        batches: By entry, batches in which a stream met it.
        moved: By entry, what the streams of this batch moved it by, times the values that met it, all together.
        met: By entry, how many values those were, as far as streams count.
    """

    table: StateTable
    values: NDArray[np.float64]
    batches: NDArray[np.int64]
    moved: NDArray[np.float64]
    met: NDArray[np.int64]

    @classmethod
    def of(cls, table: StateTable) -> _State:
        """At its beginning: zeros."""
        entries = table.shape[:-1] if table.is_counted else table.shape
        return cls(
            table,
            np.zeros(table.shape),
            np.zeros(entries, np.int64),
            np.zeros(table.shape),
            np.zeros(entries, np.int64),
        )

    def note(self, first: int, begun: NDArray[np.int32], ended: NDArray[np.int32], values: int) -> None:
        """Note where a stream of so many values, about, ended; `first` is its place on the first axis."""
        moved = ended - begun
        if self.table.is_counted:
            met, moved = moved[..., -1], moved[..., :-1]
            self.moved[first] += met[..., None] * moved
        else:
            # Nothing counts how many values met an entry. What did not move was not met, or had nowhere to go.
            met = values * (moved != 0)
            self.moved[first] += met * moved
        self.met[first] += met

    def move(self, share: float) -> None:
        """Move by what was noted since the last time."""
        hit = self.met > 0
        self.batches += hit
        # The first batches that meet an entry count alike.
        shares = np.maximum(share, 1.0 / np.maximum(self.batches, 1)) * hit / np.maximum(self.met, 1)
        self.values += (shares[..., None] if self.table.is_counted else shares) * self.moved
        self.moved[:] = 0
        self.met[:] = 0

    def stored(self) -> NDArray[np.int16]:
        """As model files hold it."""
        limits = np.iinfo(np.int16)
        units = np.rint(self.values / (1 << self.table.shift))
        return np.clip(units, limits.min, limits.max).astype(np.int16)


class StartingStateTrainer:
    """Learns what the streams of one model should begin with.

    Args:
        model: The model's file.
        options: Device, threads and kernel.

    Raises:
        ModelError: When the model cannot be used.
    """

    def __init__(self, model: Path, options: CodecOptions) -> None:
        self._runtime = load_runtime(model, options)
        self._states = {name: _State.of(table) for name, table in STATE_TABLES.items()}

    @property
    def model(self) -> IntegerModel:
        """The model as its file has it."""
        return self._runtime.model

    def learn(self, tiles: Sequence[NDArray[np.uint8]], share: float) -> None:
        """Learn from tiles of one size, uint8 (H, W, 3) each, moving by that share of the way."""
        scales = self._runtime.model.configuration.scales
        levels = [picture_levels(tile, scales) for tile in tiles]
        tables = replace(self._runtime.tables, starts=StartingStates.from_stored(self.stored()))
        exchanges: list[_LearningExchange] = []

        def exchange_of(_scale: int, _tile: int, image: NDArray[np.uint8]) -> _LearningExchange:
            return _LearningExchange(image)

        def walk(network: CodingNetwork) -> None:
            exchanges.clear()
            for _, walked in walk_known_tiles(network, tables, levels, exchange_of, StageClock()):
                exchanges.extend(walked)

        self._runtime.processor.run(walk)
        for exchange in exchanges:
            self._note(exchange, tables)
        for state in self._states.values():
            state.move(share)

    def stored(self) -> dict[str, NDArray[np.int16]]:
        """The states learned so far, as model files hold them (`IntegerModel.starts`)."""
        tables = {name: state.stored() for name, state in self._states.items()}
        return {**tables, "fine_deviation": np.array([_TRAINED_DEVIATION], np.int16)}

    def _note(self, exchange: _LearningExchange, tables: DistributionTables) -> None:
        for stream, ended in exchange.ended:
            for name, table in ended.items():
                first = STATE_TABLES[name].place(stream)
                begun: NDArray[np.int32] = getattr(tables.starts, name)[first]
                self._states[name].note(first, begun, table, exchange.symbols[..., 0].size)


class _LearningExchange(KnownValues):
    """Gives a tile's values, and lets its streams learn.

    Attributes:
        ended: Of each stream its number among those of pixels, or of remainders, and what it has learned.
    """

    def __init__(self, image: NDArray[np.uint8]) -> None:
        super().__init__(image)
        self._tile_memory = TileMemory.of_blocks(*self.symbols.shape[:2])
        self.ended: list[tuple[int, FinalTables]] = []

    def remainders(self, step: RemainderStep) -> NDArray[np.uint8]:
        """See `KnownValues.remainders`."""
        symbols = super().remainders(step)
        for channel in range(CHANNELS):
            self.ended.append((channel, final_tables(step, channel, symbols, self._tile_memory)))
        return symbols

    def pixels(self, index: int, step: PixelStep) -> NDArray[np.uint8]:
        """See `KnownValues.pixels`."""
        values = super().pixels(index, step)
        for channel in range(CHANNELS):
            ended = final_tables(step, channel, values, self._tile_memory)
            self.ended.append((CHANNELS * index + channel, ended))
        return values
