"""Streams whose distributions learn: the compiled kernels and the plain Python make the same of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from srec_engine.entropy import CodedStream, DistributionTables, EntropyCoder, PixelStep, RemainderStep
from srec_engine.entropy.distribution_arrays import pixel_components
from srec_engine.entropy.learning import FINE_DEVIATION, deviations
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.starting_states import StartingStates
from tests.entropy.builders import (
    Values,
    extreme_states,
    photograph_steps,
    pixel_step,
    sharp_steps,
    stored_states,
    tile_steps,
)

Step = PixelStep | RemainderStep
Steps = Sequence[tuple[Step, Values]]

ALL = range(1, 11)
COMMON = (1, 5, 10)
"""Numbers of components that are compiled anyhow; compiling for the others takes seconds on the first run."""

SIZES = [(1, 1), (1, 7), (8, 1), (2, 3), (9, 10), (17, 13)]
"""Blocks of a tile, height and width."""


def photograph(load: Callable[[], Any]) -> Values:
    """One of the photographs that ship with scikit-image, which has no types."""
    return np.asarray(load(), np.uint8)


def encode(coder: EntropyCoder, step: Step, channel: int, values: Values, memory: TileMemory) -> CodedStream:
    if isinstance(step, PixelStep):
        return coder.encode_pixels(step, channel, values, memory)
    return coder.encode_remainders(step, channel, values, memory)


def decode(coder: EntropyCoder, step: Step, channel: int, stream: bytes, values: Values, memory: TileMemory) -> bool:
    if isinstance(step, PixelStep):
        return coder.decode_pixels(step, channel, stream, values, memory)
    return coder.decode_remainders(step, channel, stream, values, memory)


def memory_of(steps: Steps, plain: npt.NDArray[np.bool_] | None = None) -> TileMemory:
    """An empty memory for a tile whose first step covers it."""
    memory = TileMemory.of_blocks(*steps[0][1].shape[:2])
    if plain is not None:
        memory.plain[:] = plain
    return memory


def assert_same_memory(ours: TileMemory, theirs: TileMemory) -> None:
    for field in dataclasses.fields(TileMemory):
        assert np.array_equal(getattr(ours, field.name), getattr(theirs, field.name)), field.name


def check_tile(
    ours: EntropyCoder,
    theirs: EntropyCoder,
    steps: Steps,
    plain: npt.NDArray[np.bool_] | None = None,
    channels: int = 3,
) -> list[CodedStream]:
    """Code a tile with one coder, read it with both; all must agree on everything. Returns the streams."""
    writing, written, reading, read = (memory_of(steps, plain) for _ in range(4))
    streams = []
    for step, values in steps:
        decoded, again = values.copy(), values.copy()
        inside = np.s_[: step.height, : step.width, :channels]
        decoded[inside] = again[inside] = 1
        for channel in range(channels):
            stream = encode(ours, step, channel, values, writing)
            same = encode(theirs, step, channel, values, written)
            assert (stream.data, stream.saving) == (same.data, same.saving)
            assert stream.model_bits == pytest.approx(same.model_bits)
            assert_same_memory(writing, written)
            assert decode(ours, step, channel, stream.data, decoded, reading)
            assert decode(theirs, step, channel, stream.data, again, read)
            streams.append(stream)
        assert np.array_equal(decoded, values)
        assert np.array_equal(again, values)
        assert_same_memory(writing, reading)
        assert_same_memory(writing, read)
    return streams


@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("wild", [False, True])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_both_coders_make_the_same_of_a_whole_tile(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    height: int,
    width: int,
    wild: bool,
    odd: bool,
) -> None:
    steps = tile_steps(tables, height, width, seed=height, wild=wild, odd=odd)
    check_tile(numba_coder, torchac_coder, steps)


@pytest.mark.parametrize("kind", [{"absolute": True}, {"corrected": True}], ids=["absolute", "corrected"])
@pytest.mark.parametrize("wild", [False, True])
def test_both_coders_make_the_same_of_every_kind_of_mixture(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    kind: dict[str, bool],
    wild: bool,
) -> None:
    components = 10 if "absolute" in kind else 5
    steps = tile_steps(tables, 10, 9, components=components, wild=wild, **kind)
    check_tile(numba_coder, torchac_coder, steps)


@pytest.mark.parametrize("components", [pytest.param(k, marks=[pytest.mark.slow] * (k not in COMMON)) for k in ALL])
def test_every_number_of_components_can_learn(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder, components: int
) -> None:
    steps = tile_steps(tables, 9, 8, components=components, seed=components)
    check_tile(numba_coder, torchac_coder, steps)


def test_a_grey_picture_has_one_channel_that_learns(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder
) -> None:
    steps = tile_steps(tables, 12, 11, seed=3, odd=True)
    assert len(check_tile(numba_coder, torchac_coder, steps, channels=1)) == 4


def test_plain_streams_are_those_that_are_coded_without_a_memory(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder
) -> None:
    steps = tile_steps(tables, 10, 9, seed=4)
    streams = iter(check_tile(numba_coder, torchac_coder, steps, plain=np.ones((4, 3), np.bool_)))
    for step, values in steps:
        for channel in range(3):
            stream = next(streams)
            if isinstance(step, PixelStep):
                without = numba_coder.encode_pixels(step, channel, values)
            else:
                without = numba_coder.encode_remainders(step, channel, values)
            assert stream.data == without.data
            assert stream.saving == 0


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 5),
    height=st.integers(1, 6),
    width=st.integers(1, 7),
    kind=st.sampled_from(["", "wild", "corrected"]),
    odd=st.booleans(),
    plain=st.integers(0, 2**12 - 1),
)
def test_the_coders_agree_on_any_tile_some_of_whose_streams_are_plain(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    seed: int,
    height: int,
    width: int,
    kind: str,
    odd: bool,
    plain: int,
) -> None:
    steps = tile_steps(tables, height, width, seed=seed, odd=odd, **({kind: True} if kind else {}))
    mask = (plain >> np.arange(12) & 1).astype(np.bool_).reshape(4, 3)
    check_tile(numba_coder, torchac_coder, steps, plain=mask)


def narrow_share(steps: Sequence[tuple[PixelStep, Values]]) -> float:
    """Share of the values whose mixture is so narrow that they are weighed one by one."""
    narrow = []
    for step, values in steps:
        widths = deviations(step.tables.inverse_scale)
        for channel in range(3):
            chosen = np.arange(step.height * step.width)
            weights, means, places = pixel_components(step, channel, values, chosen)
            total = weights.sum(axis=0)
            mean = (weights * means).sum(axis=0) // total
            narrow.append((weights * (widths[places] + np.abs(means - mean))).sum(axis=0) // total <= FINE_DEVIATION)
    return float(np.mean(narrow))


def sky(height: int, width: int, seed: int, low: float, high: float) -> Values:
    """A smooth slope from `low` to `high` with grain, limited to 0 to 255: uint8 (height, width, 3)."""
    random = np.random.default_rng(seed)
    slope = np.linspace(low, high, height)[:, None, None] + np.linspace(0, 9, width)[None, :, None]
    grain = random.normal(0, 0.8, (height, width, 1)) + random.normal(0, 0.4, (height, width, 3))
    return np.clip(np.rint(slope + grain), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("low", "high"), [(60, 90), (-12, 6), (247, 262)], ids=["grey", "black", "white"])
def test_both_coders_weigh_the_values_of_smooth_content_alike(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    low: float,
    high: float,
    seed: int,
) -> None:
    steps = sharp_steps(tables, sky(34, 30, seed, low, high), components=5, seed=seed)
    assert narrow_share(steps) > 0.5
    check_tile(numba_coder, torchac_coder, steps)


def test_both_coders_learn_the_same_from_a_photograph_and_save_bits(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder
) -> None:
    steps = photograph_steps(tables, photograph(data.chelsea)[60:124, 80:152])
    streams = check_tile(numba_coder, torchac_coder, steps)
    plain = check_tile(numba_coder, numba_coder, steps, plain=np.ones((4, 3), np.bool_))
    assert sum(stream.model_bits for stream in streams) < 0.98 * sum(stream.model_bits for stream in plain)
    assert max(stream.saving for stream in streams) > 0.02


@pytest.mark.parametrize(
    "starts",
    [StartingStates.from_stored(stored_states(1, 2000)), extreme_states(2)],
    ids=["plausible", "extreme"],
)
@pytest.mark.parametrize("sharp", [False, True])
def test_both_coders_begin_with_what_the_model_says(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    starts: StartingStates,
    sharp: bool,
) -> None:
    def steps(begun: DistributionTables) -> Steps:
        return sharp_steps(begun, sky(16, 18, 5, 60, 90)) if sharp else tile_steps(begun, 11, 9, seed=5)

    streams = check_tile(numba_coder, torchac_coder, steps(dataclasses.replace(tables, starts=starts)))
    without = check_tile(numba_coder, numba_coder, steps(tables))
    assert all(ours.data != theirs.data for ours, theirs in zip(streams, without, strict=True))


def test_plain_streams_do_not_ask_what_they_would_begin_with(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder
) -> None:
    plain = np.ones((4, 3), np.bool_)
    begun = dataclasses.replace(tables, starts=extreme_states(3))
    streams = check_tile(numba_coder, torchac_coder, tile_steps(begun, 7, 6, seed=5), plain=plain)
    without = check_tile(numba_coder, numba_coder, tile_steps(tables, 7, 6, seed=5), plain=plain)
    assert [stream.data for stream in streams] == [stream.data for stream in without]


def changed(stream: bytes, seed: int) -> bytes:
    """The stream with something wrong: a bit, bytes missing, bytes too many, or other bytes altogether."""
    random = np.random.default_rng(seed)
    what = seed % 4
    if what == 0 and stream:
        place = int(random.integers(8 * len(stream)))
        flipped = bytearray(stream)
        flipped[place // 8] ^= 128 >> place % 8
        return bytes(flipped)
    if what == 1 and stream:
        return stream[: int(random.integers(len(stream)))]
    return stream + random.bytes(1 + seed % 3) if what == 2 else random.bytes(300)


@pytest.mark.parametrize("sharp", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_both_coders_say_the_same_of_streams_that_were_changed(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder, seed: int, sharp: bool
) -> None:
    """One of the streams is changed; those after it are read with what the changed one left behind."""
    steps: Steps = tile_steps(tables, 11, 10, seed=seed, odd=True)
    if sharp:
        steps = sharp_steps(tables, sky(22, 20, seed, -5, 20), seed=seed)
    writing, ours, theirs = (memory_of(steps) for _ in range(3))
    answers: list[bool] = []
    for step, values in steps:
        decoded, again = np.zeros_like(values), np.zeros_like(values)
        for channel in range(3):
            stream = encode(numba_coder, step, channel, values, writing).data
            if len(answers) == seed:
                stream = changed(stream, seed)
            answers.append(decode(numba_coder, step, channel, stream, decoded, ours))
            assert decode(torchac_coder, step, channel, stream, again, theirs) == answers[-1]
            assert np.array_equal(decoded, again)
            assert_same_memory(ours, theirs)
    assert all(answers[:seed])
    assert not answers[seed]


def test_sums_that_no_pixels_have_leave_the_same_behind(
    tables: DistributionTables, numba_coder: EntropyCoder, torchac_coder: EntropyCoder
) -> None:
    """A damaged tile hands wrong sums to the steps after it."""
    step, values = pixel_step(tables, left=2, margin=0)
    sums = np.resize(np.array([-30000, -1, 511, 1020, 30000, 77], np.int16), step.remaining.shape)
    broken = dataclasses.replace(step, remaining=sums)
    ours, theirs = (memory_of([(broken, values)]) for _ in range(2))
    decoded, again = np.zeros_like(values), np.zeros_like(values)
    for channel in range(3):
        assert not numba_coder.decode_pixels(broken, channel, b"abc", decoded, ours)
        assert not torchac_coder.decode_pixels(broken, channel, b"abc", again, theirs)
        assert_same_memory(ours, theirs)
    assert np.array_equal(decoded, again)


def test_a_stream_may_be_coded_again(tables: DistributionTables, coder: EntropyCoder) -> None:
    """An encoder codes a stream both ways and keeps the one that is shorter."""
    steps = sharp_steps(tables, sky(20, 18, 1, 0, 20))
    memory = memory_of(steps)
    for step, values in steps:
        for channel in range(3):
            first = coder.encode_pixels(step, channel, values, memory)
            traces = [trace.copy() for trace in memory.traces(step.number, channel)]
            memory.plain[step.number, channel] = True
            coder.encode_pixels(step, channel, values, memory)
            memory.plain[step.number, channel] = False
            assert coder.encode_pixels(step, channel, values, memory) == first
            for trace, before in zip(memory.traces(step.number, channel), traces, strict=True):
                assert np.array_equal(trace, before)


def test_what_is_certain_leaves_no_trace(tables: DistributionTables, coder: EntropyCoder) -> None:
    sums = np.resize(np.array([0, 1020, 300]), (9, 7, 1))
    step, values = pixel_step(tables, remaining=sums, margin=0)
    memory = memory_of([(step, values)])
    for channel in range(3):
        coder.encode_pixels(step, channel, values, memory)
        residuals, offsets = (trace[2:-2, 2:-2] for trace in memory.traces(step.number, channel))
        certain = sums[..., 0] != 300
        assert not residuals[certain].any()
        assert not offsets[certain].any()
        assert residuals[~certain].any()


def test_a_step_of_no_pixels_leaves_a_memory_as_it_was(tables: DistributionTables, coder: EntropyCoder) -> None:
    """Of an image one pixel wide there are no second pixels."""
    step, values = pixel_step(tables, left=3, height=5, width=0)
    memory = TileMemory.of_blocks(5, 1)
    for channel in range(3):
        stream = coder.encode_pixels(step, channel, values, memory)
        assert (stream.data, stream.saving) == (b"", 0)
        assert coder.decode_pixels(step, channel, b"", values.copy(), memory)
        assert not coder.decode_pixels(step, channel, b"a", values.copy(), memory)
    assert_same_memory(memory, TileMemory.of_blocks(5, 1))
