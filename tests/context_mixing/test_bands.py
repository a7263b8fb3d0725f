"""How pictures are cut into bands."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from srec_engine.context_mixing.bands import VALUES_OF_TWO_BANDS, bands_of, suitable_count
from tests.context_mixing.planes import Shape, shapes_of


@given(st.integers(1, 400), st.integers(1, 400))
def test_bands_lie_one_behind_the_other_and_none_is_empty(height: int, count: int) -> None:
    count = min(count, height)
    bands = bands_of(shapes_of(height, 3), count)
    assert [band.first for band in bands] == [0, *(band.end for band in bands[:-1])]
    assert bands[-1].end == height
    assert all(band.first < band.end for band in bands)


def test_a_band_has_as_many_rows_of_each_component_as_it_is_sampled() -> None:
    luma, chroma = shapes_of(10, 3, ((2, 2), (1, 1)))
    upper, lower = bands_of([luma, chroma], 2)
    assert (upper.rows(luma), upper.rows(chroma)) == (slice(0, 10), slice(0, 5))
    assert (lower.rows(luma), lower.rows(chroma)) == (slice(10, 20), slice(5, 10))


def test_a_picture_has_a_band_for_what_there_is_to_learn_and_never_more_than_rows() -> None:
    shape = Shape(1, 1000, 100, np.ones(64, np.uint16))
    found = []
    for values in (1, 3 * VALUES_OF_TWO_BANDS // 8, 3 * VALUES_OF_TWO_BANDS // 8 + 1, VALUES_OF_TWO_BANDS + 1):
        blocks = np.zeros((1000, 100, 64), np.int16)
        blocks.reshape(-1)[:values] = 1
        found.append(suitable_count([shape], [blocks]))
    assert found == [1, 1, 2, 4]
    flat = Shape(1, 1, 100_000, np.ones(64, np.uint16))
    assert suitable_count([flat], [np.ones((1, 100_000, 64), np.int16)]) == 1
