"""Counts the bits of each coefficient of a JPEG's scan that is coded by Huffman. Importing it imports numba.

ITU-T T.81 (ISO/IEC 10918-1): Annex F.2 for sequential scans, G.1.2 and G.2 for progressive ones. No value is made:
how many bits follow a code is all that is asked, and of a coefficient that is refined, whether it was zero before.

Codes for sixteen zeros count to the coefficient that the next code ends at, which there has to be.

What a block reads is bounded whatever the bits are, so it is enough to look behind each block whether the stream's end
was passed. Everything that a kernel calls stands in this file: the machine code on the disk is made anew when this
file changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer, kernel
from srec_engine.jpeg.coefficients import COEFFICIENTS
from srec_engine.jpeg.huffman import FAST_ENTRIES, LOOKUP_ENTRIES
from srec_engine.jpeg.scan_units import ScanUnits
from srec_engine.jpeg.stuffing import Stream

__all__ = ["count_blocks", "count_first", "count_refinement", "refining_table"]


def refining_table() -> NDArray[np.uint16]:
    """The table of DC coefficients that are refined: every bit is a code, and nothing follows it (T.81 G.1.2.1)."""
    return np.full(LOOKUP_ENTRIES, 1 << 8, np.uint16)


@inlined
def _peek(stream: Any, position: int) -> int:
    """The 16 bits at a bit position."""
    byte = position >> 3
    high = integer(stream[np.uint64(byte)]) << 16
    middle = integer(stream[np.uint64(byte + 1)]) << 8
    return ((high | middle | integer(stream[np.uint64(byte + 2)])) >> (8 - (position & 7))) & 0xFFFF


@inlined
def _code(codes: Any, table: int, stream: Any, position: int) -> int:
    """Length << 8 | symbol of the code at a bit position, or 0."""
    return integer(codes[np.uint64(table), np.uint64(FAST_ENTRIES + _peek(stream, position))])


@inlined
def _count_block(stream: Any, position: int, codes: Any, tables: Any, last: int, tally: Any) -> int:
    """Count one block, all of it (last = 63) or its DC coefficient alone (last = 0): the position behind it, or -1."""
    code = _code(codes, tables[0], stream, position)
    # The symbol says how many bits follow: no difference of means has more than 15.
    if code == 0 or code & 255 > 15:
        return integer(-1)
    bits = (code >> 8) + (code & 15)
    tally[0] += bits
    position += bits
    index, skipped = integer(1), integer(0)
    while index <= last:
        code = _code(codes, tables[1], stream, position)
        run, size = (code >> 4) & 15, code & 15
        bits = (code >> 8) + size
        if size == 0 and run < 15:
            # The end of the block, or (a run without a size) nothing that a sequential scan may hold.
            if bits == 0 or run > 0:
                return integer(-1)
            tally[np.uint64(index)] += bits + skipped
            return position + bits
        index += run
        if index > last:
            return integer(-1)
        position += bits
        skipped += bits
        if size > 0:
            tally[np.uint64(index)] += skipped
            skipped = integer(0)
        index += 1
    return position if skipped == 0 else integer(-1)


@kernel
def count_blocks(stream: Stream, units: ScanUnits, codes: Any, last: int, tally: Any) -> bool:
    """Count a sequential scan, or one of the DC coefficients of a progressive picture (T.81 F.2.2, G.1.2.1).

    Args:
        stream: Of the scan.
        units: Of the scan.
        codes: Tables of codes, uint16 (`TABLES`, `LOOKUP_ENTRIES`).
        last: 63, or 0 for DC coefficients alone.
        tally: int64 (components of the scan, 64), to which bits are added.

    Returns:
        Whether every interval ended in its last byte. If not, `tally` means nothing.
    """
    position = integer(0)
    unit = integer(0)
    for piece in range(len(stream.ends)):
        end = integer(8 * stream.ends[piece])
        stop = min(unit + units.interval, units.total)
        while unit < stop:
            for block in range(len(units.blocks)):
                part = units.blocks[block]
                position = _count_block(stream.data, position, codes, part[3:5], last, tally[part[5]])
                if position < 0 or position > end:
                    return False
            unit += 1
        if end - position >= 8:
            return False
        position = end
    return True


@inlined
def _end_of_band(stream: Any, position: int, code: int) -> tuple[int, int]:
    """Bits of a code that ends a band, with what follows it, and the blocks that it ends; this one is the first."""
    length, more = code >> 8, (code >> 4) & 15
    return length + more, (integer(1) << more) + (_peek(stream, position + length) >> (16 - more))


@inlined
def _count_first_block(
    stream: Any, position: int, codes: Any, band: Any, unit: int, nonzero: Any, tally: Any
) -> tuple[int, int]:
    """Count one block of a first AC scan: (position behind it, or -1; blocks that are finished with it)."""
    index, last, table = band
    skipped = integer(0)
    while index <= last:
        code = _code(codes, table, stream, position)
        run, size = (code >> 4) & 15, code & 15
        if code == 0:
            return integer(-1), integer(1)
        if size == 0 and run < 15:
            bits, finished = _end_of_band(stream, position, code)
            tally[np.uint64(index)] += bits + skipped
            return position + bits, finished
        index += run
        if index > last:
            return integer(-1), integer(1)
        bits = (code >> 8) + size
        position += bits
        skipped += bits
        if size > 0:
            tally[np.uint64(index)] += skipped
            nonzero[np.uint64(unit)] |= integer(1) << index
            skipped = integer(0)
        index += 1
    return position if skipped == 0 else integer(-1), integer(1)


@kernel
def count_first(stream: Stream, units: ScanUnits, codes: Any, band: Any, nonzero: Any, tally: Any) -> bool:
    """Count a scan that is the first of its AC coefficients (T.81 G.1.2.2).

    Args:
        stream: Of the scan.
        units: Of the scan, which are blocks.
        codes: As for `count_blocks`.
        band: First and last zigzag index, 1 to 63.
        nonzero: int64 (units), changed: bit k of each tells whether coefficient k is known to be none.
        tally: int64 (64), to which bits are added.

    Returns:
        As `count_blocks`; if False, `nonzero` means nothing, either.
    """
    position = integer(0)
    unit = integer(0)
    whole_band = integer(band[0]), integer(band[1]), integer(units.blocks[0, 4])
    for piece in range(len(stream.ends)):
        end = integer(8 * stream.ends[piece])
        stop = min(unit + units.interval, units.total)
        while unit < stop:
            position, finished = _count_first_block(stream.data, position, codes, whole_band, unit, nonzero, tally)
            if position < 0 or position > end:
                return False
            unit += finished
        if unit > stop or end - position >= 8:
            return False
        position = end
    return True


@inlined
def _refine(known: int, index: int, last: int, zeros: int, tally: Any) -> tuple[int, int]:
    """Pass zeros, and count a bit for each coefficient between them that is refined.

    Returns:
        Bits, and the index of the zero behind `zeros` others; it is last + 1 where there are not so many.
    """
    bits = integer(0)
    while index <= last:
        if (known >> index) & 1:
            tally[np.uint64(index)] += 1
            bits += 1
        elif zeros == 0:
            break
        else:
            zeros -= 1
        index += 1
    return bits, index


@inlined
def _count_refined_block(
    stream: Any, position: int, codes: Any, band: Any, unit: int, nonzero: Any, tally: Any
) -> tuple[int, int, int]:
    """Count the codes of one block of a refining scan.

    Returns:
        Position (or -1), the index from which on the block has no codes, and the blocks that are finished with it.
    """
    index, last, table = band
    skipped = integer(0)
    known = nonzero[np.uint64(unit)]
    while index <= last:
        code = _code(codes, table, stream, position)
        run, size = (code >> 4) & 15, code & 15
        if code == 0 or size > 1:
            return integer(-1), index, integer(1)
        if size == 0 and run < 15:
            bits, finished = _end_of_band(stream, position, code)
            tally[np.uint64(index)] += bits + skipped
            return position + bits, index, finished
        refined, index = _refine(known, index, last, run, tally)
        if index > last:
            return integer(-1), index, integer(1)
        bits = (code >> 8) + size
        position += bits + refined
        skipped += bits
        if size > 0:
            tally[np.uint64(index)] += skipped
            nonzero[np.uint64(unit)] |= integer(1) << index
            skipped = integer(0)
        index += 1
    return position if skipped == 0 else integer(-1), index, integer(1)


@kernel
def count_refinement(stream: Stream, units: ScanUnits, codes: Any, band: Any, nonzero: Any, tally: Any) -> bool:
    """Count a scan that brings one more bit of AC coefficients (T.81 G.1.2.3). All is as for `count_first`."""
    position = integer(0)
    unit = integer(0)
    first, last = integer(band[0]), integer(band[1])
    whole_band = first, last, integer(units.blocks[0, 4])
    mask = (integer(-1) << first) & ((integer(2) << last) - 1)
    for piece in range(len(stream.ends)):
        end = integer(8 * stream.ends[piece])
        stop = min(unit + units.interval, units.total)
        while unit < stop:
            position, index, finished = _count_refined_block(
                stream.data, position, codes, whole_band, unit, nonzero, tally
            )
            if position < 0 or unit + finished > stop:
                return False
            for _ in range(finished):
                known = nonzero[np.uint64(unit)]
                if known & mask:
                    bits, index = _refine(known, index, last, COEFFICIENTS, tally)
                    position += bits
                if position > end:
                    return False
                index = first
                unit += 1
        if end - position >= 8:
            return False
        position = end
    return True
