"""`make run` where there is no display: the sample photograph, or the files that were named, on the command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image


@pytest.fixture
def start(
    load_script: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Runs the script without a display; results go to `tmp_path / "output"`."""
    script = load_script("start")
    monkeypatch.setattr(script, "OUTPUT", tmp_path / "output")
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)

    def run(*files: str) -> int:
        monkeypatch.setattr("sys.argv", ["start.py", *files])
        return int(script.main())

    return run


def test_without_a_display_the_sample_is_compressed_checked_and_explained(
    start: Callable[..., int], tmp_path: Path, sample_photograph: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start() == 0
    shown = capsys.readouterr().out
    assert shown.startswith("There is no display")
    assert "exact" in shown
    assert "remainders" in shown
    assert str(tmp_path / "output") in shown
    with Image.open(sample_photograph) as before, Image.open(tmp_path / "output" / "chelsea.png") as after:
        assert before.tobytes() == after.tobytes()
    assert (tmp_path / "output" / "chelsea.srec").stat().st_size < sample_photograph.stat().st_size


def test_without_a_display_named_files_are_packed_and_unpacked(
    start: Callable[..., int], tmp_path: Path, sample_photograph: Path
) -> None:
    photo = tmp_path / "a photo.png"
    with Image.open(sample_photograph) as image:
        image.crop((0, 0, 64, 48)).save(photo)
    assert start(str(photo)) == 0
    packed = Path(shutil.move(tmp_path / "output" / "a photo.srec", tmp_path))
    assert start(str(packed)) == 0
    with Image.open(photo) as before, Image.open(tmp_path / "output" / "a photo.png") as after:
        assert before.tobytes() == after.tobytes()


def test_a_file_that_cannot_be_read_makes_the_command_fail(start: Callable[..., int], tmp_path: Path) -> None:
    assert start(str(tmp_path / "missing.png")) == 1
