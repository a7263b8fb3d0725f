"""`srec inspect` writes what the window shows."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine import (
    EncodeOptions,
    Layer,
    Method,
    Part,
    ValueRange,
    colour_table,
    encode_image,
    inspect_file,
    make_layers,
)
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


def test_every_scale_has_every_layer_and_csv_says_what_json_says(crop_file: bytes, tmp_path: Path) -> None:
    source = tmp_path / "eye.srec"
    source.write_bytes(crop_file)
    assert main(["inspect", str(source), "--out", str(tmp_path / "out")]) == 0
    folder = tmp_path / "out" / "eye"
    inspection = inspect_file(source)
    expected = {
        f"scale-{scale}-{layer}.png".replace(" ", "-")
        for scale in inspection.scales
        for layer in inspection.layer_kinds
    }
    assert {path.name for path in folder.glob("*.png")} == expected
    table = list(csv.DictReader((folder / "ledger.csv").read_text().splitlines()))
    rows = json.loads((folder / "ledger.json").read_text())["rows"]
    assert [int(row["coded_bytes"]) for row in table] == [row["coded_bytes"] for row in rows]
    bits = [(one["model_bits"], other["model_bits"]) for one, other in zip(table, rows, strict=True)]
    assert all(other is None if one == "" else abs(float(one) - other) <= 0.0051 for one, other in bits)
    assert sum(one != "" for one, _ in bits) == sum(row["step"] is not None for row in rows)


def test_the_picture_of_a_map_holds_the_map(crop_file: bytes, tmp_path: Path) -> None:
    source = tmp_path / "eye.srec"
    source.write_bytes(crop_file)
    choice = ["--scale", "0", "--part", "pixel 1"]
    assert main(["inspect", str(source), "--out", str(tmp_path / "out"), *choice]) == 0
    (maps,) = inspect_file(source).maps(0)
    plane = make_layers(maps).plane(Layer.COST, Part.PIXEL_1, None)
    colours = colour_table(Layer.COST, Part.PIXEL_1, ValueRange(0, 8))[plane]
    with Image.open(tmp_path / "out" / "eye" / "scale-0-cost.png") as image:
        sheet = np.asarray(image)
    larger = 320 // plane.shape[1]
    left = (sheet.shape[1] - larger * plane.shape[1]) // 2
    shown = sheet[: larger * plane.shape[0] : larger, left : left + larger * plane.shape[1] : larger]
    assert np.array_equal(shown, colours)


def test_a_file_without_network_is_inspected_with_it_on_request(crop: Image.Image, tmp_path: Path) -> None:
    source = tmp_path / "eye.srec"
    source.write_bytes(encode_image(crop, EncodeOptions(method=Method.WEBP, verify=False)).data)
    before = source.read_bytes()
    assert main(["inspect", str(source), "--out", str(tmp_path / "out"), "--network", "--scale", "1"]) == 0
    assert (tmp_path / "out" / "eye" / "scale-1-cost.png").exists()
    assert source.read_bytes() == before


def test_a_file_without_network_is_refused_with_the_way_out(
    crop: Image.Image, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "eye.srec"
    source.write_bytes(encode_image(crop, EncodeOptions(method=Method.WEBP, verify=False)).data)
    assert main(["inspect", str(source), "--out", str(tmp_path / "out")]) == 1
    assert "--network" in capsys.readouterr().err
