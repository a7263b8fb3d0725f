"""What a tile's decoder knows about its streams once they are read."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from srec_engine.codec.chunks import Chunk
from srec_engine.codec.exchange import DecodingExchange, EncodingExchange
from srec_engine.control import CancelToken
from srec_engine.entropy import PixelStep, RemainderStep, choose_coder, default_tables
from srec_engine.pyramid import block_pixels, block_sums, mean_and_remainder

SIDE = 16


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (2 * SIDE, 2 * SIDE, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def steps(image: np.ndarray) -> tuple[RemainderStep, list[PixelStep]]:
    """Plain distributions that a decoder who has read everything before has too."""
    tables = default_tables()
    pixels = block_pixels(image.transpose(2, 0, 1).astype(np.int32))
    means, _ = mean_and_remainder(block_sums(pixels))
    logits = np.zeros((SIDE, SIDE, 12), np.float32)
    grey = np.ascontiguousarray(means.transpose(1, 2, 0), dtype=np.uint8)
    remainders = RemainderStep(tables, logits, np.zeros((3, 4, 4), np.int32), grey, SIDE, SIDE)
    remaining = block_sums(pixels).transpose(1, 2, 0)
    found = []
    for index in range(3):
        parameters = np.full((SIDE, SIDE, 48), 200, np.float32)
        linear = np.zeros((SIDE, SIDE, 3), np.int32)
        found.append(PixelStep(tables, 5, parameters, linear, remaining, 4 - index, SIDE, SIDE))
        remaining = remaining - pixels[index].transpose(1, 2, 0)
    return remainders, found


@pytest.fixture(scope="module")
def chunk(image: np.ndarray, steps: tuple[RemainderStep, list[PixelStep]]) -> bytes:
    exchange = EncodingExchange(image, 3, choose_coder(), CancelToken())
    exchange.remainders(steps[0])
    for index, step in enumerate(steps[1]):
        exchange.pixels(index, step)
    return exchange.written.chunk().packed()


def decoded(chunk: bytes, remainders: RemainderStep, pixels: list[PixelStep]) -> DecodingExchange:
    exchange = DecodingExchange(Chunk.unpacked(chunk, 3, learning=True), 3, choose_coder(), CancelToken())
    exchange.remainders(remainders)
    for index, step in enumerate(pixels):
        exchange.pixels(index, step)
    return exchange


def test_streams_read_with_the_distributions_they_were_written_with_have_no_fault(
    chunk: bytes, steps: tuple[RemainderStep, list[PixelStep]]
) -> None:
    exchange = decoded(chunk, *steps)
    assert exchange.fault == ""
    assert exchange.fault_sentence("a.srec", 0, 1) == ""


def test_the_first_stream_that_does_not_fit_is_named(
    chunk: bytes, steps: tuple[RemainderStep, list[PixelStep]]
) -> None:
    remainders, pixels = steps
    parameters = pixels[1].parameters.copy()
    parameters[3, 4, 5] += 200
    altered = [pixels[0], dataclasses.replace(pixels[1], parameters=parameters), pixels[2]]
    exchange = decoded(chunk, remainders, altered)
    assert "from pixel 2 on" in exchange.fault
    sentence = exchange.fault_sentence("a.srec", 0, 1)
    assert sentence.startswith("a.srec cannot be decoded in tile 1 at scale 0: from pixel 2 on")
    assert "this machine computes wrongly (try the kernel unfold)" in sentence


def test_bytes_after_the_last_stream_are_a_fault(chunk: bytes, steps: tuple[RemainderStep, list[PixelStep]]) -> None:
    assert "from pixel 3 on" in decoded(chunk + b"\0", *steps).fault
