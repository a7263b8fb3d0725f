"""Inner loops that code remainders, for numba. Importing it imports numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from srec_engine.entropy.compilation import integer, kernel
from srec_engine.entropy.distribution import remainder_boundaries
from srec_engine.entropy.fixed_point import FREQUENCY_BITS, REMAINDER_SYMBOLS
from srec_engine.entropy.kernel_types import RemainderArrays, TableArrays
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

__all__ = ["decode_remainders", "encode_remainders"]

_PRODUCT_LIMIT = 1e280
"""Frequencies are multiplied up to this before a logarithm is taken: one for about 60 symbols."""


@kernel
def encode_remainders(
    tables: TableArrays, remainders: RemainderArrays, channel: int, symbols: Any, output: Any
) -> tuple[int, float, int]:
    """Code one channel of `symbols` (uint8 (H, W, 3)) into `output` (uint8, 3 bytes a pixel + 16).

    Returns:
        Bytes written, bits of the model, and the position row·width + column of a symbol that is impossible, or -1.
    """
    boundaries = np.empty(REMAINDER_SYMBOLS + 1, np.int64)
    state = start_encoding()
    logarithms = 0.0
    product = 1.0
    for row in range(remainders.height):
        for column in range(remainders.width):
            symbol = integer(symbols[row, column, channel])
            lowest, highest = remainder_boundaries(tables, remainders, symbols, row, column, channel, boundaries)
            if symbol < lowest or symbol > highest:
                return 0, 0.0, row * remainders.width + column
            start, end = boundaries[symbol], boundaries[symbol + 1]
            state = encode_interval(state, output, start, end)
            product *= end - start
            if product > _PRODUCT_LIMIT:
                logarithms += np.log2(product)
                product = 1.0
    coded = remainders.height * remainders.width
    if coded == 0:
        return 0, 0.0, -1
    length = finish_encoding(state, output)
    return length, float(FREQUENCY_BITS * coded) - logarithms - np.log2(product), -1


@kernel
def decode_remainders(
    tables: TableArrays, remainders: RemainderArrays, channel: int, stream: Any, symbols: Any
) -> bool:
    """Fill one channel of `symbols` (uint8 (H, W, 3)) from `stream` (uint8, `STREAM_PADDING` zeros at its end).

    Returns:
        Whether the stream is what `encode_remainders` makes of the symbols.
    """
    boundaries = np.empty(REMAINDER_SYMBOLS + 1, np.int64)
    state = start_decoding(stream)
    for row in range(remainders.height):
        for column in range(remainders.width):
            symbol, highest = remainder_boundaries(tables, remainders, symbols, row, column, channel, boundaries)
            target = target_frequency(state)
            while symbol < highest and boundaries[symbol + 1] <= target:
                symbol += 1
            state = decode_interval(state, stream, boundaries[symbol], boundaries[symbol + 1])
            symbols[row, column, channel] = symbol
    if remainders.height * remainders.width == 0:
        return len(stream) == STREAM_PADDING
    return ends_here(state, stream)
