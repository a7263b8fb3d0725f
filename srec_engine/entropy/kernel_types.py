"""Steps and tables as numba kernels take them: tuples, whose type chooses what a kernel is compiled for."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = [
    "AbsolutePixelArrays",
    "AnyPixelArrays",
    "Mixture",
    "PixelArrays",
    "PixelLearner",
    "RemainderArrays",
    "RemainderLearner",
    "TableArrays",
]


class TableArrays(NamedTuple):
    """`DistributionTables`, as kernels take them."""

    sigmoid: Any
    exponential: Any
    inverse_scale: Any
    log_scale_minimum: int


class Mixture(NamedTuple):
    """Components of one subpixel's mixture: int64 arrays, K long. A boundary v has the argument slope·v + offset.

    While it is read, `slopes` are places in the table of inverse scales, and `offsets` are means in 2⁻⁸ grey level.
    """

    weights: Any
    slopes: Any
    offsets: Any


class PixelArrays(NamedTuple):
    """`PixelStep` with relative means, as kernels take it.

    `mixture` is room for the one of the subpixel at hand: kernels make no arrays.
    `unrolled` is a tuple of K zeros: its length is known when a kernel is compiled, so that loops over it are unrolled.
    """

    parameters: Any
    linear: Any
    remaining: Any
    left: int
    height: int
    width: int
    mixture: Mixture
    unrolled: Any


class AbsolutePixelArrays(NamedTuple):
    """`PixelStep` with absolute means, as kernels take it; `mixture` and `unrolled` as in `PixelArrays`."""

    parameters: Any
    remaining: Any
    left: int
    height: int
    width: int
    mixture: Mixture
    unrolled: Any


AnyPixelArrays = PixelArrays | AbsolutePixelArrays


class RemainderArrays(NamedTuple):
    """`RemainderStep`, as kernels take it; `boundaries` is room for the cumulative frequencies of one remainder."""

    logits: Any
    couplings: Any
    low_resolution: Any
    height: int
    width: int
    boundaries: Any


class PixelLearner(NamedTuple):
    """What one stream of pixels learns and what it learns from. Kernels are given None where nothing is learned.

    Attributes:
        corrects: 1 where what is learned corrects distributions, 0 where residuals are only written down.
        residuals: int16 (`PIXEL_STREAMS`, height + 4, width + 4), of every stream of the tile, `MARGIN` zeros around.
        stream: Which of them is being coded.
        known: int64, those before it that predict it.
        deviations: int64, `learning.deviations` of the table of inverse scales.
        fine_deviation: Up to which values about the centre are weighed, 2⁻⁸ grey level.
        weights: int32 (`WEIGHT_SETS`, `MOST_INPUTS`).
        spreads: int32 (2, `WIDTH_CLASSES`, `SURPRISE_CLASSES`): by the stream's own neighbours, and by streams before.
        places: int32 (`BLOCK_PLACES`,).
        offsets: int8, as the residuals: how far values are from the centre of their mixture.
        first: uint8 (h, w, 3), the values of pixel 1, h and w the tile's blocks.
        biases: int32 (`CLASS_CONTEXTS`, `CLASS_ENTRIES`, `CLASS_ROW`), for each context the biases of the classes, and
            how often it was met.
        contexts: int64 (`CLASS_CONTEXTS`,), of the value that is coded.
        classes: int64 (5, `VALUE_CLASSES` + 1), of the value that is coded: as `value_classes` names its rows.
        inputs: int64 (`MOST_INPUTS`,), of the value that is coded.
        state: int64, as `pixel_learning` names its places.
    """

    corrects: int
    residuals: Any
    stream: int
    known: Any
    deviations: Any
    fine_deviation: int
    weights: Any
    spreads: Any
    places: Any
    offsets: Any
    first: Any
    biases: Any
    contexts: Any
    classes: Any
    inputs: Any
    state: Any


class RemainderLearner(NamedTuple):
    """What one stream of remainders learns and what it learns from, as `PixelLearner`.

    Attributes:
        corrects: As there.
        surprises: int16 (channels, height + 4, width + 4), of every stream of remainders, `MARGIN` zeros around.
        biases: int32 (contexts, entries, `BIAS_ROW`), for each context the biases of the symbols, and how often it was
            met.
        temperatures: int32 (2, `CONFIDENCES`, `SPREAD_OF_SURPRISE`, 2): the part of a temperature, and how often it was
            met.
        contexts: int64, of the value that is coded.
        distances: int64 (symbols,), logits relative to the largest.
        errors: int64 (symbols,), sums of the biases; then how far off the frequencies were.
        state: int64, as `remainder_learning` names its places.
    """

    corrects: int
    surprises: Any
    biases: Any
    temperatures: Any
    contexts: Any
    distances: Any
    errors: Any
    state: Any
