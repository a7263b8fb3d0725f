"""A folder compressed by two workers of a Dask cluster, as docs/cluster.md says. Runs where the extra `cluster` is."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import srec_engine

pytestmark = [
    pytest.mark.optional,
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="the extra `cluster` is not installed"),
]


@pytest.fixture
def album(tmp_path: Path, sample_photograph: Path) -> Path:
    """Six pictures in two folders, two of them namesakes, and one that is none."""
    folder = tmp_path / "album"
    with Image.open(sample_photograph) as image:
        for number, name in enumerate(("a.png", "a.tif", "b.png", "trip/a.png", "trip/b.png", "trip/c.png")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            image.crop((40 * number, 0, 40 * number + 48, 32)).save(folder / name)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    return folder


def encode(root: Path, album: Path, results: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "scripts" / "encode_on_dask.py"), str(album), str(results)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root, timeout=300)


def test_two_workers_compress_a_folder_and_running_again_changes_nothing(
    album: Path, tmp_path: Path, project_root: Path
) -> None:
    results = tmp_path / "results"
    first = encode(project_root, album, results)
    assert first.returncode == 1, first.stderr
    assert "6 done, 0 were there, 1 failed" in first.stdout
    assert "broken.png" in first.stderr
    packed = {path.relative_to(results).as_posix(): path.read_bytes() for path in results.rglob("*.*")}
    assert sorted(packed) == ["a (1).srec", "a.srec", "b.srec", "trip/a.srec", "trip/b.srec", "trip/c.srec"]
    with Image.open(album / "trip" / "c.png") as before:
        assert srec_engine.decode_image(packed["trip/c.srec"]).image.tobytes() == before.tobytes()

    again = encode(project_root, album, results)
    assert "0 done, 6 were there, 1 failed" in again.stdout
    assert {path.relative_to(results).as_posix(): path.read_bytes() for path in results.rglob("*.*")} == packed
