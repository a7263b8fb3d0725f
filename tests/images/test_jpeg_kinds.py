"""What libjxl and our own coder make of each kind of JPEG. The method `jpeg` is built on that: hence its comparison."""

from __future__ import annotations

import io

import imagecodecs
import pytest
from PIL import Image

from srec_engine.accounts import UnaccountedError
from srec_engine.accounts.jpeg import jpeg_pictures
from srec_engine.images.jpeg_coefficients import open_jpeg, pack_coefficients, unpack_coefficients
from srec_engine.images.jpeg_shown import shown_jpeg
from tests.jpegs import JPEG_KINDS, JpegKind, Outcome, flipped, jpeg_of, scan_ranges

SMOOTHED = {"first-scans-only"}
"""Kinds of which libjpeg guesses what is not there yet."""

every_kind = pytest.mark.parametrize("kind", JPEG_KINDS.values(), ids=JPEG_KINDS)


def outcome_of(data: bytes) -> Outcome:
    try:
        packed = imagecodecs.jpegxl_encode_jpeg(data)
        unpacked = imagecodecs.jpegxl_decode_jpeg(packed, numthreads=1)
    except imagecodecs.JpegxlError:
        return Outcome.REFUSED
    return Outcome.EXACT if unpacked == data else Outcome.DIFFERS


@every_kind
def test_libjxl_does_with_a_kind_of_jpeg_what_the_table_says(kind: JpegKind) -> None:
    data = kind.make()
    assert data == kind.make()
    assert outcome_of(data) == kind.outcome


def first_picture(data: bytes) -> bytes:
    """The first JPEG of a file, or all of what is none."""
    start, end = (jpeg_pictures(data) or [(0, len(data))])[0]
    return data[start:end]


@every_kind
def test_our_coder_does_with_a_kind_of_jpeg_what_the_table_says(kind: JpegKind) -> None:
    data = first_picture(kind.make())
    try:
        packed = pack_coefficients(data, 1)
    except UnaccountedError:
        assert kind.ours is Outcome.REFUSED
        return
    assert unpack_coefficients(packed, len(data), "it", 1) == data
    assert kind.ours is Outcome.EXACT


@pytest.mark.parametrize(
    "kind",
    [kind for kind in JPEG_KINDS.values() if kind.read and kind.ours is Outcome.EXACT],
    ids=lambda kind: kind.name,
)
def test_coefficients_are_shown_as_the_jpeg_is_to_the_last_level(kind: JpegKind) -> None:
    data = first_picture(kind.make())
    opened = open_jpeg(pack_coefficients(data, 1), len(data), "it", with_inner=False)
    components, damaged = opened.coefficients("it", 1)
    shown = shown_jpeg(opened.skeleton, opened.geometry, components, "it")
    assert not damaged
    with Image.open(io.BytesIO(shown)) as image, Image.open(io.BytesIO(data)) as original:
        assert (image.mode, image.size) == (original.mode, original.size)
        assert image.info.get("icc_profile") == original.info.get("icc_profile")
        assert image.getexif() == original.getexif()
        if kind.name not in SMOOTHED:
            assert image.tobytes() == original.tobytes()


@every_kind
def test_what_pillow_reads_of_the_kinds_is_what_the_table_says(kind: JpegKind) -> None:
    with io.BytesIO(kind.make()) as stream:
        try:
            with Image.open(stream) as image:
                image.load()
        except OSError:
            assert not kind.read
        else:
            assert kind.read
            assert image.format in ("JPEG", "MPO")


@pytest.mark.parametrize("name", ["baseline-420", "progressive", "restarts", "fill-bytes", "one-pixel"])
def test_damage_is_in_the_scans_alone_and_the_same_each_time(name: str) -> None:
    data = JPEG_KINDS[name].make()
    scanned = {place for start, end in scan_ranges(data) for place in range(start, end)}
    for seed in range(20):
        damaged = flipped(data, seed)
        assert damaged == flipped(data, seed)
        changed = {place for place, (old, new) in enumerate(zip(data, damaged, strict=True)) if old != new}
        assert changed
        assert changed <= scanned


def test_most_damage_comes_back_exactly_or_is_refused() -> None:
    data = jpeg_of()
    outcomes = {outcome_of(flipped(data, seed)) for seed in range(40)}
    assert outcomes == {Outcome.EXACT, Outcome.REFUSED}


@pytest.mark.parametrize(("name", "seed"), [("baseline-420", 2819), ("baseline-440", 1382), ("fine", 724)])
def test_some_damage_is_packed_without_an_error_and_does_not_come_back(name: str, seed: int) -> None:
    assert outcome_of(flipped(JPEG_KINDS[name].make(), seed)) == Outcome.DIFFERS
