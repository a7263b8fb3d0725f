"""Where streams of LZW end is found without decoding them."""

from __future__ import annotations

import io

import imagecodecs
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from srec_engine.accounts import PartKind, account_of
from srec_engine.images.lzw import end_of_gif_lzw, end_of_tiff_lzw

samples = st.builds(
    lambda seed, levels, height, repeat: np.resize(
        np.random.default_rng(seed).integers(0, levels, 40_000 // repeat).astype(np.uint8).repeat(repeat), (height, 97)
    ),
    st.integers(0, 1000),
    st.integers(1, 256),
    st.integers(1, 400),
    st.sampled_from([1, 3, 40]),
)


def strip_of(picture: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "TIFF", compression="tiff_lzw", strip_size=picture.size)
    start, end = account_of(stream.getvalue(), "TIFF").places(PartKind.PIXELS)[0]
    return stream.getvalue()[start:end]


def gif_stream_of(picture: np.ndarray) -> tuple[bytes, int]:
    room = bytearray(4096 + 2 * picture.size)
    data = bytes(imagecodecs.gif_encode(picture, colormap=np.zeros((256, 3), np.uint8), out=room))
    start, _ = account_of(data, "GIF").places(PartKind.PIXELS)[0]
    stream, place = b"", start + 1
    while data[place]:
        stream += data[place + 1 : place + 1 + data[place]]
        place += 1 + data[place]
    return stream, data[start]


@settings(max_examples=60, deadline=None)
@given(samples, st.binary(max_size=5))
def test_a_strip_ends_where_its_writer_ended_it_whatever_follows(picture: np.ndarray, tail: bytes) -> None:
    strip = strip_of(picture)
    assert end_of_tiff_lzw(strip + tail) == len(strip)


@settings(max_examples=60, deadline=None)
@given(samples, st.binary(max_size=5))
def test_the_pixels_of_a_gif_end_where_its_writer_ended_them(picture: np.ndarray, tail: bytes) -> None:
    stream, code_size = gif_stream_of(picture)
    assert end_of_gif_lzw(stream + tail, code_size) == len(stream)


def test_a_stream_without_its_end_has_none() -> None:
    picture = np.arange(97 * 5, dtype=np.uint8).reshape(5, 97)
    stream, code_size = gif_stream_of(picture)
    assert end_of_tiff_lzw(strip_of(picture)[:-2]) is None
    assert end_of_gif_lzw(stream[:-2], code_size) is None
    assert end_of_gif_lzw(stream, 13) is None
