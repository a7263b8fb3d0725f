"""Large and damaged JPEGs of our own coder: coarse pictures first, bands that are lost, and stopping within a band."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine import (
    Cancelled,
    CancelToken,
    CodecOptions,
    DamagedFileError,
    DecodeReport,
    EncodeOptions,
    Method,
    decode_file,
    decode_image,
    decode_steps,
    encode_file,
    read_preview,
    verify_file,
)
from srec_engine.cli.__main__ import main
from srec_engine.control import Progress, Stage
from tests.codec.jpeg_bodies import container_of, in_two_bands, packings_of
from tests.jpegs import jpeg_of, photograph

SIZE = (1152, 720)
HALF = 352
"""Rows of the first of two bands."""


@pytest.fixture(scope="module")
def large_jpeg() -> bytes:
    """A JPEG of two bands."""
    return jpeg_of(photograph(768, 160).resize(SIZE, Image.Resampling.BICUBIC), quality=85)


@pytest.fixture(scope="module")
def large(large_jpeg: bytes) -> bytes:
    """The `.srec` of that, by our coder."""
    with in_two_bands():
        return container_of(packings_of(large_jpeg, 2)["ours"], large_jpeg, SIZE)


@pytest.fixture(scope="module")
def small() -> bytes:
    """A `.srec` of some hundred bytes, by our coder."""
    data = jpeg_of(photograph(16, 16), quality=20)
    return container_of(packings_of(data)["ours"], data, (16, 16))


def samples(data: bytes | Image.Image) -> np.ndarray:
    if isinstance(data, Image.Image):
        return np.asarray(data.convert("RGB")).astype(int)
    with Image.open(io.BytesIO(data)) as image:
        return samples(image)


def last_of(data: bytes) -> tuple[np.ndarray, DecodeReport]:
    *_, last = decode_steps(data)
    assert last.picture is not None
    assert last.report is not None
    return samples(last.picture), last.report


def test_a_picture_at_an_eighth_of_its_size_is_there_first(large: bytes, large_jpeg: bytes) -> None:
    first, *others = decode_steps(large)
    assert (first.scale, first.progress.fraction) == (3, 0.0)
    assert first.picture is not None
    assert first.picture.size == (SIZE[0] // 8, SIZE[1] // 8)
    with Image.open(io.BytesIO(large_jpeg)) as image:
        difference = samples(first.picture) - samples(image.reduce(8))
    assert np.abs(difference).mean() < 4
    assert [step.picture is None for step in others] == [True] * (len(others) - 1) + [False]
    fractions = [step.progress.fraction for step in others]
    assert fractions == sorted(fractions)
    assert others[-1].report is not None
    assert not others[-1].report.damage


def test_a_preview_is_made_of_the_first_bytes(large: bytes, large_jpeg: bytes) -> None:
    preview = read_preview(large)
    assert preview.size == (SIZE[0] // 8, SIZE[1] // 8)
    assert read_preview(large[: len(large) // 2]).tobytes() == preview.tobytes()


def test_where_the_last_band_is_damaged_its_rows_are_coarse_and_named(
    large: bytes, large_jpeg: bytes, tmp_path: Path
) -> None:
    damaged = bytearray(large)
    damaged[-300] ^= 0x55
    picture, report = last_of(bytes(damaged))
    assert len(report.damage) == 1
    assert f"rows {HALF} to {SIZE[1] - 1} of its picture are missing, or coarse" in report.damage[0]
    original = samples(large_jpeg)
    # Of the last row of blocks above a band, decoders mix the colours with those below.
    assert np.array_equal(picture[: HALF - 8], original[: HALF - 8])
    assert 1 < np.abs(picture[HALF:] - original[HALF:]).mean() < 30
    require_nothing_comes_of_it(bytes(damaged), tmp_path)


def require_nothing_comes_of_it(data: bytes, folder: Path) -> None:
    """Nothing but a look at it: no picture by its exact name, no file, and an exit code that says so."""
    source, result = folder / "a.srec", folder / "a.jpg"
    source.write_bytes(data)
    for work in (lambda: decode_image(data), lambda: decode_file(source, result), lambda: verify_file(source)):
        with pytest.raises(DamagedFileError, match="rows"):
            work()
    assert main(["decode", str(source)]) == main(["verify", str(source)]) == 1
    assert not result.exists()


def test_where_its_means_are_damaged_too_a_band_is_grey(large: bytes, large_jpeg: bytes) -> None:
    whole = samples(large_jpeg)
    found = set()
    # Somewhere in the first quarter are the means of each band; in its head nothing can be saved.
    for place in range(60, len(large) // 4, len(large) // 40):
        damaged = bytearray(large)
        damaged[place] ^= 0x55
        try:
            picture, report = last_of(bytes(damaged))
        except DamagedFileError as error:
            found.add("headers" if "checksum" in str(error) else str(error))
            continue
        for name, rows in (("upper", slice(0, HALF - 8)), ("lower", slice(HALF + 8, None))):
            if np.abs(picture[rows] - 128).max() <= 1:
                found.add(f"{name} is grey")
                others = slice(HALF + 8, None) if name == "upper" else slice(0, HALF - 8)
                assert np.array_equal(picture[others], whole[others])
                assert len(report.damage) == 1
    assert found >= {"upper is grey", "lower is grey"}


def test_a_file_that_is_cut_off_shows_what_arrived(large: bytes, large_jpeg: bytes) -> None:
    whole = samples(large_jpeg)
    picture, report = last_of(large[: 3 * len(large) // 4])
    assert len(report.damage) == 1
    assert np.array_equal(picture[: HALF - 8], whole[: HALF - 8])
    picture, report = last_of(large[: len(large) // 3])
    assert len(report.damage) == 2
    assert np.abs(picture - whole).mean() < 30


def test_damage_behind_the_picture_leaves_the_picture(large_jpeg: bytes) -> None:
    data = large_jpeg + bytes(range(256))
    body = packings_of(large_jpeg, 2)["ours"] + b"\0\x80\x02\x81\x02\0" + bytes(range(256))
    damaged = bytearray(container_of(body, data, SIZE))
    damaged[-50] ^= 1
    picture, report = last_of(bytes(damaged))
    assert len(report.damage) == 1
    assert "checksum does not match" in report.damage[0]
    assert np.array_equal(picture, samples(large_jpeg))


def test_truncation_at_every_byte_is_one_clear_error_or_a_damaged_picture(small: bytes) -> None:
    shown = 0
    for length in range(len(small)):
        try:
            _, report = last_of(small[:length])
        except DamagedFileError:
            continue
        shown += 1
        assert report.damage, f"{length} of {len(small)} bytes passed as a whole file"
    assert shown > 10


def test_every_byte_that_is_changed_is_found(small: bytes) -> None:
    for place in range(10, len(small)):
        damaged = bytearray(small)
        damaged[place] ^= 0x11
        try:
            _, report = last_of(bytes(damaged))
        except DamagedFileError:
            continue
        assert report.damage


def library_threads() -> int:
    return sum(thread.name == "srec-library-call" for thread in threading.enumerate())


def test_packing_and_unpacking_stop_within_a_band(large_jpeg: bytes, large: bytes, tmp_path: Path) -> None:
    source, token = tmp_path / "a.jpg", CancelToken()
    source.write_bytes(large_jpeg)

    def stop(progress: Progress) -> None:
        if progress.stage in (Stage.ENCODING, Stage.DECODING) and progress.fraction > 0:
            token.cancel()

    options = EncodeOptions(method=Method.JPEG, codec=CodecOptions(threads=1))
    with in_two_bands(), pytest.raises(Cancelled):
        encode_file(source, tmp_path / "a.srec", options, cancel=token, progress=stop)
    assert not (tmp_path / "a.srec").exists()
    token = CancelToken()
    with pytest.raises(Cancelled):
        decode_image(large, CodecOptions(threads=1), cancel=token, progress=stop)
    for thread in threading.enumerate():
        if thread.name == "srec-library-call":
            thread.join(10)
    assert not library_threads()


def test_whoever_leaves_in_the_middle_is_not_waited_for(large: bytes) -> None:
    steps = decode_steps(large, CodecOptions(threads=1))
    next(steps)
    assert next(steps).report is None
    steps.close()
    for thread in threading.enumerate():
        if thread.name == "srec-library-call":
            thread.join(10)
    assert not library_threads()
