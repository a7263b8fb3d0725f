"""The frame of the command line: help, usage errors, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from srec_engine.cli import exit_codes
from srec_engine.cli.commands import COMMANDS
from srec_engine.cli.main import main


def srec(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "srec_engine.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_help_names_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    text = capsys.readouterr().out
    assert stopped.value.code == exit_codes.OK
    for name in COMMANDS:
        assert name in text
    assert "130  stopped by Ctrl+C" in text


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_describes_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == exit_codes.OK
    assert f"usage: srec {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["compress"],
        ["encode"],
        ["encode", "--method", "zip", "a.png"],
        ["encode", "--threads", "0", "a.png"],
        ["encode", "--mirror", "a.png"],
        ["encode", "--shard", "3/2", "a.png"],
        ["decode", "--format", "jpeg", "a.srec"],
        ["thumbnail", "--size", "0", "a.srec"],
    ],
)
def test_a_wrong_command_line_is_exit_code_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status: int | str | None = main(words)
    except SystemExit as stopped:
        status = stopped.code
    assert status == exit_codes.USAGE
    assert "error:" in capsys.readouterr().err


def test_a_missing_file_is_named_and_is_exit_code_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(tmp_path / "missing.srec")]) == exit_codes.FAILED
    assert "missing.srec" in capsys.readouterr().err


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from srec_engine.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'numba', 'PIL', 'numpy'} & set(sys.modules)), file=sys.stderr)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stderr.strip() == "[]"


def test_the_module_is_the_command() -> None:
    assert srec("--version").stdout.startswith("srec ")
