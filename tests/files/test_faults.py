"""What nobody foresaw becomes a sentence and a report that tells where, and nothing about the person."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from srec_engine import SrecError, fault_sentence, write_fault_report


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder for reports."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


class StrangeError(ValueError):
    """For one test alone: a process writes one report for each kind of fault."""


def failure(message: str, kind: type[ValueError] = ValueError) -> ValueError:
    try:
        try:
            raise KeyError("what was behind it")
        except KeyError as error:
            raise kind(message) from error
    except ValueError as raised:
        return raised


def test_an_error_of_a_library_is_a_sentence_with_a_report(tmp_path: Path) -> None:
    sentence = fault_sentence(failure("odd bytes"), tmp_path / "a.png")
    assert sentence.startswith(f"{tmp_path / 'a.png'}: ")
    assert "ValueError: odd bytes" in sentence
    assert len(sentence.splitlines()) == 1
    report = write_fault_report(failure("odd bytes"), tmp_path / "a.png")
    assert report is not None
    assert str(report) in sentence


def test_a_report_names_the_place_the_releases_and_the_file_and_no_folder(tmp_path: Path) -> None:
    secret = Path("/home/jane.doe/Very Private/a.png")
    report = write_fault_report(failure(f"cannot map {secret} nor /home/jane.doe/.config/x.ini", StrangeError), secret)
    assert report is not None
    text = report.read_text(encoding="utf-8")
    for expected in ("test_faults.py", "in failure", "what was behind it", "numpy ", "Python 3", "a.png", "x.ini"):
        assert expected in text
    for hidden in ("jane.doe", "Very Private", str(Path.home()) + "/", str(tmp_path)):
        assert hidden not in text


def test_the_same_fault_of_many_files_is_one_report(tmp_path: Path, state: Path) -> None:
    reports = {write_fault_report(failure(f"number {number}"), tmp_path / f"{number}.png") for number in range(5)}
    assert len(reports) == 1


def test_what_the_engine_and_the_system_say_needs_no_report(tmp_path: Path, state: Path) -> None:
    path = tmp_path / "gone.png"
    assert fault_sentence(SrecError("It is so.")) == "It is so."
    with pytest.raises(OSError) as raised:  # noqa: PT011 - whichever it is
        path.open("rb")
    assert fault_sentence(raised.value, path) == f"{path} does not exist. Check its name."
    assert not state.exists()


def test_too_little_memory_is_said_as_such(tmp_path: Path) -> None:
    assert "too little memory" in fault_sentence(MemoryError(), tmp_path / "a.png")


def test_a_report_goes_among_the_temporary_files_where_there_is_no_other_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    report = write_fault_report(RuntimeError("nowhere to go"))
    assert report is not None
    assert report.is_file()
    if os.name == "posix":
        assert stat.S_IMODE(report.stat().st_mode) == 0o600
    report.unlink()
