from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srec_engine.container import (
    decode_plane,
    encode_plane,
    pack_streams,
    safe_file_name,
    stream_overhead,
    unpack_streams,
)
from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.container.sections import pack_metadata, parse_metadata
from srec_engine.errors import DamagedFileError


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=12))
def test_streams_come_back(streams: list[bytes]) -> None:
    chunk = pack_streams(streams)
    assert unpack_streams(chunk, len(streams)) == streams
    assert len(chunk) == sum(map(len, streams)) + stream_overhead(streams)


def test_stream_lengths_beyond_the_chunk_are_refused() -> None:
    with pytest.raises(DamagedFileError):
        unpack_streams(b"\x05abc", 2)


@given(st.integers(0, (1 << 63) - 1))
def test_integers_come_back(value: int) -> None:
    cursor = Cursor(pack_integer(value) + b"rest", "x")
    assert cursor.take_integer() == value
    assert cursor.take_rest() == b"rest"


@given(st.dictionaries(st.text(max_size=20), st.binary(max_size=200), max_size=6))
def test_metadata_comes_back_in_its_order(entries: dict[str, bytes]) -> None:
    assert list(parse_metadata(pack_metadata(entries), "x").items()) == list(entries.items())


@settings(max_examples=60)
@given(
    st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 3]), st.sampled_from("ncgr"), st.integers(0, 1 << 30)
)
def test_planes_come_back_and_are_left_alone(height: int, width: int, channels: int, kind: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    samples = random.integers(0, 256, (height, width, channels), np.uint8)
    if kind == "c":
        samples[:] = samples[0, 0]
    elif kind == "g":
        samples[:] = (np.arange(width)[None, :, None] * 3 + np.arange(height)[:, None, None]) % 256
    elif kind == "r":
        samples[:] = samples[:1]
    before = samples.copy()
    packed = encode_plane(samples)
    assert np.array_equal(samples, before)
    assert len(packed) <= samples.size + 1
    assert np.array_equal(decode_plane(packed, height, width, channels, "x"), samples)


def test_a_large_plane_comes_back_and_is_compressed_well() -> None:
    down, across = np.mgrid[0:700, 0:900]
    samples = ((down * 7 + across * 5) // 11 % 256).astype(np.uint8)[:, :, None]
    packed = encode_plane(samples)
    assert len(packed) < samples.size // 50
    assert np.array_equal(decode_plane(packed, 700, 900, 1, "x"), samples)


def test_a_constant_plane_takes_two_bytes() -> None:
    assert encode_plane(np.full((100, 100, 1), 255, np.uint8)) == b"\x01\xff"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("Grüße aus 東京.png", "Grüße aus 東京.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("a\x00b\n\u202egpj.exe", "abgpj.exe"),
        ("..", "picture"),
        ("", "picture"),
        ("CON.png", "_CON.png"),
        ('a<b>:"|?*.png', "ab.png"),
        (" . name. ", "name"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


@given(st.text(max_size=600))
def test_safe_names_have_no_folder_fit_a_file_system_and_stay_as_they_are(name: str) -> None:
    safe = safe_file_name(name)
    assert 0 < len(safe.encode()) <= 255
    assert not set(safe) & set('/\\\0<>:"|?*')
    assert safe not in (".", "..")
    assert safe_file_name(safe) == safe
