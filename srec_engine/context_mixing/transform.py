"""Pieces of the inverse DCT in integers: pixels on a border, what a block still lacks, luma in the grid of chroma.

Dequantised coefficients are held within ±32767 and pixels are in units of 1/16 grey level; sums stay within 32 bits.
They are only predicted from, so they need not agree with any decoder, but with themselves on every machine.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer

__all__ = [
    "BASIS",
    "BASIS_BITS",
    "border_pixels",
    "dequantised",
    "flat_border",
    "gap_spectrum",
    "mean_basis",
]

BASIS_BITS = 13

_PIXEL_BITS = 4
_LIMIT = 32767
_SLOPE, _SLOPE_BITS = 29, 6
"""How far the border of a neighbour is continued into the block: by 29/64 of the difference of its last two pixels."""

_PI = Decimal("3.141592653589793238462643383279503")


def _cosine(angle: Decimal) -> Decimal:
    """By its series; angles are below 8π, where 80 terms are far more than enough for 30 digits."""
    term = total = Decimal(1)
    for step in range(1, 80):
        term *= -angle * angle / ((2 * step - 1) * (2 * step))
        total += term
    return total


def _exact_basis() -> list[list[Decimal]]:
    """Row u, column x: ½·c(u)·cos((2x + 1)·u·π/16), T.81 A.3.3."""
    scale = [Decimal(1) / Decimal(8).sqrt()] + [Decimal("0.5")] * 7
    return [[scale[u] * _cosine((2 * x + 1) * u * _PI / 16) for x in range(8)] for u in range(8)]


def _rounded(value: Decimal) -> int:
    return int((value * (1 << BASIS_BITS)).to_integral_value())


with localcontext(Context(prec=40, rounding=ROUND_HALF_EVEN)):
    _EXACT = _exact_basis()
    BASIS: NDArray[np.int32] = np.array([[_rounded(value) for value in row] for row in _EXACT], np.int32)
"""Basis of the DCT, int32 (8, 8): frequency, place; in units of 2⁻¹³."""


def mean_basis(factor: int) -> NDArray[np.int32]:
    """From the frequencies of `factor` blocks side by side to those of one block of their means.

    Returns:
        int32 (8, 8·factor) in units of 2⁻¹³.
    """
    with localcontext(Context(prec=40, rounding=ROUND_HALF_EVEN)):
        rows = []
        for u in range(8):
            row = []
            for place in range(8 * factor):
                block, v = divmod(place, 8)
                inside = range(max(0, 8 * block), 8 * block + 8)
                row.append(
                    _rounded(sum((_EXACT[u][x // factor] * _EXACT[v][x % 8] for x in inside), Decimal(0)) / factor)
                )
            rows.append(row)
    return np.array(rows, np.int32)


@inlined
def dequantised(value: int, step: int) -> int:
    """A coefficient times its step, within ±32767."""
    return min(max(value * step, -_LIMIT), _LIMIT)


@inlined
def border_pixels(
    values: NDArray[np.int32], room: NDArray[np.int32], bottom: NDArray[np.int32], right: NDArray[np.int32]
) -> None:
    """The last two rows and columns of a block.

    Args:
        values: int32 (64,), dequantised coefficients.
        room: int32 (8,).
        bottom: int32 (2, 8), row 7 and row 6.
        right: int32 (2, 8), column 7 and column 6.
    """
    for inwards in range(2):
        last = 7 - inwards
        for u in range(8):
            total = np.int32(0)
            for v in range(8):
                total = np.int32(total + np.int32(BASIS[v, last] * values[8 * v + u]))
            room[u] = min(max(total >> np.int32(BASIS_BITS - _PIXEL_BITS), np.int32(-_LIMIT)), np.int32(_LIMIT))
        _line(room, bottom[inwards])
        for v in range(8):
            total = np.int32(0)
            for u in range(8):
                total = np.int32(total + np.int32(BASIS[u, last] * values[8 * v + u]))
            room[v] = min(max(total >> np.int32(BASIS_BITS - _PIXEL_BITS), np.int32(-_LIMIT)), np.int32(_LIMIT))
        _line(room, right[inwards])


@inlined
def _line(spectrum: NDArray[np.int32], pixels: NDArray[np.int32]) -> None:
    for x in range(8):
        total = np.int32(0)
        for u in range(8):
            total = np.int32(total + np.int32(BASIS[u, x] * spectrum[u]))
        pixels[x] = total >> np.int32(BASIS_BITS)


@inlined
def flat_border(mean: int, bottom: NDArray[np.int32], right: NDArray[np.int32]) -> None:
    """The same of a block that has only a mean, in dequantised units."""
    for inwards in range(2):
        for x in range(8):
            bottom[inwards, x] = 2 * mean
            right[inwards, x] = 2 * mean


@inlined
def gap_spectrum(border: NDArray[np.int32], mean: int, room: NDArray[np.int32], spectrum: NDArray[np.int64]) -> None:
    """How a neighbour's border, continued into the block, differs from the block's mean, as frequencies along it.

    Args:
        border: int32 (2, 8), last and last but one line of the neighbour.
        mean: Of the block, dequantised.
        room: int32 (8,).
        spectrum: int64 (8,), in units of 1/16 dequantised unit.
    """
    for x in range(8):
        ahead = border[0, x] + ((border[0, x] - border[1, x]) * _SLOPE >> _SLOPE_BITS) - 2 * mean
        room[x] = min(max(ahead, -_LIMIT), _LIMIT)
    for u in range(8):
        total = np.int32(0)
        for x in range(8):
            total = np.int32(total + np.int32(BASIS[u, x] * room[x]))
        spectrum[u] = integer(total >> np.int32(BASIS_BITS))
