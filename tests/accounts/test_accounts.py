"""Every byte of a file is in one class, whatever the file is; what is changed is refused, and never trusted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srec_engine.accounts import (
    Account,
    Part,
    PartKind,
    UnaccountedError,
    account_of,
    pack_skeleton,
    parse_skeleton,
    skeleton_of,
)
from srec_engine.errors import DamagedFileError, UnsupportedImageError
from srec_engine.images.picture import Picture
from srec_engine.images.restoring import restored_file
from srec_engine.images.sources import read_picture

SOURCES = Path(__file__).resolve().parents[1] / "data" / "golden" / "sources"
FORMATS = {
    ".png": "PNG",
    ".tif": "TIFF",
    ".bmp": "BMP",
    ".tga": "TGA",
    ".ppm": "PPM",
    ".webp": "WEBP",
    ".qoi": "QOI",
    ".gif": "GIF",
}
FILES = sorted(path for path in SOURCES.iterdir() if path.suffix in FORMATS)
files = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def accounted(path: Path) -> tuple[bytes, Account]:
    data = path.read_bytes()
    return data, account_of(data, FORMATS[path.suffix])


@files
def test_the_parts_of_a_file_are_all_of_it(path: Path) -> None:
    data, account = accounted(path)
    assert sum(part.size for part in account.parts) == len(data)
    assert {PartKind.CARRIED, PartKind.PIXELS} <= {part.kind for part in account.parts}


@files
@pytest.mark.parametrize("tail", [b"x", b"\0\0\0\0", b"PK\3\4 an archive"])
def test_a_byte_behind_the_end_is_left_over(path: Path, tail: bytes) -> None:
    data, _ = accounted(path)
    # Zeros are padding at the end of those that may end anywhere.
    if tail.strip(b"\0") or path.suffix not in (".tif",):
        with pytest.raises(UnaccountedError):
            account_of(data + tail, FORMATS[path.suffix])


@files
def test_a_file_that_is_cut_off_anywhere_is_not_accounted_for(path: Path) -> None:
    data, account = accounted(path)
    # A TGA may end with its pixels.
    whole = account.places(PartKind.PIXELS)[-1][1] if path.suffix == ".tga" else len(data)
    for end in set(range(0, len(data), 7)) - {whole}:
        with pytest.raises(UnaccountedError):
            account_of(data[:end], FORMATS[path.suffix])


@files
def test_a_changed_file_is_accounted_for_wholly_or_not_at_all(path: Path) -> None:
    data, _ = accounted(path)
    random = np.random.default_rng(7)
    for _ in range(400):
        changed = bytearray(data)
        for _ in range(int(random.integers(1, 4))):
            value = (0, 1, 127, 128, 255, int(random.integers(256)))[int(random.integers(6))]
            changed[int(random.integers(len(data)))] = value
        try:
            account = account_of(bytes(changed), FORMATS[path.suffix])
        except UnaccountedError:
            continue
        assert sum(part.size for part in account.parts) == len(data)


@files
def test_a_changed_file_becomes_a_picture_that_gives_it_back_or_is_refused(path: Path) -> None:
    data, _ = accounted(path)
    random = np.random.default_rng(8)
    for _ in range(60):
        changed = bytearray(data)
        changed[int(random.integers(len(data)))] ^= 1 << int(random.integers(8))
        try:
            picture = read_picture(bytes(changed), path.name)
        except UnsupportedImageError:
            continue
        assert picture.skeleton is not None
        back = read_picture(bytes(restored_file(picture, picture.skeleton)), path.name)
        for plane in ("colour", "alpha", "indices"):
            assert np.array_equal(getattr(back, plane), getattr(picture, plane))
        assert back.skeleton is not None
        if picture.skeleton.digest:
            assert restored_file(picture, picture.skeleton) == bytes(changed)


@files
def test_a_skeleton_comes_back_from_its_bytes(path: Path) -> None:
    data, account = accounted(path)
    skeleton = skeleton_of(account, data, path.name, b"d" * 32)
    again = parse_skeleton(pack_skeleton(skeleton), "it")
    assert replace(again, parts=()) == replace(skeleton, parts=())
    assert [(part.kind, part.size) for part in again.parts] == [(part.kind, part.size) for part in skeleton.parts]
    assert again.file_bytes == len(data)


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_skeleton_are_refused(data: bytes) -> None:
    try:
        skeleton = parse_skeleton(data, "it")
    except DamagedFileError:
        return
    assert sum(part.size for part in skeleton.parts if part.kind is PartKind.CARRIED) == len(skeleton.carried)


@files
def test_a_skeleton_that_does_not_fit_its_picture_is_damage(path: Path) -> None:
    picture = read_picture(path)
    skeleton = picture.skeleton
    assert skeleton is not None
    colour = None if picture.colour is None else picture.colour[:-1]
    indices = None if picture.indices is None else picture.indices[:-1]
    alpha = None if picture.alpha is None else picture.alpha[:-1]
    shorter = Picture(picture.mode, picture.width, picture.height - 1, colour, alpha, indices, picture.palette)
    hostile = [
        replace(skeleton, raster=None),
        replace(skeleton, digest=b"x" * 32),
        replace(skeleton, parts=(*skeleton.parts, Part(PartKind.PIXELS, 1 << 40))),
    ]
    for changed in hostile:
        try:
            restored_file(picture, changed)
        except DamagedFileError:
            continue
        # Where pixels are made anew, the size of what was there does not matter, nor does where samples lay.
        assert not changed.digest
    if skeleton.digest:
        with pytest.raises(DamagedFileError):
            restored_file(shorter, skeleton)
