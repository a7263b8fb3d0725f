"""JPEGs that are not taken apart, each for a reason; and damaged ones, which come back or are refused, nothing else."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from srec_engine.accounts import UnaccountedError
from srec_engine.jpeg import read_jpeg, write_jpeg
from tests.jpeg.examining import comes_back, reason_for
from tests.jpeg.writer import DRI, END_OF_BLOCK, Scan, grey_jpeg, number, run
from tests.jpegs import COM, DHT, DQT, JPEG_KINDS, SOF0, SOS, flipped, jpeg_of, photograph, scan_ranges, segment


def inserted(data: bytes, marker: int, what: bytes) -> bytes:
    place = data.index(bytes([0xFF, marker]))
    return data[:place] + what + data[place:]


def changed(data: bytes, marker: int, offset: int, value: int) -> bytes:
    """The first segment with this marker, one byte of its content another one."""
    place = data.index(bytes([0xFF, marker])) + 4 + offset
    return data[:place] + bytes([value]) + data[place + 1 :]


def without(data: bytes, marker: int) -> bytes:
    """All segments with this marker left out."""
    while (place := data.find(bytes([0xFF, marker]))) >= 0:
        data = data[:place] + data[place + 2 + int.from_bytes(data[place + 2 : place + 4], "big") :]
    return data


FRAME = segment(SOF0, struct.pack(">BHHBBBB", 8, 192, 256, 1, 1, 0x11, 0))

CHANGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no start": (lambda data: data[2:], "start marker"),
    "two frames": (lambda data: inserted(data, SOF0, FRAME), "several frame headers"),
    "no frame": (lambda data: without(data, SOF0), "header of a scan"),
    "no scan": (lambda data: data[: data.index(b"\xff\xda")] + b"\xff\xd9", "no pixels"),
    "no tables": (lambda data: without(data, DHT), "a code that there is not"),
    "no height": (lambda data: changed(changed(data, SOF0, 1, 0), SOF0, 2, 0), "does not tell its size"),
    "no width": (lambda data: changed(changed(data, SOF0, 3, 0), SOF0, 4, 0), "does not tell its size"),
    "lossless": (lambda data: data.replace(b"\xff\xc0", b"\xff\xc3", 1), "rare kind"),
    "hierarchical": (lambda data: data.replace(b"\xff\xc0", b"\xff\xc5", 1), "rare kind"),
    "sampled five times": (lambda data: changed(data, SOF0, 7, 0x51), "sampling factors"),
    "never sampled": (lambda data: changed(data, SOF0, 7, 0x10), "sampling factors"),
    "five components": (lambda data: changed(data, SOF0, 5, 5), "5 colour components"),
    "fewer components than told": (lambda data: changed(data, SOF0, 5, 4), "longer or shorter"),
    "components of one name": (lambda data: changed(data, SOF0, 9, 1), "the same name"),
    "unknown component": (lambda data: changed(data, SOS, 1, 77), "header of a scan"),
    "component twice": (lambda data: changed(data, SOS, 3, 1), "header of a scan"),
    "tables that there are not": (lambda data: changed(data, SOS, 2, 0x44), "header of a scan"),
    "odd length of steps": (lambda data: inserted(data, SOF0, segment(DQT, bytes(64))), "longer or shorter"),
    "odd length of interval": (lambda data: inserted(data, SOF0, segment(DRI, b"\0")), "longer or shorter"),
    "too many codes": (lambda data: inserted(data, SOF0, segment(DHT, b"\3\3" + bytes(18))), "cannot be read"),
    "codes cut off": (lambda data: inserted(data, SOF0, segment(DHT, b"\3\1" + bytes(15))), "cut off"),
    "codes of no kind": (lambda data: inserted(data, SOF0, segment(DHT, b"\x23\1" + bytes(16))), "a number"),
    "coded pixels cut off": (lambda data: data[: scan_ranges(data)[0][1] - 9] + data[-2:], "cut off"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_matters_and_is_wrong_is_refused(name: str) -> None:
    change, reason = CHANGES[name]
    assert reason in reason_for(change(jpeg_of()))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: inserted(data, SOF0, segment(DHT, b"\3" + bytes(16))),
        lambda data: inserted(data, SOF0, segment(DHT, b"")),
        lambda data: inserted(data, SOS, segment(COM, b"\xff\xda\xff\xd8\xff\xd9")),
        lambda data: without(data, DQT),
        lambda data: changed(data, SOS, 7, 5),
    ],
    ids=["table without codes", "no tables", "markers in a comment", "no steps", "range of a sequential scan"],
)
def test_what_is_odd_and_does_not_matter_comes_back(change: Callable[[bytes], bytes]) -> None:
    comes_back(change(jpeg_of()))


@pytest.mark.parametrize(
    "scan",
    [
        Scan([[run(1)]], first=0, last=5),
        Scan([[run(1)]], first=6, last=5),
        Scan([[run(1)]], first=1, last=64),
        Scan([[number(0)]], first=0, last=0, shift=14),
    ],
)
def test_progressive_scans_that_cannot_be_are_refused(scan: Scan) -> None:
    assert "header of a scan" in reason_for(grey_jpeg(8, 8, [scan], progressive=True))


def test_coefficients_beyond_sixteen_bits_are_refused() -> None:
    means = [number(value) for value in (32767, 1)]
    assert "too large" in reason_for(grey_jpeg(16, 8, [Scan([means], last=0)], progressive=True))
    assert "too large" in reason_for(grey_jpeg(8, 8, [Scan([[number(9)]], last=0, shift=13)], progressive=True))
    scans = [Scan([[number(0)]], last=0), Scan([[number(16384), run(1)]], first=1, shift=1)]
    assert "too large" in reason_for(grey_jpeg(8, 8, scans, progressive=True))


def test_the_largest_coefficients_come_back() -> None:
    blocks = [number(32767), number(-32767), number(32767), END_OF_BLOCK]
    read = comes_back(grey_jpeg(8, 8, [Scan([blocks])], progressive=False))
    assert read.components[0][0, 0, [0, 1, 8]].tolist() == [32767, -32767, 32767]


def test_a_band_that_is_coded_twice_is_refused_unless_it_is_the_same() -> None:
    scans = [Scan([[number(0)]], last=0), Scan([[number(5), run(1)]], first=1), Scan([[number(6), run(1)]], first=1)]
    assert "come back" in reason_for(grey_jpeg(8, 8, scans, progressive=True))
    comes_back(grey_jpeg(8, 8, [scans[0], scans[1], scans[1]], progressive=True))


# --- what costs too much ---------------------------------------------------------------------------------------------


def test_a_thousand_scans_are_read_and_no_more() -> None:
    scans = [Scan([[number(0)]], last=0)] * 1000
    comes_back(grey_jpeg(8, 8, scans, progressive=True))
    assert "too many scans" in reason_for(grey_jpeg(8, 8, [*scans, scans[0]], progressive=True))


def test_a_huge_picture_of_a_few_bytes_is_refused() -> None:
    scan = Scan([[number(0)]], last=0)
    assert "pixels for its bytes" in reason_for(grey_jpeg(20_000, 20_000, [scan], progressive=True))
    assert "too many pixels" in reason_for(grey_jpeg(65_500, 65_500, [scan], progressive=True))


def progressive_ends(count: int) -> bytes:
    """Blocks of one mean, and scans in which runs go over all of them."""
    blocks = 130_000
    ends = [run(0x7FFF)] * 3 + [run(blocks - 3 * 0x7FFF)]
    scans = [Scan([[number(0)] * blocks], last=0), *[Scan([ends], first=1)] * count]
    return grey_jpeg(8 * 400, 8 * 325, scans, progressive=True)


def test_scans_go_over_many_blocks_but_not_over_too_many_for_the_file() -> None:
    # 131 kilobytes: 4.2 million visits.
    comes_back(progressive_ends(31))
    assert "scans for its bytes" in reason_for(progressive_ends(33))


def test_a_white_picture_may_have_as_few_bytes_as_it_needs() -> None:
    white = Image.new("RGB", (3000, 2000), "white")
    for options in ({"optimize": True}, {"progressive": True}):
        comes_back(jpeg_of(white, **options))


# --- damage ----------------------------------------------------------------------------------------------------------

DAMAGED = [
    "baseline-444",
    "baseline-411",
    "baseline-separate-scans",
    "grey-sampled-2x2",
    "restarts",
    "progressive",
    "progressive-restarts",
    "progressive-dc-scans",
    "cmyk",
]


def comes_back_or_is_refused(data: bytes) -> bool:
    try:
        read = read_jpeg(data)
    except UnaccountedError:
        return False
    assert write_jpeg(read.skeleton, read.components, "JPEG", size=len(data)) == data
    return True


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_to_a_scan_comes_back_or_is_refused(name: str) -> None:
    data = JPEG_KINDS[name].make()
    outcomes = {comes_back_or_is_refused(flipped(data, seed)) for seed in range(60)}
    # Some damage leaves codes that can be read.
    assert outcomes == {True, False}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_to_headers_comes_back_or_is_refused(name: str) -> None:
    data = JPEG_KINDS[name].make()
    coded = np.concatenate([np.arange(start, end) for start, end in scan_ranges(data)])
    places = np.setdiff1d(np.arange(len(data)), coded)
    for seed in range(60):
        random = np.random.default_rng(seed)
        damaged = bytearray(data)
        for place in random.choice(places, random.integers(1, 4)):
            damaged[place] = random.integers(256)
        comes_back_or_is_refused(bytes(damaged))


@settings(max_examples=150)
@given(st.data())
def test_pieces_of_jpegs_in_any_order_come_back_or_are_refused(data: st.DataObject) -> None:
    whole = jpeg_of(photograph(24, 16), progressive=True)
    cuts = sorted({0, *data.draw(st.lists(st.integers(0, len(whole)), max_size=6)), len(whole)})
    pieces = [whole[start:end] for start, end in itertools.pairwise(cuts)]
    comes_back_or_is_refused(b"".join(data.draw(st.permutations(pieces))))


@settings(max_examples=100)
@given(st.integers(0, 2000), st.booleans())
def test_what_is_cut_off_anywhere_is_refused(length: int, progressive: bool) -> None:
    whole = jpeg_of(photograph(24, 16), progressive=progressive)
    cut = whole[: min(length, len(whole) - 1)]
    assert reason_for(cut)
