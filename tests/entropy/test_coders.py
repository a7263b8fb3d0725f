"""Both coders make the same bytes and read each other's."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from srec_engine.entropy import DistributionTables, EntropyCoder, PixelStep, RemainderStep, choose_coder
from srec_engine.entropy.memory import TileMemory
from tests.entropy.builders import Values, photograph_steps, pixel_step, remainder_step

ALL = range(1, 11)
COMMON = (1, 5, 10)
"""Numbers of components that are compiled anyhow; compiling for the others takes seconds on the first run."""

SIZES = [(1, 1), (1, 7), (8, 1), (3, 5), (17, 16), (40, 33)]


def photograph(load: Callable[[], Any]) -> Values:
    """One of the photographs that ship with scikit-image, which has no types."""
    return np.asarray(load(), np.uint8)


def check_pixels(writer: EntropyCoder, reader: EntropyCoder, step: PixelStep, values: Values) -> None:
    decoded = np.full_like(values, 77)
    for channel in range(3):
        ours = writer.encode_pixels(step, channel, values)
        theirs = reader.encode_pixels(step, channel, values)
        assert ours.data == theirs.data
        assert ours.model_bits == pytest.approx(theirs.model_bits)
        reader.decode_pixels(step, channel, ours.data, decoded)
    inside = np.s_[: step.height, : step.width]
    assert np.array_equal(decoded[inside], values[inside])
    assert np.all(decoded[step.height :] == 77)
    assert np.all(decoded[:, step.width :] == 77)


def check_remainders(writer: EntropyCoder, reader: EntropyCoder, step: RemainderStep, symbols: Values) -> None:
    decoded = np.full_like(symbols, 77)
    for channel in range(3):
        ours = writer.encode_remainders(step, channel, symbols)
        theirs = reader.encode_remainders(step, channel, symbols)
        assert ours.data == theirs.data
        assert ours.model_bits == pytest.approx(theirs.model_bits)
        reader.decode_remainders(step, channel, ours.data, decoded)
    inside = np.s_[: step.height, : step.width]
    assert np.array_equal(decoded[inside], symbols[inside])
    assert np.all(decoded[step.height :] == 77)


@pytest.mark.parametrize("wild", [False, True])
@pytest.mark.parametrize("left", [2, 3, 4])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_each_coder_reads_the_others_pixels(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    height: int,
    width: int,
    left: int,
    wild: bool,
) -> None:
    step, values = pixel_step(tables, left=left, height=height, width=width, seed=height, wild=wild)
    check_pixels(numba_coder, torchac_coder, step, values)
    check_pixels(torchac_coder, numba_coder, step, values)


@pytest.mark.parametrize("components", [pytest.param(k, marks=[pytest.mark.slow] * (k not in COMMON)) for k in ALL])
def test_every_number_of_components_can_be_coded(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder, components: int
) -> None:
    step, values = pixel_step(tables, components=components, seed=components)
    check_pixels(torchac_coder, numba_coder, step, values)


@pytest.mark.parametrize("components", [1, 10])
@pytest.mark.parametrize("wild", [False, True])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_each_coder_reads_the_others_pixels_with_absolute_means(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    height: int,
    width: int,
    components: int,
    wild: bool,
) -> None:
    step, values = pixel_step(
        tables, components=components, left=3, height=height, width=width, seed=width, wild=wild, absolute=True
    )
    check_pixels(numba_coder, torchac_coder, step, values)
    check_pixels(torchac_coder, numba_coder, step, values)


@pytest.mark.parametrize("wild", [False, True])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_each_coder_reads_the_others_remainders(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    height: int,
    width: int,
    wild: bool,
) -> None:
    step, symbols = remainder_step(tables, height=height, width=width, seed=width, wild=wild, products=width % 2 == 0)
    check_remainders(numba_coder, torchac_coder, step, symbols)
    check_remainders(torchac_coder, numba_coder, step, symbols)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    left=st.sampled_from([2, 3, 4]),
    wild=st.booleans(),
    unlikely=st.booleans(),
    corrected=st.booleans(),
)
def test_the_coders_agree_on_anything(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    seed: int,
    left: int,
    wild: bool,
    unlikely: bool,
    corrected: bool,
) -> None:
    step, values = pixel_step(tables, left=left, height=6, width=11, seed=seed, wild=wild, corrected=corrected)
    if unlikely:
        values = np.minimum(255, step.remaining).astype(np.uint8)
    check_pixels(numba_coder, torchac_coder, step, values)


@pytest.mark.parametrize("value", [0, 254])
def test_frequencies_of_one_are_coded_exactly(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder, value: int
) -> None:
    """A narrow distribution far from the value leaves it nothing but the 1 that everything possible gets."""
    step, values = pixel_step(tables, height=20, width=20, remaining=510)
    parameters = np.zeros_like(step.parameters)
    parameters[..., 10:15] = parameters[..., 25:30] = parameters[..., 40:45] = -160
    step = dataclasses.replace(step, parameters=parameters, linear=np.zeros_like(step.linear))
    values[:] = value
    assert numba_coder.encode_pixels(step, 0, values).model_bits == pytest.approx(400 * 16, abs=1)
    check_pixels(numba_coder, torchac_coder, step, values)
    check_pixels(torchac_coder, numba_coder, step, values)


@pytest.mark.parametrize(("sums", "value"), [(0, 0), (1020, 255)])
def test_what_is_certain_costs_no_byte(tables: DistributionTables, coder: EntropyCoder, sums: int, value: int) -> None:
    step, values = pixel_step(tables, remaining=sums)
    assert np.all(values == value)
    for channel in range(3):
        stream = coder.encode_pixels(step, channel, values)
        assert (stream.data, stream.model_bits) == (b"", 0.0)
        decoded = np.full_like(values, 77)
        coder.decode_pixels(step, channel, b"", decoded)
        assert np.all(decoded[: step.height, : step.width, channel] == value)


def test_a_step_of_no_pixels_has_an_empty_stream(tables: DistributionTables, coder: EntropyCoder) -> None:
    step, values = pixel_step(tables, height=0, width=5)
    assert coder.encode_pixels(step, 1, values).data == b""
    coder.decode_pixels(step, 1, b"anything", values)
    remainders, symbols = remainder_step(tables, height=5, width=0)
    assert coder.encode_remainders(remainders, 1, symbols).data == b""
    coder.decode_remainders(remainders, 1, b"", symbols)


HOSTILE = [
    b"",
    b"\x00",
    bytes(2000),
    b"\xff" * 2000,
    b"\x7f\xff\xff\xff" * 500,
    b"\x80" + bytes(999),
    np.random.default_rng(5).bytes(3000),
]


def memories(height: int, width: int, *, learning: bool) -> list[TileMemory | None]:
    """One for each coder, where streams learn."""
    return [TileMemory.of_blocks(height, width) if learning else None for _ in range(2)]


@pytest.mark.parametrize("learning", [False, True])
@pytest.mark.parametrize("left", [2, 3, 4])
@pytest.mark.parametrize("stream", HOSTILE, ids=range(len(HOSTILE)))
def test_any_bytes_decode_to_the_same_possible_pixels(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    stream: bytes,
    left: int,
    learning: bool,
) -> None:
    step, values = pixel_step(tables, left=left, height=20, width=31, margin=0)
    ours, theirs = values.copy(), values.copy()
    our_memory, their_memory = memories(20, 31, learning=learning)
    for channel in range(3):
        answer = numba_coder.decode_pixels(step, channel, stream, ours, our_memory)
        assert torchac_coder.decode_pixels(step, channel, stream, theirs, their_memory) == answer
    assert np.array_equal(ours, theirs)
    assert np.all(ours >= step.remaining - 255 * (left - 1))
    assert np.all(ours <= step.remaining)


@pytest.mark.parametrize("learning", [False, True])
@pytest.mark.parametrize("stream", HOSTILE, ids=range(len(HOSTILE)))
def test_any_bytes_decode_to_the_same_possible_remainders(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder, stream: bytes, learning: bool
) -> None:
    step, symbols = remainder_step(tables, height=20, width=31, products=True)
    ours, theirs = symbols.copy(), symbols.copy()
    our_memory, their_memory = memories(20, 31, learning=learning)
    for channel in range(3):
        answer = numba_coder.decode_remainders(step, channel, stream, ours, our_memory)
        assert torchac_coder.decode_remainders(step, channel, stream, theirs, their_memory) == answer
    assert np.array_equal(ours, theirs)
    inside = np.s_[: step.height, : step.width]
    assert np.all(ours[inside] >= (step.low_resolution[inside] == 0))
    assert np.all(ours[inside] <= np.where(step.low_resolution[inside] == 255, 1, 3))


def test_sums_that_no_pixels_have_still_decode(tables: DistributionTables, coder: EntropyCoder) -> None:
    """A damaged tile hands wrong sums to the steps after it."""
    step, values = pixel_step(tables, left=2)
    sums = np.resize(np.array([-30000, -1, 511, 1020, 30000], np.int16), step.remaining.shape)
    coder.decode_pixels(dataclasses.replace(step, remaining=sums), 0, b"abc", values)


def test_a_value_that_is_impossible_is_refused(tables: DistributionTables, coder: EntropyCoder) -> None:
    step, values = pixel_step(tables, remaining=100)
    values[3, 2, 1] = 101
    with pytest.raises(ValueError, match="row 3, column 2, channel 1"):
        coder.encode_pixels(step, 1, values)
    remainders, symbols = remainder_step(tables)
    symbols[0, 4, 2] = 4
    with pytest.raises(ValueError, match="row 0, column 4, channel 2"):
        coder.encode_remainders(remainders, 2, symbols)


def test_arguments_that_do_not_fit_the_step_are_refused(tables: DistributionTables, coder: EntropyCoder) -> None:
    step, values = pixel_step(tables)
    with pytest.raises(ValueError, match="Channel 3"):
        coder.encode_pixels(step, 3, values)
    with pytest.raises(ValueError, match="does not cover"):
        coder.decode_pixels(step, 0, b"", values[:4].copy())
    with pytest.raises(ValueError, match="uint8"):
        coder.decode_pixels(step, 0, b"", values.astype(np.int16))
    values.flags.writeable = False
    with pytest.raises(ValueError, match="writable"):
        coder.decode_pixels(step, 0, b"", values)


def test_values_may_be_a_part_of_a_larger_picture(tables: DistributionTables, coder: EntropyCoder) -> None:
    step, values = pixel_step(tables)
    picture = np.zeros((40, 40, 3), np.uint8)
    part = picture[4 : 4 + 2 * values.shape[0] : 2, 6 : 6 + 2 * values.shape[1] : 2]
    for channel in range(3):
        coder.decode_pixels(step, channel, coder.encode_pixels(step, channel, values).data, part)
    inside = np.s_[: step.height, : step.width]
    assert np.array_equal(part[inside], values[inside])
    assert not picture[5::2].any()


def test_a_photograph_comes_back_and_its_streams_hold_hardly_more_than_the_models_bits(
    tables: DistributionTables, numba_coder: EntropyCoder
) -> None:
    coded, model_bits = 0, 0.0
    for step, values in photograph_steps(tables, photograph(data.astronaut)):
        decoded = np.zeros_like(values)
        for channel in range(3):
            stream = numba_coder.encode_pixels(step, channel, values)
            numba_coder.decode_pixels(step, channel, stream.data, decoded)
            coded += 8 * len(stream.data)
            model_bits += stream.model_bits
        assert np.array_equal(decoded, values)
    assert model_bits < coded < model_bits * 1.0005
    assert model_bits / (3 * 3 * 256 * 256) < 4.2


def test_both_coders_agree_on_a_photograph(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder
) -> None:
    for step, values in photograph_steps(tables, photograph(data.chelsea)[:120, :161]):
        check_pixels(torchac_coder, numba_coder, step, values)
        check_pixels(numba_coder, torchac_coder, step, values)


def test_the_bytes_of_known_steps_never_change(tables: DistributionTables, coder: EntropyCoder) -> None:
    digest = hashlib.sha256()
    for left in (2, 3, 4):
        values = scrambled((24, 25, 3), 256).astype(np.uint8)
        remaining = values + scrambled((24, 25, 3), 255 * (left - 1))
        parameters = (scrambled((24, 25, 48), 4001) - 2000).astype(np.float32)
        linear = scrambled((24, 25, 3), 3001) - 1500
        step = PixelStep(tables, 5, parameters, linear, remaining, left, 24, 25)
        for channel in range(3):
            digest.update(coder.encode_pixels(step, channel, values).data)
    logits = (scrambled((24, 25, 12), 301) - 150).astype(np.float32)
    couplings = scrambled((3, 4, 4), 201) - 100
    grey = scrambled((24, 25, 3), 256).clip(1, 254).astype(np.uint8)
    remainders = RemainderStep(tables, logits, couplings, grey, 24, 25)
    for channel in range(3):
        digest.update(coder.encode_remainders(remainders, channel, scrambled((24, 25, 3), 4).astype(np.uint8)).data)
    assert digest.hexdigest()[:16] == "68e9579ed58ead6f"


def scrambled(shape: tuple[int, ...], below: int) -> npt.NDArray[np.int64]:
    """Numbers that look random and are the same with every release of numpy."""
    places = np.arange(int(np.prod(shape)), dtype=np.int64)
    return ((places * 2654435761 + 12345) % 4294967291 >> 7).reshape(shape) % below


def test_threads_may_share_a_coder(tables: DistributionTables) -> None:
    coder = choose_coder("numba")
    steps = [pixel_step(tables, height=30, width=30, seed=seed) for seed in range(12)]

    def round_trip(item: tuple[PixelStep, Values]) -> bool:
        step, values = item
        decoded = np.zeros_like(values)
        for channel in range(3):
            coder.decode_pixels(step, channel, coder.encode_pixels(step, channel, values).data, decoded)
        inside = np.s_[: step.height, : step.width]
        return np.array_equal(decoded[inside], values[inside])

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(round_trip, steps))
