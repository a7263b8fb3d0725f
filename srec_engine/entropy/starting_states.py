"""What streams begin with before they have learned anything: tables that a model brings, learned from photographs.

`learning` has the shapes and limits of what streams learn. A model file may hold a starting state for each of these
tables, so that small pictures, and the first rows of every tile, gain as much as those that follow. The streams of
models without begin with zeros.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.fixed_point import CHANNELS, REMAINDER_SYMBOLS
from srec_engine.entropy.learning import (
    BIAS_CONTEXTS,
    BLOCK_PLACES,
    CLASS_CONTEXTS,
    CLASS_ENTRIES,
    CONFIDENCES,
    FINE_DEVIATION,
    MOST_INPUTS,
    PIXEL_STREAMS,
    SPREAD_OF_SURPRISE,
    SURPRISE_CLASSES,
    VALUE_CLASSES,
    WEIGHT_SETS,
    WIDTH_CLASSES,
)
from srec_engine.errors import ModelError

__all__ = ["NOTHING_LEARNED", "STATE_TABLES", "StartingStates", "StateTable"]


@dataclass(frozen=True, slots=True)
class StateTable:
    """How a table lies in a model file, as int16.

    Attributes:
        shape: Its first axis is that of streams of pixels, or of channels where these share it.
        shift: What is stored is shifted left by so many bits, which keeps it within the limits of `learning`.
        is_counted: Whether what streams learn has, at the end of its last axis, how often it was met.
    """

    shape: tuple[int, ...]
    shift: int
    is_counted: bool = False

    def place(self, stream: int) -> int:
        """Where on the first axis a stream of pixels has its own: its number, or that of its channel."""
        return stream if self.shape[0] == PIXEL_STREAMS else stream % CHANNELS

    @property
    def learned_shape(self) -> tuple[int, ...]:
        """Shape of what streams learn: with the counts."""
        return (*self.shape[:-1], self.shape[-1] + 1) if self.is_counted else self.shape


STATE_TABLES: Mapping[str, StateTable] = MappingProxyType(
    {
        "weights": StateTable((PIXEL_STREAMS, WEIGHT_SETS, MOST_INPUTS), 2),
        "spreads": StateTable((PIXEL_STREAMS, 2, WIDTH_CLASSES, SURPRISE_CLASSES), 2),
        "places": StateTable((PIXEL_STREAMS, BLOCK_PLACES), 2),
        "classes": StateTable((CHANNELS, CLASS_CONTEXTS, CLASS_ENTRIES, VALUE_CLASSES), 4, is_counted=True),
        "biases": StateTable((CHANNELS, len(BIAS_CONTEXTS), max(BIAS_CONTEXTS), REMAINDER_SYMBOLS), 4, is_counted=True),
        "temperatures": StateTable((CHANNELS, 2, CONFIDENCES, SPREAD_OF_SURPRISE, 1), 4, is_counted=True),
    }
)
"""The tables, by their names in `StartingStates` and in model files, which hold `fine_deviation` beside them."""


@dataclass(frozen=True, eq=False, slots=True)
class StartingStates:
    """The tables of every stream at its beginning, in the units of what it learns; read-only int32.

    Attributes:
        weights: (`PIXEL_STREAMS`, `WEIGHT_SETS`, `MOST_INPUTS`).
        spreads: (`PIXEL_STREAMS`, 2, `WIDTH_CLASSES`, `SURPRISE_CLASSES`).
        places: (`PIXEL_STREAMS`, `BLOCK_PLACES`).
        classes: (channels, `CLASS_CONTEXTS`, `CLASS_ENTRIES`, `CLASS_ROW`); the three pixels of a channel share theirs.
        biases: (channels, contexts, entries, `BIAS_ROW`), of remainders.
        temperatures: (channels, 2, `CONFIDENCES`, `SPREAD_OF_SURPRISE`, 2), of remainders.
        fine_deviation: Up to this deviation, 2⁻⁸ grey level, values about the centre are weighed (`FINE_DEVIATION`).
            What one picture teaches about wider mixtures is mostly chance, what many pictures do is not.
    """

    weights: npt.NDArray[np.int32]
    spreads: npt.NDArray[np.int32]
    places: npt.NDArray[np.int32]
    classes: npt.NDArray[np.int32]
    biases: npt.NDArray[np.int32]
    temperatures: npt.NDArray[np.int32]
    fine_deviation: int

    @classmethod
    def from_stored(cls, stored: Mapping[str, npt.NDArray[Any]]) -> StartingStates:
        """Of what a model file holds, by the names of `STATE_TABLES` and "fine_deviation". Any numbers will do.

        Raises:
            ModelError: Something is missing, or has another type or shape.
        """
        shapes = {**{name: table.shape for name, table in STATE_TABLES.items()}, "fine_deviation": (1,)}
        for name in sorted(shapes.keys() | stored.keys()):
            found, shape = stored.get(name), shapes.get(name)
            if found is None or shape is None:
                raise ModelError(f"Its starting state {name[:80]} is {'missing' if found is None else 'unknown'}.")
            if found.dtype != np.int16 or found.shape != shape:
                raise ModelError(f"Its starting state {name} holds {found.dtype} {found.shape}, not int16 {shape}.")
        tables = {name: _learned(table, stored[name]) for name, table in STATE_TABLES.items()}
        return cls(**tables, fine_deviation=int(stored["fine_deviation"][0]))


def _learned(table: StateTable, stored: npt.NDArray[np.int16]) -> npt.NDArray[np.int32]:
    """A table as streams learn it, met never."""
    values = np.zeros(table.learned_shape, np.int32)
    values[..., : table.shape[-1]] = stored.astype(np.int32) << table.shift
    values.flags.writeable = False
    return values


NOTHING_LEARNED = StartingStates(
    **{name: _learned(table, np.zeros(table.shape, np.int16)) for name, table in STATE_TABLES.items()},
    fine_deviation=FINE_DEVIATION,
)
"""What the streams of models without starting states begin with."""
