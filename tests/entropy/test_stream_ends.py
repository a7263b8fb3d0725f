"""A decoder knows whether a stream is the one that its values are coded as with the distributions it was given."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from srec_engine.entropy import DistributionTables, EntropyCoder, PixelStep, RemainderStep
from tests.entropy.builders import Values, photograph_steps, pixel_step, remainder_step

SEEDS = st.integers(0, 2**32)
SIDES = st.integers(0, 9)


def decoded_pixels(coder: EntropyCoder, step: PixelStep, channel: int, stream: bytes, known: Values) -> Values | None:
    """The values of a stream; None where it is not what coding them gives."""
    values = known.copy()
    values[..., channel] = 77
    return values if coder.decode_pixels(step, channel, stream, values) else None


@settings(max_examples=40)
@given(seed=SEEDS, height=SIDES, width=SIDES, left=st.sampled_from([2, 3, 4]), wild=st.booleans())
def test_every_stream_of_pixels_ends_where_its_values_end(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    seed: int,
    height: int,
    width: int,
    left: int,
    wild: bool,
) -> None:
    step, values = pixel_step(tables, left=left, height=height, width=width, seed=seed, wild=wild)
    for channel in range(3):
        stream = numba_coder.encode_pixels(step, channel, values).data
        for coder in (numba_coder, torchac_coder):
            assert decoded_pixels(coder, step, channel, stream, values) is not None


@settings(max_examples=40)
@given(seed=SEEDS, height=SIDES, width=SIDES, wild=st.booleans(), products=st.booleans())
def test_every_stream_of_remainders_ends_where_its_symbols_end(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    seed: int,
    height: int,
    width: int,
    wild: bool,
    products: bool,
) -> None:
    step, symbols = remainder_step(tables, height=height, width=width, seed=seed, wild=wild, products=products)
    for channel in range(3):
        stream = numba_coder.encode_remainders(step, channel, symbols).data
        for coder in (numba_coder, torchac_coder):
            assert coder.decode_remainders(step, channel, stream, symbols.copy())


def mutated(stream: bytes, seed: int) -> bytes:
    """A stream cut off, made longer or changed somewhere, most often near its end."""
    random = np.random.default_rng(seed)
    changed = bytearray(stream)
    for _ in range(random.integers(1, 3)):
        place = len(changed) - int(random.choice([0, 1, 2, int(random.integers(0, len(changed) + 1))]))
        kind = random.integers(0, 3)
        if kind == 0 and 0 <= place < len(changed):
            changed[place] ^= 1 << int(random.integers(0, 8))
        elif kind == 1:
            changed = changed[: max(place, 0)]
        else:
            changed += (b"\0", b"\x80", random.bytes(3))[random.integers(0, 3)]
    return bytes(changed)


@settings(max_examples=150)
@given(seed=SEEDS, left=st.sampled_from([2, 3, 4]), side=st.integers(1, 6), wild=st.booleans())
def test_both_coders_accept_exactly_the_streams_that_coding_gives(
    tables: DistributionTables,
    numba_coder: EntropyCoder,
    torchac_coder: EntropyCoder,
    seed: int,
    left: int,
    side: int,
    wild: bool,
) -> None:
    step, values = pixel_step(tables, left=left, height=side, width=side, seed=seed, wild=wild)
    stream = mutated(numba_coder.encode_pixels(step, 1, values).data, seed)
    decoded = values.copy()
    ends = numba_coder.decode_pixels(step, 1, stream, decoded)
    assert ends == (numba_coder.encode_pixels(step, 1, decoded).data == stream)
    assert ends == torchac_coder.decode_pixels(step, 1, stream, decoded)

    remainders, symbols = remainder_step(tables, height=side, width=side, seed=seed, wild=wild)
    stream = mutated(numba_coder.encode_remainders(remainders, 2, symbols).data, seed)
    decoded = symbols.copy()
    ends = numba_coder.decode_remainders(remainders, 2, stream, decoded)
    assert ends == (numba_coder.encode_remainders(remainders, 2, decoded).data == stream)
    assert ends == torchac_coder.decode_remainders(remainders, 2, stream, decoded)


def test_streams_of_another_length_are_recognised(tables: DistributionTables, coder: EntropyCoder) -> None:
    step, values = pixel_step(tables, height=20, width=20, margin=0)
    stream = coder.encode_pixels(step, 0, values).data
    assert decoded_pixels(coder, step, 0, stream, values) is not None
    for other in (stream[:-1], stream[:100], b"", stream + b"\0", stream + b"\x80", stream * 2):
        assert decoded_pixels(coder, step, 0, other, values) is None
    remainders, symbols = remainder_step(tables, height=20, width=20)
    stream = coder.encode_remainders(remainders, 0, symbols).data
    for other in (stream[:-1], stream[:100], b"", stream + b"\0", stream + b"\x80", stream * 2):
        assert not coder.decode_remainders(remainders, 0, other, symbols.copy())


def test_a_changed_bit_is_recognised(tables: DistributionTables, numba_coder: EntropyCoder) -> None:
    step, values = pixel_step(tables, height=20, width=20, margin=0)
    stream = numba_coder.encode_pixels(step, 0, values).data
    for bit in range(0, 8 * len(stream) - 64, 7):
        changed = bytearray(stream)
        changed[bit // 8] ^= 0x80 >> bit % 8
        assert decoded_pixels(numba_coder, step, 0, bytes(changed), values) is None


@pytest.mark.parametrize("sums", [0, 1020])
def test_what_is_certain_has_no_bytes(tables: DistributionTables, coder: EntropyCoder, sums: int) -> None:
    step, values = pixel_step(tables, remaining=sums)
    assert decoded_pixels(coder, step, 0, b"", values) is not None
    for stream in (b"\0", b"\x40", b"anything"):
        assert decoded_pixels(coder, step, 0, stream, values) is None


def test_a_step_of_no_pixels_has_no_bytes(tables: DistributionTables, coder: EntropyCoder) -> None:
    step, values = pixel_step(tables, height=0, width=5)
    remainders, symbols = remainder_step(tables, height=5, width=0)
    assert coder.decode_pixels(step, 1, b"", values)
    assert coder.decode_remainders(remainders, 1, b"", symbols)
    for stream in (b"\0", b"\x40", b"anything"):
        assert not coder.decode_pixels(step, 1, stream, values)
        assert not coder.decode_remainders(remainders, 1, stream, symbols)


def test_sums_that_no_pixels_have_are_recognised(tables: DistributionTables, coder: EntropyCoder) -> None:
    sums = np.full((8, 8, 3), 200)
    sums[4, 4] = 800  # more than two pixels have
    step, values = pixel_step(tables, left=2, height=8, width=8, remaining=200, margin=0)
    stream = coder.encode_pixels(step, 0, values).data
    assert decoded_pixels(coder, step, 0, stream, values) is not None
    impossible = dataclasses.replace(step, remaining=sums)
    assert decoded_pixels(coder, impossible, 0, stream, values) is None


@pytest.fixture(scope="module")
def tile_steps(tables: DistributionTables) -> list[tuple[PixelStep, Values]]:
    """The three steps of 64 × 64 blocks of a photograph."""
    astronaut = np.asarray(data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]
    return photograph_steps(tables, astronaut[100:228, 150:278])


def test_distributions_that_differ_at_one_place_are_recognised(
    numba_coder: EntropyCoder, tile_steps: list[tuple[PixelStep, Values]]
) -> None:
    """One parameter of one block in one step of its units.

    Of such changes 15 in 100 change no value; of the others, 3 in 1000 touch only the last values of a stream.
    """
    random = np.random.default_rng(1)
    wrong, recognised = 0, 0
    for step, values in tile_steps:
        streams = [numba_coder.encode_pixels(step, channel, values).data for channel in range(3)]
        for _ in range(100):
            channel, row, column = random.integers(0, (3, 64, 64))
            parameters = step.parameters.copy()
            parameters[row, column, 15 * channel + random.integers(0, 15)] += random.choice([-1, 1])
            altered = dataclasses.replace(step, parameters=parameters)
            decoded = values.copy()
            ends = numba_coder.decode_pixels(altered, int(channel), streams[channel], decoded)
            differs = not np.array_equal(decoded, values)
            assert ends or differs
            wrong += differs
            recognised += not ends
    assert wrong > 200
    assert recognised >= 0.98 * wrong


def test_distributions_that_differ_everywhere_are_recognised(
    numba_coder: EntropyCoder, tile_steps: list[tuple[PixelStep, Values]]
) -> None:
    random = np.random.default_rng(1)
    for step, values in tile_steps:
        noise = random.choice(np.array([-1, 1], np.float32), step.parameters.shape)
        noisy = dataclasses.replace(step, parameters=step.parameters + noise)
        means = np.concatenate([np.arange(5) + 15 * channel + 5 for channel in range(3)])
        further = dataclasses.replace(step, parameters=step.parameters + np.isin(np.arange(48), means))
        for channel in range(3):
            stream = numba_coder.encode_pixels(step, channel, values).data
            for altered in (further, noisy):
                assert decoded_pixels(numba_coder, altered, channel, stream, values) is None


def test_remainders_of_other_distributions_are_recognised(
    tables: DistributionTables, numba_coder: EntropyCoder
) -> None:
    step, symbols = remainder_step(tables, height=64, width=64)
    altered = RemainderStep(
        tables, step.logits * np.float32(1.01), step.couplings, step.low_resolution, step.height, step.width
    )
    for channel in range(3):
        stream = numba_coder.encode_remainders(step, channel, symbols).data
        assert not numba_coder.decode_remainders(altered, channel, stream, symbols.copy())
