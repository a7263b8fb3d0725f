"""Several processes follow the loss curve of one."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def curve(folder: Path) -> list[float]:
    with (folder / "curve.csv").open() as stream:
        return [float(row["bpsp"]) for row in csv.DictReader(stream)]


def train(launcher: list[str], data: Path, folder: Path) -> None:
    options = ["--features", "4", "--blocks", "1", "--components", "1", "--scales", "2", "--shared-scales", "1"]
    options += ["--crop", "16", "--batch", "2", "--steps", "5", "--no-bfloat16", "--threads", "1"]
    command = [sys.executable, *launcher, "-m", "srec_engine.cli.main", "train", str(data), "--folder", str(folder)]
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    finished = subprocess.run(
        [*command, *options], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr


def test_two_gloo_processes_follow_the_curve_of_one_process_with_the_same_batch(tmp_path: Path) -> None:
    data = tmp_path / "photos"
    data.mkdir()
    random = np.random.default_rng(0)
    for number in range(3):
        Image.fromarray(random.integers(0, 256, (24, 20, 3), dtype=np.uint8)).save(data / f"{number}.png")
    train([], data, tmp_path / "one")
    train(["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"], data, tmp_path / "two")
    assert len(curve(tmp_path / "two")) == 5
    assert curve(tmp_path / "two") == pytest.approx(curve(tmp_path / "one"), rel=1e-4)
