"""`srec inspect` writes what the window shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from srec_engine import EncodeOptions, Method, encode_image
from srec_engine.cli.main import main


def test_inspect_writes_maps_and_a_ledger_that_adds_up(
    crop_file: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "eye.srec"
    source.write_bytes(crop_file)
    assert main(["inspect", str(source), "--out", str(tmp_path / "out"), "--scale", "0"]) == 0
    folder = tmp_path / "out" / "eye"
    ledger = json.loads((folder / "ledger.json").read_text())
    assert sum(row["coded_bytes"] for row in ledger["rows"]) == len(crop_file)
    assert all(row["model_bits"] is not None for row in ledger["rows"] if row["step"] is not None)
    assert len(list(folder.glob("scale-0-*.png"))) == 6
    with Image.open(folder / "scale-0-cost.png") as image:
        assert image.width >= 5 * 61
    assert "scale 0, pixel 1, G" in capsys.readouterr().out


def test_a_file_without_network_is_refused_with_the_way_out(
    crop: Image.Image, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "eye.srec"
    source.write_bytes(encode_image(crop, EncodeOptions(method=Method.WEBP, verify=False)).data)
    assert main(["inspect", str(source), "--out", str(tmp_path / "out")]) == 1
    assert "--network" in capsys.readouterr().err
