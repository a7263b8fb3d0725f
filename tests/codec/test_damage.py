"""Hostile and damaged files: one clear error, or what could be saved of the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from srec_engine import DamagedFileError, EncodeOptions, Method, SrecError, decode_image, decode_steps, encode_image


def test_a_truncated_file_shows_the_scales_that_arrived(network_file: bytes, photograph: Image.Image) -> None:
    cut = network_file[: len(network_file) // 3]
    last = list(decode_steps(cut))[-1]
    assert last.picture is not None
    assert last.picture.size == photograph.size
    assert last.report is not None
    assert "tile 0 at scale 0 is missing" in last.report.damage[0]
    difference = np.asarray(last.picture).astype(int) - np.asarray(photograph)
    assert np.abs(difference).mean() < 12
    with pytest.raises(DamagedFileError, match="scale 0"):
        decode_image(cut)


def test_a_damaged_tile_costs_that_tile_and_is_named(two_tiles: tuple[np.ndarray, bytes]) -> None:
    pixels, data = two_tiles
    damaged = bytearray(data)
    damaged[-200] ^= 0x55  # in the last chunk: tile 1 at scale 0
    last = list(decode_steps(bytes(damaged)))[-1]
    assert last.report is not None
    assert last.picture is not None
    assert len(last.report.damage) == 1
    assert "tile 1 at scale 0" in last.report.damage[0]
    decoded = np.asarray(last.picture)
    assert np.array_equal(decoded[:, :512], pixels[:, :512])
    assert not np.array_equal(decoded, pixels)


@pytest.fixture(scope="module")
def small_file() -> bytes:
    """A picture of 12 × 9 pixels, so that every byte of its file can be tried."""
    image = Image.effect_noise((12, 9), 60).convert("RGB")
    return encode_image(image, EncodeOptions(method=Method.SREC, verify=False)).data


def test_truncation_at_every_byte_of_a_small_file_is_one_clear_error_or_a_picture(small_file: bytes) -> None:
    for length in range(len(small_file)):
        try:
            last = list(decode_steps(small_file[:length]))[-1]
        except SrecError:
            continue
        assert last.report is not None
        assert last.report.damage, f"{length} of {len(small_file)} bytes passed as a whole file"


@settings(max_examples=100)
@given(changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=3))
def test_mutations_are_found(small_file: bytes, changes: list[tuple[float, int]]) -> None:
    damaged = bytearray(small_file)
    for position, change in changes:
        damaged[int(position * len(damaged))] ^= change
    assume(bytes(damaged) != small_file)
    with pytest.raises(SrecError):
        decode_image(bytes(damaged))
