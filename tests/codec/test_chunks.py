"""The bytes of one tile at one scale: streams, and which of them learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srec_engine.codec.chunks import Chunk, stream_count
from srec_engine.errors import DamagedFileError


@st.composite
def chunks(draw: st.DrawFn) -> tuple[Chunk, int]:
    """A chunk of a grey or a coloured picture, whose streams learn or do not, and its channels."""
    channels = draw(st.sampled_from([1, 3]))
    count = stream_count(channels)
    streams = draw(st.lists(st.binary(max_size=200), min_size=count, max_size=count))
    plain = draw(st.none() | st.lists(st.booleans(), min_size=count, max_size=count))
    return Chunk(streams, None if plain is None else np.array(plain).reshape(4, channels)), channels


@given(chunks())
def test_streams_and_what_they_are_come_back(example: tuple[Chunk, int]) -> None:
    chunk, channels = example
    back = Chunk.unpacked(chunk.packed(), channels, learning=chunk.plain is not None)
    assert back.streams == chunk.streams
    assert np.array_equal(back.plain, chunk.plain)
    assert back.packed() == chunk.packed()


@given(chunks())
def test_the_bytes_of_the_steps_are_those_of_the_chunk_and_what_is_no_stream_counts_with_the_first(
    example: tuple[Chunk, int],
) -> None:
    chunk, channels = example
    assert sum(chunk.step_bytes()) == len(chunk.packed())
    for step in (1, 2, 3):
        assert chunk.step_bytes()[step] == sum(map(len, chunk.streams[step * channels : (step + 1) * channels]))


@pytest.mark.parametrize(("channels", "size"), [(1, 1), (3, 2)])
def test_a_bit_for_each_stream_comes_first(channels: int, size: int) -> None:
    streams = [bytes([number]) for number in range(4 * channels)]
    for number in range(4 * channels):
        plain = np.zeros((4, channels), np.bool_)
        plain.flat[number] = True
        packed = Chunk(streams, plain).packed()
        assert int.from_bytes(packed[:size], "little") == 1 << number
        assert packed[size:] == Chunk(streams).packed()


@pytest.mark.parametrize(("channels", "bit"), [(1, 4), (1, 7), (3, 12), (3, 15)])
def test_a_bit_of_no_stream_is_damage(channels: int, bit: int) -> None:
    packed = bytearray(Chunk([b"a stream"] * 4 * channels, np.ones((4, channels), np.bool_)).packed())
    packed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DamagedFileError, match="bits that tell plain streams are damaged"):
        Chunk.unpacked(bytes(packed), channels, learning=True)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_chunk_that_is_cut_off_before_its_last_stream_is_damage(channels: int) -> None:
    chunk = Chunk([b"a stream"] * 4 * channels, np.ones((4, channels), np.bool_))
    packed = chunk.packed()
    for length in range(len(packed) - len(chunk.streams[-1])):
        with pytest.raises(DamagedFileError):
            Chunk.unpacked(packed[:length], channels, learning=True)


@given(st.binary(max_size=80), st.sampled_from([1, 3]))
def test_any_bytes_are_a_chunk_of_their_length_or_damage(data: bytes, channels: int) -> None:
    try:
        chunk = Chunk.unpacked(data, channels, learning=True)
    except DamagedFileError:
        return
    assert len(chunk.streams) == stream_count(channels)
    assert sum(map(len, chunk.streams)) < len(data)
    assert chunk.plain is not None
    assert chunk.plain.shape == (4, channels)
