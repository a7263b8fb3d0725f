"""Steps and tables as numba kernels take them: tuples, whose type chooses what a kernel is compiled for."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["AbsolutePixelArrays", "AnyPixelArrays", "Mixture", "PixelArrays", "RemainderArrays", "TableArrays"]


class TableArrays(NamedTuple):
    """`DistributionTables`, as kernels take them."""

    sigmoid: Any
    exponential: Any
    inverse_scale: Any
    log_scale_minimum: int


class PixelArrays(NamedTuple):
    """`PixelStep` with relative means, as kernels take it.

    `unrolled` is a tuple of K zeros: its length is known when a kernel is compiled, so that loops over it are unrolled.
    """

    parameters: Any
    linear: Any
    remaining: Any
    left: int
    height: int
    width: int
    unrolled: Any


class AbsolutePixelArrays(NamedTuple):
    """`PixelStep` with absolute means, as kernels take it; `unrolled` as in `PixelArrays`."""

    parameters: Any
    remaining: Any
    left: int
    height: int
    width: int
    unrolled: Any


AnyPixelArrays = PixelArrays | AbsolutePixelArrays


class RemainderArrays(NamedTuple):
    """`RemainderStep`, as kernels take it."""

    logits: Any
    couplings: Any
    low_resolution: Any
    height: int
    width: int


class Mixture(NamedTuple):
    """Components of one subpixel's mixture: int64 arrays, K long. A boundary v has the argument slope·v + offset."""

    weights: Any
    slopes: Any
    offsets: Any
