"""Writes the coefficients of a scan (ISO/IEC 10918-1, F.1.2, G.1.2). Importing it imports numba.

It makes the choices of libjpeg, and others where it is told to. Kernels return `WRITTEN` or a negative number, for
which `FAULTS` has words. Everything that a kernel calls stands in this file: the machine code on the disk is made anew
when this file changes, or one of `srec_engine.entropy`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srec_engine.compilation.kernels import inlined, integer, kernel, leading_zeros
from srec_engine.jpeg.coefficients import ZIGZAG
from srec_engine.jpeg.scan_choices import LONGEST_RUN, ScanChoices
from srec_engine.jpeg.scan_units import ScanUnits, block_place
from srec_engine.jpeg.stuffing import STREAM_PADDING, Stream

__all__ = ["BUFFERED_BITS", "FAULTS", "write_blocks", "write_first_bits", "write_means", "write_next_bits"]

BUFFERED_BITS = 63 * LONGEST_RUN + 64
"""Room for the refining bits of the longest run, and of a block."""

WRITTEN = 0
_NO_ROOM, _NO_CODE, _NO_RUN = -1, -2, -3

FAULTS = {
    _NO_ROOM: "its pixels take more bytes than the file has",
    _NO_CODE: "its tables have no code for one of its coefficients",
    _NO_RUN: "a run of zeros is announced where there is none",
}


@inlined
def _put(data: Any, state: Any, value: int, length: int) -> Any:
    """Append bits, 0 to 32.

    A state is what waits, as the lowest bits of a uint64; how many bits that are (below 32); bytes written; whether
    there was something for which there is no code, so that all of it is worth nothing.
    """
    waiting, count, position, fails = state
    waiting = (waiting << np.uint64(length)) | np.uint64(value)
    count += length
    if count >= 32:
        count -= 32
        bits = integer(waiting >> np.uint64(count))
        place = np.uint64(position)
        for part in range(4):
            data[place + np.uint64(part)] = (bits >> (24 - 8 * part)) & 0xFF
        position += 4
    return waiting, count, position, fails


@inlined
def _put_symbol(data: Any, state: Any, codes: Any, symbol: int, value: int, size: int) -> Any:
    """Append the code of a symbol, and the lowest bits of a value, 0 to 15 of them."""
    code = integer(codes[np.uint64(symbol)])
    waiting, count, position, fails = state
    state = waiting, count, position, fails | integer(code == 0)
    return _put(data, state, (code >> 5) << size | (value & ((1 << size) - 1)), (code & 31) + size)


@inlined
def _put_number(data: Any, state: Any, codes: Any, run: int, value: int) -> Any:
    """Append a number and, in its symbol, how many zeros are before it: 0 to 15 (F.1.2.1, F.1.2.2)."""
    size = 64 - leading_zeros(integer(abs(value)))
    waiting, count, position, fails = state
    state = waiting, count, position, fails | integer(size > 15)
    size = min(size, 15)
    return _put_symbol(data, state, codes, run << 4 | size, value - integer(value < 0), size)


@inlined
def _put_run(data: Any, state: Any, codes: Any, blocks: int) -> Any:
    """Append that so many blocks end at once, if any (G.1.2.2)."""
    if blocks > 0:
        size = 63 - leading_zeros(integer(blocks))
        state = _put_symbol(data, state, codes, size << 4, blocks, size)
    return state


@inlined
def _put_zeros(data: Any, state: Any, codes: Any, runs: int) -> Any:
    """Append codes for 16 zeros."""
    for _ in range(runs):
        state = _put_symbol(data, state, codes, integer(0xF0), integer(0), integer(0))
    return state


@inlined
def _zero_runs_of(choices: ScanChoices, following: int, block: int) -> int:
    """Codes for 16 zeros that a block has before its end, where `following` is the next that has any."""
    if following < len(choices.zero_runs) and choices.zero_runs[np.uint64(following), 0] == block:
        return integer(choices.zero_runs[np.uint64(following), 1])
    return 0


@inlined
def _end_interval(stream: Stream, interval: int, state: Any, choices: ScanChoices) -> Any:
    """Fill the last byte, and write what waits."""
    count = -integer(state[1]) & 7
    padding = integer(choices.padding[np.uint64(interval)]) & ((1 << count) - 1)
    waiting, count, position, fails = _put(stream.data, state, padding, count)
    while count > 0:
        count -= 8
        stream.data[np.uint64(position)] = integer(waiting >> np.uint64(count)) & 0xFF
        position += 1
    stream.ends[np.uint64(interval)] = position
    return waiting, count, position, fails


@inlined
def _fault(state: Any, room: int) -> int:
    """What is wrong, or `WRITTEN`."""
    fault = _NO_CODE if state[3] > 0 else _NO_ROOM if state[2] > room else WRITTEN
    return integer(fault)


@inlined
def _write_block(data: Any, state: Any, codes: Any, coefficients: Any, place: int, zero_runs: int) -> Any:
    """Write the AC coefficients of a block of a sequential scan: the state behind it, and `WRITTEN` or `_NO_RUN`."""
    run = integer(0)
    for index in range(1, 64):
        value = integer(coefficients[np.uint64(place + ZIGZAG[np.uint64(index)])])
        if value == 0:
            run += 1
            continue
        if run > 15:
            state = _put_zeros(data, state, codes, run >> 4)
        state = _put_number(data, state, codes, run & 15, value)
        run = integer(0)
    if zero_runs > run >> 4:
        return state, _NO_RUN
    if zero_runs > 0:
        state = _put_zeros(data, state, codes, zero_runs)
    if run > zero_runs << 4:
        state = _put_symbol(data, state, codes, integer(0), integer(0), integer(0))
    return state, WRITTEN


@kernel
def write_blocks(
    stream: Stream,
    units: ScanUnits,
    codes: Any,
    coefficients: Any,
    last: int,
    shift: int,
    choices: ScanChoices,
    means: Any,
) -> int:
    """Write a sequential scan (last = 63), or one of the first bits of DC coefficients (last = 0).

    Args:
        stream: Is filled. Its last `STREAM_PADDING` bytes are for what passes the end of what there is room for.
        units: Of the scan.
        codes: Codes of symbols, int64 (`TABLES`, 256).
        coefficients: All of them, int16, one after the other.
        last: Zigzag index of the last one.
        shift: Bits left out.
        choices: Of the writer.
        means: int64 (4), for the kernel's own use: of the last block of each component.
    """
    data, room = stream.data, integer(len(stream.data) - STREAM_PADDING)
    unit, block, following = integer(0), integer(0), integer(0)
    state = (np.uint64(0), integer(0), integer(0), integer(0))
    for interval in range(len(stream.ends)):
        stop = min(unit + units.interval, units.total)
        for lane in range(4):
            means[lane] = 0
        while unit < stop:
            for part in range(len(units.blocks)):
                place = block_place(units, unit, part)
                component = np.uint64(units.blocks[np.uint64(part), 5])
                mean = integer(coefficients[np.uint64(place)]) >> shift
                table = codes[np.uint64(units.blocks[np.uint64(part), 3])]
                state = _put_number(data, state, table, integer(0), mean - means[component])
                means[component] = mean
                fault = integer(WRITTEN)
                if last > 0:
                    zero_runs = _zero_runs_of(choices, following, block)
                    following += integer(zero_runs > 0)
                    table = codes[np.uint64(units.blocks[np.uint64(part), 4])]
                    state, fault = _write_block(data, state, table, coefficients, place, zero_runs)
                fault = min(fault, _fault(state, room))
                if fault < 0:
                    return integer(fault)
                block += 1
            unit += 1
        state = _end_interval(stream, interval, state, choices)
    return integer(_fault(state, room))


@kernel
def write_means(stream: Stream, units: ScanUnits, coefficients: Any, shift: int, choices: ScanChoices) -> int:
    """Write one bit more of DC coefficients, as `write_blocks` does the first."""
    data, room, unit = stream.data, integer(len(stream.data) - STREAM_PADDING), integer(0)
    state = (np.uint64(0), integer(0), integer(0), integer(0))
    for interval in range(len(stream.ends)):
        stop = min(unit + units.interval, units.total)
        while unit < stop:
            for part in range(len(units.blocks)):
                mean = integer(coefficients[np.uint64(block_place(units, unit, part))])
                state = _put(data, state, (mean >> shift) & 1, integer(1))
            fault = _fault(state, room)
            if fault < 0:
                return integer(fault)
            unit += 1
        state = _end_interval(stream, interval, state, choices)
    return integer(_fault(state, room))


@inlined
def _is_cut(choices: ScanChoices, cut: int, block: int) -> int:
    """Whether a run ends before a block in any case, where `cut` is the next before which one does: 0 or 1."""
    return integer(cut < len(choices.cuts) and choices.cuts[np.uint64(cut)] == block)


@inlined
def _write_first(
    data: Any, state: Any, codes: Any, coefficients: Any, place: int, band: Any, blocks: int, zero_runs: int
) -> Any:
    """Write the first bits of a block behind a run of blocks: the state and the run that it ends, and what is wrong."""
    first, last, shift = band
    run = integer(0)
    for index in range(first, last + 1):
        value = integer(coefficients[np.uint64(place + ZIGZAG[np.uint64(index)])])
        magnitude = abs(value) >> shift
        if magnitude == 0:
            run += 1
            continue
        state, blocks = _put_run(data, state, codes, blocks), integer(0)
        if run > 15:
            state = _put_zeros(data, state, codes, run >> 4)
        state = _put_number(data, state, codes, run & 15, magnitude if value > 0 else -magnitude)
        run = integer(0)
    if zero_runs > run >> 4:
        return state, blocks, integer(_NO_RUN)
    if zero_runs > 0:
        state = _put_zeros(data, state, codes, zero_runs)
    return state, blocks + integer(run > zero_runs << 4), integer(WRITTEN)


@kernel
def write_first_bits(
    stream: Stream, units: ScanUnits, codes: Any, coefficients: Any, band: Any, choices: ScanChoices
) -> int:
    """Write a scan of the first bits of AC coefficients, as `write_blocks` does.

    `band` is int64 (3): first and last index, and bits left out.
    """
    data, room = stream.data, integer(len(stream.data) - STREAM_PADDING)
    table, whole_band = codes[np.uint64(units.blocks[0, 4])], (band[0], band[1], band[2])
    unit, following, cut = integer(0), integer(0), integer(0)
    state = (np.uint64(0), integer(0), integer(0), integer(0))
    for interval in range(len(stream.ends)):
        stop = min(unit + units.interval, units.total)
        blocks = integer(0)
        while unit < stop:
            zero_runs, is_cut = _zero_runs_of(choices, following, unit), _is_cut(choices, cut, unit)
            following, cut = following + integer(zero_runs > 0), cut + is_cut
            if is_cut > 0 or zero_runs > 0:
                state, blocks = _put_run(data, state, table, blocks), integer(0)
            place = block_place(units, unit, integer(0))
            state, blocks, fault = _write_first(data, state, table, coefficients, place, whole_band, blocks, zero_runs)
            if blocks == choices.longest_run:
                state, blocks = _put_run(data, state, table, blocks), integer(0)
            fault = min(fault, _fault(state, room))
            if fault < 0:
                return integer(fault)
            unit += 1
        state = _end_interval(stream, interval, _put_run(data, state, table, blocks), choices)
    return integer(_fault(state, room))


@inlined
def _put_buffered(data: Any, state: Any, codes: Any, blocks: int, buffer: Any, buffered: int) -> Any:
    """Append a run, if there is one, and the refining bits that wait for its end."""
    waiting, count, position, fails = _put_run(data, state, codes, blocks)
    room = integer(len(data) - STREAM_PADDING)
    if position + (buffered >> 3) > room:
        # There may be more of them than the padding has room for.
        position, buffered = max(position, room + 1), integer(0)
    state = waiting, count, position, fails
    for place in range(buffered):
        state = _put(data, state, integer(buffer[np.uint64(place)]), integer(1))
    return state


@inlined
def _put_zeros_buffered(data: Any, state: Any, codes: Any, buffer: Any, buffered: int) -> Any:
    """Append a code for 16 zeros, and the refining bits of what lies between them."""
    state = _put_zeros(data, state, codes, integer(1))
    return _put_buffered(data, state, codes, integer(0), buffer, buffered)


@inlined
def _last_new(coefficients: Any, place: int, band: Any) -> int:
    """Index of the last coefficient that a scan makes known, or -1."""
    first, last, shift = band
    for index in range(last, first - 1, -1):
        if abs(integer(coefficients[np.uint64(place + ZIGZAG[np.uint64(index)])])) >> shift == 1:
            return integer(index)
    return integer(-1)


@inlined
def _write_next(
    data: Any,
    state: Any,
    codes: Any,
    coefficients: Any,
    place: int,
    band: Any,
    last_new: int,
    zero_runs: int,
    buffer: Any,
    waiting: int,
) -> Any:
    """Write one bit more of a block, before which refining bits wait, but only where it begins with no code.

    Returns:
        The state; refining bits that wait now; whether the block ends a run: 0 or 1; what is wrong.
    """
    first, last, shift = band
    run, buffered = integer(0), waiting
    for index in range(first, last + 1):
        value = integer(coefficients[np.uint64(place + ZIGZAG[np.uint64(index)])])
        magnitude = abs(value) >> shift
        if magnitude == 0:
            run += 1
            continue
        while run > 15 and (index <= last_new or zero_runs > 0):
            state = _put_zeros_buffered(data, state, codes, buffer, buffered)
            run, buffered = run - 16, integer(0)
            zero_runs -= integer(index > last_new)
        if magnitude > 1:
            buffer[np.uint64(buffered)] = magnitude & 1
            buffered += 1
            continue
        state = _put_symbol(data, state, codes, run << 4 | 1, integer(value > 0), integer(1))
        state = _put_buffered(data, state, codes, integer(0), buffer, buffered)
        run, buffered = integer(0), integer(0)
    if zero_runs > run >> 4:
        return state, buffered, integer(0), integer(_NO_RUN)
    for _ in range(zero_runs):
        state = _put_zeros_buffered(data, state, codes, buffer, buffered)
        run, buffered = run - 16, integer(0)
    return state, buffered, integer(run > 0 or buffered > waiting), integer(WRITTEN)


@kernel
def write_next_bits(
    stream: Stream, units: ScanUnits, codes: Any, coefficients: Any, band: Any, choices: ScanChoices, buffer: Any
) -> int:
    """Write a scan of one bit more of AC coefficients, as `write_first_bits` does the first.

    `buffer` is uint8 (`BUFFERED_BITS`), for the kernel's own use: the refining bits that wait, those of the run first,
    then those of the block.
    """
    data, room = stream.data, integer(len(stream.data) - STREAM_PADDING)
    table, whole_band = codes[np.uint64(units.blocks[0, 4])], (band[0], band[1], band[2])
    unit, following, cut = integer(0), integer(0), integer(0)
    state = (np.uint64(0), integer(0), integer(0), integer(0))
    for interval in range(len(stream.ends)):
        stop = min(unit + units.interval, units.total)
        blocks, buffered = integer(0), integer(0)
        while unit < stop:
            zero_runs, is_cut = _zero_runs_of(choices, following, unit), _is_cut(choices, cut, unit)
            following, cut = following + integer(zero_runs > 0), cut + is_cut
            place = block_place(units, unit, integer(0))
            last_new = _last_new(coefficients, place, whole_band)
            if is_cut > 0 or zero_runs > 0 or last_new >= 0:
                # What this block begins with is no end: the run is over.
                state = _put_buffered(data, state, table, blocks, buffer, buffered)
                blocks, buffered = integer(0), integer(0)
            state, buffered, ends, fault = _write_next(
                data, state, table, coefficients, place, whole_band, last_new, zero_runs, buffer, buffered
            )
            blocks += ends
            if blocks == choices.longest_run or buffered > choices.most_buffered:
                state = _put_buffered(data, state, table, blocks, buffer, buffered)
                blocks, buffered = integer(0), integer(0)
            fault = min(fault, _fault(state, room))
            if fault < 0:
                return integer(fault)
            unit += 1
        state = _put_buffered(data, state, table, blocks, buffer, buffered)
        state = _end_interval(stream, interval, state, choices)
    return integer(_fault(state, room))
