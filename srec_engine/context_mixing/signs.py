"""Whether a coefficient is positive; for numba kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.compilation.kernels import inlined, integer
from srec_engine.context_mixing.layout import SIGNS, enter_context
from srec_engine.context_mixing.mixer import Mixer, code_bit
from srec_engine.context_mixing.outlook import Outlook
from srec_engine.context_mixing.planes import Neighbours
from srec_engine.context_mixing.quantisers import classed, sign_of

__all__ = ["code_sign"]

_STARTS, _SIZES, _NODES, _ROWS = SIGNS.starts, SIGNS.sizes, SIGNS.nodes, SIGNS.rows
_REFINEMENTS = SIGNS.refinements


@inlined
def _enter(mixer: Mixer, place: int, index: int, value: int) -> None:
    enter_context(mixer.contexts, index, _STARTS, _SIZES, _NODES, place, value)


@inlined
def _signs_within(block: NDArray[np.int16], frequency: int, step: int) -> int:
    """Signs of the coefficients `step` frequencies lower across and down."""
    across = sign_of(block[frequency - step]) if (frequency & 7) >= step else integer(0)
    down = sign_of(block[frequency - 8 * step]) if (frequency >> 3) >= step else integer(0)
    return integer(across * 3 + down)


@inlined
def _signs_of_gaps(features: NDArray[np.int64]) -> int:
    above, left = min(abs(features[0]) >> 3, 15), min(abs(features[1]) >> 3, 15)
    return integer((2 * integer(features[0] > 0) + integer(features[1] > 0)) * 256 + above * 16 + left)


@inlined
def code_sign(
    mixer: Mixer,
    is_positive: int,
    size: int,
    seen: Outlook,
    block: NDArray[np.int16],
    near: Neighbours,
    features: NDArray[np.int64],
    kind: int,
) -> int:
    """Code a sign.

    Args:
        mixer: What predicts.
        is_positive: What to write: 1 or 0.
        size: The magnitude.
        seen: What was known before that.
        block: The block so far.
        near: Those around it.
        features: Of the estimator.
        kind: Of the component.

    Returns:
        1 for positive.
    """
    frequency = seen.frequency
    place = (kind << 6) + frequency
    gap, estimate = classed(seen.gap_size, 15), classed(seen.estimate_size, 15)
    above, left = sign_of(near.above[frequency]), sign_of(near.left[frequency])
    first, second = sign_of((seen.first + 8) >> 4), sign_of((seen.second + 8) >> 4)
    by_gap, by_estimate = seen.gap_sign, seen.estimate_sign
    short = min(size, 7)
    _enter(mixer, place, 0, by_gap * 64 + seen.gap_size)
    _enter(mixer, place, 1, (above * 3 + left) * 3 + by_gap)
    _enter(mixer, place, 2, (by_gap * 16 + gap) * 8 + short)
    _enter(mixer, place, 3, second * 16 + min(seen.second_size, 15))
    _enter(mixer, place, 4, (above * 3 + by_gap) * 16 + gap)
    _enter(mixer, place, 5, (left * 3 + by_gap) * 16 + gap)
    _enter(mixer, place, 6, by_gap * 128 + min(abs(seen.gap) >> 1, 127))
    _enter(mixer, place, 7, _signs_within(block, frequency, 2))
    _enter(mixer, place, 8, (second * 3 + by_gap) * 9 + above * 3 + left)
    _enter(mixer, place, 9, _signs_within(block, frequency, 1))
    _enter(mixer, place, 10, (first * 3 + by_gap) * 8 + min(seen.first_size, 7))
    _enter(mixer, place, 11, _signs_of_gaps(features))
    _enter(mixer, place, 12, by_estimate * 64 + seen.estimate_size)
    _enter(mixer, place, 13, (by_estimate * 16 + estimate) * 8 + short)
    _enter(mixer, place, 14, (by_estimate * 3 + by_gap) * 64 + min(estimate, 7) * 8 + min(gap, 7))
    mixer.rows[0] = _ROWS[0] + place
    mixer.rows[1] = _ROWS[1] + ((kind << 6) + seen.estimate_size) * 3 + by_estimate
    mixer.rows[2] = _ROWS[2]
    refinement = _REFINEMENTS + (kind * 8 + short) * 32 + estimate * 2 + integer(by_estimate == 1)
    return code_bit(mixer, is_positive, 0, refinement)
