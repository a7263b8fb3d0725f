"""Which blocks a scan goes over, and in which order (ISO/IEC 10918-1, A.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer, quotient
from srec_engine.jpeg.coefficients import COEFFICIENTS, JpegGeometry
from srec_engine.jpeg.headers import JpegScan

__all__ = ["FREE_VISITS", "VISITS_PER_BYTE", "ScanUnits", "block_place", "scan_units", "visits_of"]

FREE_VISITS = 1 << 20
"""Blocks that scans may go over together, however short the file is: it takes about a tenth of a second."""

VISITS_PER_BYTE = 32
"""Blocks that the scans of a longer file may go over for each of its bytes. Pictures of one colour have up to 24 where
usual programs write them, photographs have one. A run of blocks takes some bits, so it has to be limited: this is a few
seconds for a megabyte at worst."""


class ScanUnits(NamedTuple):
    """The data units of a scan, as kernels take them: MCUs, or blocks where a component is alone.

    Attributes:
        total: How many there are.
        across: How many there are beside each other.
        interval: Units of a restart interval; the last one may have fewer.
        blocks: int64 (n, 6), for each block of a unit: where it is in the first unit, how much further in the next
            one below and in the next one to the right, all as places in the coefficients; the numbers of its tables
            for DC and AC coefficients; the place of its component in the scan.
    """

    total: int
    across: int
    interval: int
    blocks: NDArray[np.int64]

    @property
    def intervals(self) -> int:
        """Restart intervals."""
        return -(-self.total // self.interval)

    @property
    def visits(self) -> int:
        """Blocks, all units together."""
        return self.total * len(self.blocks)


def scan_units(geometry: JpegGeometry, scan: JpegScan) -> ScanUnits:
    """The data units of a scan, where the coefficients of all components lie one after the other."""
    components = geometry.components
    starts = np.cumsum([0, *(component.rows * component.columns for component in components)])
    if len(scan.components) == 1:
        component = components[scan.components[0]]
        down, across = _real_blocks(geometry, scan.components[0])
        blocks: list[tuple[int, ...]] = [(int(starts[scan.components[0]]), component.columns, 1, *scan.tables[0], 0)]
    else:
        component = components[scan.components[0]]
        down, across = component.rows // component.vertical, component.columns // component.horizontal
        blocks = _blocks_of_unit(geometry, scan, starts.tolist())
    table = np.array(blocks, np.int64)
    table[:, :3] *= COEFFICIENTS
    return ScanUnits(down * across, across, scan.interval or down * across, table)


def _real_blocks(geometry: JpegGeometry, place: int) -> tuple[int, int]:
    """Rows and columns of blocks that a component has by itself (A.1.1, A.2.2)."""
    component = geometry.components[place]
    most_down = max(other.vertical for other in geometry.components)
    most_across = max(other.horizontal for other in geometry.components)
    samples_down = -(-geometry.height * component.vertical // most_down)
    samples_across = -(-geometry.width * component.horizontal // most_across)
    return -(-samples_down // 8), -(-samples_across // 8)


def _blocks_of_unit(geometry: JpegGeometry, scan: JpegScan, starts: Sequence[int]) -> list[tuple[int, ...]]:
    """The blocks of an MCU (A.2.3), as in `ScanUnits`, but in blocks."""
    blocks: list[tuple[int, ...]] = []
    for order, (place, tables) in enumerate(zip(scan.components, scan.tables, strict=True)):
        component = geometry.components[place]
        blocks += [
            (
                starts[place] + down * component.columns + across,
                component.vertical * component.columns,
                component.horizontal,
                *tables,
                order,
            )
            for down in range(component.vertical)
            for across in range(component.horizontal)
        ]
    return blocks


def visits_of(units: Sequence[ScanUnits]) -> int:
    """Blocks that scans go over together."""
    return sum(each.visits for each in units)


@inlined
def block_place(units: ScanUnits, unit: int, block: int) -> int:
    """Where the coefficients of a block of a unit begin; for numba kernels."""
    row = quotient(unit, units.across)
    table = units.blocks
    down, right = integer(table[np.uint64(block), 1]), integer(table[np.uint64(block), 2])
    return integer(table[np.uint64(block), 0]) + row * down + (unit - row * units.across) * right
