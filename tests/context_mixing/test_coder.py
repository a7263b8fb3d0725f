"""Coefficients, coded and decoded again."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from srec_engine.container.fields import Cursor, pack_integer
from srec_engine.context_mixing import (
    CoefficientError,
    decode_coefficients,
    decode_means,
    encode_coefficients,
    record_coefficients,
    stream_bytes,
)
from srec_engine.errors import DamagedFileError
from srec_engine.jpeg import geometry_of, read_jpeg, write_jpeg
from tests.context_mixing.planes import Shape, extreme, natural, shapes_of
from tests.jpegs import jpeg_of

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLINGS = (
    ((1, 1),),
    ((2, 2),),
    ((1, 1), (1, 1), (1, 1)),
    ((2, 2), (1, 1), (1, 1)),
    ((1, 2), (1, 1), (1, 1)),
    ((1, 4), (1, 1), (1, 1)),
    ((4, 1), (1, 1), (1, 1)),
    ((3, 3), (1, 1), (2, 1)),
    ((1, 1), (2, 2), (1, 1)),
    ((1, 1), (1, 1), (1, 1), (1, 1)),
)
Components = list[NDArray[np.int16]]


def are_equal(one: Components, other: Components) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.fixture
def two_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pictures are cut in two."""
    monkeypatch.setattr("srec_engine.context_mixing.coder.suitable_count", lambda _shapes, _components: 2)


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("make", [natural, extreme])
def test_coefficients_of_every_sampling_come_back(
    make: Callable[[list[Shape]], Components], sampling: tuple[tuple[int, int], ...]
) -> None:
    shapes = shapes_of(3, 4, sampling)
    components = make(shapes)
    packed = encode_coefficients(components, shapes)
    assert are_equal(decode_coefficients(packed, shapes, "it").components, components)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_coefficients_come_back(data: st.DataObject) -> None:
    sampling = data.draw(st.sampled_from(SAMPLINGS))
    shapes = shapes_of(
        data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3)), sampling, data.draw(st.integers(1, 99))
    )
    seed, density = data.draw(st.integers(0, 1 << 30)), data.draw(st.sampled_from([0.0, 0.02, 0.5, 1.0]))
    scale = data.draw(st.sampled_from([1, 3, 200, 32767]))
    random = np.random.default_rng(seed)
    components = []
    for shape in shapes:
        values = random.integers(-scale, scale + 1, (shape.rows, shape.columns, 64))
        components.append(np.where(random.random(values.shape) < density, values, 0).astype(np.int16))
    packed = encode_coefficients(components, shapes)
    assert are_equal(decode_coefficients(packed, shapes, "it").components, components)


@pytest.mark.usefixtures("two_bands")
def test_the_bytes_do_not_depend_on_the_number_of_threads() -> None:
    shapes = shapes_of(8, 12, ((2, 2), (1, 1), (1, 1)))
    components = natural(shapes)
    packed = encode_coefficients(components, shapes, threads=1)
    assert encode_coefficients(components, shapes, threads=4) == packed
    assert are_equal(decode_coefficients(packed, shapes, "it", threads=3).components, components)


def test_plain_python_that_checks_every_number_codes_to_the_same_bytes() -> None:
    """No sum, product or shift leaves its 32 or 64 bits, at the ends of what coefficients and steps may be."""
    found = []
    for how in ("plain", "compiled"):
        command = [sys.executable, "-m", "tests.context_mixing.pure_python", how]
        found.append(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    assert found[0] == found[1]
    assert found[0].count(" True ") == 4


def test_what_is_coded_today_was_coded_when_this_was_written() -> None:
    """With the tables that ship: a change here is a new number of tables, or files of before cannot be read."""
    shapes = shapes_of(4, 5, ((2, 2), (1, 1), (1, 1)))
    digest = hashlib.sha256(encode_coefficients(natural(shapes), shapes)).hexdigest()
    assert digest[:16] == "a7a01cf56ac53c84"


def test_the_means_are_had_from_the_first_bytes_alone() -> None:
    shapes = shapes_of(6, 7, ((2, 2), (1, 1), (1, 1)))
    components = natural(shapes)
    packed = encode_coefficients(components, shapes)
    means = decode_means(packed[: len(packed) // 3], shapes, "it")
    assert all(
        np.array_equal(found[:, :, 0], component[:, :, 0]) for found, component in zip(means, components, strict=True)
    )
    assert not any(found[:, :, 1:].any() for found in means)


@pytest.mark.usefixtures("two_bands")
def test_damage_stays_in_its_band_and_leaves_the_means() -> None:
    shapes = shapes_of(8, 12, ((2, 2), (1, 1), (1, 1)))
    components = natural(shapes)
    packed = bytearray(encode_coefficients(components, shapes))
    packed[-3] ^= 4
    found = decode_coefficients(bytes(packed), shapes, "it")
    assert [(band.first, band.end) for band in found.damaged] == [(4, 8)]
    for component, whole, shape in zip(found.components, components, shapes, strict=True):
        half = 4 * shape.vertical
        assert np.array_equal(component[:half], whole[:half])
        assert np.array_equal(component[half:, :, 0], whole[half:, :, 0])
        assert not component[half:, :, 1:].any()


def test_what_is_cut_off_or_changed_is_damaged_and_never_anything_else() -> None:
    shapes = shapes_of(3, 4, ((2, 2), (1, 1), (1, 1)))
    packed = encode_coefficients(natural(shapes), shapes)
    random = np.random.default_rng(1)
    refused = 0
    for attempt in range(300):
        changed = bytearray(packed[: random.integers(0, len(packed))] if attempt % 2 else packed)
        for place in random.integers(0, max(1, len(changed)), 3):
            if changed:
                changed[place] ^= 1 << random.integers(0, 8)
        try:
            found = decode_coefficients(bytes(changed), shapes, "it")
        except DamagedFileError:
            refused += 1
        else:
            assert found.damaged
    assert 0 < refused < 300


@pytest.mark.usefixtures("two_bands")
@pytest.mark.parametrize(("make", "tolerance"), [(natural, 0.01), (extreme, 0.02)])
def test_what_was_written_down_of_costs_is_what_was_paid(
    make: Callable[[list[Shape]], Components], tolerance: float
) -> None:
    shapes = shapes_of(10, 12, ((2, 2), (1, 1), (1, 1)))
    components = make(shapes)
    packed = encode_coefficients(components, shapes)
    found = record_coefficients(packed, shapes, "it")
    assert are_equal(found.components, components)
    bits = sum(int(costs.sum(dtype=np.int64)) for costs in found.costs) / 65536
    paid = 8 * stream_bytes(packed, shapes, "it")
    assert abs(bits - paid) < tolerance * paid


def test_what_was_expected_of_means_is_near_to_what_came() -> None:
    shapes = shapes_of(10, 12, ((1, 1), (1, 1), (1, 1)))
    components = natural(shapes)
    found = record_coefficients(encode_coefficients(components, shapes), shapes, "it")
    for component, estimates in zip(components, found.estimates, strict=True):
        missed = np.abs(component[:, :, 0] - estimates[:, :, 0] / 16).mean()
        assert missed < 0.2 * np.abs(component[:, :, 0]).mean()


def test_a_coefficient_that_no_magnitude_holds_is_refused() -> None:
    shapes = shapes_of(1, 1)
    components = [np.zeros((1, 1, 64), np.int16)]
    components[0][0, 0, 0] = -32768
    assert are_equal(decode_coefficients(encode_coefficients(components, shapes), shapes, "it").components, components)
    components[0][0, 0, 5] = -32768
    with pytest.raises(CoefficientError, match="beyond"):
        encode_coefficients(components, shapes)


def test_a_photograph_takes_less_than_its_huffman_codes() -> None:
    data = jpeg_of()
    jpeg = read_jpeg(data)
    geometry = geometry_of(jpeg.skeleton, "it")
    packed = encode_coefficients(jpeg.components, geometry.components)
    assert len(packed) < 0.8 * (len(data) - len(jpeg.skeleton))
    again = decode_coefficients(packed, geometry.components, "it").components
    assert write_jpeg(jpeg.skeleton, again, "it") == data


def test_progress_is_told_and_may_end_the_work(two_bands: None) -> None:
    shapes = shapes_of(8, 12)
    told: list[float] = []
    encode_coefficients(natural(shapes), shapes, 2, told.append)
    assert told == [0.5, 1.0]

    def refuse(_share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        encode_coefficients(natural(shapes), shapes, 2, refuse)


def test_a_stream_that_ends_before_its_coefficients_do_is_damage_at_once() -> None:
    """Nothing is made of zeros behind a stream: a few bytes may not keep anybody busy for minutes."""
    small, large = shapes_of(2, 2), shapes_of(64, 64)
    packed = encode_coefficients(extreme(small), small)
    found = decode_coefficients(packed, large, "it")
    assert [(band.first, band.end) for band in found.damaged] == [(0, 64)]
    assert not any(component.any() for component in found.components)
    # The means are whole, and what follows them is too short.
    whole, other = (encode_coefficients(natural(shapes), shapes) for shapes in (large, small))
    found = decode_coefficients(spliced(whole, other), large, "it")
    assert len(found.damaged) == 1
    assert found.components[0][:, :, 0].any()
    assert not found.components[0][:, :, 1:].any()


def spliced(one: bytes, other: bytes) -> bytes:
    """The means of one picture with the other coefficients of another, with checksums that are right."""
    heads = []
    for packed in (one, other):
        cursor = Cursor(packed, "it")
        assert cursor.take_integer() == 1
        assert cursor.take_integer() == 1
        lengths = []
        for _ in range(2):
            lengths.append(cursor.take_integer())
            cursor.take(4)
        heads.append([cursor.take(length) for length in lengths])
    streams = (heads[0][0], heads[1][1])
    head = b"".join(pack_integer(len(stream)) + zlib.crc32(stream).to_bytes(4, "little") for stream in streams)
    return b"\1\1" + head + b"".join(streams)


def test_more_bands_than_a_picture_of_its_size_is_cut_into_are_damage() -> None:
    """Each takes its own tables, which takes time and memory: a few bytes may not ask for thousands."""
    shapes: list[Shape] = shapes_of(30, 3)
    packed = bytearray(encode_coefficients(natural(shapes), shapes))
    packed[1] = 17
    with pytest.raises(DamagedFileError, match="cannot be cut into 17 bands"):
        decode_coefficients(bytes(packed), shapes, "it")


def test_tables_that_are_not_there_are_said_to_be_missing() -> None:
    shapes = shapes_of(1, 1)
    packed = encode_coefficients(natural(shapes), shapes)
    with pytest.raises(DamagedFileError, match="number 99"):
        decode_coefficients(b"\x63" + packed[1:], shapes, "it")
