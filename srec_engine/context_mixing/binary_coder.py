"""A range coder of single bits, for numba kernels: low and high bounds of 32 bits, bytes written as they agree.

The method is that of Martin, "Range encoding" (1979), in the form for two symbols without carries: as soon as the
highest bytes of both bounds are equal, that byte is written and forgotten.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer
from srec_engine.context_mixing.logistic import PROBABILITY_BITS

__all__ = [
    "COST",
    "DECODING",
    "ENCODING",
    "MODE",
    "POSITION",
    "RECORDING",
    "STATE_LENGTH",
    "begin_coding",
    "coded",
    "finish_encoding",
    "has_run_out",
]

ENCODING, DECODING, RECORDING = 0, 1, 2
"""What a coder does: write bits, read them, or read them and add up what they cost."""

MODE, LOW, HIGH, CODE, POSITION, COST = range(6)
"""Places in a coder's state."""

STATE_LENGTH = 6

_READ_AHEAD = 3
_WORD = (1 << 32) - 1
_TOP = 0xFF << 24
_BELOW_TOP = (1 << 24) - 1
_FRACTION = (1 << PROBABILITY_BITS) - 1


@inlined
def begin_coding(state: NDArray[np.int64], data: NDArray[np.uint8], mode: int) -> None:
    """Make a coder ready to write `data`, or to read it; what lies behind its end is read as zeros."""
    state[MODE] = mode
    state[LOW] = 0
    state[HIGH] = _WORD
    state[CODE] = 0
    state[POSITION] = 0
    state[COST] = 0
    if mode != ENCODING:
        for _ in range(_READ_AHEAD + 1):
            state[CODE] = state[CODE] << 8 | _next_byte(state, data)


@inlined
def coded(state: NDArray[np.int64], data: NDArray[np.uint8], bit: int, probability: int) -> int:
    """Code a bit.

    Args:
        state: int64 (6,), changed.
        data: uint8, written or read. What has no room is not written; POSITION goes on, so that it shows.
        bit: What to write; when reading, nothing depends on it.
        probability: Of a 1, in units of 2⁻¹⁶, 1 to 65535.

    Returns:
        The bit.
    """
    low = state[LOW]
    high = state[HIGH]
    width = high - low
    middle = low + (width >> PROBABILITY_BITS) * probability + ((width & _FRACTION) * probability >> PROBABILITY_BITS)
    if state[MODE] != ENCODING:
        bit = integer(1) if state[CODE] <= middle else integer(0)
    if bit:
        high = middle
    else:
        low = middle + 1
    while (low ^ high) & _TOP == 0:
        if state[MODE] == ENCODING:
            _put(state, data, high >> 24)
        else:
            state[CODE] = (state[CODE] << 8 & _WORD) | _next_byte(state, data)
        low = low << 8 & _WORD
        high = (high << 8 & _WORD) | 0xFF
    state[LOW] = low
    state[HIGH] = high
    return bit


@inlined
def finish_encoding(state: NDArray[np.int64], data: NDArray[np.uint8]) -> None:
    """Write the last byte: with zeros behind it, it lies between the bounds, whose highest bytes differ."""
    _put(state, data, (state[LOW] + _BELOW_TOP) >> 24)


@inlined
def has_run_out(state: NDArray[np.int64], data: NDArray[np.uint8]) -> bool:
    """Whether more was read than any writer's stream gives: four bytes at the beginning are read in advance."""
    return bool(state[MODE] != ENCODING and state[POSITION] > data.shape[0] + _READ_AHEAD)


@inlined
def _put(state: NDArray[np.int64], data: NDArray[np.uint8], byte: int) -> None:
    position = state[POSITION]
    if position < data.shape[0]:
        data[position] = byte
    state[POSITION] = position + 1


@inlined
def _next_byte(state: NDArray[np.int64], data: NDArray[np.uint8]) -> int:
    position = state[POSITION]
    state[POSITION] = position + 1
    return integer(data[position]) if position < data.shape[0] else integer(0)
