"""What is no plain file is refused at once and in a sentence, and nothing of it is opened."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from srec_engine import SourceError, explain_reading, require_regular_file
from srec_engine.files import FileKind, find_files, identify, is_promised, require_no_pipe

posix_only = pytest.mark.skipif(os.name != "posix", reason="pipes and devices with names are POSIX's")
not_root = pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="the administrator may read everything")


@posix_only
def test_pipes_sockets_and_devices_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket.png"))
    for path, word in (
        (tmp_path / "pipe.png", "pipe"),
        (tmp_path / "socket.png", "socket"),
        (Path("/dev/null"), "dev"),
    ):
        for require in (require_regular_file, require_no_pipe):
            with pytest.raises(SourceError, match=word):
                require(path)
        assert identify(path) is FileKind.OTHER


@posix_only
def test_links_that_lead_nowhere_say_so(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("b.png")
    (tmp_path / "b.png").symlink_to("a.png")
    (tmp_path / "c.png").symlink_to("gone.png")
    with pytest.raises(SourceError, match="leads back to itself"):
        require_regular_file(tmp_path / "a.png")
    with pytest.raises(SourceError, match="link to a file that is not there"):
        require_regular_file(tmp_path / "c.png")


@pytest.mark.parametrize(
    ("name", "words"),
    [("x" * 300 + ".png", "longer than this disk allows"), ("none.png", "does not exist"), ("a\0.png", "no file can")],
    ids=["long", "missing", "impossible"],
)
def test_names_without_a_file_say_why(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        require_regular_file(tmp_path / name)
    require_no_pipe(tmp_path / name)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        require_regular_file(tmp_path)


@posix_only
@not_root
def test_what_one_may_not_look_at_is_named_with_its_rights(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    with pytest.raises(SourceError, match="rights"):
        require_regular_file(closed / "a.png")
    told: list[str] = []
    assert list(find_files([tmp_path], unreadable=lambda folder, _error: told.append(folder.name))) == []
    assert told == ["closed"]


def test_an_error_that_nobody_has_words_for_is_told_in_the_systems(tmp_path: Path) -> None:
    assert "Text file busy" in str(explain_reading(tmp_path / "a.png", OSError(26, "Text file busy")))


@posix_only
def test_links_that_lead_to_each_other_do_not_hide_the_files_beside_them(tmp_path: Path) -> None:
    for name in "acz":
        (tmp_path / f"{name}.png").touch()
    (tmp_path / "b.jpg").symlink_to("d.jpg")
    (tmp_path / "d.jpg").symlink_to("b.jpg")
    (tmp_path / "e.jpg").symlink_to("gone.jpg")
    assert [path.stem for path in find_files([tmp_path])] == ["a", "b", "c", "d", "e", "z"]


@pytest.mark.parametrize("byte_count", range(13))
def test_a_file_of_a_few_bytes_is_told_apart_like_any_other(tmp_path: Path, byte_count: int) -> None:
    for mark in (b"\n" * 12, b"BM" + bytes(10), b"\xff\xd8\xff\xe0" + bytes(8), b"\x89PNG\r\n\x1a\n" + bytes(4)):
        path = tmp_path / "a.jpg"
        path.write_bytes(mark[:byte_count])
        assert identify(path) in (FileKind.IMAGE, FileKind.OTHER)


@pytest.mark.parametrize(
    ("name", "kind", "encoding", "decoding"),
    [
        ("a.jpg", FileKind.OTHER, True, False),
        ("a.srec", FileKind.OTHER, False, True),
        ("a.srec", FileKind.MOTOROLA_SREC, False, False),
        ("a.srec", FileKind.ORIGINAL_SREC, False, True),
        ("a.txt", FileKind.OTHER, False, False),
        ("a.png", FileKind.SREC, False, True),
        ("a.srec", FileKind.IMAGE, True, False),
    ],
)
def test_what_is_called_like_a_wanted_file_is_not_passed_over(
    name: str, kind: FileKind, encoding: bool, decoding: bool
) -> None:
    assert is_promised(Path(name), kind, {FileKind.IMAGE}) is encoding
    assert is_promised(Path(name), kind, {FileKind.SREC}) is decoding
