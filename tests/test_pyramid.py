"""The pyramid: means, remainders and back."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from srec_engine.pyramid import block_pixels, block_sums, join_blocks, mean_and_remainder, reduced_size

images = st.tuples(st.just(3), st.integers(1, 20), st.integers(1, 20)).flatmap(
    lambda shape: arrays(np.int32, shape, elements=st.integers(0, 255))
)


@given(images)
def test_mean_and_remainder_give_the_sum_back_and_stay_in_range(image: np.ndarray) -> None:
    sums = block_sums(block_pixels(image))
    means, remainders = mean_and_remainder(sums)
    assert np.array_equal(4 * means + remainders, sums)
    assert means.min() >= 0
    assert means.max() <= 255
    assert set(np.unique(remainders)) <= {-1, 0, 1, 2}


@given(images)
def test_blocks_join_to_the_image_they_came_from(image: np.ndarray) -> None:
    assert np.array_equal(join_blocks(block_pixels(image), image.shape[1], image.shape[2]), image)


@given(images)
def test_tensors_and_arrays_have_the_same_pyramid(image: np.ndarray) -> None:
    from_tensor = mean_and_remainder(block_sums(block_pixels(torch.from_numpy(image))))
    from_array = mean_and_remainder(block_sums(block_pixels(image)))
    for tensor, array in zip(from_tensor, from_array, strict=True):
        assert np.array_equal(tensor.numpy(), array)


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(0, 8))
def test_halving_many_times_is_halving_once_after_another(height: int, width: int, times: int) -> None:
    size = (height, width)
    for _ in range(times):
        size = reduced_size(*size)
    assert reduced_size(height, width, times) == size
