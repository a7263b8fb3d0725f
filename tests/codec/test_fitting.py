"""Sums that decide a bit of a file are the same in whatever order a library adds, with any number of components."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from srec_engine.codec.fitting import (
    ChannelSample,
    CorrectionUnits,
    _Slopes,
    fit,
    largest_magnitude,
    whole_product,
)
from srec_engine.codec.sampling import MOST_BLOCKS
from srec_engine.entropy.tables import default_tables

Floats = npt.NDArray[np.float64]

UNITS = CorrectionUnits(4, 8, 4, 4, 5)
EXACT = 2**53
GRADIENT = 512
"""Largest gradient by one number: 8 nat in steps of 1/64."""

DEVIATION = 65280 + 131072
"""Largest deviation of a known channel: 255 grey levels and what a linear correction may have."""


def exact_product(left: Floats, right: Floats) -> npt.NDArray[Any]:
    """With Python's whole numbers."""
    product: npt.NDArray[Any] = left.astype(np.int64).astype(object) @ right.astype(np.int64).astype(object)
    return product


def sums_in_parts(left: Floats, right: Floats) -> Floats:
    """What the product has to be: parts that are exact for certain, each computed with Python's whole numbers."""
    terms = int(EXACT // (np.abs(left).max() * np.abs(right).max()))
    total = np.zeros((len(left), right.shape[1]))
    for start in range(0, left.shape[1], terms):
        part = exact_product(left[:, start : start + terms], right[start : start + terms])
        assert all(abs(number) <= EXACT for number in part.ravel())
        total += part.astype(np.float64)
    return total


def extreme_slopes(components: int, count: int, deviation: int) -> _Slopes:
    """Gradients at their limits: three of single numbers, and two by known channels."""
    random = np.random.default_rng(components)
    signs = np.where(random.random((6, count)) < 0.1, -1.0, 1.0)
    limits = np.array([GRADIENT] * 3 + [np.rint(GRADIENT * components * deviation / 256)] * 2)
    return _Slopes(signs[:5] * limits[:, None], signs[5] * GRADIENT * components)


@pytest.mark.parametrize("components", [5, 7, 10])
@pytest.mark.parametrize("deviation", [65280, DEVIATION])
def test_the_information_of_extreme_gradients_is_what_whole_numbers_give(components: int, deviation: int) -> None:
    slopes = extreme_slopes(components, MOST_BLOCKS, deviation)
    features = np.full((MOST_BLOCKS, 2), 255.0)
    columns = np.concatenate([slopes.plain.T, features * slopes.scale[:, None]], axis=1)
    information = slopes.information(features) * 64**2
    assert np.array_equal(information, sums_in_parts(columns.T, columns))
    exact = exact_product(columns.T, columns)
    largest = max(abs(number) for number in exact.ravel())
    if largest <= EXACT:
        assert np.array_equal(information.astype(object), exact)
    # Five components and deviations within the grey levels need no parts; more of either do.
    assert (largest <= EXACT) == (components == 5 and deviation == 65280)


@pytest.mark.parametrize("components", [5, 10])
def test_the_gradients_by_features_are_exact(components: int) -> None:
    slopes = extreme_slopes(components, MOST_BLOCKS, DEVIATION)
    features = np.random.default_rng(0).integers(0, 256, (MOST_BLOCKS, 3)).astype(np.float64)
    by_number = np.concatenate([slopes.plain.sum(axis=1), exact_product(slopes.scale[None], features)[0]])
    assert np.array_equal(slopes.gradient(features) * 64, by_number.astype(np.float64))


def test_products_are_exact_where_their_sum_is_though_some_terms_together_are_not() -> None:
    """A library may add all the large ones up first, beyond 2^53; then what is small among them is lost."""
    random = np.random.default_rng(1)
    odd = GRADIENT * 10 * 255 - 1
    ups = np.concatenate([np.full(6000, odd), np.full(6000, -odd), random.integers(-9, 10, 288)]).astype(np.float64)
    others = np.concatenate([np.full(12000, odd), random.integers(-9, 10, 288)]).astype(np.float64)
    for order in (np.arange(len(ups)), random.permutation(len(ups))):
        left, right = ups[None, order], others[order, None]
        assert whole_product(left, right, largest_magnitude(left))[0, 0] == exact_product(left, right)[0, 0]


def test_single_products_beyond_the_limit_are_rounded_one_by_one() -> None:
    left = np.array([[2.0**40 + 1, 3.0, 2.0**40 + 1]])
    assert whole_product(left, left.T, largest_magnitude(left))[0, 0] == left[0, 0] ** 2 + 9.0 + left[0, 2] ** 2


def test_with_ten_components_the_order_of_the_subpixels_does_not_matter() -> None:
    random = np.random.default_rng(3)
    count, components = 3000, 10
    predicted = random.integers(0, 256 * 256, count)
    deviations = random.integers(-2000, 2001, (2, count))
    deviations[:, 0] = DEVIATION
    values = np.clip((predicted + deviations[0] // 4 + random.integers(-200, 800, count)) // 256, 0, 255)
    parts = {
        "logits": random.integers(-60, 61, (components, count)),
        "means": predicted + random.integers(-800, 801, (components, count)),
        "log_scales": random.integers(-300, 200, (components, count)),
        "deviations": deviations,
    }
    features = random.choice(np.array([0, 255], np.uint8), (count, 4))
    tables = default_tables(-300)

    def fitted(order: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        columns = {name: part[:, order] for name, part in parts.items()}
        sample = ChannelSample(tables, **columns, features=features[order], values=values[order])
        correction, saved = fit(sample, UNITS, 127, 100.0)
        assert saved > 0
        return correction.numbers()

    numbers = fitted(np.arange(count))
    assert np.count_nonzero(numbers) > 5
    assert np.array_equal(fitted(random.permutation(count)), numbers)
