"""The numba definition, its numpy twin, and the plain description in unbounded integers must agree everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srec_engine.entropy import DistributionTables, PixelStep, default_tables
from srec_engine.entropy.distribution_arrays import pixel_frequencies, pixel_mixtures, remainder_frequencies
from srec_engine.entropy.probabilities import StreamProbabilities
from tests.entropy.builders import pixel_step, remainder_step
from tests.entropy.definition import pixel_boundaries, remainder_boundaries

TABLES = default_tables()
SEVERE = DistributionTables(
    sigmoid=np.where(np.arange(6145) < 3, 2**21, 2**22).astype(np.int32),
    exponential=np.full(769, 2**16, np.int32),
    inverse_scale=np.array([2**28, 2**27, 1], np.int64),
    log_scale_minimum=-1,
)
"""The largest integers that tables may hold."""


@settings(max_examples=60, deadline=None)
@given(
    components=st.sampled_from([1, 5, 10]),
    left=st.sampled_from([2, 3, 4]),
    seed=st.integers(0, 2**32),
    wild=st.booleans(),
    severe=st.booleans(),
    kind=st.sampled_from([{}, {"corrected": True}, {"absolute": True}]),
)
def test_the_three_definitions_of_a_pixel_agree(
    components: int, left: int, seed: int, wild: bool, severe: bool, kind: dict[str, bool]
) -> None:
    tables = SEVERE if severe else TABLES
    step, values = pixel_step(tables, components=components, left=left, height=2, width=3, seed=seed, wild=wild, **kind)
    for channel in range(3):
        mixtures = pixel_mixtures(step, channel, values, np.arange(6))
        rows = pixel_frequencies(mixtures, np.arange(257)[None])
        for position in range(6):
            row, column = divmod(position, 3)
            expected = pixel_boundaries(step, channel, values, row, column)
            lowest, frequencies = StreamProbabilities(step, channel, values).at(row, column)
            boundaries = np.concatenate([[0], np.cumsum(frequencies)])
            assert dict(enumerate(boundaries.tolist(), start=lowest)) == expected
            for boundary, cumulative in expected.items():
                assert rows[position, boundary] == cumulative
            assert frequencies.min() >= 1
            assert boundaries[-1] == 65536


def test_absolute_means_are_clamped_grey_levels_that_known_channels_shift(tables: DistributionTables) -> None:
    parameters = np.zeros((1, 1, 12), np.float32)
    parameters[..., [1, 4, 7]] = [-40 * 256, 100 * 256, 60 * 256]
    parameters[..., [2, 5, 8]] = -160  # a sharp logistic
    parameters[..., 9:] = [-9999, 0, 9999]  # green takes nothing of red; blue half of red and all of green
    step = PixelStep(tables, 1, parameters, None, np.full((1, 1, 3), 510), 4, 1, 1)
    values = np.array([[[80, 200, 0]]], np.uint8)
    most_likely = []
    for channel in range(3):
        lowest, frequencies = StreamProbabilities(step, channel, values).at(0, 0)
        most_likely.append(lowest + int(frequencies.argmax()))
    assert most_likely == [0, 100, 255]  # 60 + 40 + 200 is more than there is


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), wild=st.booleans())
def test_the_three_definitions_of_a_remainder_agree(seed: int, wild: bool) -> None:
    step, symbols = remainder_step(TABLES, height=2, width=3, seed=seed, wild=wild, products=bool(seed % 2))
    for channel in range(3):
        rows = remainder_frequencies(step, channel, symbols, np.arange(6))
        for position in range(6):
            row, column = divmod(position, 3)
            expected = remainder_boundaries(step, channel, symbols, row, column)
            lowest, frequencies = StreamProbabilities(step, channel, symbols).at(row, column)
            boundaries = [0, *np.cumsum(frequencies).tolist()]
            assert dict(enumerate(boundaries, start=lowest)) == expected
            assert {boundary: rows[position, boundary] for boundary in expected} == expected
            assert frequencies.min() >= 1


@pytest.mark.parametrize("sums", [0, 1, 255, 510, 765, 766, 1019, 1020])
def test_nothing_outside_the_allowed_interval_gets_a_frequency(tables: DistributionTables, sums: int) -> None:
    step, values = pixel_step(tables, height=1, width=1, remaining=sums)
    lowest, frequencies = StreamProbabilities(step, 0, values).at(0, 0)
    assert lowest == max(0, sums - 765)
    assert lowest + len(frequencies) - 1 == min(255, sums)
    rows = pixel_frequencies(pixel_mixtures(step, 0, values, np.array([0])), np.arange(257)[None])[0]
    assert np.diff(rows)[:lowest].sum() == 0
    assert np.diff(rows)[lowest + len(frequencies) :].sum() == 0
