"""Where the tables of each kind of decision lie. Sizes are part of the format.

A *decision* is one bit; a *symbol* (a mean, a count, a magnitude, a sign) is coded by a few decisions, numbered as its
*nodes*. For each symbol fifteen contexts are looked up; a context holds a slot for each node, side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined

__all__ = [
    "BLOCK_TABLES",
    "CONTEXTS",
    "COUNTS",
    "INPUTS",
    "LARGE_MAGNITUDES",
    "MAGNITUDES",
    "MEANS",
    "MEAN_TABLES",
    "SIGNS",
    "WEIGHT_SETS",
    "DecisionTables",
    "TableSizes",
    "enter_context",
]

CONTEXTS = 15
"""Contexts that a symbol is seen in."""

INPUTS = CONTEXTS + 1
"""Of the mixer: one from each context, and one that is always the same."""

WEIGHT_SETS = 3
"""Rows of weights that are added up, each chosen by other circumstances."""


@dataclass(frozen=True, slots=True)
class DecisionTables:
    """Where the tables of one kind of symbol lie.

    Attributes:
        nodes: Decisions that a symbol may take.
        classes: Kinds of places that share nothing: component, or component and frequency.
        sizes: Values of each context, int64 (15,).
        starts: First slot of each context, int64 (15,).
        rows: First row of each set of weights, int64 (3,).
        refinements: First row of the final stage.
    """

    nodes: int
    classes: int
    sizes: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    refinements: int


@dataclass(slots=True)
class TableSizes:
    """Sizes of the tables of one kind of stream, and giving them their places, one behind the other.

    Attributes:
        slots: Of all contexts.
        rows: Of weights.
        refinements: Rows of the final stage.
    """

    slots: int = 0
    rows: int = 0
    refinements: int = 0

    def tables(
        self, nodes: int, classes: int, sizes: tuple[int, ...], sets: tuple[int, ...], refinements: int
    ) -> DecisionTables:
        """Room for one more kind of symbol: contexts of these sizes, sets of so many rows."""
        room = np.array(sizes, np.int64) * (classes * nodes)
        starts = self.slots + np.cumsum(room) - room
        rows = self.rows + np.cumsum((0, *sets[:-1]))
        found = DecisionTables(nodes, classes, np.array(sizes, np.int64), starts, rows, self.refinements)
        self.slots += int(room.sum())
        self.rows += sum(sets)
        self.refinements += refinements
        return found


MEAN_TABLES = TableSizes()
"""Of the streams of means."""

BLOCK_TABLES = TableSizes()
"""Of the streams of all other coefficients."""

MEANS = MEAN_TABLES.tables(
    48,
    3,
    (768, 256, 512, 512, 256, 256, 512, 256, 512, 768, 512, 256, 256, 512, 4096),
    (3 * 48, 12 * 48, 48),
    3 * 48,
)
"""Of blocks: how far they are from what is predicted."""

COUNTS = BLOCK_TABLES.tables(
    64,
    2,
    (64, 2048, 1024, 2048, 128, 2048, 32, 1024, 1024, 2048, 1024, 1024, 2048, 256, 2048),
    (3 * 64, 3 * 32 * 64, 16 * 64),
    3 * 64,
)
"""How many coefficients of a block are not zero, the mean left out."""

_MAGNITUDE_CONTEXTS = (256,) * CONTEXTS

MAGNITUDES = BLOCK_TABLES.tables(4, 2 * 64, _MAGNITUDE_CONTEXTS, (3 * 64 * 4, 3 * 32 * 4 * 4, 16 * 16 * 4), 3 * 32 * 4)
"""Of coefficients: whether they are 0, 1, 2, 3, or more."""

LARGE_MAGNITUDES = BLOCK_TABLES.tables(
    12, 2 * 15, _MAGNITUDE_CONTEXTS, (3 * 64 * 12, 3 * 32 * 4 * 12, 16 * 16 * 12), 3 * 32 * 12
)
"""Of those from 4 up, which are rarer: frequencies of a diagonal share them."""

SIGNS = BLOCK_TABLES.tables(
    1,
    192,
    (192, 27, 384, 48, 144, 144, 384, 9, 81, 9, 72, 1024, 192, 384, 576),
    (3 * 64, 3 * 64 * 3, 1),
    3 * 8 * 32,
)
"""Of coefficients that are not zero."""


@inlined
def enter_context(
    contexts: NDArray[np.int64],
    index: int,
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    nodes: int,
    place: int,
    value: int,
) -> None:
    """Look a context up: write down its first slot.

    Args:
        contexts: int64 (15,).
        index: Which context.
        starts: Of the kind of symbol (`DecisionTables`).
        sizes: Likewise.
        nodes: Likewise.
        place: Its class.
        value: Of the context; it is held below its size.
    """
    contexts[index] = starts[index] + (place * sizes[index] + min(value, sizes[index] - 1)) * nodes
