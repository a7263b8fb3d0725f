"""Inner loops that code remainders, for numba. Importing it imports numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from srec_engine.compilation.kernels import inlined, integer, kernel
from srec_engine.entropy.distribution import remainder_boundaries
from srec_engine.entropy.fixed_point import FREQUENCY_BITS
from srec_engine.entropy.kernel_types import RemainderArrays, TableArrays
from srec_engine.entropy.learning import is_sampled
from srec_engine.entropy.range_coder import (
    STREAM_PADDING,
    decode_interval,
    encode_interval,
    ends_here,
    finish_encoding,
    start_decoding,
    start_encoding,
    target_frequency,
)
from srec_engine.entropy.remainder_learning import learn_remainder

__all__ = ["decode_remainders", "encode_remainders", "sampled_remainder_bits"]

_is_sampled = inlined(is_sampled)

_PRODUCT_LIMIT = 1e280
"""Frequencies are multiplied up to this before a logarithm is taken: one for about 60 symbols."""


@kernel
def encode_remainders(
    tables: TableArrays, remainders: RemainderArrays, channel: int, symbols: Any, output: Any, learner: Any
) -> tuple[int, float, int, float]:
    """Code one channel of `symbols` (uint8 (H, W, 3)) into `output` (uint8, 3 bytes a pixel + 16).

    Where `learner` is not None, the distributions learn from neighbours.

    Returns:
        Bytes written, bits of the model, the position row·width + column of a symbol that is impossible, or -1; and of
        the sampled rows the bits that their symbols took.
    """
    boundaries = remainders.boundaries
    state = start_encoding()
    logarithms = 0.0
    product = 1.0
    sampled_bits = 0.0
    for row in range(remainders.height):
        for column in range(remainders.width):
            symbol = integer(symbols[row, column, channel])
            interval = remainder_boundaries(tables, remainders, symbols, row, column, channel, boundaries, learner)
            lowest, highest = interval
            if symbol < lowest or symbol > highest:
                return 0, 0.0, row * remainders.width + column, 0.0
            start, end = boundaries[symbol], boundaries[symbol + 1]
            state = encode_interval(state, output, start, end)
            learn_remainder(learner, symbol, boundaries, interval, row, column, channel)
            if _is_sampled(row):
                sampled_bits += FREQUENCY_BITS - np.log2(end - start)
            product *= end - start
            if product > _PRODUCT_LIMIT:
                logarithms += np.log2(product)
                product = 1.0
    coded = remainders.height * remainders.width
    if coded == 0:
        return 0, 0.0, -1, 0.0
    length = finish_encoding(state, output)
    return length, float(FREQUENCY_BITS * coded) - logarithms - np.log2(product), -1, sampled_bits


@kernel
def sampled_remainder_bits(tables: TableArrays, remainders: RemainderArrays, channel: int, symbols: Any) -> float:
    """Bits that the symbols of the sampled rows would take without learning."""
    boundaries = remainders.boundaries
    bits = 0.0
    for row in range(remainders.height):
        if not _is_sampled(row):
            continue
        for column in range(remainders.width):
            remainder_boundaries(tables, remainders, symbols, row, column, channel, boundaries, None)
            symbol = integer(symbols[row, column, channel])
            bits += FREQUENCY_BITS - np.log2(boundaries[symbol + 1] - boundaries[symbol])
    return bits


@kernel
def decode_remainders(
    tables: TableArrays, remainders: RemainderArrays, channel: int, stream: Any, symbols: Any, learner: Any
) -> bool:
    """Fill one channel of `symbols` (uint8 (H, W, 3)) from `stream` (uint8, `STREAM_PADDING` zeros at its end).

    Returns:
        Whether the stream is what `encode_remainders` makes of the symbols.
    """
    boundaries = remainders.boundaries
    state = start_decoding(stream)
    for row in range(remainders.height):
        for column in range(remainders.width):
            interval = remainder_boundaries(tables, remainders, symbols, row, column, channel, boundaries, learner)
            symbol, highest = interval
            target = target_frequency(state)
            while symbol < highest and boundaries[symbol + 1] <= target:
                symbol += 1
            state = decode_interval(state, stream, boundaries[symbol], boundaries[symbol + 1])
            learn_remainder(learner, symbol, boundaries, interval, row, column, channel)
            symbols[row, column, channel] = symbol
    if remainders.height * remainders.width == 0:
        return len(stream) == STREAM_PADDING
    return ends_here(state, stream)
