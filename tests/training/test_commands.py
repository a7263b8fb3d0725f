"""`srec train` and `srec eval` from the command line: lists, the original's names, bad input, every kind of model."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from srec_engine.cli import exit_codes
from srec_engine.cli.main import main

TINY = [
    "--features", "4", "--blocks", "1", "--components", "1", "--scales", "1", "--shared-scales", "1",
    "--crop", "16", "--batch", "2", "--no-bfloat16",
]  # fmt: skip


@pytest.fixture
def photos(tmp_path: Path, sample_photograph: Path) -> Path:
    """A folder with two cuttings of a photograph, a picture smaller than a crop, and a list of the two."""
    folder = tmp_path / "photos"
    folder.mkdir()
    with Image.open(sample_photograph) as image:
        image.crop((100, 50, 140, 80)).save(folder / "a.png")
        image.crop((200, 90, 233, 120)).save(folder / "b.png")
        image.crop((0, 0, 9, 9)).save(folder / "small.png")
    (tmp_path / "list.txt").write_text("a.png\nb.png\n")
    return folder


def words(*parts: str | Path) -> list[str]:
    return [str(part) for part in parts]


def test_a_run_by_the_originals_options_leaves_checkpoint_best_weights_and_curves(photos: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    command = words(
        "train", "--train-path", photos, "--train-file", tmp_path / "list.txt", "--eval-path", photos / "a.png",
        "--plot", tmp_path / "run", "--preset", "original-imagenet64", "--n-feats", "4", "--resblocks", "1",
        "--scale", "1", "--K", "1", "--crop", "16", "--batch", "1", "--epochs", "2", "--lr", "1e-3",
        "--lr-epochs", "1", "--gd", "sgd", "--clip", "0.5", "--workers", "1", "--plot-iters", "1", "--tensorboard",
    )  # fmt: skip
    assert main(command) == exit_codes.OK
    state = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert (state["step"], state["training"]["epoch_steps"], state["training"]["optimiser"]) == (4, 2, "sgd")
    with (tmp_path / "run" / "evaluation.csv").open() as stream:
        assert [row["step"] for row in csv.DictReader(stream)] == ["2", "4"]
    assert (tmp_path / "run" / "best.pt").exists()
    assert len(list((tmp_path / "run").glob("events.out.*"))) == 1


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], exit_codes.USAGE, "no images to train on"),
        (["nowhere"], exit_codes.FAILED, "nowhere does not exist"),
        (["{empty}"], exit_codes.FAILED, "No usable training image"),
        (["{photos}", "--crop", "64"], exit_codes.FAILED, "No usable training image"),
        (["{photos}", "--batch", "0"], exit_codes.FAILED, "batch"),
        (["{photos}", "--save-every", "0"], exit_codes.USAGE, "--save-every must be 1 or more"),
        (["{photos}", "--load", "{photos}/a.png"], exit_codes.FAILED, "a.png is not a checkpoint"),
        (["{photos}", "--eval-path", "nowhere"], exit_codes.FAILED, "nowhere does not exist"),
    ],
)
def test_bad_input_is_one_clear_error_and_nothing_is_written(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, message: str
) -> None:
    (tmp_path / "empty").mkdir()
    given = [word.format(photos=photos, empty=tmp_path / "empty") for word in arguments]
    assert main(["train", "--folder", str(tmp_path / "run"), *TINY, *given]) == status
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_checkpoint_of_another_run_is_refused_and_kept(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = words("train", photos, "--folder", tmp_path / "run", *TINY, "--steps", "1")
    assert main(command) == exit_codes.OK
    before = (tmp_path / "run" / "checkpoint.pt").read_bytes()
    assert main([*command, "--seed", "7"]) == exit_codes.FAILED
    assert "other settings" in capsys.readouterr().err
    assert (tmp_path / "run" / "checkpoint.pt").read_bytes() == before


def test_a_time_limit_leaves_a_checkpoint_to_go_on_from(photos: Path, tmp_path: Path) -> None:
    command = words("train", photos, "--folder", tmp_path / "run", *TINY, "--steps", "2")
    assert main([*command, "--max-minutes", "0"]) == exit_codes.OK
    assert torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["step"] == 0
    assert main([*command, "--export", str(tmp_path / "mine.safetensors")]) == exit_codes.OK
    assert torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["step"] == 2
    assert (tmp_path / "mine.safetensors").exists()


def test_an_integer_models_bits_are_those_of_its_float_network_and_of_its_files(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "mine.safetensors"
    train = words("train", photos, "--folder", tmp_path / "run", *TINY, "--steps", "1", "--quantised-from", "0")
    assert main([*train, "--export", str(model)]) == exit_codes.OK
    capsys.readouterr()
    photo = str(photos / "a.png")
    checkpoint = str(tmp_path / "run" / "checkpoint.pt")
    assert main(["eval", "--model", checkpoint, "--json", photo]) == exit_codes.OK
    floating = json.loads(capsys.readouterr().out)
    assert main(["eval", "--model", str(model), "--coded", "--json", photo]) == exit_codes.OK
    integer = json.loads(capsys.readouterr().out)
    assert integer["bits"].keys() == floating["bits"].keys()
    assert integer["bpsp"] == pytest.approx(floating["bpsp"], rel=0.01)
    # A step has three streams, each with a length and an end on a whole byte; the base is compressed another way.
    for key in integer["bits"].keys() - {"eval/codes_0"}:
        assert integer["bits"][key] < integer["coded_bits"][key] < integer["bits"][key] + 200, key
    assert integer["coded_bits"]["eval/codes_0"] < integer["bits"]["eval/codes_0"]
    assert integer["file_bits"] > sum(integer["coded_bits"].values())


def test_evaluation_names_what_it_cannot_take_and_evaluates_the_rest(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words("train", photos, "--folder", tmp_path / "run", *TINY, "--steps", "1")) == exit_codes.OK
    (photos / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    capsys.readouterr()
    table = tmp_path / "bits.csv"
    command = words("eval", "--load", tmp_path / "run" / "checkpoint.pt", "--crop", "16", "--csv", table)
    assert main([*command, str(photos)]) == exit_codes.FAILED
    shown = capsys.readouterr()
    assert "small.png is smaller than the crop of 16 pixels" in shown.err
    assert "broken.png cannot be read" in shown.err
    assert "scale 0 pixel 3" in shown.out
    with table.open() as stream:
        rows = list(csv.DictReader(stream))
    assert {Path(row["image"]).name for row in rows} == {"a.png", "b.png"}
    assert sum(float(row["bits"]) for row in rows if row["image"].endswith("a.png")) > 16 * 16
    (tmp_path / "empty").mkdir()
    assert main([*command, str(tmp_path / "empty")]) != exit_codes.OK
    assert main([*command, "--coded", str(photos / "a.png")]) == exit_codes.FAILED
    assert "float network, which cannot code" in capsys.readouterr().err


def test_a_middle_crop_is_the_middle(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words("train", photos, "--folder", tmp_path / "run", *TINY, "--steps", "1")) == exit_codes.OK
    with Image.open(photos / "a.png") as image:
        middle = np.asarray(image.convert("RGB"))[7:23, 12:28]
    Image.fromarray(middle).save(tmp_path / "middle.png")
    results = []
    for image_words in (["--crop", "16", str(photos / "a.png")], [str(tmp_path / "middle.png")]):
        capsys.readouterr()
        model = str(tmp_path / "run" / "checkpoint.pt")
        assert main(["eval", "--model", model, "--json", *image_words]) == exit_codes.OK
        results.append(json.loads(capsys.readouterr().out)["bits"])
    assert results[0] == results[1]
