"""Reads the coefficients of a scan (ISO/IEC 10918-1, F.2, G.1.2 and G.2). Importing it imports numba.

Kernels return `READ` or a negative number, for which `REASONS` has words. What a block takes is bounded whatever the
bits are, so it is enough to look behind each block whether the end was passed. Everything that a kernel calls stands in
this file: the machine code on the disk is made anew when this file changes, or one of `srec_engine.entropy`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from srec_engine.entropy.compilation import inlined, integer, kernel, quotient
from srec_engine.jpeg.coefficients import ZIGZAG
from srec_engine.jpeg.huffman import FAST_ENTRIES
from srec_engine.jpeg.scan_units import ScanUnits
from srec_engine.jpeg.stuffing import Stream

__all__ = ["READ", "REASONS", "Found", "ScanNotes", "read_blocks", "read_first_bits", "read_next_bits", "refine_means"]

READ = 0
_NO_CODE, _PAST_END, _TOO_LARGE, _TOO_FAR, _MISPLACED = -1, -2, -3, -4, -5

REASONS = {
    _NO_CODE: "its pixels begin with a code that there is not",
    _PAST_END: "its pixels are cut off",
    _TOO_LARGE: "one of its coefficients is too large",
    _TOO_FAR: "a run of its zeros goes too far",
    _MISPLACED: "its restart markers are not where they belong",
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


# As kernels take them.
_NOT_ONES, _NOT_ZEROS, _ZERO_RUNS, _CUTS, _LONGEST_RUN, _MOST_BUFFERED, _END = (int(place) for place in Found)


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


@inlined
def _window(data: Any, position: int) -> Any:
    """The 57 bits at a bit position, and some more, as the highest of a uint64."""
    byte = np.uint64(position >> 3)
    window = np.uint64(data[byte]) << np.uint64(56)
    window |= np.uint64(data[byte + np.uint64(1)]) << np.uint64(48)
    window |= np.uint64(data[byte + np.uint64(2)]) << np.uint64(40)
    window |= np.uint64(data[byte + np.uint64(3)]) << np.uint64(32)
    window |= np.uint64(data[byte + np.uint64(4)]) << np.uint64(24)
    window |= np.uint64(data[byte + np.uint64(5)]) << np.uint64(16)
    window |= np.uint64(data[byte + np.uint64(6)]) << np.uint64(8)
    window |= np.uint64(data[byte + np.uint64(7)])
    return window << np.uint64(position & 7)


@inlined
def _code(codes: Any, table: int, window: Any) -> int:
    """Length << 8 | symbol of the code that comes next, or 0."""
    code = integer(codes[np.uint64(table), window >> np.uint64(54)])
    if code == 0:
        code = integer(codes[np.uint64(table), np.uint64(FAST_ENTRIES) + (window >> np.uint64(48))])
    return code


@inlined
def _bits(window: Any, skipped: int, count: int) -> int:
    """`count` bits, 1 to 16, behind those that are skipped."""
    return integer((window << np.uint64(skipped)) >> np.uint64(64 - count))


@inlined
def _value(window: Any, skipped: int, size: int) -> int:
    """The number that `size` bits, 1 to 15, stand for (F.2.2.1)."""
    bits = _bits(window, skipped, size)
    return bits if bits >> (size - 1) else bits + 1 - (1 << size)


@inlined
def _place(units: ScanUnits, unit: int, block: int) -> int:
    """Where the coefficients of a block begin."""
    row = quotient(unit, units.across)
    table = units.blocks
    down, right = integer(table[np.uint64(block), 1]), integer(table[np.uint64(block), 2])
    return integer(table[np.uint64(block), 0]) + row * down + (unit - row * units.across) * right


@inlined
def _note_zero_runs(notes: ScanNotes, block: int, count: int) -> None:
    number = notes.tally[_ZERO_RUNS]
    if number < len(notes.zero_runs):
        notes.zero_runs[np.uint64(number), 0] = block
        notes.zero_runs[np.uint64(number), 1] = count
    notes.tally[_ZERO_RUNS] = number + 1


@inlined
def _note_cut(notes: ScanNotes, block: int, run: int, buffered: int) -> None:
    number = notes.tally[_CUTS]
    if number < len(notes.cuts):
        notes.cuts[np.uint64(number), 0] = block
        notes.cuts[np.uint64(number), 1] = run
        notes.cuts[np.uint64(number), 2] = buffered
    notes.tally[_CUTS] = number + 1


@inlined
def _end_interval(stream: Stream, interval: int, position: int, notes: ScanNotes) -> int:
    """Note what fills the last byte; `READ`, or what is wrong."""
    data, ends = stream.data, stream.ends
    count = -position & 7
    bits = integer(data[np.uint64(position >> 3)]) & ((1 << count) - 1) if count else integer(0)
    notes.padding[np.uint64(interval)] = bits
    notes.tally[_NOT_ONES] |= integer(bits != (1 << count) - 1)
    notes.tally[_NOT_ZEROS] |= integer(bits != 0)
    end = (position + 7) >> 3
    notes.tally[_END] = end
    if interval + 1 < len(ends) and end != ends[np.uint64(interval)]:
        return integer(_MISPLACED)
    return integer(READ)


@inlined
def _read_block(
    data: Any, position: int, codes: Any, table: int, last: int, coefficients: Any, place: int, block: int, notes: Any
) -> int:
    """Read the AC coefficients of a block of a sequential scan: the position behind it, or what is wrong."""
    index, zero_runs = integer(1), integer(0)
    while index <= last:
        window = _window(data, position)
        code = _code(codes, table, window)
        length, run, size = code >> 8, (code >> 4) & 15, code & 15
        position += length
        if size == 0:
            if code == 0 or (run > 0 and run < 15):
                return integer(_NO_CODE)
            if run == 0:
                break
            index += 16
            zero_runs += 1
            if index > last + 1:
                return integer(_TOO_FAR)
            continue
        index += run
        if index > last:
            return integer(_TOO_FAR)
        coefficients[np.uint64(place + ZIGZAG[np.uint64(index)])] = _value(window, length, size)
        position += size
        index += 1
        zero_runs = integer(0)
    if zero_runs > 0:
        _note_zero_runs(notes, block, zero_runs)
    return position


@kernel
def read_blocks(
    stream: Stream, units: ScanUnits, codes: Any, coefficients: Any, last: int, shift: int, notes: ScanNotes
) -> int:
    """Read a sequential scan (last = 63), or one of the first bits of DC coefficients (last = 0).

    Args:
        stream: Of the scan.
        units: Of the scan.
        codes: Tables of codes, uint16 (`TABLES`, `LOOKUP_ENTRIES`).
        coefficients: All of them, int16, one after the other; those of the scan are set, where they are not 0.
        last: Zigzag index of the last one.
        shift: Bits left out.
        notes: Are made.
    """
    data, unit, start, block = stream.data, integer(0), integer(0), integer(0)
    for interval in range(len(stream.ends)):
        position, limit = start << 3, stream.ends[np.uint64(interval)] << 3
        stop = min(unit + units.interval, units.total)
        for lane in range(4):
            notes.means[lane] = 0
        while unit < stop:
            for part in range(len(units.blocks)):
                place = _place(units, unit, part)
                window = _window(data, position)
                code = _code(codes, integer(units.blocks[np.uint64(part), 3]), window)
                length, size = code >> 8, code & 255
                if code == 0 or size > 15:
                    return integer(_NO_CODE)
                component = np.uint64(units.blocks[np.uint64(part), 5])
                if size > 0:
                    notes.means[component] += _value(window, length, size)
                mean = notes.means[component] << shift
                if mean < -32768 or mean > 32767:
                    return integer(_TOO_LARGE)
                coefficients[np.uint64(place)] = mean
                position += length + size
                if last > 0:
                    table = integer(units.blocks[np.uint64(part), 4])
                    position = _read_block(data, position, codes, table, last, coefficients, place, block, notes)
                if position < 0:
                    return position
                if position > limit:
                    return integer(_PAST_END)
                block += 1
            unit += 1
        wrong = _end_interval(stream, interval, position, notes)
        if wrong < 0:
            return wrong
        start = stream.ends[np.uint64(interval)]
    return integer(READ)


@kernel
def refine_means(stream: Stream, units: ScanUnits, coefficients: Any, shift: int, notes: ScanNotes) -> int:
    """Read one bit more of DC coefficients (G.1.2.1), as `read_blocks` does the first."""
    data, unit, start = stream.data, integer(0), integer(0)
    for interval in range(len(stream.ends)):
        position, limit = start << 3, stream.ends[np.uint64(interval)] << 3
        stop = min(unit + units.interval, units.total)
        while unit < stop:
            for part in range(len(units.blocks)):
                place = np.uint64(_place(units, unit, part))
                bit = (integer(data[np.uint64(position >> 3)]) >> (7 - (position & 7))) & 1
                coefficients[place] |= bit << shift
                position += 1
            if position > limit:
                return integer(_PAST_END)
            unit += 1
        wrong = _end_interval(stream, interval, position, notes)
        if wrong < 0:
            return wrong
        start = stream.ends[np.uint64(interval)]
    return integer(READ)


@kernel
def read_first_bits(
    stream: Stream, units: ScanUnits, codes: Any, coefficients: Any, band: Any, shift: int, notes: ScanNotes
) -> int:
    """Read a scan of the first bits of AC coefficients (G.1.2.2), `band` = (first, last), as `read_blocks` does."""
    data, unit, start = stream.data, integer(0), integer(0)
    first, last = integer(band[0]), integer(band[1])
    table = integer(units.blocks[0, 4])
    for interval in range(len(stream.ends)):
        position, limit = start << 3, stream.ends[np.uint64(interval)] << 3
        stop = min(unit + units.interval, units.total)
        going_on = integer(0)
        while unit < stop:
            place = _place(units, unit, integer(0))
            index, zero_runs, blocks = first, integer(0), integer(0)
            while index <= last:
                window = _window(data, position)
                code = _code(codes, table, window)
                length, run, size = code >> 8, (code >> 4) & 15, code & 15
                position += length + size
                if code == 0:
                    return integer(_NO_CODE)
                if size == 0 and run < 15:
                    blocks = (integer(1) << run) + (_bits(window, length, run) if run > 0 else integer(0))
                    position += run
                    break
                index += run + integer(size == 0)
                if index > last + integer(size == 0):
                    return integer(_TOO_FAR)
                zero_runs = integer(0) if size > 0 else zero_runs + 1
                if size > 0:
                    value = _value(window, length, size) << shift
                    if value < -32768 or value > 32767:
                        return integer(_TOO_LARGE)
                    coefficients[np.uint64(place + ZIGZAG[np.uint64(index)])] = value
                    index += 1
            if zero_runs > 0:
                _note_zero_runs(notes, unit, zero_runs)
            if going_on > 0 and blocks > 0 and index == first:
                _note_cut(notes, unit, going_on, integer(0))
            notes.tally[_LONGEST_RUN] = max(notes.tally[_LONGEST_RUN], blocks)
            going_on = blocks
            unit += max(integer(1), blocks)
            if unit > stop:
                return integer(_TOO_FAR)
            if position > limit:
                return integer(_PAST_END)
        wrong = _end_interval(stream, interval, position, notes)
        if wrong < 0:
            return wrong
        start = stream.ends[np.uint64(interval)]
    return integer(READ)


@inlined
def _refine(data: Any, position: int, coefficients: Any, place: Any, step: int) -> None:
    """Add a step to a coefficient that is known not to be zero, away from zero, if the next bit says so."""
    if (integer(data[np.uint64(position >> 3)]) >> (7 - (position & 7))) & 1:
        known = integer(coefficients[place])
        coefficients[place] = known + step if known > 0 else known - step


@kernel
def read_next_bits(
    stream: Stream, units: ScanUnits, codes: Any, coefficients: Any, band: Any, shift: int, notes: ScanNotes
) -> int:
    """Read a scan of one bit more of AC coefficients (G.1.2.3), as `read_first_bits` does the first."""
    data, unit, start = stream.data, integer(0), integer(0)
    first, last, step = integer(band[0]), integer(band[1]), integer(1) << shift
    table = integer(units.blocks[0, 4])
    for interval in range(len(stream.ends)):
        position, limit = start << 3, stream.ends[np.uint64(interval)] << 3
        stop = min(unit + units.interval, units.total)
        going_on, blocks, buffered = integer(0), integer(0), integer(0)
        while unit < stop:
            place = _place(units, unit, integer(0))
            index, zero_runs = first, integer(0)
            looking = blocks == 0
            while looking and index <= last:
                window = _window(data, position)
                code = _code(codes, table, window)
                length, run, size = code >> 8, (code >> 4) & 15, code & 15
                if code == 0 or size > 1:
                    return integer(_NO_CODE)
                if size == 0 and run < 15:
                    blocks = (integer(1) << run) + (_bits(window, length, run) if run > 0 else integer(0))
                    position += length + run
                    break
                value = (step if _bits(window, length, integer(1)) else -step) if size else integer(0)
                position += length + size
                # To the next zero behind as many as the run has: what is known on the way is refined.
                while index <= last:
                    behind = np.uint64(place + ZIGZAG[np.uint64(index)])
                    if coefficients[behind] != 0:
                        _refine(data, position, coefficients, behind, step)
                        position += 1
                    elif run == 0:
                        break
                    else:
                        run -= 1
                    index += 1
                if index > last:
                    return integer(_TOO_FAR)
                if size:
                    coefficients[np.uint64(place + ZIGZAG[np.uint64(index)])] = value
                zero_runs = integer(0) if size else zero_runs + 1
                index += 1
            if looking:
                if zero_runs > 0:
                    _note_zero_runs(notes, unit, zero_runs)
                if going_on > 0 and blocks > 0 and index == first:
                    _note_cut(notes, unit, going_on, buffered)
                notes.tally[_LONGEST_RUN] = max(notes.tally[_LONGEST_RUN], blocks)
                going_on, buffered = blocks, integer(0)
            if blocks > 0:
                while index <= last:
                    behind = np.uint64(place + ZIGZAG[np.uint64(index)])
                    if coefficients[behind] != 0:
                        _refine(data, position, coefficients, behind, step)
                        position += 1
                        buffered += 1
                    index += 1
                blocks -= 1
                if blocks > 0:
                    notes.tally[_MOST_BUFFERED] = max(notes.tally[_MOST_BUFFERED], buffered)
            if position > limit:
                return integer(_PAST_END)
            unit += 1
        if blocks > 0:
            return integer(_TOO_FAR)
        wrong = _end_interval(stream, interval, position, notes)
        if wrong < 0:
            return wrong
        start = stream.ends[np.uint64(interval)]
    return integer(READ)
