"""`srec bench --jpeg` compares programs that pack JPEG files: by bytes, and with what they do not give back."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from srec_engine.benchmark import jpegs
from srec_engine.benchmark.jpeg_codecs import JPEG_CODEC_NAMES, JpegCodec, Packed, make_jpeg_codec
from srec_engine.cli.main import main
from srec_engine.errors import MissingDependencyError
from srec_engine.options import CodecOptions
from tests.jpegs import JPEG_KINDS

# On Linux, Lepton has wheels for x86_64 only (pyproject.toml).
HERE = [name for name in JPEG_CODEC_NAMES if name != "lepton" or importlib.util.find_spec("lepton_jpeg_python")]


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """A JPEG that everybody packs, one that nobody does, and what is no JPEG."""
    folder = tmp_path / "photographs"
    folder.mkdir()
    for kind in ("baseline-420", "arithmetic"):
        (folder / f"{kind}.jpg").write_bytes(JPEG_KINDS[kind].make())
    (folder / "notes.txt").write_text("nothing to see")
    return folder


def test_every_codec_is_measured_by_bytes(photographs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--jpeg", "--json", "--codecs", ",".join(HERE), str(photographs)]) == 0
    row = json.loads(capsys.readouterr().out)["photographs"]
    assert [measured["codec"] for measured in row] == HERE
    for measured in row:
        assert any(letter.isdigit() for letter in measured["libraries"]), "the version is told"
        refused, packed = measured["files"]
        assert refused["path"].endswith("arithmetic.jpg")
        assert refused["kept"]
        assert packed["source_bytes"] == (photographs / "baseline-420.jpg").stat().st_size
        assert packed["decode_seconds"] > 0
    for measured in row[1:]:
        refused, packed = measured["files"]
        assert refused["file_bytes"] == refused["source_bytes"], "what is kept counts with its own size"
        assert packed["kept"] == ""
        assert 0.8 < packed["file_bytes"] / packed["source_bytes"] < 0.95


def test_the_table_tells_bytes_speeds_and_what_was_kept(photographs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--jpeg", "--worst", "1", "--codecs", "jxl-imagecodecs", str(photographs)]) == 0
    text = capsys.readouterr().out
    sizes = [(photographs / f"{name}.jpg").stat().st_size for name in ("baseline-420", "arithmetic")]
    for words in ("libjxl", "imagecodecs 20", "change", "MB/s", "peak MB", "2 JPEG files", f"{sum(sizes):,} bytes"):
        assert words in text
    assert "Counted with their own size by jxl-imagecodecs: arithmetic.jpg: refused" in text
    extremes = text.rstrip().splitlines()[-2:]
    assert [line.split()[0] for line in extremes] == ["baseline-420.jpg", "arithmetic.jpg"]
    assert "−" in extremes[0]
    assert extremes[1].endswith("+0.0 %")


def test_several_folders_are_summed_up(photographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other" / "photographs"
    other.mkdir(parents=True)
    (other / "grey.jpeg").write_bytes(JPEG_KINDS["grey"].make())
    arguments = ["bench", "--jpeg", "--codecs", "jxl-imagecodecs", str(photographs), str(other)]
    assert main(arguments) == 0
    assert "all (3 JPEG files" in capsys.readouterr().out
    assert main([*arguments, "--markdown"]) == 0
    heading, _, row = capsys.readouterr().out.splitlines()
    assert heading.count(str(tmp_path)) == 2, "folders of one name are told apart"
    assert row.startswith("| jxl-imagecodecs | −")


def test_a_folder_is_needed_and_a_codec_that_there_is(photographs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--jpeg"]) == 2
    assert main(["bench", "--jpeg", "--codecs", "png", str(photographs)]) == 2
    assert "no codec 'png' for JPEG files" in capsys.readouterr().err


def test_a_folder_without_jpegs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "looks.jpg").write_text("no JPEG")
    assert main(["bench", "--jpeg", str(tmp_path)]) == 1
    assert f"{tmp_path} holds no JPEG files" in capsys.readouterr().err


def test_a_file_that_comes_back_changed_is_kept_as_it_is(photographs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lossy = JpegCodec("lossy", "", lambda source: Packed(source.read_bytes()[:100]), lambda data: data)
    monkeypatch.setattr(jpegs, "make_jpeg_codec", lambda *_: lossy)
    measured = jpegs.measure_jpegs("lossy", jpegs.find_jpegs(photographs), CodecOptions())
    assert [file.kept for file in measured.kept] == ["came back changed"] * 2
    assert measured.change == 0


def test_a_missing_library_is_named_with_the_extra_that_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    libraries = {"lepton": ("lepton_jpeg_python", "lepton-jpeg-python"), "jxl-9": ("pillow_jxl", "pillow-jxl-plugin")}
    for codec, (module, package) in libraries.items():
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(MissingDependencyError, match=rf"{package} .* extra “dev”"):
            make_jpeg_codec(codec, CodecOptions())
