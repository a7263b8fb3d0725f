"""Tables of Huffman codes (ISO/IEC 10918-1, B.2.4.2 and Annex C), to read and to write with.

A table is described by bytes as they are in a file: how many codes there are of each length 1 to 16, a byte each, and
their symbols.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts.account import UnaccountedError

__all__ = [
    "FAST_BITS",
    "FAST_ENTRIES",
    "LONGEST_TABLE",
    "LOOKUP_ENTRIES",
    "described_length",
    "lookup_table",
    "symbol_codes",
]

FAST_BITS = 10
"""As many bits are looked at first: few codes are longer, and a small table stays close to the processor."""

_LONGEST = 16

FAST_ENTRIES = 1 << FAST_BITS
LOOKUP_ENTRIES = FAST_ENTRIES + (1 << _LONGEST)
"""Of a table to look codes up: those for the first bits, and all."""
_SYMBOLS = 256

LONGEST_TABLE = _LONGEST + _SYMBOLS
"""Bytes of a description."""


def described_length(described: bytes) -> int:
    """Bytes of the description that `described` begins with.

    Raises:
        UnaccountedError: When it ends before, or has too many codes.
    """
    length = _LONGEST + sum(described[:_LONGEST])
    if length > len(described):
        raise UnaccountedError("a table of its codes is cut off")
    return length


def lookup_table(described: bytes) -> NDArray[np.uint16]:
    """What the next bits of a stream begin with, uint16 (`LOOKUP_ENTRIES`).

    The first `FAST_ENTRIES` are for the next 10 bits, the others for the next 16: length << 8 | symbol, or 0 where
    there is no such code (or, in the first ones, a longer one).

    Raises:
        UnaccountedError: When the table is none.
    """
    lengths, symbols = _codes(described)
    entries = 1 << (_LONGEST - lengths)
    table = np.zeros(LOOKUP_ENTRIES, np.uint16)
    whole = table[FAST_ENTRIES:]
    whole[: entries.sum()] = np.repeat(lengths << 8 | symbols, entries).astype(np.uint16)
    short = whole[:: 1 << (_LONGEST - FAST_BITS)]
    table[:FAST_ENTRIES] = np.where(short >> 8 <= FAST_BITS, short, 0)
    return table


def symbol_codes(described: bytes) -> NDArray[np.int64]:
    """The code of each symbol, int64 (256,): code << 5 | length, or 0 where it has none.

    Of several codes for one symbol, which no writer makes, it is the first.

    Raises:
        UnaccountedError: When the table is none.
    """
    lengths, symbols = _codes(described)
    # Each code is the first of its length that no shorter one begins (C.2): codes fill the range from its start.
    entries = 1 << (_LONGEST - lengths)
    codes = (np.cumsum(entries) - entries) >> (_LONGEST - lengths)
    table = np.zeros(_SYMBOLS, np.int64)
    table[symbols[::-1]] = (codes << 5 | lengths)[::-1]
    return table


def _codes(described: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Length and symbol of each code, from the shortest to the longest."""
    counts = np.frombuffer(described[:_LONGEST], np.uint8)
    symbols = np.frombuffer(described[_LONGEST:], np.uint8).astype(np.int64)
    lengths = np.repeat(np.arange(1, len(counts) + 1), counts)
    if len(lengths) != len(symbols) or len(symbols) > _SYMBOLS or (1 << (_LONGEST - lengths)).sum() > 1 << _LONGEST:
        raise UnaccountedError("a table of its codes cannot be read")
    return lengths, symbols
