"""`srec train` and `srec eval` from the command line: lists, the original's names, bad input, every kind of model."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from srec_engine.cli import exit_codes
from srec_engine.cli.main import main
from srec_engine.codec.runtime import load_runtime
from srec_engine.options import CodecOptions
from tests.codec.plain_streams import plain_streams

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


def exit_code(command: list[str]) -> int | str | None:
    try:
        return main(command)
    except SystemExit as stopped:  # what argparse itself finds wrong
        return stopped.code


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
    (events,) = (tmp_path / "run").glob("events.out.*")
    loader = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader")
    points = [
        (event.step, {value.tag for value in event.summary.value})
        for event in loader.EventFileLoader(str(events)).Load()
    ]
    curves = [(step, tags) for step, tags in points if tags]
    assert [step for step, tags in curves if "train/bpsp" in tags] == [1, 2, 3, 4]
    assert [step for step, tags in curves if {"eval/bpsp", "eval/scale 0 pixel 3"} <= tags] == [2, 4]
    assert {"train/scale0_remainders", "train/megapixels_per_second", "train/learning_rate"} <= curves[0][1]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], exit_codes.USAGE, "no images to train on"),
        (["nowhere"], exit_codes.FAILED, "nowhere does not exist"),
        (["{empty}"], exit_codes.FAILED, "No usable image was found in {empty}"),
        (["{photos}", "--crop", "64"], exit_codes.FAILED, "No usable image was found in {photos}"),
        (["{photos}", "--batch", "0"], exit_codes.FAILED, "batch"),
        (["{photos}", "--eval-path", "{empty}"], exit_codes.FAILED, "No usable image was found in {empty}"),
        (["{photos}", "--save-every", "0"], exit_codes.USAGE, "--save-every: '0' is not a whole number of 1 or more"),
        (["{photos}", "--threads", "0"], exit_codes.USAGE, "--threads: '0' is not a whole number of 1 or more"),
        (["{photos}", "--workers", "-1"], exit_codes.USAGE, "--workers: '-1' is not a whole number of 0 or more"),
        (["{photos}", "--max-minutes", "nan"], exit_codes.USAGE, "--max-minutes: 'nan' is not a number of minutes"),
        (["{photos}", "--device", "abacus"], exit_codes.FAILED, "The device 'abacus' cannot be used here"),
        (["{photos}", "--export", "model.bin"], exit_codes.USAGE, "a model file's name ends in .safetensors"),
        (
            ["{photos}", "--preset", "original-openimages", "--export", "model.safetensors"],
            exit_codes.FAILED,
            "srec import-weights",
        ),
        (["{compressed}"], exit_codes.FAILED, "photos.tar.gz is compressed"),
        (["{photos}", "--load", "{photos}/a.png"], exit_codes.FAILED, "a.png is not a checkpoint"),
        (["{photos}", "--eval-path", "nowhere"], exit_codes.FAILED, "nowhere does not exist"),
    ],
)
def test_bad_input_is_one_clear_error_and_nothing_is_written(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, message: str
) -> None:
    names = {"photos": photos, "empty": tmp_path / "empty", "compressed": tmp_path / "photos.tar.gz"}
    names["empty"].mkdir()
    with tarfile.open(names["compressed"], "w:gz") as pack:
        pack.add(photos / "a.png", "a.png")
    given = [word.format(**names) for word in arguments]
    assert exit_code(["train", "--folder", str(tmp_path / "run"), *TINY, *given]) == status
    shown = capsys.readouterr()
    assert message.format(**names) in shown.err
    assert "Traceback" not in shown.err
    assert not (tmp_path / "run").exists()


def test_a_checkpoint_of_another_run_is_refused_and_kept(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = words("train", photos, "--folder", tmp_path / "run", *TINY, "--steps", "1")
    assert main(command) == exit_codes.OK
    before = (tmp_path / "run" / "checkpoint.pt").read_bytes()
    assert main([*command, "--seed", "7", "--features", "5"]) == exit_codes.FAILED
    assert "other settings (seed 1, not 7; features 4, not 5)" in capsys.readouterr().err
    assert (tmp_path / "run" / "checkpoint.pt").read_bytes() == before


def test_a_time_limit_leaves_a_checkpoint_to_go_on_from(photos: Path, tmp_path: Path) -> None:
    command = words("train", photos, "--folder", tmp_path / "run", *TINY, "--steps", "2")
    assert main([*command, "--max-minutes", "0"]) == exit_codes.OK
    assert torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["step"] == 0
    assert main([*command, "--export", str(tmp_path / "mine.safetensors")]) == exit_codes.OK
    assert torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["step"] == 2
    assert (tmp_path / "mine.safetensors").exists()


def test_packs_in_a_folder_are_read_too(photos: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "packs").mkdir()
    with tarfile.open(tmp_path / "packs" / "photos.tar", "w") as pack:
        pack.add(photos, "photos")
    with caplog.at_level(logging.INFO):
        assert main(words("train", tmp_path / "packs", "--folder", tmp_path / "run", *TINY, "--steps", "1")) == 0
    assert "Training on 2 images" in caplog.text


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_run_that_is_terminated_and_continued_ends_like_one_that_was_left_alone(photos: Path, tmp_path: Path) -> None:
    command = words(sys.executable, "-m", "srec_engine.cli", "train", photos, *TINY, "--steps", "260", "--threads", "1")
    subprocess.run([*command, "--folder", str(tmp_path / "whole")], check=True, stderr=subprocess.DEVNULL)
    parts = [*command, "--folder", str(tmp_path / "parts")]
    with subprocess.Popen(parts, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("step 50:" in line for line in iter(process.stderr.readline, ""))
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == exit_codes.OK
    stopped = torch.load(tmp_path / "parts" / "checkpoint.pt", weights_only=True)["step"]
    assert 50 <= stopped < 260
    subprocess.run(parts, check=True, stderr=subprocess.DEVNULL)
    states = [torch.load(tmp_path / run / "checkpoint.pt", weights_only=True) for run in ("whole", "parts")]
    assert states[0]["step"] == states[1]["step"] == 260
    for part in ("network", "average"):
        for name, weight in states[0][part].items():
            assert torch.equal(weight, states[1][part][name]), name


class Terminal(io.StringIO):
    """What is written where a person looks at it."""

    def isatty(self) -> bool:
        return True


def test_a_bar_says_how_fast_it_goes_and_how_long_it_takes(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    command = words("train", photos, "--folder", tmp_path / "run", *TINY, "--steps", "60", "--eval-path", photos)
    assert main(command) == exit_codes.OK
    shown = terminal.getvalue().replace("\r", "\n").splitlines()
    last = [line for line in shown if "step 60/60" in line][-1]
    assert "100 %" in last
    assert "left" in last
    assert "bpsp" in last
    assert "MP/s" in last
    # Messages have lines of their own.
    assert [line.strip() for line in shown if "on the evaluation images" in line] == [
        next(line for line in shown if line.startswith("step 60:"))
    ]


def test_without_a_terminal_lines_say_the_same(photos: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert main(words("train", photos, "--folder", tmp_path / "run", *TINY, "--steps", "60")) == exit_codes.OK
    (line,) = [message for message in caplog.messages if message.startswith("step 50:")]
    assert "bpsp" in line
    assert "MP/s" in line
    assert "left" in line


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_for_tensorboard_is_one_clear_error(photos: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    command = words(sys.executable, "-m", "srec_engine.cli", "train", photos, *TINY, "--steps", "1", "--tensorboard")
    # Else torch, when it is imported, looks for a temporary folder by writing a file. It sets this itself where an
    # earlier test has used its compiler.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "inductor")}
    # The file's name holds the time, so the limit is one on all files: nothing fits.
    finished = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 0; trap "" XFSZ; exec "$@"', "sh", *command, "--folder", str(tmp_path / "run")],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert finished.returncode == exit_codes.FAILED
    assert "Traceback" not in finished.stderr
    assert "could not be written" in finished.stderr.splitlines()[-1]


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
    # Files cost less than their model says, since their distributions learn from neighbours; a network's do not.
    with Image.open(photo) as image:
        streams = plain_streams(load_runtime(model, CodecOptions()), np.asarray(image.convert("RGB")))
    plain = sum(stream.model_bits for scale in streams for stream in scale) + integer["bits"]["eval/codes_0"]
    assert plain == pytest.approx(sum(floating["bits"].values()), rel=0.01)
    assert 0.8 * plain < sum(integer["bits"].values()) < plain
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
    assert "broken.png is not an image" in shown.err
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
