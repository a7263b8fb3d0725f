"""torchac's range coder for numba kernels: 32-bit interval, 16-bit frequencies, carries as pending bits.

torchac shifts one bit at a time. Its loop always shifts out the bits in which both ends agree first, and then the bits
in which they straddle the middle, so both counts can be read off at once. Importing this module imports numba.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from srec_engine.compilation.kernels import inlined, integer, leading_zeros, quotient
from srec_engine.entropy.fixed_point import FREQUENCY_BITS

__all__ = [
    "STREAM_PADDING",
    "Decoder",
    "Encoder",
    "decode_interval",
    "encode_interval",
    "ends_here",
    "finish_encoding",
    "start_decoding",
    "start_encoding",
    "target_frequency",
]

STREAM_PADDING = 8
"""Zero bytes that must follow a stream that is decoded: after its end there are zeros for ever."""

_MASK = 0xFFFFFFFF
_TOP = 0x80000000
_BELOW_TOP = 0x7FFFFFFF
_QUARTER = 0x40000000


class Encoder(NamedTuple):
    """State of an encoder: the interval, opposites that wait for the next bit, bits not yet written, bytes written."""

    low: int
    high: int
    pending: int
    bits: int
    bit_count: int
    position: int


class Decoder(NamedTuple):
    """State of a decoder: the interval, where the stream points in it, bits of the stream that were used."""

    low: int
    high: int
    value: int
    position: int


@inlined
def _narrow(low: int, high: int, start: int, end: int) -> tuple[int, int, int, int]:
    """The part [start, end) of the interval and its bits that agree, then straddle: (low, high, agree, straddle)."""
    span = high - low + 1
    high = low - 1 + ((span * end) >> FREQUENCY_BITS)
    low = low + ((span * start) >> FREQUENCY_BITS)
    agree = leading_zeros(low ^ high) - 32
    straddle = leading_zeros(~((low & ~high) << (agree + 33)))
    return low, high, agree, straddle


@inlined
def _widen(low: int, high: int, shift: int) -> tuple[int, int]:
    """Shift the ends; their top bits differ afterwards, whichever kind the bits shifted out were."""
    low = (low << shift) & _BELOW_TOP
    high = ((high << shift) | ((1 << shift) - 1) | _TOP) & _MASK
    return low, high


@inlined
def start_encoding() -> Encoder:
    """The state at the beginning of a stream."""
    zero = integer(0)
    return Encoder(zero, integer(_MASK), zero, zero, zero, zero)


@inlined
def _append(state: Encoder, output: Any, bits: int, count: int) -> Encoder:
    """Write up to 32 bits."""
    waiting = (state.bits << count) | bits
    bit_count = state.bit_count + count
    position = state.position
    if bit_count >= 32:
        bit_count -= 32
        word = waiting >> bit_count
        output[np.uint64(position)] = np.uint8((word >> 24) & 0xFF)
        output[np.uint64(position + 1)] = np.uint8((word >> 16) & 0xFF)
        output[np.uint64(position + 2)] = np.uint8((word >> 8) & 0xFF)
        output[np.uint64(position + 3)] = np.uint8(word & 0xFF)
        position += 4
    waiting &= (1 << bit_count) - 1
    return Encoder(state.low, state.high, state.pending, waiting, bit_count, position)


@inlined
def _append_with_pending(state: Encoder, output: Any, bits: int, count: int) -> Encoder:
    """Write `count` bits, the pending opposites of the first one after that one."""
    first = bits >> (count - 1)
    state = _append(state, output, first, 1)
    pending = state.pending
    while pending > 0:
        part = min(pending, 32)
        state = _append(state, output, 0 if first else (1 << part) - 1, part)
        pending -= part
    state = _append(state, output, bits & ((1 << (count - 1)) - 1), count - 1)
    return Encoder(state.low, state.high, pending, state.bits, state.bit_count, state.position)


@inlined
def encode_interval(state: Encoder, output: Any, start: int, end: int) -> Encoder:
    """Code a symbol that owns the frequencies [start, end) of 65536. It takes at most 18 bits of `output`."""
    low, high, agree, straddle = _narrow(state.low, state.high, start, end)
    if agree > 0:
        if state.pending > 0:
            state = _append_with_pending(state, output, low >> (32 - agree), agree)
        else:
            state = _append(state, output, low >> (32 - agree), agree)
    low, high = _widen(low, high, agree + straddle)
    return Encoder(low, high, state.pending + straddle, state.bits, state.bit_count, state.position)


@inlined
def finish_encoding(state: Encoder, output: Any) -> int:
    """Write what is left; return the bytes of the stream."""
    state = Encoder(state.low, state.high, state.pending + 1, state.bits, state.bit_count, state.position)
    state = _append_with_pending(state, output, 0 if state.low < _QUARTER else 1, 1)
    bits = state.bits << (32 - state.bit_count)
    byte_count = (state.bit_count + 7) // 8
    for index in range(byte_count):
        output[state.position + index] = np.uint8((bits >> (24 - 8 * index)) & 0xFF)
    return state.position + byte_count


@inlined
def _take(stream: Any, position: int, count: int) -> int:
    """Bits [position, position + count) of a padded stream, at most 32; zeros after its end."""
    first = min(position >> 3, len(stream) - STREAM_PADDING)
    word = np.uint64(0)
    for index in range(8):
        # The compiler makes one load of these.
        word |= np.uint64(stream[np.uint64(first + index)]) << np.uint64(56 - 8 * index)
    bits = integer(word >> np.uint64(1)) >> (63 - (position & 7) - count)
    return bits & ((1 << count) - 1)


@inlined
def start_decoding(stream: Any) -> Decoder:
    """The state at the beginning of `stream` (uint8, `STREAM_PADDING` zeros at its end)."""
    return Decoder(integer(0), integer(_MASK), _take(stream, integer(0), integer(32)), integer(32))


@inlined
def target_frequency(state: Decoder) -> int:
    """The frequency, 0 to 65535, that the next symbol's [start, end) contains."""
    span = state.high - state.low + 1
    offset = state.value - state.low + 1
    return quotient((offset << FREQUENCY_BITS) - 1, span)


@inlined
def decode_interval(state: Decoder, stream: Any, start: int, end: int) -> Decoder:
    """Consume a symbol that owns the frequencies [start, end), which contain `target_frequency`."""
    low, high, agree, straddle = _narrow(state.low, state.high, start, end)
    shift = agree + straddle
    value = ((state.value << shift) | _take(stream, state.position, shift)) & _MASK
    if straddle > 0:
        value ^= _TOP
    low, high = _widen(low, high, shift)
    return Decoder(low, high, value, state.position + shift)


@inlined
def ends_here(state: Decoder, stream: Any) -> bool:
    """Whether `finish_encoding` would have ended the stream here: with the same last bits, in the same byte.

    An encoder writes one bit for each that was shifted out, pending ones included, and two more at the end. Of these
    the decoder sees the first as the top bit of its value and the second, the opposite, below it; then come zeros.
    So this holds exactly where the stream is what coding the decoded values gives.
    """
    last_bits = _QUARTER if state.low < _QUARTER else _TOP
    bit_count = state.position - 32 + 2
    return state.value == last_bits and (bit_count + 7) >> 3 == len(stream) - STREAM_PADDING
