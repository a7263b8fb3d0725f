"""Corrections of mixtures that suit one picture: found on a sample of its subpixels, the same on every machine.

A classifier was trained for all photographs. What one picture needs beyond that is mostly another spread of its errors,
and a little of the rest, so an encoder may send corrections along (`model.adaptation`). They are found here by Newton's
method on the bits of a sample, with the covariance of the gradients in place of the second derivatives (Fisher's
scoring; Amari, "Natural gradient works efficiently in learning", 1998).

The same picture must become the same file everywhere, so whatever decides a bit is computed exactly: distributions
come from the coder's integer tables; sums and matrix products are over whole numbers that stay below 2⁵³, exact in any
order (`whole_product` sees to it); everything else is single additions, multiplications, divisions and roots, which
IEEE 754 rounds alike on every machine.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from srec_engine.entropy.fixed_point import (
    EXPONENTIAL_ENTRIES,
    FREQUENCY_BITS,
    FREQUENCY_TOTAL,
    GREY_LEVELS,
    NAT_UNITS,
    SCALE_BITS,
    SIGMOID_ENTRIES,
    SIGMOID_ONE,
    SIGMOID_STEPS,
)
from srec_engine.entropy.tables import DistributionTables

__all__ = ["ChannelSample", "Correction", "CorrectionUnits", "fit", "largest_magnitude", "whole_product"]

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

ROUNDS = 8
"""Steps of Newton's method; more find next to nothing."""

INFORMED_ROUNDS = 3
"""After so many steps Fisher's information, half of the work of a step, is no longer computed anew."""

SHORTENINGS = 2
"""Times that a step which saves nothing is halved."""

GRADIENT_STEPS = 64
"""Steps per nat in which gradients are rounded before they are multiplied and added up."""

GRADIENT_LIMIT = 8
"""Largest gradient of one subpixel, in nat: a few surprises must not decide everything."""

DAMPING = 0.1
"""Share of a number's own information that is added to it."""

BITS_OF_A_NUMBER = 6.0
"""What a number that is not zero costs in the file, about."""

SIGNIFICANT = 4.0
"""Square of the standard errors that a number must differ from zero by, lest chance be corrected."""

_EXACT = 1 << 53
"""Whole numbers up to this are doubles."""

LARGEST_FEATURE = 255.0
"""Features are bytes."""

_ARGUMENT_ONE = float(SIGMOID_STEPS << SCALE_BITS)


@dataclass(frozen=True, slots=True)
class CorrectionUnits:
    """Steps of a correction's numbers.

    Attributes:
        logit, mean, log_scale, coefficient: In the coder's fixed-point steps of each.
        weight_shift: Features are multiplied with whole numbers times 2^−weight_shift.
    """

    logit: int
    mean: int
    log_scale: int
    coefficient: int
    weight_shift: int


@dataclass(frozen=True, eq=False, slots=True)
class ChannelSample:
    """N subpixels of one channel of one step.

    Attributes:
        tables: Of the model.
        logits, means, log_scales: int64 (K, N), fixed point; the means as they are after known channels moved them.
        deviations: int64 (known channels, N): 256·value − prediction of each channel before, 2⁻⁸ grey level.
        features: uint8 (N, F), what the classifier saw.
        values: int64 (N,), the true values.
    """

    tables: DistributionTables
    logits: Integers
    means: Integers
    log_scales: Integers
    deviations: Integers
    features: npt.NDArray[np.uint8]
    values: Integers


@dataclass(frozen=True, eq=False, slots=True)
class Correction:
    """Whole numbers in steps of `CorrectionUnits`, each int64.

    Attributes:
        logits, means, log_scales: (K,), added to each component's.
        coefficients: (known channels,), added.
        weights: (F,); their product with the features is added to all log-scales.
    """

    logits: Integers
    means: Integers
    log_scales: Integers
    coefficients: Integers
    weights: Integers

    def numbers(self) -> Integers:
        """All numbers, in the order of the attributes."""
        return np.concatenate([self.logits, self.means, self.log_scales, self.coefficients, self.weights])

    @classmethod
    def from_numbers(cls, numbers: Integers, components: int, known: int) -> Correction:
        """Undo `numbers`."""
        return cls(*np.split(numbers, np.cumsum([components, components, components, known])))


def fit(sample: ChannelSample, units: CorrectionUnits, limit: int, weight: float) -> tuple[Correction, float]:
    """The correction that saves most.

    Intervals that a block's sum allows are left out of account: they matter near black and white only.

    Args:
        sample: The subpixels.
        units: Steps of the result.
        limit: Largest magnitude of its numbers.
        weight: Subpixels of the picture that each of the sample stands for.

    Returns:
        The correction, and the bits it saves over the whole picture, the cost of its numbers taken off; zeros and 0.0
        where nothing is worth its cost.
    """
    components, known = len(sample.logits), len(sample.deviations)
    steps = _steps(units, components, known, sample.features.shape[1])
    features = sample.features.astype(np.float64)

    def corrected(numbers: Integers) -> _Mixtures:
        return _corrected(sample, features, units, Correction.from_numbers(numbers, components, known))

    best, saved = np.zeros(len(steps), np.int64), 0.0
    state = corrected(best)
    start = state.bits()
    information: Floats | None = None
    for turn in range(ROUNDS):
        slopes = _Slopes.of(state, sample)
        if information is None or turn < INFORMED_ROUNDS:
            information = slopes.information(features)
        step = _solved(information, slopes.gradient(features))
        for _ in range(1 + SHORTENINGS):
            exact = _worthwhile(best * steps + step, information, weight)
            numbers = np.clip(np.rint(exact / steps), -limit, limit).astype(np.int64)
            moved = corrected(numbers)
            saving = (start - moved.bits()) * weight - BITS_OF_A_NUMBER * int(np.count_nonzero(numbers))
            if saving > saved:
                break
            step = step * 0.5
        else:
            break
        best, saved, state = numbers, saving, moved
    return Correction.from_numbers(best, components, known), saved


def _steps(units: CorrectionUnits, components: int, known: int, features: int) -> Floats:
    """Each number's step in nat or grey levels; for weights in nat per step of a feature."""
    counts = (components, components, components, known, features)
    of_one = (
        units.logit / NAT_UNITS,
        units.mean / GREY_LEVELS,
        units.log_scale / NAT_UNITS,
        units.coefficient / GREY_LEVELS,
        2.0**-units.weight_shift / NAT_UNITS,
    )
    return np.repeat(of_one, counts)


@dataclass(frozen=True, eq=False, slots=True)
class _Mixtures:
    """Corrected mixtures of N subpixels; pairs are at the lower and the upper boundary of the true value."""

    weights: Floats32  # (K, N), they add up to 1
    slopes: Floats32  # (K, N), of the arguments per grey level
    arguments: Floats32  # (2, K, N) of the logistic function
    cdf: Floats32  # (2, K, N)
    probability: Floats32  # (N,), of the true values

    def bits(self) -> float:
        """Of all subpixels."""
        frequencies = np.clip(np.rint(self.probability * np.float32(FREQUENCY_TOTAL)), 1, FREQUENCY_TOTAL)
        return float(_bits_of_frequencies()[frequencies.astype(np.int64)].sum()) / _LOGARITHM_ONE


def _corrected(sample: ChannelSample, features: Floats, units: CorrectionUnits, correction: Correction) -> _Mixtures:
    tables = sample.tables
    means = sample.means + correction.means[:, None] * units.mean
    for deviation, coefficient in zip(sample.deviations, correction.coefficients, strict=True):
        means += (coefficient * units.coefficient * deviation) >> 8
    products = whole_product(features, correction.weights.astype(np.float64)[:, None], LARGEST_FEATURE)[:, 0]
    shift = np.rint(products * 2.0**-units.weight_shift).astype(np.int64)
    log_scales = sample.log_scales + correction.log_scales[:, None] * units.log_scale + shift
    entries = np.clip(log_scales - tables.log_scale_minimum, 0, len(tables.inverse_scale) - 1)
    inverse = tables.inverse_scale[entries]
    weights = _weights(tables, sample.logits + correction.logits[:, None] * units.logit)
    boundaries = np.stack([sample.values, sample.values + 1])[:, None]
    arguments = ((2 * boundaries - 1) * 128 - means) * inverse
    cdf = _cdf(tables, arguments, boundaries)
    return _Mixtures(
        weights,
        (inverse * (GREY_LEVELS / _ARGUMENT_ONE)).astype(np.float32),
        (arguments * (1 / _ARGUMENT_ONE)).astype(np.float32),
        cdf,
        np.maximum(_mixed(weights, cdf[1] - cdf[0]), np.float32(1 / FREQUENCY_TOTAL)),
    )


def _weights(tables: DistributionTables, logits: Integers) -> Floats32:
    table = np.append(tables.exponential, 0).astype(np.float32)
    weights = table[np.minimum(logits.max(axis=0) - logits, EXPONENTIAL_ENTRIES)]
    shares: Floats32 = weights / _mixed(np.ones_like(weights), weights)
    return shares


def _cdf(tables: DistributionTables, arguments: Integers, boundaries: Integers) -> Floats32:
    """Of each component at a boundary; the tails are folded into 0 and 255."""
    index = np.minimum(np.abs(arguments) >> SCALE_BITS, SIGMOID_ENTRIES - 1)
    upper = (tables.sigmoid * np.float32(1 / SIGMOID_ONE)).astype(np.float32)[index]
    cdf = np.where(arguments < 0, 1 - upper, upper)
    return np.where(boundaries <= 0, np.float32(0), np.where(boundaries >= GREY_LEVELS, np.float32(1), cdf))


def _mixed(weights: Floats32, terms: Floats32) -> Floats32:
    """Σ weight·term over the components, (N,), in their order."""
    total = np.zeros(weights.shape[1], np.float32)
    for weight, term in zip(weights, terms, strict=True):
        total += weight * term
    return total


@dataclass(frozen=True, eq=False, slots=True)
class _Slopes:
    """Gradients of each subpixel's log-likelihood, whole numbers of 1/GRADIENT_STEPS nat."""

    plain: Floats  # (3·K + known channels, N): by logits, means, log-scales, coefficients
    scale: Floats  # (N,), by all log-scales together

    @classmethod
    def of(cls, state: _Mixtures, sample: ChannelSample) -> _Slopes:
        by_logit, by_mean, by_scale = (_whole(part) for part in _gradients(state))
        mean = by_mean.sum(axis=0)
        known = [np.rint(mean * deviation / GREY_LEVELS)[None] for deviation in sample.deviations]
        return cls(np.concatenate([by_logit, by_mean, by_scale, *known]), by_scale.sum(axis=0))

    def gradient(self, features: Floats) -> Floats:
        """By each number, in nat, summed over the sample."""
        by_weight = whole_product(features.T, self.scale[:, None], LARGEST_FEATURE)[:, 0]
        return np.concatenate([self.plain.sum(axis=1), by_weight]) * (1 / GRADIENT_STEPS)

    def information(self, features: Floats) -> Floats:
        """Fisher's information between any two numbers, summed over the sample."""
        columns = np.concatenate([self.plain.T, features * self.scale[:, None]], axis=1)
        largest = max(largest_magnitude(self.plain), LARGEST_FEATURE * largest_magnitude(self.scale))
        return whole_product(columns.T, columns, largest, largest) * (1 / GRADIENT_STEPS**2)


def whole_product(left: Floats, right: Floats, largest_left: float, largest_right: float | None = None) -> Floats:
    """A matrix product of whole numbers, the same on every machine.

    Args:
        left: The one.
        right: The other.
        largest_left: No magnitude in `left` is larger.
        largest_right: No magnitude in `right` is larger; looked for where it is not given.

    A library adds up in an order of its own, so it is given parts of so few terms that their magnitudes cannot add up
    to more than 2⁵³: these are exact. Their results are added here, in order, so that even sums beyond 2⁵³ round alike.

    With K components a subpixel's gradients are at most 512·K; times a feature, 255, that is 130,560·K. Times the
    deviation of a known channel it is 392,704·K: 767 grey levels, 255 and the 512 that a linear correction may have. So
    a product of two is at most 1.6·10¹³, for K = 10, and 584 terms make a part. With K = 5 and deviations of up to
    255 grey levels the 12,288 terms of a sample are one part: 652,800² · 12,288 = 5.2·10¹⁵ < 2⁵³ = 9.0·10¹⁵.
    """
    if largest_right is None:
        largest_right = largest_magnitude(right)
    terms = max(1, int(_EXACT // max(1.0, largest_left * largest_right)))
    total: Floats = np.zeros((left.shape[0], right.shape[1]))
    for start in range(0, left.shape[1], terms):
        part = slice(start, start + terms)
        # torch keeps to the threads that it was given, numpy takes all there are.
        total += torch.mm(torch.from_numpy(left[:, part]), torch.from_numpy(right[part])).numpy()
    return total


def largest_magnitude(values: Floats) -> float:
    """The largest magnitude, 0 of no values."""
    return float(max(values.max(initial=0.0), -values.min(initial=0.0)))


def _gradients(state: _Mixtures) -> tuple[Floats32, Floats32, Floats32]:
    """Of the log-likelihood by each component's logit, mean and log-scale, (K, N) each, in nat."""
    share = state.weights / state.probability
    by_logit = share * (state.cdf[1] - state.cdf[0]) - state.weights
    lower, upper = state.cdf * (1 - state.cdf)
    by_mean = share * state.slopes * (lower - upper)
    by_scale = share * (lower * state.arguments[0] - upper * state.arguments[1])
    return by_logit, by_mean, by_scale


def _whole(gradient: Floats32) -> Floats:
    """Whole numbers of 1/GRADIENT_STEPS nat."""
    return np.rint(np.clip(gradient, -GRADIENT_LIMIT, GRADIENT_LIMIT) * GRADIENT_STEPS).astype(np.float64)


def _solved(information: Floats, gradient: Floats) -> Floats:
    """Solve (information + damping)·x = gradient by Cholesky's method, one column after the other.

    A library's would add up in an order of its own.
    """
    size = len(gradient)
    rest = information + np.diag(information.diagonal() * DAMPING + 1.0)
    factor = np.zeros_like(rest)
    right = gradient.copy()
    for column in range(size):
        pivot = np.sqrt(rest[column, column])
        factor[column:, column] = rest[column:, column] / pivot
        below = factor[column + 1 :, column]
        rest[column + 1 :, column + 1 :] -= below[:, None] * below
        right[column] /= pivot
        right[column + 1 :] -= below * right[column]
    for column in reversed(range(size)):
        right[column] /= factor[column, column]
        right[:column] -= factor[column, :column] * right[column]
    return right


def _worthwhile(exact: Floats, information: Floats, weight: float) -> Floats:
    """Zero for numbers that may be there by chance, or save less than they cost."""
    squared_errors = exact * exact * information.diagonal()  # twice what a number saves, in nat
    kept = (squared_errors > SIGNIFICANT) & (squared_errors * weight > 2 * BITS_OF_A_NUMBER)
    return np.where(kept, exact, 0.0)


_LOGARITHM_BITS = 20
_LOGARITHM_ONE = 1 << _LOGARITHM_BITS


@functools.cache
def _bits_of_frequencies() -> Integers:
    """log₂(65536 / f) in steps of 2⁻²⁰ for f of 0 to 65536 (0 as 1), by squaring whole numbers."""
    frequencies = np.maximum(np.arange(FREQUENCY_TOTAL + 1, dtype=np.uint64), 1)
    whole = np.zeros(len(frequencies), np.uint64)
    for bit in range(1, FREQUENCY_BITS + 1):
        whole += (frequencies >> np.uint64(bit)) > 0
    mantissa = frequencies << (np.uint64(31) - whole)  # 1 ≤ mantissa·2⁻³¹ < 2
    fraction = np.zeros(len(frequencies), np.int64)
    for _ in range(_LOGARITHM_BITS):
        mantissa = (mantissa * mantissa) >> np.uint64(31)
        large = mantissa >= np.uint64(1 << 32)
        mantissa = np.where(large, mantissa >> np.uint64(1), mantissa)
        fraction = 2 * fraction + large
    return ((FREQUENCY_BITS - whole.astype(np.int64)) << _LOGARITHM_BITS) - fraction
