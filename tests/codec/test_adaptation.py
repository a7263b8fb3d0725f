"""A file may bring corrections of the model that suit its picture: found alike everywhere, and worth their bytes."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from srec_engine import CodecOptions, EncodeOptions, Method, decode_image, decode_steps, encode_image, read_info
from srec_engine.codec.fitting import ChannelSample, CorrectionUnits, fit
from srec_engine.container import Contents, NetworkPayload, Reader, container_bytes
from srec_engine.entropy.tables import DistributionTables, default_tables

NETWORK = EncodeOptions(method=Method.SREC, verify=False)
UNITS = CorrectionUnits(4, 8, 4, 4, 5)


def adaptation_size(data: bytes) -> int:
    return read_info(data).section_bytes.get("adaptation", 0)


def test_a_photograph_with_corrections_is_smaller_and_comes_back(photograph: Image.Image, network_file: bytes) -> None:
    plain = encode_image(photograph, replace(NETWORK, adaptation=False)).data
    assert 0 < adaptation_size(network_file) < 1500
    assert adaptation_size(plain) == 0
    assert len(network_file) < len(plain)
    for data in (network_file, plain):
        assert decode_image(data).image.tobytes() == photograph.tobytes()


@pytest.mark.parametrize(
    "codec",
    [CodecOptions(threads=1), CodecOptions(threads=2, kernel="float32"), CodecOptions(threads=1, kernel="unfold")],
)
def test_corrections_are_the_same_with_any_kernel_and_threads(
    photograph: Image.Image, network_file: bytes, codec: CodecOptions
) -> None:
    assert encode_image(photograph, replace(NETWORK, codec=codec)).data == network_file
    assert decode_image(network_file, codec).image.tobytes() == photograph.tobytes()


def test_a_grey_photograph_has_corrections_of_its_one_channel(photograph: Image.Image) -> None:
    grey = photograph.convert("L")
    data = encode_image(grey, NETWORK).data
    assert adaptation_size(data) > 0
    assert decode_image(data).image.tobytes() == grey.tobytes()


def test_a_small_picture_has_none(photograph: Image.Image) -> None:
    assert adaptation_size(encode_image(photograph.crop((0, 0, 100, 80)), NETWORK).data) == 0


def test_without_its_corrections_the_coarser_scales_can_still_be_seen(
    photograph: Image.Image, network_file: bytes
) -> None:
    sizes = Reader(network_file).section_sizes()
    start = sum(size for key, size in sizes.items() if key not in {"adaptation", "chunks", "checksum"})
    damaged = bytearray(network_file)
    damaged[start + 5] ^= 0x10
    last = list(decode_steps(bytes(damaged)))[-1]
    assert last.picture is not None
    assert last.picture.size == photograph.size
    assert last.report is not None
    assert any("adaptation" in sentence for sentence in last.report.damage)
    difference = np.asarray(last.picture).astype(int) - np.asarray(photograph)
    assert 0 < np.abs(difference).mean() < 20


def test_corrections_of_another_size_than_the_model_takes_are_named_as_damage(
    photograph: Image.Image, network_file: bytes
) -> None:
    reader = Reader(network_file)
    geometry = reader.geometry
    assert geometry is not None
    chunks = [reader.chunk(scale, tile) for scale in geometry.coded_scales() for tile in range(geometry.tile_count)]
    payload = NetworkPayload(
        reader.header.model_id, reader.base(), chunks, geometry.scale_count, geometry.tile_size, bytes(1000)
    )
    contents = Contents("RGB", *photograph.size, payload, reader.pixel_checksum)
    last = list(decode_steps(container_bytes(contents)))[-1]
    assert last.report is not None
    assert "its model takes others" in last.report.damage[0]


def sample(spread: float, count: int = 4000) -> ChannelSample:
    """Subpixels whose errors are `spread` times as large as their distributions say, where the first feature is set."""
    random = np.random.default_rng(7)
    tables: DistributionTables = default_tables()
    features = random.integers(0, 2, (count, 4), dtype=np.uint8) * np.uint8(16)
    uniform = random.uniform(0.001, 0.999, count)
    scale = 3.0 * np.where(features[:, 0] > 0, spread, 1.0)
    means = random.uniform(60, 190, count)
    values = np.clip(np.rint(means + scale * np.log(uniform / (1 - uniform))), 0, 255).astype(np.int64)
    log_scale = np.full((2, count), round(64 * np.log(3.0)), np.int64)
    return ChannelSample(
        tables,
        np.zeros((2, count), np.int64),
        np.rint(means * 256).astype(np.int64) * np.ones((2, 1), np.int64),
        log_scale,
        np.empty((0, count), np.int64),
        features,
        values,
    )


def test_a_spread_that_goes_with_a_feature_is_found() -> None:
    correction, saved = fit(sample(2.0), UNITS, 127, 1.0)
    # log 2 in 1/64 nat, for a feature of 16 times a whole number times 2^-5
    assert correction.weights[0] == pytest.approx(np.log(2) * 64 * 32 / 16, rel=0.15)
    assert saved > 100


def test_distributions_that_are_right_are_left_alone() -> None:
    correction, saved = fit(sample(1.0), UNITS, 127, 1.0)
    assert not correction.numbers().any()
    assert saved == 0.0


def test_a_fit_is_the_same_number_by_number_for_ever() -> None:
    """Every machine must find these: what an encoder finds decides the bytes of a file."""
    random = np.random.default_rng(11)
    given = sample(1.0)
    errors = random.integers(-9, 10, len(given.values)) + random.integers(-9, 10, len(given.values))
    errors = errors * (16 + given.features[:, 1].astype(np.int64)) // (8 + given.features[:, 2]) + 2
    values = np.clip((given.means[0] + 128) // 256 + errors, 0, 255)
    correction, _ = fit(replace(given, values=values), UNITS, 127, 3.0)
    assert np.count_nonzero(correction.numbers()) > 3
    assert hashlib.sha256(correction.numbers().astype("<i8").tobytes()).hexdigest()[:16] == "32da1599c1b565d6"
