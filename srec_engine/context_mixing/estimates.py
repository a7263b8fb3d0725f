"""What the neighbours of a coefficient make of it: a value with a sign, from the gap to the pixels beside the block and
from the same frequency elsewhere; for numba kernels.

The gap (Lakhani, "Optimal Huffman coding of DCT blocks", 2004, has the idea for two rows of frequencies): if a block is
to continue its neighbours, then what its known coefficients do not yet make of the border must come from the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer
from srec_engine.context_mixing.planes import Estimator
from srec_engine.context_mixing.transform import BASIS, BASIS_BITS

__all__ = ["FEATURES", "STEP_UNITS", "border_gains", "estimated", "first_weights", "gap_feature", "learn_estimate"]

STEP_UNITS = 16
"""Estimates, and companions, which they are made of, are in units of 1/16 step."""

FEATURES = 9
"""Gap above, gap to the left, coefficient above, to the left, of two companions, slope of the means, two companions
with the slope that holds around here."""

_GAIN_BITS = 20
_SPECTRUM_LIMIT = 1 << 26
_FEATURE_LIMIT = 8191
_ERROR_LIMIT = 1024
_WEIGHT_BITS = 16
_WEIGHT_LIMIT = 1 << 20
_RATE, _RATE_BITS = 2000, 8
_NORM_OFFSET = 4096


def first_weights() -> NDArray[np.int64]:
    """Weights before anything was learned, int64 (64, 9), in units of 2⁻¹⁶."""
    weights = np.zeros((64, FEATURES), np.int64)
    weights[:, :2] = 30_000
    weights[:, 7:] = 8_000
    return weights


def border_gains(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """From the spectrum of a gap to steps of a coefficient, int64 (3, 2, 64), in units of 2⁻²⁰.

    First axis: both neighbours are there, the one above alone, the one to the left alone. Second: of the gap above, of
    the gap to the left. With both, each counts by how much the coefficient shows at that border.
    """
    basis = BASIS[:, 0].astype(np.int64)
    gains = np.zeros((3, 2, 64), np.int64)
    one = 1 << BASIS_BITS
    for k in range(64):
        down, across = int(basis[k >> 3]), int(basis[k & 7])
        for case, wholes in enumerate((down * down + across * across, down * down, across * across)):
            for side, share in enumerate((down, across)):
                if case in (0, side + 1):
                    gains[case, side, k] = (share * one << _GAIN_BITS) // (wholes * int(steps[k]))
    return gains


@inlined
def gap_feature(spectrum: int, gain: int) -> int:
    """What a gap asks of a coefficient, in 1/16 steps."""
    return min(max(spectrum, -_SPECTRUM_LIMIT), _SPECTRUM_LIMIT) * gain >> _GAIN_BITS


@inlined
def estimated(estimator: Estimator, frequency: int) -> int:
    """The estimate from `features`, which it holds within their limits; in 1/16 steps."""
    total = integer(0)
    weights = estimator.weights[frequency]
    for index in range(FEATURES):
        feature = min(max(estimator.features[index], -_FEATURE_LIMIT), _FEATURE_LIMIT)
        estimator.features[index] = feature
        total += weights[index] * feature
    return total >> _WEIGHT_BITS


@inlined
def learn_estimate(estimator: Estimator, frequency: int, error: int) -> None:
    """Move the weights by what was mispredicted, in 1/16 steps (normalised least mean squares)."""
    norm = integer(_NORM_OFFSET)
    for index in range(FEATURES):
        norm += estimator.features[index] * estimator.features[index]
    step = (min(max(error, -_ERROR_LIMIT), _ERROR_LIMIT) * _RATE << _RATE_BITS) // norm
    weights = estimator.weights[frequency]
    for index in range(FEATURES):
        weight = weights[index] + (step * estimator.features[index] >> _RATE_BITS)
        weights[index] = min(max(weight, -_WEIGHT_LIMIT), _WEIGHT_LIMIT)
