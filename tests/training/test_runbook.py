"""The half-hour runbook from start to finish: a bare machine, several calls, an interruption, another machine."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

OPTIONS = "--features 4 --blocks 1 --components 1 --scales 1 --shared-scales 1 --crop 16 --batch 2 --steps 100000"
NOT_THERE = ("numba", "torchac", "PySide6", "safetensors", "tqdm", "tensorboard", "skimage", "imagecodecs", "qasync")
PART_BYTES = 40_000

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the runbook is for Linux machines")


def write_pack(path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    with tarfile.open(path, "w") as pack:
        stream = io.BytesIO()
        Image.fromarray(random.integers(0, 256, (24, 24, 3), dtype=np.uint8)).save(stream, "PNG")
        member = tarfile.TarInfo(f"{seed}.png")
        member.size = stream.tell()
        stream.seek(0)
        pack.addfile(member, stream)


class LentMachine:
    """A machine with torch, numpy and Pillow only, and a folder that lasts from call to call."""

    def __init__(self, folder: Path, root: Path) -> None:
        bare = folder / "bare"
        bare.mkdir(parents=True)
        (bare / "sitecustomize.py").write_text(
            "import sys\n"
            "from importlib.machinery import PathFinder\n"
            "class Bare:\n"
            "    @staticmethod\n"
            "    def find_spec(name, path=None, target=None):\n"
            f"        there = name.partition('.')[0] not in {NOT_THERE}\n"
            "        return PathFinder.find_spec(name, path, target) if there else None\n"
            "sys.meta_path[:] = [Bare if finder is PathFinder else finder for finder in sys.meta_path]\n"
        )
        self.keep, self.out = folder / "keep", folder / "out"
        self.script = str(root / "scripts" / "gpu_runbook.sh")
        self.environment = {
            **os.environ,
            "SREC_KEEP": str(self.keep), "OUT": str(self.out), "PYTHON": sys.executable, "PYTHONPATH": str(bare),
            "PART_BYTES": str(PART_BYTES), "OMP_NUM_THREADS": "1",
        }  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.script, *words], env=self.environment, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def call(self, *words: str) -> None:
        with self.start(*words) as process:
            _, errors = process.communicate()
        assert process.returncode == 0, errors

    def train_and_interrupt(self, after_step: int) -> None:
        with self.start("train", "9", *OPTIONS.split()) as process:
            assert process.stderr is not None
            assert any(f"step {after_step}:" in line for line in iter(process.stderr.readline, ""))
            process.send_signal(signal.SIGTERM)
            process.communicate()
        assert process.returncode == 0

    def steps(self) -> list[int]:
        with (self.out / "curve.csv").open() as stream:
            return [int(row["step"]) for row in csv.DictReader(stream)]


def test_a_run_is_interrupted_comes_back_in_parts_and_goes_on_elsewhere(tmp_path: Path, project_root: Path) -> None:
    first = LentMachine(tmp_path / "first", project_root)
    for seed in range(2):
        write_pack(tmp_path / f"photos-{seed}.tar", seed)
        first.call("keep", str(tmp_path / f"photos-{seed}.tar"))
    first.train_and_interrupt(after_step=50)
    done = first.steps()
    assert done == list(range(1, len(done) + 1))
    assert len(done) >= 50
    parts = sorted(first.out.glob("run.tar.*"))
    assert 1 < len(parts) <= 4
    assert all(path.stat().st_size <= PART_BYTES for path in parts)

    second = LentMachine(tmp_path / "second", project_root)
    shutil.copytree(first.keep / "data", second.keep / "data")
    second.call("restore", str(first.out))
    restored = second.keep / "run" / "checkpoint.pt"
    assert digest(restored) == digest(first.keep / "run" / "checkpoint.pt")
    second.train_and_interrupt(after_step=len(done) // 50 * 50 + 50)
    further = second.steps()
    assert len(further) > len(done)
    assert further == list(range(1, len(further) + 1))


def test_parts_that_are_missing_are_noticed(tmp_path: Path, project_root: Path) -> None:
    machine = LentMachine(tmp_path / "machine", project_root)
    came_back = tmp_path / "came back"
    came_back.mkdir()
    (came_back / "run.tar.00").write_bytes(b"half")
    (came_back / "run.sha256").write_text(f"{hashlib.sha256(b'whole').hexdigest()}  run.tar\n")
    with machine.start("restore", str(came_back)) as process:
        _, errors = process.communicate()
    assert process.returncode == 2
    assert "incomplete or damaged" in errors


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
