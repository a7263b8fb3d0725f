"""torchac's range decoder in plain Python, one symbol at a time.

torchac itself wants the frequencies of all symbols before it decodes the first, so it cannot decode distributions that
depend on the symbols before. This is docs/coding.md, section 5, bit by bit.
"""

from __future__ import annotations

import numpy as np

from srec_engine.entropy.fixed_point import FREQUENCY_BITS

__all__ = ["PlainRangeDecoder"]

_MASK = 0xFFFFFFFF
_TOP = 1 << 31
_QUARTER = 1 << 30
_THREE_QUARTERS = 3 << 30


class PlainRangeDecoder:
    """Reads a stream. Beyond its end there are zeros for ever.

    Args:
        stream: The range coder's bytes.
    """

    __slots__ = ("_bits", "_high", "_length", "_low", "_position", "_value")

    def __init__(self, stream: bytes) -> None:
        self._length = len(stream)
        self._bits = np.unpackbits(np.frombuffer(stream, np.uint8)).tobytes()
        self._low, self._high = 0, _MASK
        self._value = int.from_bytes((stream + bytes(4))[:4], "big")
        self._position = 32

    def target(self) -> int:
        """The frequency, 0 to 65535, that the next symbol's [start, end) contains."""
        span = self._high - self._low + 1
        return (((self._value - self._low + 1) << FREQUENCY_BITS) - 1) // span

    def consume(self, start: int, end: int) -> None:
        """Go on behind a symbol that owns the frequencies [start, end), which contain `target`."""
        low, high, value, position = self._low, self._high, self._value, self._position
        bits, count = self._bits, len(self._bits)
        span = high - low + 1
        high = low + (span * end >> FREQUENCY_BITS) - 1
        low += span * start >> FREQUENCY_BITS
        while True:
            if low ^ high >= _TOP:
                if low < _QUARTER or high >= _THREE_QUARTERS:
                    break
                # The ends straddle the middle: their second bits go.
                low, high, value = low - _QUARTER, high - _QUARTER, value - _QUARTER
            low = low << 1 & _MASK
            high = high << 1 & _MASK | 1
            value = value << 1 & _MASK | (bits[position] if position < count else 0)
            position += 1
        self._low, self._high, self._value, self._position = low, high, value, position

    def ends_here(self) -> bool:
        """Whether an encoder would have ended the stream here: with the same last bits, in the same byte."""
        last_bits = _QUARTER if self._low < _QUARTER else _TOP
        bit_count = self._position - 32 + 2
        return self._value == last_bits and (bit_count + 7) // 8 == self._length
