"""What the range coder costs by itself: in the codec it shares a loop with the distributions, beyond any clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import kernel
from srec_engine.entropy.fixed_point import FREQUENCY_BITS, FREQUENCY_TOTAL
from srec_engine.entropy.range_coder import (
    STREAM_PADDING,
    decode_interval,
    encode_interval,
    finish_encoding,
    start_decoding,
    start_encoding,
    target_frequency,
)

__all__ = ["coded_symbols", "range_coder_seconds"]

_SYMBOLS = 500_000
_ROUNDS = 5


def coded_symbols(height: int, width: int, scales: int) -> int:
    """Symbols of a colour picture: at every scale, three channels of a remainder and three pixels for each block."""
    count = 0
    for _ in range(scales):
        height, width = (height + 1) // 2, (width + 1) // 2
        count += 4 * 3 * height * width
    return count


def range_coder_seconds(bits_per_symbol: float) -> tuple[float, float]:
    """Seconds per symbol of encoding and of decoding alone, the intervals given, on one thread.

    Args:
        bits_per_symbol: What the symbols cost on average; their costs are spread as those of a picture are.
    """
    intervals = _intervals(bits_per_symbol)
    output = np.zeros(3 * _SYMBOLS + 16, np.uint8)
    length = _encode(intervals, output)
    stream = np.concatenate([output[:length], np.zeros(STREAM_PADDING, np.uint8)])
    if _decode(intervals, stream) != _SYMBOLS:
        raise ValueError("the range coder did not find the intervals that it coded")
    return _fastest(_encode, intervals, output), _fastest(_decode, intervals, stream)


def _intervals(bits_per_symbol: float) -> NDArray[np.int64]:
    """Frequencies [start, end) of symbols, int64 (N, 2)."""
    random = np.random.default_rng(0)
    costs = np.minimum(random.gamma(2.0, bits_per_symbol / 2, _SYMBOLS), FREQUENCY_BITS)
    widths = np.clip(np.rint(FREQUENCY_TOTAL * 2.0**-costs), 1, FREQUENCY_TOTAL - 1).astype(np.int64)
    starts = random.integers(0, FREQUENCY_TOTAL - widths + 1)
    return np.ascontiguousarray(np.stack([starts, starts + widths], axis=1))


def _fastest(function: Callable[..., int], *arguments: NDArray[Any]) -> float:
    times = []
    for _ in range(_ROUNDS):
        started = time.thread_time()
        function(*arguments)
        times.append(time.thread_time() - started)
    return min(times) / _SYMBOLS


@kernel
def _encode(intervals: Any, output: Any) -> int:
    state = start_encoding()
    for index in range(len(intervals)):
        state = encode_interval(state, output, intervals[index, 0], intervals[index, 1])
    return finish_encoding(state, output)


@kernel
def _decode(intervals: Any, stream: Any) -> int:
    """The symbols that were found where they were coded."""
    state = start_decoding(stream)
    found = 0
    for index in range(len(intervals)):
        target = target_frequency(state)
        start, end = intervals[index, 0], intervals[index, 1]
        missed = 0 if start <= target < end else 1
        found += 1 - missed
        # As in a decoder, the interval can be had only once the target is known.
        state = decode_interval(state, stream, start + missed, end)
    return found
