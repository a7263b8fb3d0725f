"""The commands say that a device failed, and are done all the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from srec_engine.cli import exit_codes
from srec_engine.cli.main import main
from tests.codec.failing_device import FailingDevice, install

FAILURE = "cpu:0 failed (device lost)"

ENCODE = ["encode", "--method", "srec", "--no-adaptation", "--existing", "replace"]


@pytest.fixture
def photo(tmp_path: Path, sample_photograph: Path) -> Path:
    return Path(shutil.copy(sample_photograph, tmp_path / "photo.png"))


@pytest.fixture
def packed(photo: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main([*ENCODE, "--device", "cpu", "--no-verify", str(photo)]) == exit_codes.OK
    assert "failed" not in capsys.readouterr().out
    return photo.with_suffix(".srec")


def test_encoding_says_that_a_device_failed(
    photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch, FailingDevice(10))
    assert main([*ENCODE, str(photo)]) == exit_codes.OK
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == f"    done by the CPU, since {FAILURE}"
    assert shown.err == ""
    install(monkeypatch, FailingDevice(10))
    assert main([*ENCODE, "--json", str(photo)]) == exit_codes.OK
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert (file["fallback"], file["device"], file["verified"]) == (FAILURE, "cpu", True)


@pytest.mark.parametrize(
    "words",
    [
        ["decode", "--existing", "replace"],
        ["verify"],
        ["info", "--per-step"],
        ["inspect", "--scale", "3", "--out", "maps"],
    ],
    ids=lambda words: words[0],
)
def test_reading_says_that_a_device_failed(
    packed: Path, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(packed.parent)
    install(monkeypatch, FailingDevice(10))
    assert main([*words, str(packed)]) == exit_codes.OK
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == f"    done by the CPU, since {FAILURE}"
    assert shown.err == ""
    for fails_at, expected in ((10, FAILURE), (0, "")):
        install(monkeypatch, FailingDevice(fails_at))
        assert main([*words, "--json", str(packed)]) == exit_codes.OK
        (file,) = json.loads(capsys.readouterr().out)["files"]
        assert file["fallback"] == expected
