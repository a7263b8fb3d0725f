"""Counts the bits of each coefficient of a JPEG's scan that is coded by Huffman. Importing it imports numba.

ITU-T T.81 (ISO/IEC 10918-1): Annex F.2 for sequential scans, G.1.2 and G.2 for progressive ones. No value is made:
how many bits follow a code is all that is asked, and of a coefficient that is refined, whether it was zero before.

Codes for sixteen zeros count to the coefficient that the next code ends at, which there has to be.

Every stream is followed by `STREAM_PADDING` bytes. What a block reads is bounded whatever the bits are, so it is enough
to look before each block whether the stream's end was passed. Everything that a kernel here calls has to stand in this
file: the machine code on the disk is made anew when this file changes, or one of `srec_engine.entropy`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts.account import UnaccountedError
from srec_engine.compilation.kernels import inlined, integer, kernel

__all__ = [
    "CODE_ENTRIES",
    "COEFFICIENTS",
    "STREAM_PADDING",
    "Stream",
    "code_table",
    "count_blocks",
    "count_first",
    "count_refinement",
    "read_stream",
    "refining_table",
]

COEFFICIENTS = 64
"""Of a block, in zigzag order."""

CODE_ENTRIES = 1 << 16
"""Of a table of codes: the next 16 bits tell length << 8 | symbol of the code they begin with, or 0: there is none."""

STREAM_PADDING = 264
"""Bytes behind a stream. A block takes at most 64 codes of 16 bits with 15 bits behind each: 248 bytes."""


class Stream(NamedTuple):
    """The bits of a scan, as kernels take them.

    Attributes:
        data: uint8, without stuffed bytes and markers, and `STREAM_PADDING` bytes.
        ends: int64, where each restart interval ends in it, in bytes; ascending, the last before the padding.
        interval: Data units (MCUs, or blocks where a component is alone) of an interval; the last one may have fewer.
        units: Data units of the scan; they make as many intervals as there are `ends`.
    """

    data: NDArray[np.uint8]
    ends: NDArray[np.int64]
    interval: int
    units: int


def read_stream(coded: bytes, interval: int, units: int) -> Stream:
    """Take stuffed zeros, fill bytes and restart markers out of a scan (T.81 B.1.1.2, B.2.1, F.1.2.3).

    Args:
        coded: The bytes from its header to the next marker.
        interval: Data units in a restart interval, or 0 where there is none.
        units: Data units of the scan, at least 1.

    Raises:
        UnaccountedError: When there are not as many restart markers as there should be, or they do not count from 0
            to 7 and round again.
    """
    codes = np.frombuffer(coded, np.uint8)
    marks = np.flatnonzero(codes == 0xFF)
    # What follows the last byte is the FF of a marker, or nothing.
    following = np.append(codes, np.uint8(0xFF))[marks + 1]
    restarts = marks[(following >= 0xD0) & (following <= 0xD7)]
    if not np.array_equal(codes[restarts + 1] & 7, np.arange(len(restarts)) & 7):
        raise UnaccountedError("its restart markers are not where they belong")
    dropped = np.sort(np.concatenate([marks[following == 0] + 1, marks[following == 0xFF], restarts, restarts + 1]))
    stream = np.append(np.delete(codes, dropped), np.zeros(STREAM_PADDING, np.uint8))
    ends = np.append(restarts - np.searchsorted(dropped, restarts), len(stream) - STREAM_PADDING)
    if len(ends) != (units - 1) // (interval or units) + 1:
        raise UnaccountedError("its restart markers are not as many as they should be")
    return Stream(stream, ends.astype(np.int64), interval or units, units)


def code_table(described: bytes, *, dc: bool) -> NDArray[np.uint16]:
    """A table of Huffman codes (T.81 Annex C), uint16 (`CODE_ENTRIES`).

    Args:
        described: How many codes there are of each length 1 to 16, a byte each, and their symbols (B.2.4.2).
        dc: Whether it is one for DC coefficients.

    Raises:
        UnaccountedError: When it is none.
    """
    counts = np.frombuffer(described[:16], np.uint8)
    symbols = np.frombuffer(described[16:], np.uint8).astype(np.uint16)
    lengths = np.repeat(np.arange(1, len(counts) + 1), counts)
    entries = 1 << (16 - lengths)
    if not 1 <= len(lengths) == len(symbols) <= 256 or entries.sum() > CODE_ENTRIES:
        raise UnaccountedError("its codes cannot be read")
    known = (lengths << 8).astype(np.uint16) | symbols
    if dc:
        # The symbol says how many bits follow: no difference of means has more.
        known[symbols > 15] = 0
    table = np.zeros(CODE_ENTRIES, np.uint16)
    table[: entries.sum()] = np.repeat(known, entries)
    return table


def refining_table() -> NDArray[np.uint16]:
    """The table of DC coefficients that are refined: every bit is a code, and nothing follows it (T.81 G.1.2.1)."""
    return np.full(CODE_ENTRIES, 1 << 8, np.uint16)


@inlined
def _peek(stream: Any, position: int) -> int:
    """The 16 bits at a bit position."""
    byte = position >> 3
    high = integer(stream[np.uint64(byte)]) << 16
    middle = integer(stream[np.uint64(byte + 1)]) << 8
    return ((high | middle | integer(stream[np.uint64(byte + 2)])) >> (8 - (position & 7))) & 0xFFFF


@inlined
def _count_block(stream: Any, position: int, codes: Any, tables: Any, last: int, tally: Any) -> int:
    """Count one block, all of it (last = 63) or its DC coefficient alone (last = 0): the position behind it, or -1."""
    code = integer(codes[np.uint64(tables[0]), np.uint64(_peek(stream, position))])
    if code == 0:
        return integer(-1)
    bits = (code >> 8) + (code & 15)
    tally[0] += bits
    position += bits
    index, skipped = integer(1), integer(0)
    while index <= last:
        code = integer(codes[np.uint64(tables[1]), np.uint64(_peek(stream, position))])
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
def count_blocks(stream: Stream, blocks: Any, codes: Any, last: int, tally: Any) -> bool:
    """Count a sequential scan, or one of the DC coefficients of a progressive picture (T.81 F.2.2, G.1.2.1).

    Args:
        stream: The scan.
        blocks: int64 (blocks of a unit, 3): row of `tally`, and rows of `codes` for DC and AC.
        codes: uint16 (tables, `CODE_ENTRIES`).
        last: 63, or 0 for DC coefficients alone.
        tally: int64 (components, 64), to which bits are added.

    Returns:
        Whether every interval ended in its last byte. If not, `tally` means nothing.
    """
    position = integer(0)
    unit = integer(0)
    for piece in range(len(stream.ends)):
        end = integer(8 * stream.ends[piece])
        stop = min(unit + stream.interval, stream.units)
        while unit < stop:
            for block in range(len(blocks)):
                position = _count_block(stream.data, position, codes, blocks[block, 1:], last, tally[blocks[block, 0]])
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
    stream: Any, position: int, codes: Any, first: int, last: int, unit: int, nonzero: Any, tally: Any
) -> tuple[int, int]:
    """Count one block of a first AC scan: (position behind it, or -1; blocks that are finished with it)."""
    index, skipped = integer(first), integer(0)
    while index <= last:
        code = integer(codes[np.uint64(_peek(stream, position))])
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
def count_first(stream: Stream, codes: Any, first: int, last: int, nonzero: Any, tally: Any) -> bool:
    """Count a scan that is the first of its AC coefficients (T.81 G.1.2.2).

    Args:
        stream: The scan; its data units are blocks.
        codes: uint16 (`CODE_ENTRIES`).
        first: Zigzag index, at least 1.
        last: Zigzag index, `first` to 63.
        nonzero: int64 (units), changed: bit k of each tells whether coefficient k is known to be none.
        tally: int64 (64), to which bits are added.

    Returns:
        As `count_blocks`; if False, `nonzero` means nothing, either.
    """
    position = integer(0)
    unit = integer(0)
    for piece in range(len(stream.ends)):
        end = integer(8 * stream.ends[piece])
        stop = min(unit + stream.interval, stream.units)
        while unit < stop:
            position, finished = _count_first_block(stream.data, position, codes, first, last, unit, nonzero, tally)
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
    stream: Any, position: int, codes: Any, first: int, last: int, unit: int, nonzero: Any, tally: Any
) -> tuple[int, int, int]:
    """Count the codes of one block of a refining scan.

    Returns:
        Position (or -1), the index from which on the block has no codes, and the blocks that are finished with it.
    """
    index, skipped = integer(first), integer(0)
    known = nonzero[np.uint64(unit)]
    while index <= last:
        code = integer(codes[np.uint64(_peek(stream, position))])
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
def count_refinement(stream: Stream, codes: Any, first: int, last: int, nonzero: Any, tally: Any) -> bool:
    """Count a scan that brings one more bit of AC coefficients (T.81 G.1.2.3). All is as for `count_first`."""
    position = integer(0)
    unit = integer(0)
    band = (integer(-1) << first) & ((integer(2) << last) - 1)
    for piece in range(len(stream.ends)):
        end = integer(8 * stream.ends[piece])
        stop = min(unit + stream.interval, stream.units)
        while unit < stop:
            position, index, finished = _count_refined_block(
                stream.data, position, codes, first, last, unit, nonzero, tally
            )
            if position < 0 or unit + finished > stop:
                return False
            for _ in range(finished):
                known = nonzero[np.uint64(unit)]
                if known & band:
                    bits, index = _refine(known, index, last, COEFFICIENTS, tally)
                    position += bits
                if position > end:
                    return False
                index = integer(first)
                unit += 1
        if end - position >= 8:
            return False
        position = end
    return True
