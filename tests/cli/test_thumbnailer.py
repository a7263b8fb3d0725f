"""Thumbnails: quick, small, the right way up, and never in the way of a file manager."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from srec_engine.cli import exit_codes, thumbnailer
from srec_engine.cli.main import main


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory, sample_photograph: Path) -> Path:
    """A `.srec` of the sample photograph, coded by the network."""
    folder = tmp_path_factory.mktemp("packed")
    assert main(["encode", "--method", "srec", "--no-verify", str(sample_photograph), "-o", str(folder)]) == 0
    return folder / "chelsea.srec"


def test_a_file_manager_gets_a_png_of_the_size_it_asked_for(packed: Path, tmp_path: Path) -> None:
    assert thumbnailer.main(["-s", "48", str(packed), str(tmp_path / "small.png")]) == exit_codes.OK
    with Image.open(tmp_path / "small.png") as image:
        assert image.format == "PNG"
        assert image.size == (48, 32)


def test_a_file_manager_may_have_opened_the_thumbnail_already(packed: Path, tmp_path: Path) -> None:
    with (tmp_path / "small.png").open("w+b") as opened:
        assert thumbnailer.main(["-s", "48", str(packed), opened.name]) == exit_codes.OK
        with Image.open(opened) as image:
            assert image.size == (48, 32)


def test_a_thumbnail_that_cannot_be_written_is_an_error_and_no_traceback(
    packed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert thumbnailer.main([str(packed), str(tmp_path / "missing" / "small.png")]) == exit_codes.FAILED
    assert "small.png" in capsys.readouterr().err


def test_a_small_picture_is_not_enlarged(packed: Path, tmp_path: Path) -> None:
    assert thumbnailer.main(["-s", "1024", str(packed), str(tmp_path / "small.png")]) == exit_codes.OK
    with Image.open(tmp_path / "small.png") as image:
        assert image.size == (451, 300)


def test_a_thumbnail_needs_no_torch(packed: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from srec_engine.cli.thumbnailer import main\n"
        f"status = main(['-s', '64', {str(packed)!r}, {str(tmp_path / 'small.png')!r}])\n"
        "print(status, sorted({'torch', 'numba', 'PySide6'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "0 []"


def test_what_is_no_srec_file_gets_no_thumbnail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "firmware.srec").write_text("S00600004844521B\nS9030000FC\n")
    status = thumbnailer.main([str(tmp_path / "firmware.srec"), str(tmp_path / "small.png")])
    assert status == exit_codes.FAILED
    assert not (tmp_path / "small.png").exists()
    assert capsys.readouterr().err.startswith("srec-thumbnailer: ")


def test_a_picture_lying_on_its_side_is_turned(tmp_path: Path, sample_photograph: Path) -> None:
    with Image.open(sample_photograph) as image:
        exif = Image.Exif()
        exif[0x0112] = 6
        image.crop((0, 0, 320, 160)).save(tmp_path / "side.png", exif=exif)
    main(["encode", "--method", "srec", "--no-verify", str(tmp_path / "side.png")])
    assert main(["thumbnail", "--size", "64", str(tmp_path / "side.srec")]) == exit_codes.OK
    with Image.open(tmp_path / "side.thumbnail.png") as image:
        assert image.height > image.width


def test_a_palette_with_transparency_becomes_a_thumbnail(tmp_path: Path) -> None:
    image = Image.new("P", (64, 32), 1)
    image.putpalette([0, 0, 0, 250, 10, 10])
    image.paste(0, (0, 0, 32, 32))
    image.save(tmp_path / "cutout.png", transparency=0)
    assert main(["encode", str(tmp_path / "cutout.png"), "--without-gain", "store"]) == exit_codes.OK
    assert thumbnailer.main(["-s", "16", str(tmp_path / "cutout.srec"), str(tmp_path / "small.png")]) == exit_codes.OK
    with Image.open(tmp_path / "small.png") as small:
        assert small.mode == "RGBA"
        assert small.getpixel((1, 4)) == (0, 0, 0, 0) or small.getpixel((1, 4))[3] == 0  # type: ignore[index]
        assert small.getpixel((14, 4)) == (250, 10, 10, 255)
