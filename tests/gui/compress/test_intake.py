"""What a drop turns into: by content, folders walked, everything else said plainly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from srec_gui.compress.intake import Scanning, scan
from srec_gui.compress.item import Direction
from srec_gui.engine import Cancelled, CancelToken, EncodeOptions, FileKind
from tests.gui.fake_engine import FakeEngine

PictureMaker = Callable[..., Path]


def look(*paths: Path, engine: FakeEngine | None = None) -> tuple[list[str], list[str], list[FileKind | None], int]:
    found = scan(paths, engine or FakeEngine(), CancelToken(), lambda _: None)
    return (
        [item.source.name for item in found.pictures],
        [item.source.name for item in found.packed],
        [one.kind for one in found.rejected],
        found.passed_over,
    )


@pytest.fixture
def packed(picture: PictureMaker) -> Path:
    source = picture("kept.png", (40, 30))
    FakeEngine().encode_file(source, source.with_suffix(".srec"), EncodeOptions())
    source.unlink()
    return source.with_suffix(".srec")


def test_pictures_and_srec_files_are_told_apart_by_content(picture: PictureMaker, packed: Path) -> None:
    misnamed = picture("really a picture.png").rename(packed.with_name("really a picture.srec"))
    assert look(misnamed, packed) == (["really a picture.srec"], ["kept.srec"], [], 0)


def test_items_know_their_size_in_pixels_and_bytes(picture: PictureMaker, packed: Path) -> None:
    path = picture("a.png", (123, 45))
    found = scan([path, packed], FakeEngine(), CancelToken(), lambda _: None)
    assert (found.pictures[0].width, found.pictures[0].height) == (123, 45)
    assert found.pictures[0].source_bytes == path.stat().st_size
    assert (found.packed[0].width, found.packed[0].height) == (40, 30)
    assert found.packed[0].direction is Direction.EXPAND


def test_folders_are_walked_in_natural_order_and_remembered(picture: PictureMaker) -> None:
    for name in ("trip/2.png", "trip/10.png", "trip/sub/1.png"):
        picture(name)
    folder = picture("trip/1.png").parent
    found = scan([folder], FakeEngine(), CancelToken(), lambda _: None)
    assert [item.source.relative_to(folder).as_posix() for item in found.pictures] == [
        "1.png",
        "2.png",
        "10.png",
        "sub/1.png",
    ]
    assert {item.root for item in found.pictures} == {folder}


def test_what_is_named_and_is_no_picture_is_rejected_and_in_a_folder_passed_over(
    picture: PictureMaker, tmp_path: Path
) -> None:
    folder = picture("mixed/a.png").parent
    motorola = folder / "firmware.srec"
    motorola.write_text("S00600004844521B\nS9030000FC\n")
    (folder / "broken.png").write_text("not a picture at all")
    text = tmp_path / "notes.txt"
    text.write_text("words")
    assert look(motorola, text, tmp_path / "gone.png") == (
        [],
        [],
        [FileKind.MOTOROLA_SREC, FileKind.OTHER, None],
        0,
    )
    pictures, _, rejected, passed_over = look(folder)
    assert "a.png" in pictures
    assert rejected == []
    assert passed_over >= 1


def test_a_file_dropped_twice_comes_once(picture: PictureMaker) -> None:
    path = picture("trip/a.png")
    assert look(path, path.parent, path)[0] == ["a.png"]


def test_a_damaged_srec_keeps_its_row(tmp_path: Path) -> None:
    class Damaged(FakeEngine):
        def identify(self, path: Path) -> FileKind:
            return FileKind.SREC

    path = tmp_path / "damaged.srec"
    path.write_bytes(b"far too short")
    assert look(path, engine=Damaged())[1] == ["damaged.srec"]


def test_a_scan_tells_how_far_it_is_and_can_be_stopped(picture: PictureMaker) -> None:
    folder = picture("many/0.png").parent
    for number in range(1, 20):
        picture(f"many/{number}.png")
    cancel, counts = CancelToken(), []

    def report(value: object) -> None:
        assert isinstance(value, Scanning)
        counts.append(value.files)
        if value.files == 5:
            cancel.cancel()

    with pytest.raises(Cancelled):
        scan([folder], FakeEngine(), cancel, report)
    assert counts == [1, 2, 3, 4, 5]
