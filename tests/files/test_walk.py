from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srec_engine.control import CancelToken
from srec_engine.errors import Cancelled
from srec_engine.files import FileKind, find_files, identify, image_extensions, natural_key


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\x89PNG\r\n\x1a\n")


def found(folder: Path, *paths: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in find_files(paths or [folder])]


def test_pictures_come_in_natural_order_a_folder_before_its_subfolders(tmp_path: Path) -> None:
    make(tmp_path, "photo10.png", "Photo2.JPG", "photo1.srec", "b/x2.png", "b/x10.tif", "a/deep/z.webp", "a/y.gif")
    assert found(tmp_path) == [
        *("photo1.srec", "Photo2.JPG", "photo10.png"),
        *("a/y.gif", "a/deep/z.webp"),
        *("b/x2.png", "b/x10.tif"),
    ]


def test_what_is_hidden_or_no_picture_is_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "notes.txt", ".hidden.png", ".cache/b.png", "png", "c.png.part", "d.pdf", "e.eps")
    assert found(tmp_path) == ["a.png"]


def test_a_file_asked_for_by_name_is_given_whatever_it_is_and_once(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "notes.txt")
    assert found(tmp_path, tmp_path / "notes.txt", tmp_path, tmp_path / "a.png") == ["notes.txt", "a.png"]


def test_links_to_folders_do_not_lead_in_circles(tmp_path: Path) -> None:
    make(tmp_path, "a/b/c.png")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "link.png").symlink_to(tmp_path / "a" / "b" / "c.png")
    assert found(tmp_path) == ["link.png", "a/b/c.png"]


def test_a_link_that_is_asked_for_is_followed(tmp_path: Path) -> None:
    make(tmp_path, "real/a.png")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert found(tmp_path, tmp_path / "link") == ["link/a.png"]


def test_walking_is_lazy_and_stops_on_request(tmp_path: Path) -> None:
    make(tmp_path, *(f"{folder}/{number}.png" for folder in range(5) for number in range(20)))
    token = CancelToken()
    files = find_files([tmp_path], cancel=token)
    assert next(files) == tmp_path / "0" / "0.png"
    token.cancel()
    with pytest.raises(Cancelled):
        next(files)


def test_thousands_of_folders_deep_is_no_recursion(tmp_path: Path) -> None:
    depth = 400
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(depth):
            Path("d").mkdir()
            os.chdir("d")
        Path("a.png").touch()
    finally:
        os.chdir(here)
    assert len(list(find_files([tmp_path]))) == 1


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_names_can_be_ordered(names: list[str]) -> None:
    shuffled = names.copy()
    random.Random(1).shuffle(shuffled)
    assert sorted(shuffled, key=natural_key) == sorted(names, key=natural_key)


def test_known_extensions_are_those_that_are_opened() -> None:
    extensions = image_extensions()
    assert {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".gif", ".bmp"} <= extensions
    assert not extensions & {".srec", ".pdf", ".eps", ".wmf"}


SRECORD = b"S00F000068656C6C6F202020202000003C\nS5030001FB\n"
ORIGINAL = (40).to_bytes(2, "little") + (60).to_bytes(2, "little") + bytes(5 * 8 * 3 + 4500)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.srec", b"\x8bSReC\r\n\x1a\n\x01rest", FileKind.SREC),
        ("a.png", b"\x8bSReC\r\n\x1a\n\x01rest", FileKind.SREC),
        ("firmware.srec", SRECORD, FileKind.MOTOROLA_SREC),
        ("firmware.s19", SRECORD.replace(b"\n", b"\r\n"), FileKind.MOTOROLA_SREC),
        ("a.srec", ORIGINAL, FileKind.ORIGINAL_SREC),
        ("a.bin", ORIGINAL, FileKind.OTHER),
        ("a.srec", ORIGINAL[:100], FileKind.OTHER),
        ("a.srec", b"", FileKind.OTHER),
        ("a.srec", b"Some text", FileKind.OTHER),
        ("a.txt", b"S3 bucket names", FileKind.OTHER),
        ("a.png", b"no picture at all", FileKind.OTHER),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", FileKind.IMAGE),
        ("no extension", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", FileKind.IMAGE),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0", FileKind.OTHER),
    ],
)
def test_files_are_known_by_their_content(tmp_path: Path, name: str, content: bytes, kind: FileKind) -> None:
    (tmp_path / name).write_bytes(content)
    assert identify(tmp_path / name) == kind


def test_what_cannot_be_read_is_something_else(tmp_path: Path) -> None:
    assert identify(tmp_path) == FileKind.OTHER
    assert identify(tmp_path / "none.png") == FileKind.OTHER
