"""Kinds of JPEG: what comes back byte for byte, and what its coefficients are."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from srec_engine.container.fields import Cursor
from srec_engine.jpeg import ZIGZAG, geometry_of, read_jpeg
from tests.jpeg.examining import comes_back, oddities_of, reason_for
from tests.jpegs import DQT, JPEG_KINDS, SOF0, jpeg_of, photograph, scan_ranges, segment

REFUSED = {
    "arithmetic": "it is coded arithmetically",
    "arithmetic-progressive": "it is coded arithmetically",
    "12-bits": "its samples have 12 bits",
    "16-bits-lossless": "it is a rare kind of JPEG",
    "kilobyte-behind-end": "it has 1024 bytes behind its end",
    "second-picture-behind-end": "bytes behind its end",
    "film-behind-end": "bytes behind its end",
    "long-film-behind-end": "bytes behind its end",
    "no-end": "its pixels are cut off",
    "cut": "its pixels are cut off",
}
"""Kinds that do not come back, and why. Whoever calls takes off what is behind the end."""


@pytest.mark.parametrize("name", [name for name in JPEG_KINDS if name not in REFUSED])
def test_it_comes_back_byte_for_byte(name: str) -> None:
    comes_back(JPEG_KINDS[name].make())


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_for_its_reason(name: str) -> None:
    assert REFUSED[name] in reason_for(JPEG_KINDS[name].make())


@pytest.mark.parametrize("name", ["baseline-420", "progressive", "restarts", "progressive-restarts", "cmyk"])
def test_there_is_nothing_odd_about_what_usual_programs_write(name: str) -> None:
    assert oddities_of(read_jpeg(JPEG_KINDS[name].make())) == b""


def test_padding_of_zeros_costs_a_byte() -> None:
    assert len(oddities_of(read_jpeg(JPEG_KINDS["zero-padding"].make()))) == 1


@pytest.mark.parametrize("name", ["restarts", "progressive", "fill-bytes", "stray-bytes", "camera-metadata"])
def test_the_headers_are_in_the_skeleton_as_they_are_in_the_file(name: str) -> None:
    data = JPEG_KINDS[name].make()
    kept, position = b"", 0
    for start, end in scan_ranges(data):
        kept += data[position:start]
        position = end
    cursor = Cursor(read_jpeg(data).skeleton, "skeleton")
    assert cursor.take(cursor.take_integer()).replace(b"\xff\xff\xff", b"\xff") == (
        (kept + data[position:]).replace(b"\xff\xff\xff", b"\xff")
    )


def real(component: NDArray[np.int16], rows: int, columns: int) -> NDArray[np.int16]:
    return component[:rows, :columns]


@pytest.mark.parametrize("size", [(256, 192), (251, 187), (17, 9), (1, 1)])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
def test_a_progressive_picture_has_the_coefficients_of_the_sequential_one(
    size: tuple[int, int], subsampling: str
) -> None:
    sequential = read_jpeg(jpeg_of(photograph(*size), subsampling=subsampling))
    progressive = read_jpeg(jpeg_of(photograph(*size), subsampling=subsampling, progressive=True))
    across, down = {"4:4:4": (1, 1), "4:2:2": (2, 1), "4:2:0": (2, 2)}[subsampling]
    for place, (one, other) in enumerate(zip(sequential.components, progressive.components, strict=True)):
        rows, columns = (-(-size[1] // (8 * down)), -(-size[0] // (8 * across)))
        if place == 0:
            rows, columns = -(-size[1] // 8), -(-size[0] // 8)
        assert np.array_equal(real(one, rows, columns), real(other, rows, columns))
        assert np.array_equal(one[..., 0], other[..., 0])
        # What fills MCUs is never coded where a component is alone in a scan.
        assert not other[rows:, :, 1:].any()
        assert not other[:, columns:, 1:].any()


def cosines() -> NDArray[np.float64]:
    """Row u has the samples of frequency u (A.3.3)."""
    places, frequencies = np.arange(8), np.arange(8)[:, None]
    table = np.cos((2 * places + 1) * frequencies * np.pi / 16) / 2
    table[0] /= np.sqrt(2)
    return table


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("restarts", [0, 5])
def test_coefficients_times_steps_are_the_picture(progressive: bool, restarts: int) -> None:
    data = jpeg_of(photograph(203, 155).convert("L"), progressive=progressive, restart_marker_blocks=restarts)
    read = read_jpeg(data)
    geometry = geometry_of(read.skeleton, "picture")
    assert (geometry.width, geometry.height) == (203, 155)
    frequencies = read.components[0] * geometry.components[0].quantization.astype(np.float64)
    rows, columns = frequencies.shape[:2]
    blocks = np.einsum("ui,rcuv,vj->ricj", cosines(), frequencies.reshape(rows, columns, 8, 8), cosines())
    samples = np.clip(blocks.reshape(8 * rows, 8 * columns) + 128, 0, 255)[:155, :203]
    with Image.open(io.BytesIO(data)) as image:
        assert np.abs(samples - np.asarray(image)).max() < 1.5


def test_the_zigzag_order_is_that_of_the_standard() -> None:
    assert ZIGZAG[:10].tolist() == [0, 1, 8, 16, 9, 2, 3, 10, 17, 24]
    assert ZIGZAG[-4:].tolist() == [47, 55, 62, 63]
    assert sorted(ZIGZAG) == list(range(64))


def test_geometry_tells_shapes_factors_and_steps() -> None:
    read = comes_back(jpeg_of(photograph(251, 187), qtables=[[2] * 64, [7] * 64], quality=50))
    geometry = geometry_of(read.skeleton, "picture")
    assert [component.shape for component in geometry.components] == [each.shape for each in read.components]
    assert geometry.components[0].shape == (24, 32, 64)
    assert geometry.components[1].shape == (12, 16, 64)
    assert [(each.horizontal, each.vertical) for each in geometry.components] == [(2, 2), (1, 1), (1, 1)]
    assert [int(each.quantization[5]) for each in geometry.components] == [2, 7, 7]


@pytest.mark.parametrize(("name", "others"), [("baseline-separate-scans", {99}), ("progressive", set())])
def test_steps_are_those_that_hold_where_a_component_is_first_seen(name: str, others: set[int]) -> None:
    data = JPEG_KINDS[name].make()
    before = [each.quantization for each in geometry_of(read_jpeg(data).skeleton, "picture").components]
    # All tables are others between the first scan and the second; the high bit of the last one says 16 bits a step.
    steps = [segment(DQT, bytes([number, *[99] * 64])) for number in range(3)]
    steps.append(segment(DQT, bytes([0x13, *[1, 0] * 64])))
    place = scan_ranges(data)[0][1]
    read = comes_back(data[:place] + b"".join(steps) + data[place:])
    after = [each.quantization for each in geometry_of(read.skeleton, "picture").components]
    assert np.array_equal(after[0], before[0])
    for old, new in zip(before[1:], after[1:], strict=True):
        assert set(new.tolist()) == (others or set(old.tolist()))
    assert {each.dtype for each in after} == {np.dtype(np.uint16)}


@pytest.mark.parametrize(("table", "steps"), [(b"\0" + bytes(64), {1}), (b"\x10" + b"\1\0" * 64, {256})])
def test_steps_are_at_least_one_and_may_be_large(table: bytes, steps: set[int]) -> None:
    data = jpeg_of(photograph(16, 16).convert("L"))
    place = data.index(bytes([0xFF, SOF0]))
    read = comes_back(data[:place] + segment(DQT, table) + data[place:])
    assert set(geometry_of(read.skeleton, "picture").components[0].quantization.tolist()) == steps


def test_sampling_factors_of_a_grey_picture_change_nothing_but_the_room() -> None:
    plain = read_jpeg(JPEG_KINDS["grey"].make()).components[0]
    sampled = read_jpeg(JPEG_KINDS["grey-sampled-2x2"].make()).components[0]
    assert np.array_equal(plain, real(sampled, *plain.shape[:2]))


def with_factors(data: bytes, factors: bytes) -> bytes:
    """Other sampling factors for the components of a picture whose scan is then as long as it happens to be."""
    changed, frame = bytearray(data), data.index(bytes([0xFF, SOF0])) + 11
    for place, value in enumerate(factors):
        changed[frame + 3 * place] = value
    return bytes(changed)


@pytest.mark.parametrize(
    "factors", [b"\x41\x11\x11", b"\x14\x11\x11", b"\x33\x11\x11", b"\x44\x22\x12", b"\x13\x21\x31"]
)
def test_unusual_sampling_factors_come_back(factors: bytes) -> None:
    # Sixteen thousand pixels of one colour: a block is as good as any other, and the scan has enough of them.
    data = with_factors(jpeg_of(Image.new("RGB", (1024, 1024), (9, 99, 199)), subsampling="4:4:4"), factors)
    frame = data.index(bytes([0xFF, SOF0])) + 5
    smaller = data[:frame] + struct.pack(">HH", 71, 93) + data[frame + 4 :]
    read = comes_back(smaller)
    down, across = max(value & 15 for value in factors), max(value >> 4 for value in factors)
    for value, component in zip(factors, read.components, strict=True):
        assert component.shape[0] == -(-71 // (8 * down)) * (value & 15)
        assert component.shape[1] == -(-93 // (8 * across)) * (value >> 4)
