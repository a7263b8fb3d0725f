from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from srec_engine.entropy import choose_coder

START = "import sys, srec_engine.entropy as entropy\n"
FIRST_RUN = "preparing the entropy coder (first run)"


def run(code: str, root: Path, **environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", START + code],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


def test_importing_the_package_loads_neither_numba_nor_torch(project_root: Path) -> None:
    output = run("print(sorted({'numba', 'torch', 'torchac'} & set(sys.modules)))", project_root)
    assert output.strip() == "[]"


def test_numba_is_preferred() -> None:
    assert choose_coder().name == "numba"


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of auto, numba, torchac"):
        choose_coder("cabac")


def test_torchac_is_used_where_numba_is_missing(project_root: Path) -> None:
    code = """
sys.modules["numba"] = None
try:
    coder = entropy.choose_coder("auto", print)
    print(coder.name, "torchac" in sys.modules)
except Exception as error:
    print(error)
"""
    output = run(code, project_root)
    if "could not be compiled" in output:
        pytest.skip(output)
    assert output.splitlines()[-1] == "torchac False"


def test_where_nothing_works_the_message_says_what_to_install(project_root: Path) -> None:
    code = """
sys.modules["numba"] = None
sys.modules["torch"] = None
try:
    entropy.choose_coder()
except entropy.choice.MissingDependencyError as error:
    print(error)
"""
    output = run(code, project_root)
    assert "pip install numba" in output
    assert "C++ compiler" in output
    assert len(output.splitlines()) == 1


def test_the_person_is_told_about_the_first_run_only_and_nothing_else_is_printed(
    project_root: Path, tmp_path: Path
) -> None:
    code = "print(entropy.choose_coder('numba', print).name)"
    cache = str(tmp_path / "cache")
    assert run(code, project_root, SREC_CACHE_DIR=cache).splitlines() == [FIRST_RUN, "numba"]
    assert run(code, project_root, SREC_CACHE_DIR=cache).splitlines() == ["numba"]


def test_a_cache_folder_that_cannot_be_written_is_no_reason_to_fail(project_root: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file is where the folder should be", encoding="utf-8")
    code = "print(entropy.choose_coder('numba').name)"
    assert run(code, project_root, SREC_CACHE_DIR=str(tmp_path / "cache")).splitlines()[-1] == "numba"


def damaged(content: bytes) -> list[bytes]:
    """What may become of a file: empty, cut off, one bit changed, something else."""
    middle = len(content) // 2
    changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    return [b"", content[:-1], changed, b"\x80\x04K\x01."]


@pytest.mark.slow
def test_compiled_code_that_is_damaged_is_made_again(project_root: Path, tmp_path: Path) -> None:
    code = "print(entropy.choose_coder('numba').name)"
    cache = tmp_path / "cache"
    assert run(code, project_root, SREC_CACHE_DIR=str(cache)).splitlines() == ["numba"]
    sizes = {path: path.stat().st_size for path in sorted(cache.rglob("*.nb?"))}
    assert len(sizes) >= 4
    for number, path in enumerate(sizes):
        path.write_bytes(damaged(path.read_bytes())[number % 4])
    for _ in range(2):
        assert run(code, project_root, SREC_CACHE_DIR=str(cache)).splitlines() == ["numba"]
        assert {path: path.stat().st_size for path in sizes} == sizes


@pytest.mark.slow
def test_a_library_of_torchac_that_is_damaged_is_made_again(project_root: Path, tmp_path: Path) -> None:
    code = """
sys.modules["numba"] = None
try:
    print(entropy.choose_coder("torchac", print).name)
except Exception as error:
    print(error)
"""
    cache = tmp_path / "cache"
    output = run(code, project_root, SREC_CACHE_DIR=str(cache))
    if "could not be compiled" in output or "is not installed" in output:
        pytest.skip(output)
    (library,) = cache.rglob("*srec_torchac_backend*.so")
    library.write_bytes(b"")
    assert run(code, project_root, SREC_CACHE_DIR=str(cache)).splitlines()[-1] == "torchac"
    assert library.stat().st_size > 0
