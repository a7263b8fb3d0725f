"""Reads the coefficients of a scan (ISO/IEC 10918-1, F.2, G.1.2 and G.2). Importing it imports numba.

Kernels return `READ` or a negative number, as `scan_notes` has them. What a block takes is bounded whatever the
bits are, so it is enough to look behind each block whether the end was passed. Everything that a kernel calls stands in
this file: the machine code on the disk is made anew when this file changes, or one of `srec_engine.entropy`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srec_engine.compilation.kernels import inlined, integer, kernel
from srec_engine.jpeg.coefficients import ZIGZAG
from srec_engine.jpeg.huffman import FAST_ENTRIES
from srec_engine.jpeg.scan_notes import (
    MISPLACED,
    NO_CODE,
    PAST_END,
    READ,
    TOO_FAR,
    TOO_LARGE,
    Found,
    ScanNotes,
)
from srec_engine.jpeg.scan_units import ScanUnits, block_place
from srec_engine.jpeg.stuffing import Stream

__all__ = ["read_blocks", "read_first_bits", "read_next_bits", "refine_means"]

# As kernels take them.
_NOT_ONES, _NOT_ZEROS, _ZERO_RUNS, _CUTS, _LONGEST_RUN, _MOST_BUFFERED, _END = (int(place) for place in Found)


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
def _note_block(notes: ScanNotes, block: int, zero_runs: int, blocks: int, cut: int, buffered: int) -> None:
    """Note what is odd about a block behind whose codes `blocks` end; `cut` were a run that it could have gone on."""
    if zero_runs > 0:
        _note_zero_runs(notes, block, zero_runs)
    if cut > 0 and blocks > 0:
        _note_cut(notes, block, cut, buffered)
    notes.tally[_LONGEST_RUN] = max(notes.tally[_LONGEST_RUN], blocks)


@inlined
def _end_interval(stream: Stream, interval: int, position: int, notes: ScanNotes) -> int:
    """Note what fills the last byte; `READ`, or what is wrong."""
    data, ends = stream.data, stream.ends
    count = -position & 7
    bits = integer(data[np.uint64(position >> 3)]) & ((1 << count) - 1) if count else 0
    notes.padding[np.uint64(interval)] = bits
    notes.tally[_NOT_ONES] |= integer(bits != (1 << count) - 1)
    notes.tally[_NOT_ZEROS] |= integer(bits != 0)
    end = (position + 7) >> 3
    notes.tally[_END] = end
    if interval + 1 < len(ends) and end != ends[np.uint64(interval)]:
        return MISPLACED
    return READ


@inlined
def _read_block(
    data: Any, position: int, codes: Any, table: int, coefficients: Any, place: int, block: int, notes: ScanNotes
) -> int:
    """Read the AC coefficients of a block of a sequential scan: the position behind it, or what is wrong."""
    index, zero_runs, last = integer(1), integer(0), 63
    while index <= last:
        window = _window(data, position)
        code = _code(codes, table, window)
        length, run, size = code >> 8, (code >> 4) & 15, code & 15
        position += length
        if size == 0:
            if code == 0 or (run > 0 and run < 15):
                return NO_CODE
            if run == 0:
                break
            index += 16
            zero_runs += 1
            if index > last + 1:
                return TOO_FAR
            continue
        index += run
        if index > last:
            return TOO_FAR
        coefficients[np.uint64(place + ZIGZAG[np.uint64(index)])] = _value(window, length, size)
        position += size
        index += 1
        zero_runs = integer(0)
    if zero_runs > 0:
        _note_zero_runs(notes, block, zero_runs)
    return position


@inlined
def _read_mean(
    data: Any, position: int, codes: Any, table: int, shift: int, coefficients: Any, place: int, means: Any, lane: int
) -> int:
    """Read the DC coefficient of a block, or its first bits: the position behind it, or what is wrong."""
    window = _window(data, position)
    code = _code(codes, table, window)
    length, size = code >> 8, code & 255
    if code == 0 or size > 15:
        return NO_CODE
    mean = means[np.uint64(lane)] + (_value(window, length, size) if size > 0 else 0)
    means[np.uint64(lane)] = mean
    if mean << shift < -32768 or mean << shift > 32767:
        return TOO_LARGE
    coefficients[np.uint64(place)] = mean << shift
    return position + length + size


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
                place = block_place(units, unit, part)
                part_of = units.blocks[np.uint64(part)]
                position = _read_mean(
                    data, position, codes, part_of[3], shift, coefficients, place, notes.means, part_of[5]
                )
                if last > 0 and position >= 0:
                    position = _read_block(data, position, codes, part_of[4], coefficients, place, block, notes)
                if position < 0:
                    return position
                if position > limit:
                    return PAST_END
                block += 1
            unit += 1
        wrong = _end_interval(stream, interval, position, notes)
        if wrong < 0:
            return wrong
        start = stream.ends[np.uint64(interval)]
    return READ


@kernel
def refine_means(stream: Stream, units: ScanUnits, coefficients: Any, shift: int, notes: ScanNotes) -> int:
    """Read one bit more of DC coefficients (G.1.2.1), as `read_blocks` does the first."""
    data, unit, start = stream.data, integer(0), integer(0)
    for interval in range(len(stream.ends)):
        position, limit = start << 3, stream.ends[np.uint64(interval)] << 3
        stop = min(unit + units.interval, units.total)
        while unit < stop:
            for part in range(len(units.blocks)):
                place = np.uint64(block_place(units, unit, part))
                bit = (integer(data[np.uint64(position >> 3)]) >> (7 - (position & 7))) & 1
                coefficients[place] |= bit << shift
                position += 1
            if position > limit:
                return PAST_END
            unit += 1
        wrong = _end_interval(stream, interval, position, notes)
        if wrong < 0:
            return wrong
        start = stream.ends[np.uint64(interval)]
    return READ


@inlined
def _read_first(
    data: Any, position: int, codes: Any, band: Any, shift: int, coefficients: Any, place: int
) -> tuple[int, int, int, int]:
    """Read the first bits of a block.

    Returns:
        The position behind them, or what is wrong; the index behind the last code; codes for 16 zeros behind the last
        coefficient; how many blocks end here at once, or 0.
    """
    first, last, table = band
    index, zero_runs = integer(first), integer(0)
    while index <= last:
        window = _window(data, position)
        code = _code(codes, table, window)
        length, run, size = code >> 8, (code >> 4) & 15, code & 15
        position += length + size
        if code == 0:
            return NO_CODE, index, zero_runs, 0
        if size == 0:
            if run < 15:
                blocks = (integer(1) << run) + (_bits(window, length, run) if run > 0 else 0)
                return position + run, index, zero_runs, blocks
            index += 16
            zero_runs += 1
            if index > last + 1:
                return TOO_FAR, index, zero_runs, 0
            continue
        index += run
        if index > last:
            return TOO_FAR, index, zero_runs, 0
        value = _value(window, length, size) << shift
        if value < -32768 or value > 32767:
            return TOO_LARGE, index, zero_runs, 0
        coefficients[np.uint64(place + ZIGZAG[np.uint64(index)])] = value
        index += 1
        zero_runs = integer(0)
    return position, index, zero_runs, 0


@kernel
def read_first_bits(
    stream: Stream, units: ScanUnits, codes: Any, coefficients: Any, band: Any, shift: int, notes: ScanNotes
) -> int:
    """Read a scan of the first bits of AC coefficients (G.1.2.2), `band` = (first, last), as `read_blocks` does."""
    data, unit, start = stream.data, integer(0), integer(0)
    whole_band = integer(band[0]), integer(band[1]), integer(units.blocks[0, 4])
    for interval in range(len(stream.ends)):
        position, limit = start << 3, stream.ends[np.uint64(interval)] << 3
        stop = min(unit + units.interval, units.total)
        going_on = integer(0)
        while unit < stop:
            place = block_place(units, unit, integer(0))
            position, index, zero_runs, blocks = _read_first(
                data, position, codes, whole_band, shift, coefficients, place
            )
            if position < 0:
                return position
            _note_block(notes, unit, zero_runs, blocks, going_on * integer(index == whole_band[0]), integer(0))
            going_on = blocks
            unit += max(1, blocks)
            if unit > stop:
                return TOO_FAR
            if position > limit:
                return PAST_END
        wrong = _end_interval(stream, interval, position, notes)
        if wrong < 0:
            return wrong
        start = stream.ends[np.uint64(interval)]
    return READ


@inlined
def _pass_zeros(
    data: Any, position: int, index: int, last: int, zeros: int, step: int, coefficients: Any, place: int
) -> tuple[int, int]:
    """Go to the next zero behind so many others, and refine what is known on the way: position and index there."""
    while index <= last:
        behind = np.uint64(place + ZIGZAG[np.uint64(index)])
        known = integer(coefficients[behind])
        if known != 0:
            if (integer(data[np.uint64(position >> 3)]) >> (7 - (position & 7))) & 1:
                coefficients[behind] = known + step if known > 0 else known - step
            position += 1
        elif zeros == 0:
            break
        else:
            zeros -= 1
        index += 1
    return position, index


@inlined
def _read_next(
    data: Any, position: int, codes: Any, band: Any, step: int, coefficients: Any, place: int
) -> tuple[int, int, int, int]:
    """Read one bit more of a block, up to where it ends together with others; returns what `_read_first` does."""
    first, last, table = band
    index, zero_runs = integer(first), integer(0)
    while index <= last:
        window = _window(data, position)
        code = _code(codes, table, window)
        length, run, size = code >> 8, (code >> 4) & 15, code & 15
        if code == 0 or size > 1:
            return NO_CODE, index, zero_runs, 0
        if size == 0 and run < 15:
            blocks = (integer(1) << run) + (_bits(window, length, run) if run > 0 else 0)
            return position + length + run, index, zero_runs, blocks
        position, index = _pass_zeros(data, position + length + size, index, last, run, step, coefficients, place)
        if index > last:
            return TOO_FAR, index, zero_runs, 0
        if size > 0:
            value = step if _bits(window, length, integer(1)) else -step
            coefficients[np.uint64(place + ZIGZAG[np.uint64(index)])] = value
        zero_runs = 0 if size > 0 else zero_runs + 1
        index += 1
    return position, index, zero_runs, 0


@kernel
def read_next_bits(
    stream: Stream, units: ScanUnits, codes: Any, coefficients: Any, band: Any, shift: int, notes: ScanNotes
) -> int:
    """Read a scan of one bit more of AC coefficients (G.1.2.3), as `read_first_bits` does the first."""
    data, unit, start, step = stream.data, integer(0), integer(0), 1 << shift
    whole_band = integer(band[0]), integer(band[1]), integer(units.blocks[0, 4])
    for interval in range(len(stream.ends)):
        position, limit = start << 3, stream.ends[np.uint64(interval)] << 3
        stop = min(unit + units.interval, units.total)
        going_on, blocks, buffered = integer(0), integer(0), integer(0)
        while unit < stop:
            place, index = block_place(units, unit, integer(0)), whole_band[0]
            if blocks == 0:
                position, index, zero_runs, blocks = _read_next(
                    data, position, codes, whole_band, step, coefficients, place
                )
                if position < 0:
                    return position
                _note_block(notes, unit, zero_runs, blocks, going_on * integer(index == whole_band[0]), buffered)
                going_on, buffered = blocks, integer(0)
            if blocks > 0:
                before = position
                position, index = _pass_zeros(
                    data, position, index, whole_band[1], integer(64), step, coefficients, place
                )
                buffered += position - before
                blocks -= 1
                if blocks > 0:
                    notes.tally[_MOST_BUFFERED] = max(notes.tally[_MOST_BUFFERED], buffered)
            if position > limit:
                return PAST_END
            unit += 1
        wrong = TOO_FAR if blocks > 0 else _end_interval(stream, interval, position, notes)
        if wrong < 0:
            return wrong
        start = stream.ends[np.uint64(interval)]
    return READ
