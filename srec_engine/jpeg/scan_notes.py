"""What is found out about a scan while its coefficients are read: what is wrong with it, and what is odd."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "MISPLACED",
    "NO_CODE",
    "PAST_END",
    "READ",
    "REASONS",
    "TOO_FAR",
    "TOO_LARGE",
    "Found",
    "ScanNotes",
]

READ = 0
NO_CODE, PAST_END, TOO_LARGE, TOO_FAR, MISPLACED = -1, -2, -3, -4, -5

REASONS = {
    NO_CODE: "its pixels begin with a code that there is not",
    PAST_END: "its pixels are cut off",
    TOO_LARGE: "one of its coefficients is too large",
    TOO_FAR: "a run of its zeros goes too far",
    MISPLACED: "its restart markers are not where they belong",
}


class Found(IntEnum):
    """Places in a tally (`ScanNotes`)."""

    NOT_ONES = 0
    """Whether the padding is not all ones: 0 or 1."""

    NOT_ZEROS = 1
    """Whether it is not all zeros."""

    ZERO_RUNS = 2
    """How many blocks have zero runs before their end, perhaps more than there is room for."""

    CUTS = 3
    """How many runs were cut, likewise."""

    LONGEST_RUN = 4
    """Most blocks of a run."""

    MOST_BUFFERED = 5
    """Most refining bits after which a run went on."""

    END = 6
    """Of the last interval, in bytes of the stream."""


class ScanNotes(NamedTuple):
    """What kernels find out about a scan beside its coefficients.

    Attributes:
        padding: uint8, for each restart interval: the bits that fill its last byte, as a number.
        means: int64 (4): of the last block of each component, while the scan is read.
        zero_runs: int64 (n, 2): blocks, counted as the scan goes, that have codes for 16 zeros before their end; how
            many.
        cuts: int64 (n, 3): blocks of a progressive scan that begin a run of blocks that end at once, although one was
            going on, which they could have been a part of; how many blocks that had had, and how many bits that refine
            known coefficients.
        tally: int64, one for each member of `Found`.
    """

    padding: NDArray[np.uint8]
    means: NDArray[np.int64]
    zero_runs: NDArray[np.int64]
    cuts: NDArray[np.int64]
    tally: NDArray[np.int64]
