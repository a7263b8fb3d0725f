"""A first picture needs neither torch nor numba, and torch is loaded considerately."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def modules_after(code: str, path: Path) -> set[str]:
    """The top-level modules a fresh process has loaded after running `code` with `path` as its argument."""
    program = f"import sys\n{code}\nprint(' '.join(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    output = subprocess.run(
        [sys.executable, "-c", program, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return set(output.split())


def test_preview_and_information_load_neither_torch_nor_numba(network_file: bytes, tmp_path: Path) -> None:
    path = tmp_path / "photo.srec"
    path.write_bytes(network_file)
    code = "import pathlib, srec_engine as s; p = pathlib.Path(sys.argv[1]); s.read_preview(p).load(); s.read_info(p)"
    assert modules_after(code, path).isdisjoint({"torch", "numba", "PySide6"})


def test_the_base_is_the_first_step_of_decoding_and_comes_before_torch(network_file: bytes, tmp_path: Path) -> None:
    path = tmp_path / "photo.srec"
    path.write_bytes(network_file)
    code = "import pathlib, srec_engine as s; next(s.decode_steps(pathlib.Path(sys.argv[1]))).picture.load()"
    assert modules_after(code, path).isdisjoint({"torch", "numba", "PySide6"})


@pytest.mark.parametrize(("chosen", "policy"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_that_wait_sleep_unless_the_person_says_otherwise(chosen: str | None, policy: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment |= {"OMP_WAIT_POLICY": chosen} if chosen else {}
    code = "import os, srec_engine; srec_engine.list_devices(); print(os.environ['OMP_WAIT_POLICY'])"
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == policy
