"""How numbers become contexts; for numba kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer

__all__ = ["bit_length", "classed", "sign_of", "signed_class"]

_TABLE_LENGTH = 4096


def _classes() -> NDArray[np.uint8]:
    """0 to 7 each for itself, from there on four classes for each doubling."""
    table = np.empty(_TABLE_LENGTH, np.uint8)
    for value in range(_TABLE_LENGTH):
        doublings = max(0, value.bit_length() - 4)
        table[value] = value if value < 8 else 4 * doublings + 8 + ((value >> doublings) - 8 >> 1)
    table.setflags(write=False)
    return table


_CLASSES = _classes()


@inlined
def classed(value: int, last: int) -> int:
    """Class of a number from 0 up, at most `last`."""
    return min(integer(_CLASSES[min(value, _TABLE_LENGTH - 1)]), last)


@inlined
def signed_class(value: int) -> int:
    """Class of a number of either sign, 0 to 14; 7 for zero."""
    size = classed(abs(value), 7)
    return 7 + size if value >= 0 else 7 - size


@inlined
def sign_of(value: int) -> int:
    """0 for zero, 1 above, 2 below."""
    return integer(1) if value > 0 else (integer(2) if value < 0 else integer(0))


@inlined
def bit_length(value: int) -> int:
    """Bits of a number from 0 up."""
    length = integer(0)
    while value > 0:
        value >>= 1
        length += 1
    return length
