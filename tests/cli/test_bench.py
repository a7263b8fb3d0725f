"""`srec bench` compares codecs and says where our time goes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine.benchmark.range_coder import coded_symbols, range_coder_seconds
from srec_engine.benchmark.stages import StageSeconds
from srec_engine.cli.main import main


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    ramp = np.add.outer(np.arange(40), 3 * np.arange(56)).astype(np.uint8)
    Image.fromarray(np.stack([ramp, ramp // 2, 255 - ramp], axis=2)).save(tmp_path / "ramp.png")
    return tmp_path


def test_the_table_holds_every_codec_and_a_column_for_each_stage(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--codecs", "srec,webp", str(pictures)]) == 0
    text = capsys.readouterr().out
    for word in (
        "srec",
        "webp",
        "bpsp",
        "peak MB",
        "network",
        "distributions",
        "entropy coder",
        "second reader",
        "I/O",
    ):
        assert word in text
    assert "srec decode" in text
    assert "webp decode" not in text


def test_the_document_holds_the_same_for_programs(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--json", "--codecs", "srec,png", str(pictures)]) == 0
    srec, png = json.loads(capsys.readouterr().out)[pictures.name]
    assert png["encode_stages"] is None
    for direction in ("encode_stages", "decode_stages"):
        # The picture is too small to be adapted to, and nobody adapts or reads twice when decoding.
        idle = {"adaptation"} | ({"second_reader"} if direction == "decode_stages" else set())
        assert {name for name, seconds in srec[direction].items() if not seconds} == idle
        assert set(srec[direction]) - idle == {
            *("network", "distributions", "range_coder", "input_output"),
            *({"second_reader"} - idle),
        }
    assert srec["images"][0]["symbols"] == coded_symbols(40, 56, 5)


def test_every_pixel_of_every_scale_is_one_symbol_a_channel() -> None:
    assert coded_symbols(64, 32, 1) == 3 * 64 * 32
    assert coded_symbols(63, 31, 2) == 3 * (64 * 32 + 32 * 16)


@pytest.mark.parametrize("bits", [0.1, 3.0, 15.0])
def test_the_coder_alone_finds_the_symbols_that_it_coded_whatever_they_cost(bits: float) -> None:
    encoding, decoding = range_coder_seconds(bits)  # raises where it does not
    assert encoding > 0
    assert decoding > 0


def test_what_the_coder_does_not_take_of_their_common_loop_are_the_distributions() -> None:
    measured = {"network": 3.0, "entropy": 2.0, "adaptation": 1.0, "second reader": 0.125, "files": 0.25}
    stages = StageSeconds.divided(measured, coder=0.5)
    assert stages == StageSeconds(
        network=3.0, distributions=1.5, range_coder=0.5, adaptation=1.0, second_reader=0.125, input_output=0.25
    )
    assert stages.by_name(2.0)["distributions"] == 0.75
