from __future__ import annotations

import numpy as np
import pytest

from srec_engine.entropy import DistributionTables, EntropyCoder
from srec_engine.entropy.maps import pixel_maps, remainder_maps
from srec_engine.entropy.probabilities import StreamProbabilities
from tests.entropy.builders import pixel_step, remainder_step


@pytest.mark.parametrize("wild", [False, True])
def test_the_maps_of_pixels_say_what_the_probabilities_say(tables: DistributionTables, wild: bool) -> None:
    step, values = pixel_step(tables, left=3, height=8, width=11, wild=wild)
    for channel in range(3):
        maps = pixel_maps(step, channel, values)
        for row, column in np.ndindex(8, 11):
            lowest, frequencies = StreamProbabilities(step, channel, values).at(row, column)
            shares = frequencies / 65536
            value = int(values[row, column, channel])
            assert maps.mean[row, column] == pytest.approx(lowest + np.sum(shares * np.arange(len(shares))), rel=1e-5)
            assert maps.most_likely[row, column] == lowest + int(np.argmax(frequencies))
            assert maps.entropy[row, column] == pytest.approx(-np.sum(shares * np.log2(shares)), abs=1e-4)
            assert maps.cost[row, column] == pytest.approx(-np.log2(shares[value - lowest]), abs=1e-4)


def test_the_maps_of_remainders_say_what_the_probabilities_say(tables: DistributionTables) -> None:
    step, symbols = remainder_step(tables, products=True)
    for channel in range(3):
        maps = remainder_maps(step, channel, symbols)
        for row, column in np.ndindex(step.height, step.width):
            lowest, frequencies = StreamProbabilities(step, channel, symbols).at(row, column)
            shares = frequencies / 65536
            cost = -np.log2(shares[int(symbols[row, column, channel]) - lowest])
            assert maps.most_likely[row, column] == lowest + int(np.argmax(frequencies))
            assert maps.mean[row, column] == pytest.approx(lowest + np.sum(shares * np.arange(len(shares))), rel=1e-5)
            assert maps.cost[row, column] == pytest.approx(cost, abs=1e-4)


def test_the_sum_of_the_cost_map_is_what_the_coder_reports(
    tables: DistributionTables, numba_coder: EntropyCoder
) -> None:
    step, values = pixel_step(tables, height=40, width=40)
    remainders, symbols = remainder_step(tables, height=40, width=40)
    for channel in range(3):
        bits = numba_coder.encode_pixels(step, channel, values).model_bits
        assert pixel_maps(step, channel, values).cost.sum(dtype=np.float64) == pytest.approx(bits, rel=1e-5)
        bits = numba_coder.encode_remainders(remainders, channel, symbols).model_bits
        assert remainder_maps(remainders, channel, symbols).cost.sum(dtype=np.float64) == pytest.approx(bits, rel=1e-5)


def test_what_is_certain_costs_nothing(tables: DistributionTables) -> None:
    step, values = pixel_step(tables, remaining=1020)
    maps = pixel_maps(step, 2, values)
    assert not maps.cost.any()
    assert not maps.entropy.any()
    assert np.all(maps.mean == 255)


def test_a_value_that_is_impossible_costs_sixteen_bits(tables: DistributionTables) -> None:
    step, values = pixel_step(tables, remaining=100)
    values[:] = 200
    assert np.all(pixel_maps(step, 0, values).cost == 16)


def test_a_place_outside_of_the_step_is_refused(tables: DistributionTables) -> None:
    step, values = pixel_step(tables)
    with pytest.raises(ValueError, match="outside"):
        StreamProbabilities(step, 0, values).at(step.height, 0)
    remainders, symbols = remainder_step(tables)
    with pytest.raises(ValueError, match="outside"):
        StreamProbabilities(remainders, 0, symbols).at(0, -1)
