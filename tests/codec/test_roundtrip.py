"""Whatever goes in comes out: pixels, modes, metadata."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from srec_engine import (
    Cancelled,
    CancelToken,
    CodecOptions,
    EncodeOptions,
    Method,
    Progress,
    SrecError,
    Stage,
    UnsupportedImageError,
    decode_file,
    decode_image,
    decode_steps,
    encode_file,
    encode_image,
    read_info,
    read_preview,
    verify_file,
)

NETWORK = EncodeOptions(method=Method.SREC, verify=False)


def test_a_photograph_comes_back_bit_for_bit_and_smaller(photograph: Image.Image) -> None:
    encoded = encode_image(photograph, EncodeOptions(method=Method.SREC))
    assert encoded.report.method == Method.SREC
    assert encoded.report.verified
    decoded = decode_image(encoded.data)
    assert np.array_equal(np.asarray(decoded.image), np.asarray(photograph))
    stream = io.BytesIO()
    photograph.save(stream, "PNG", optimize=True)
    assert len(encoded.data) < 0.8 * len(stream.getvalue())


def test_encoding_twice_and_with_other_threads_and_kernels_gives_the_same_bytes(photograph: Image.Image) -> None:
    choices = [CodecOptions(threads=1), CodecOptions(threads=2), CodecOptions(threads=2, kernel="float32")]
    files = {encode_image(photograph, replace(NETWORK, codec=codec)).data for codec in choices}
    assert len(files) == 1


patterns = st.sampled_from(["noise", "constant", "gradient", "extremes", "black", "white"])


def picture(mode: str, width: int, height: int, pattern: str, seed: int) -> Image.Image:
    """A picture of any mode that shows a pattern."""
    random = np.random.default_rng(seed)
    channels = {"1": 1, "L": 1, "P": 1, "LA": 2, "RGB": 3, "RGBA": 4}[mode]
    shape = (height, width, channels)
    steps = np.add.outer(np.arange(height), np.arange(width))[:, :, None]
    samples = {
        "noise": lambda: random.integers(0, 256, shape),
        "constant": lambda: np.broadcast_to(random.integers(0, 256, channels), shape),
        "gradient": lambda: np.broadcast_to(steps % 256, shape),
        "extremes": lambda: 255 * random.integers(0, 2, shape),
        "black": lambda: np.zeros(shape),
        "white": lambda: np.full(shape, 255),
    }[pattern]()
    flat = np.ascontiguousarray(np.asarray(samples, dtype=np.uint8))
    if mode == "1":
        return Image.fromarray(flat[:, :, 0]).point(lambda value: 255 * (value > 127), mode="1")
    if mode == "P":
        image = Image.fromarray(flat[:, :, 0]).convert("P")
        image.putpalette(bytes(random.integers(0, 256, 3 * 256, dtype=np.uint8)))
        return image
    return Image.fromarray(flat[:, :, 0] if channels == 1 else flat, mode if channels == 2 else None)


@settings(max_examples=30)
@given(
    mode=st.sampled_from(["1", "L", "P", "LA", "RGB", "RGBA"]),
    width=st.one_of(st.integers(1, 9), st.integers(1, 70)),
    height=st.one_of(st.integers(1, 9), st.integers(1, 70)),
    pattern=patterns,
    seed=st.integers(0, 1000),
)
def test_every_mode_and_small_size_round_trips_by_the_smallest_method(
    mode: str, width: int, height: int, pattern: str, seed: int
) -> None:
    image = picture(mode, width, height, pattern, seed)
    back = decode_image(encode_image(image, EncodeOptions(verify=False)).data).image
    assert (back.mode, back.size) == (image.mode, image.size)
    assert back.tobytes() == image.tobytes()


@settings(max_examples=30)
@given(
    mode=st.sampled_from(["L", "LA", "RGB", "RGBA"]),
    width=st.one_of(st.integers(1, 9), st.integers(1, 300)),
    height=st.one_of(st.integers(1, 9), st.integers(1, 300)),
    pattern=patterns,
    seed=st.integers(0, 1000),
)
def test_every_size_round_trips_through_the_network(
    mode: str, width: int, height: int, pattern: str, seed: int
) -> None:
    image = picture(mode, width, height, pattern, seed)
    back = decode_image(encode_image(image, NETWORK).data).image
    assert (back.mode, back.size) == (image.mode, image.size)
    assert back.tobytes() == image.tobytes()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_photograph_without_colour_costs_what_a_grey_one_does_and_keeps_its_mode(
    photograph: Image.Image, mode: str
) -> None:
    grey = photograph.convert("L").crop((90, 20, 290, 180))
    coloured = grey.convert(mode)
    encoded, data = encode_image(coloured, NETWORK), encode_image(grey, NETWORK).data
    if mode == "RGB":
        assert len(encoded.data) == len(data)
    assert decode_image(encoded.data).image.mode == mode
    assert decode_image(encoded.data).image.tobytes() == coloured.tobytes()
    assert {step.picture.mode for step in decode_steps(encoded.data) if step.picture is not None} <= {"RGB", mode}
    assert read_preview(encoded.data).mode == "RGB"


def test_steps_go_from_the_base_to_the_picture_and_progress_never_falls(network_file: bytes) -> None:
    steps = list(decode_steps(network_file))
    sizes = [step.picture.size for step in steps if step.picture is not None]
    assert sizes[0] == (15, 10)
    assert sizes[-1] == (451, 300)
    assert sizes == sorted(sizes)
    fractions = [step.progress.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert [step.report is None for step in steps[:-1]] == [True] * (len(steps) - 1)
    assert steps[-1].report is not None
    assert steps[-1].report.damage == ()


def test_a_region_is_the_same_part_of_the_picture(two_tiles: tuple[np.ndarray, bytes]) -> None:
    pixels, data = two_tiles
    region = (500, 3, 590, 31)
    last = list(decode_steps(data, region=region))[-1]
    assert last.picture is not None
    assert np.array_equal(np.asarray(last.picture), pixels[3:31, 500:590])


def test_the_preview_is_the_base_and_the_header_tells_the_rest(network_file: bytes) -> None:
    assert read_preview(network_file).size == (15, 10)
    info = read_info(network_file)
    assert (info.width, info.height, info.mode, info.method) == (451, 300, "RGB", Method.SREC)
    assert sum(info.section_bytes.values()) == info.file_bytes == len(network_file)
    assert sum(scale.total for scale in info.scales) == info.section_bytes["chunks"]
    assert info.model_name == "photo"


def test_cancelling_stops_and_leaves_no_file(sample_photograph: Path, tmp_path: Path) -> None:
    token = CancelToken()

    def cancel_soon(progress: Progress) -> None:
        if progress.stage == Stage.ENCODING:
            token.cancel()

    with pytest.raises(Cancelled):
        encode_file(sample_photograph, tmp_path / "out.srec", NETWORK, cancel=token, progress=cancel_soon)
    assert list(tmp_path.iterdir()) == []


def test_a_jpeg_is_packed_and_comes_back_as_the_same_file(photograph: Image.Image, tmp_path: Path) -> None:
    source = tmp_path / "photo.jpg"
    photograph.save(source, quality=90)
    report = encode_file(source, tmp_path / "photo.srec")
    assert (report.method, report.verified, report.note) == (Method.JPEG, True, "")
    assert report.file_bytes < 0.9 * source.stat().st_size
    decode_file(tmp_path / "photo.srec", tmp_path / "back.jpg")
    assert (tmp_path / "back.jpg").read_bytes() == source.read_bytes()
    decode_file(tmp_path / "photo.srec", tmp_path / "back.png")
    with Image.open(source) as original, Image.open(tmp_path / "back.png") as back:
        assert back.convert("RGB").tobytes() == original.convert("RGB").tobytes()


def test_sixteen_bits_are_kept_as_the_source_file_or_refused(tmp_path: Path) -> None:
    source = tmp_path / "deep.png"
    Image.fromarray(np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)).save(source)
    report = encode_file(source, tmp_path / "deep.srec")
    assert report.method == Method.VERBATIM
    assert "16 bits" in report.note
    decode_file(tmp_path / "deep.srec", tmp_path / "back.png")
    assert (tmp_path / "back.png").read_bytes() == source.read_bytes()
    with pytest.raises(UnsupportedImageError, match="16 bits"):
        encode_file(source, tmp_path / "forced.srec", NETWORK)
    assert not (tmp_path / "forced.srec").exists()


def test_metadata_comes_back(photograph: Image.Image, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    source = tmp_path / "in.png"
    photograph.save(source, exif=exif, dpi=(300, 300), icc_profile=b"a profile of some kind")
    encode_file(source, tmp_path / "out.srec", EncodeOptions(method=Method.SREC))
    decode_file(tmp_path / "out.srec", tmp_path / "back.png")
    with Image.open(source) as before, Image.open(tmp_path / "back.png") as after:
        assert after.getexif() == before.getexif()
        assert after.getexif()[274] == 6
        assert after.info["icc_profile"] == before.info["icc_profile"]
        assert after.info["dpi"] == before.info["dpi"]
        assert after.size == before.size  # orientation is kept, never applied


def test_timestamps_of_the_source_are_kept_on_request(sample_photograph: Path, tmp_path: Path) -> None:
    source = tmp_path / "in.png"
    source.write_bytes(sample_photograph.read_bytes())
    os.utime(source, ns=(10**18, 10**18 + 123_000_000))
    options = EncodeOptions(method=Method.WEBP, keep_timestamps=True, verify=False)
    encode_file(source, tmp_path / "out.srec", options)
    assert (tmp_path / "out.srec").stat().st_mtime_ns == 10**18 + 123_000_000


def test_a_file_of_an_unknown_model_names_it(network_file: bytes) -> None:
    data = bytearray(network_file)
    info = read_info(network_file)
    assert info.model_id is not None
    at = data.find(bytes.fromhex(info.model_id))
    data[at] ^= 1
    end = info.section_bytes["header"] - 4
    data[end : end + 4] = crc32(data[:end]).to_bytes(4, "little")
    with pytest.raises(SrecError, match="not installed here"):
        verify_file(bytes(data))


DEVELOPMENT_IMAGES = sorted((Path(__file__).resolve().parents[3] / "shared" / "data" / "dev").rglob("*.png"))


@pytest.mark.slow
@pytest.mark.skipif(not DEVELOPMENT_IMAGES, reason="the development images are not here")
def test_every_small_development_image_round_trips_or_is_kept_verbatim(tmp_path: Path) -> None:
    for source in DEVELOPMENT_IMAGES:
        if source.stat().st_size > 60_000:
            continue
        report = encode_file(source, tmp_path / "out.srec")
        assert report.verified
        assert report.file_bytes <= source.stat().st_size + 200, source


def _cut_out(photograph: Image.Image, mode: str) -> Image.Image:
    """The photograph in a disc; black and transparent around it."""
    mask = Image.new("L", photograph.size, 0)
    ImageDraw.Draw(mask).ellipse((90, 20, 350, 280), fill=255)
    picture = Image.composite(photograph, Image.new("RGB", photograph.size), mask).convert(mode.removesuffix("A"))
    picture.putalpha(mask)
    return picture


def _drawing(photograph: Image.Image, mode: str) -> Image.Image:
    picture = Image.new("RGB", photograph.size, "white")
    draw = ImageDraw.Draw(picture)
    for number in range(40):
        draw.line((number * 11, 0, 450 - number * 7, 299), fill=(number * 6, 20, 255 - number * 6), width=3)
    return picture.quantize(32) if mode == "P" else picture.convert(mode)


@pytest.mark.parametrize(
    ("make", "mode"), [(_cut_out, "LA"), (_cut_out, "RGBA"), (_drawing, "RGB"), (_drawing, "L"), (_drawing, "P")]
)
def test_cut_outs_and_drawings_are_never_larger_than_the_smallest_lossless_webp(
    photograph: Image.Image, make: Callable[[Image.Image, str], Image.Image], mode: str
) -> None:
    picture = make(photograph, mode)
    webp = io.BytesIO()
    picture.save(webp, "WEBP", lossless=True, exact=True, method=6, quality=100)
    assert len(encode_image(picture, EncodeOptions(verify=False)).data) <= webp.tell() + 200
