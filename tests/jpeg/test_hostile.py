"""Skeletons and coefficients that nobody made of a JPEG: an error that says so, and nothing else."""

from __future__ import annotations

import contextlib
import functools
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from srec_engine.container.fields import pack_integer
from srec_engine.errors import DamagedFileError
from srec_engine.jpeg import JpegCoefficients, geometry_of, read_jpeg, write_jpeg
from tests.jpeg.examining import with_oddities
from tests.jpeg.writer import Scan, grey_jpeg, number, run
from tests.jpegs import JPEG_KINDS, jpeg_of, photograph

OPTIONS: dict[str, dict[str, object]] = {
    "baseline-420": {},
    "restarts": {"restart_marker_blocks": 2},
    "progressive": {"progressive": True},
    "progressive-restarts": {"progressive": True, "restart_marker_blocks": 2},
    "optimised": {"optimize": True, "subsampling": "4:4:4"},
}
NAMES = ["baseline-420", "restarts", "progressive", "progressive-restarts", "cmyk"]


@functools.cache
def small(name: str) -> tuple[bytes, JpegCoefficients]:
    data = jpeg_of(photograph(45, 35), **OPTIONS[name])
    return data, read_jpeg(data)


def message(skeleton: bytes, components: Sequence[NDArray[np.int16]], size: int | None = None) -> str:
    with pytest.raises(DamagedFileError) as raised:
        write_jpeg(skeleton, components, "the picture", size=size)
    assert str(raised.value).startswith("the picture: ")
    return str(raised.value)


def written_or_damaged(read: JpegCoefficients, skeleton: bytes, size: int) -> None:
    """Write with another skeleton."""
    with contextlib.suppress(DamagedFileError):
        assert len(write_jpeg(skeleton, read.components, "the picture", size=size)) == size


@functools.cache
def two_scans() -> JpegCoefficients:
    """64 blocks, in two progressive scans."""
    scans = [Scan([[number(0)] * 64], last=0), Scan([[run(64)]], first=1)]
    return read_jpeg(grey_jpeg(64, 64, scans, progressive=True))


@pytest.mark.parametrize(
    ("oddities", "words"),
    [
        ([3], "unknown way to fill bytes"),
        ([2], "announced"),
        ([0, 2, 0, 0, 0, 0], "more scans"),
        ([0, 1 << 62, 0, 0, 0, 0], "more scans"),
        ([0, 1, 0x7FFF, 0, 0, 0], "runs that there cannot be"),
        ([0, 1, 0, 2, 0, 0], "runs that there cannot be"),
        ([0, 1, 0, 0, 1, 64, 0], "blocks that there are not"),
        ([0, 1, 0, 0, 2, 60, 4, 0], "blocks that there are not"),
        ([0, 1, 0, 0, 2, 60, 0, 0], "blocks that there are not"),
        ([0, 1, 0, 0, 2, (1 << 63) - 1, 1, 0], "blocks that there are not"),
        ([0, 1, 0, 0, 1 << 62, 1], "more odd blocks"),
        ([0, 1, 0, 0, 0, 1, 64, 1], "blocks that there are not"),
        ([0, 1, 0, 0, 0, 1, 3, 0], "zero runs that there cannot be"),
        ([0, 1, 0, 0, 0, 1, 3, 1 << 62], "zero runs that there cannot be"),
        ([0, 1, 0, 0, 0, 1, 3, 4], "a run of zeros is announced"),
        ([0, 1, 0, 0, 0, 1], "more odd blocks"),
        ([0, 1, 0], "announced"),
    ],
)
def test_oddities_that_cannot_be_are_told_of(oddities: list[int], words: str) -> None:
    assert words in message(with_oddities(two_scans().skeleton, oddities), two_scans().components)


def test_oddities_that_can_be_are_followed() -> None:
    usual = write_jpeg(two_scans().skeleton, two_scans().components, "picture")
    odd = write_jpeg(
        with_oddities(two_scans().skeleton, [0, 1, 0, 0, 1, 63, 1, 3, 2]), two_scans().components, "picture"
    )
    assert len(odd) > len(usual)
    assert read_jpeg(odd).skeleton == with_oddities(two_scans().skeleton, [0, 1, 0, 0, 1, 63, 1, 3, 2])


@pytest.mark.parametrize("name", NAMES)
def test_coefficients_of_other_shapes_and_kinds_do_not_fit(name: str) -> None:
    read = read_jpeg(JPEG_KINDS[name].make())
    first, *others = read.components
    cases: list[list[NDArray[Any]]] = [
        [],
        others,
        [first, *others, first],
        [first[:-1], *others],
        [first.reshape(-1), *others],
        [first.astype(np.int32), *others],
        [first[..., :63], *others],
    ]
    for wrong in cases:
        assert "do not fit" in message(read.skeleton, wrong)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(8))
def test_any_coefficients_are_written_or_there_is_no_code_for_them(name: str, seed: int) -> None:
    read = read_jpeg(JPEG_KINDS[name].make())
    random = np.random.default_rng(seed)
    largest = 1 << int(random.integers(1, 16))
    share = random.random()
    components = [
        np.where(random.random(each.shape) < share, random.integers(-largest, largest, each.shape), 0).astype(np.int16)
        for each in read.components
    ]
    try:
        data = write_jpeg(read.skeleton, components, "the picture")
    except DamagedFileError as error:
        assert "no code" in str(error)  # noqa: PT017 - it may also be written
    else:
        again = read_jpeg(data)
        assert write_jpeg(again.skeleton, again.components, "the picture") == data


@pytest.mark.parametrize("name", NAMES)
def test_not_more_is_written_than_the_file_has(name: str) -> None:
    data = JPEG_KINDS[name].make()
    read = read_jpeg(data)
    for size in (0, 1, len(read.skeleton), len(data) // 2, len(data) - 1, len(data) + 1, 2 * len(data)):
        assert message(read.skeleton, read.components, size)
    # It is noticed while it is written.
    assert "more bytes than the file has" in message(read.skeleton, read.components, len(data) // 2)


def test_refining_bits_that_wait_do_not_pass_the_end_of_the_file() -> None:
    busy = [number(value) for value in (1, -1, 2) * 21]
    scans = [
        Scan([[number(0)] * 900], last=0),
        Scan([busy * 900], first=1, shift=1),
        Scan([[run(1)]], first=1, refines=True),
    ]
    data = grey_jpeg(240, 240, scans, progressive=True)
    # Nobody reads this file: it ends before its last scan does. Its coefficients can be made.
    headers = data[: data.index(b"\xff\xda")]
    for start in range(len(data)):
        if data[start : start + 2] == b"\xff\xda":
            headers += data[start : start + 10]
    headers += b"\xff\xd9"
    skeleton = pack_integer(len(headers)) + headers + bytes([0, 2, 0, 1, 0, 0])
    coefficients = np.full((30, 30, 64), 3, np.int16)
    whole = write_jpeg(skeleton, [coefficients], "the picture")
    assert len(whole) > 900 * 63 / 8
    for size in range(len(headers), len(whole), 997):
        assert message(skeleton, [coefficients], size)
    assert write_jpeg(skeleton, [coefficients], "the picture", size=len(whole)) == whole


def test_work_is_bounded_by_the_size_of_the_file() -> None:
    scans = [Scan([[number(0)]], last=0)] * 900
    data = grey_jpeg(8 * 200, 8 * 200, scans, progressive=True)
    headers = data[: data.index(b"\xff\xda")] + b"\xff\xda\0\x08\1\1\0\0\0\0" * 900 + b"\xff\xd9"
    assert "too many scans" in message(
        pack_integer(len(headers)) + headers, [np.zeros((200, 200, 64), np.int16)], size=100_000
    )


@pytest.mark.parametrize("skeleton", [b"", b"\5", b"\0", b"\xff" * 12, b"\4\xff\xd8\xff\xd9", pack_integer(1 << 62)])
def test_a_skeleton_without_headers_is_told_of(skeleton: bytes) -> None:
    assert message(skeleton, [])
    with pytest.raises(DamagedFileError, match="the picture: "):
        geometry_of(skeleton, "the picture")


def test_headers_of_something_else_are_told_of() -> None:
    read = read_jpeg(jpeg_of())
    for old, new in ((b"\xff\xc0", b"\xff\xc9"), (b"\xff\xda", b"\xff\xfe"), (struct.pack(">HH", 192, 256), bytes(4))):
        assert "headers" in message(read.skeleton.replace(old, new, 1), read.components)


@settings(max_examples=300)
@given(st.sampled_from([*OPTIONS]), st.integers(0, 2**32 - 1))
def test_skeletons_with_changed_bytes_are_written_or_told_of(name: str, seed: int) -> None:
    data, read = small(name)
    random = np.random.default_rng(seed)
    skeleton = bytearray(read.skeleton)
    for _ in range(random.integers(1, 4)):
        skeleton[random.integers(len(skeleton))] = random.integers(256)
    skeleton += random.bytes(int(random.integers(0, 12))) if random.random() < 0.5 else b""
    written_or_damaged(read, bytes(skeleton), len(data))
