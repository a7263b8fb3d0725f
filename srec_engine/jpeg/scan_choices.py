"""What a writer of a scan is free to choose (ISO/IEC 10918-1, F.1.2.3, G.1.2.2)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LONGEST_RUN", "MOST_BUFFERED", "UNLIMITED", "ScanChoices"]

LONGEST_RUN = 0x7FFF
"""Blocks that end at once: more cannot be said at a time."""

MOST_BUFFERED = 937
"""Refining bits that libjpeg lets wait for the end of a run: its buffer has 1000, a block takes up to 63."""

UNLIMITED = 1 << 40


class ScanChoices(NamedTuple):
    """What a writer of a scan is free to choose.

    Attributes:
        longest_run: Blocks that end at once, of a run at most: 1 to `LONGEST_RUN`.
        most_buffered: Refining bits behind which a run ends: `MOST_BUFFERED` as libjpeg has it, or `UNLIMITED`.
        cuts: int64, ascending: blocks, counted as the scan goes, before which a run ends in any case.
        zero_runs: int64 (n, 2), ascending: blocks with codes for 16 zeros before their end; how many.
        padding: uint8, for each restart interval: its lowest bits fill the last byte.
    """

    longest_run: int
    most_buffered: int
    cuts: NDArray[np.int64]
    zero_runs: NDArray[np.int64]
    padding: NDArray[np.uint8]
