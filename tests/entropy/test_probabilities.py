"""What a single value of a stream that learns was coded with, wherever it is asked for first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pytest

from srec_engine.entropy import DistributionTables, EntropyCoder, PixelStep, RemainderStep
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.probabilities import BAND_ROWS, StreamProbabilities
from tests.entropy.builders import pixel_step, remainder_step

HEIGHT, WIDTH = 2 * BAND_ROWS + 9, 7

Coded = tuple[PixelStep | RemainderStep, npt.NDArray[np.uint8], TileMemory]


@pytest.fixture(scope="module", params=["pixels", "remainders"])
def coded(request: pytest.FixtureRequest, tables: DistributionTables, numba_coder: EntropyCoder) -> Coded:
    """A step whose three streams were coded with a memory; the second one is plain."""
    if request.param == "pixels":
        step, values = pixel_step(tables, left=4, height=HEIGHT, width=WIDTH)
        memory = TileMemory.of_blocks(values.shape[0], values.shape[1])
        memory.plain[1, 1] = True
        for channel in range(3):
            numba_coder.encode_pixels(step, channel, values, memory)
        return step, values, memory
    remainders, symbols = remainder_step(tables, height=HEIGHT, width=WIDTH)
    memory = TileMemory.of_blocks(symbols.shape[0], symbols.shape[1])
    memory.plain[0, 1] = True
    for channel in range(3):
        numba_coder.encode_remainders(remainders, channel, symbols, memory)
    return remainders, symbols, memory


def cost(stream: StreamProbabilities, values: npt.NDArray[np.uint8], row: int, column: int, channel: int) -> float:
    lowest, frequencies = stream.at(row, column)
    assert frequencies.sum() == 65536
    return float(16 - np.log2(frequencies[values[row, column, channel] - lowest]))


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_the_costs_of_all_places_asked_backwards_add_up_to_what_the_coder_says(
    coded: Coded, numba_coder: EntropyCoder, channel: int
) -> None:
    step, values, memory = coded
    encode = numba_coder.encode_pixels if isinstance(step, PixelStep) else numba_coder.encode_remainders
    bits = encode(step, channel, values, memory).model_bits  # type: ignore[arg-type]
    stream = StreamProbabilities(step, channel, values, memory)
    places = reversed(list(np.ndindex(HEIGHT, WIDTH)))
    assert sum(cost(stream, values, row, column, channel) for row, column in places) == pytest.approx(bits, rel=1e-9)


def test_questions_of_several_threads_are_answered_as_those_of_one(coded: Coded) -> None:
    step, values, memory = coded
    places = [(row, (5 * row) % WIDTH) for row in range(HEIGHT)]
    alone, shared = (StreamProbabilities(step, 2, values, memory) for _ in range(2))
    expected = [cost(alone, values, *place, 2) for place in places]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda place: cost(shared, values, *place, 2), reversed(places))) == expected[::-1]


def test_questions_leave_the_memory_as_it_is(coded: Coded) -> None:
    step, values, memory = coded
    before = [plane.copy() for plane in (memory.residuals, memory.offsets, memory.first, memory.surprises)]
    StreamProbabilities(step, 2, values, memory).at(HEIGHT - 1, WIDTH - 1)
    after = (memory.residuals, memory.offsets, memory.first, memory.surprises)
    assert all(np.array_equal(*planes) for planes in zip(before, after, strict=True))


def test_a_stream_that_learns_gives_other_distributions_than_the_network_and_a_plain_one_the_same(coded: Coded) -> None:
    step, values, memory = coded
    for channel in (0, 1, 2):
        learned = StreamProbabilities(step, channel, values, memory).at(HEIGHT - 1, WIDTH - 1)[1]
        network = StreamProbabilities(step, channel, values).at(HEIGHT - 1, WIDTH - 1)[1]
        assert np.array_equal(learned, network) == (channel == 1)
