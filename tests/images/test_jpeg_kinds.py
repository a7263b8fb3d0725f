"""What libjxl makes of each kind of JPEG, on which the method `jpeg` is built: hence its comparison."""

from __future__ import annotations

import io

import imagecodecs
import pytest
from PIL import Image

from tests.jpegs import JPEG_KINDS, JpegKind, Outcome, flipped, jpeg_of, scan_ranges

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
