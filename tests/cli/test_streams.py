"""What becomes of what is said, closed, full, cut off or without a letter for it, never ends the work."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from srec_engine.cli import exit_codes
from tests.cli.process import run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="uses a shell of POSIX")

ENCODE = ("encode", "--method", "verbatim", "a.png", "b.png", "c.png", "-o", "out")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stream = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(stream, "PNG")
    for name in "abc":
        (tmp_path / f"{name}.png").write_bytes(stream.getvalue())
    return tmp_path


def made(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "out").iterdir())


ALL = ["a.srec", "b.srec", "c.srec"]


@pytest.mark.parametrize("redirection", ["2>&-", ">&-", "<&-", "<&- >&- 2>&-", "2>/dev/full", "| head -n 1", "| true"])
def test_the_work_is_done_whoever_listens(folder: Path, redirection: str) -> None:
    done = run(folder, *ENCODE, redirection=redirection)
    assert done.returncode == exit_codes.OK, done.stderr
    assert made(folder) == ALL
    assert done.stderr == b""


def test_a_full_disk_under_standard_output_is_an_exit_code_and_all_is_done(folder: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no disk that is always full")
    done = run(folder, *ENCODE, redirection="> /dev/full")
    assert (done.returncode, done.stderr) == (exit_codes.FAILED, b"")
    assert made(folder) == ALL
    for words in (["info", "out", "--json"], ["decode", "out", "-o", "back"]):
        done = run(folder, *words, redirection="> /dev/full")
        assert (done.returncode, done.stderr) == (exit_codes.FAILED, b"")
    assert len(list((folder / "back").iterdir())) == 3


def test_what_fails_is_an_exit_code_where_nobody_hears_of_it(folder: Path) -> None:
    (folder / "b.png").unlink()
    assert run(folder, *ENCODE, redirection=">&- 2>&-").returncode == exit_codes.FAILED
    assert made(folder) == ["a.srec", "c.srec"]


def test_no_result_takes_in_what_is_said_on_a_closed_standard_error(folder: Path) -> None:
    # With nothing in its place the first file that is opened becomes standard error.
    run(folder, "encode", "--method", "verbatim", "gone.png", "a.png", "-o", "out", redirection="2>&-")
    run(folder, "decode", "out", "-o", "back", redirection="2>&-")
    assert (folder / "back" / "a.png").read_bytes() == (folder / "a.png").read_bytes()


@pytest.mark.parametrize("encoding", ["iso-8859-1", "ascii", "cp1252"])
def test_a_terminal_of_few_letters_is_written_to_in_those_that_it_has(folder: Path, encoding: str) -> None:
    (folder / "b.png").rename(folder / "Größe → 大.png")
    words = ("encode", "--method", "verbatim", ".", "-o", "out")
    changes = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"}
    done = run(folder, *words, changes=changes)
    assert (done.returncode, done.stderr) == (exit_codes.OK, b"")
    lines = done.stdout.decode(encoding).splitlines()
    assert len(lines) == 4
    assert "80 B -> " in lines[0]
    document = run(folder, "info", "out", "--json", changes=changes).stdout
    assert "out/Größe → 大.srec" in [file["source"] for file in json.loads(document)["files"]]


def test_a_real_locale_of_few_letters_works_too(folder: Path) -> None:
    made_locale = folder / "locale"
    made_locale.mkdir()
    build = ["localedef", "-i", "de_DE", "-f", "ISO-8859-1", str(made_locale / "de_DE.ISO-8859-1")]
    if shutil.which("localedef") is None or subprocess.run(build, capture_output=True, check=False).returncode:
        pytest.skip("there is no localedef here, or nothing to make locales of")
    done = run(folder, *ENCODE, changes={"LOCPATH": str(made_locale), "LC_ALL": "de_DE.ISO-8859-1"})
    assert done.returncode == exit_codes.OK, done.stderr
    assert made(folder) == ALL
