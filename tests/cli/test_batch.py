"""A batch goes on after a failure, stops when asked, and sums itself up in one exit code."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from srec_engine import CancelToken, ProgressCallback, SrecError
from srec_engine.cli import exit_codes
from srec_engine.cli.batch import print_json, run_batch
from srec_engine.cli.inputs import Source
from srec_engine.cli.outcome import Outcome, State

SOURCES = [Source(Path(name), Path()) for name in ("a.png", "b.png", "c.png")]


def succeed(source: Source, _cancel: CancelToken, _progress: ProgressCallback) -> Outcome:
    return Outcome(source.path, State.DONE, "fine")


def fail_on_b(source: Source, cancel: CancelToken, progress: ProgressCallback) -> Outcome:
    if source.path.name == "b.png":
        raise SrecError("b.png is bad. Throw it away.")
    return succeed(source, cancel, progress)


def press_ctrl_c_during_b(source: Source, cancel: CancelToken, progress: ProgressCallback) -> Outcome:
    if source.path.name == "b.png":
        signal.raise_signal(signal.SIGINT)
        cancel.raise_if_cancelled()
    return succeed(source, cancel, progress)


def test_all_well_is_exit_code_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_batch(SOURCES, succeed, quiet=False).exit_code == exit_codes.OK
    assert capsys.readouterr().out.splitlines() == ["a.png: fine", "b.png: fine", "c.png: fine"]


def test_one_failure_does_not_stop_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    result = run_batch(SOURCES, fail_on_b, quiet=False)
    assert [outcome.state for outcome in result.outcomes] == [State.DONE, State.FAILED, State.DONE]
    assert result.exit_code == exit_codes.FAILED
    assert capsys.readouterr().err == "b.png is bad. Throw it away.\n"


def test_a_message_that_does_not_name_its_file_gets_the_name(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(source: Source, cancel: CancelToken, progress: ProgressCallback) -> Outcome:
        raise SrecError("There is no model 'x'.")

    run_batch(SOURCES[:1], fail, quiet=False)
    assert capsys.readouterr().err == "a.png: There is no model 'x'.\n"


def test_ctrl_c_stops_inside_a_file_and_keeps_what_was_finished(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    result = run_batch(SOURCES, press_ctrl_c_during_b, quiet=False)
    assert [str(outcome.source) for outcome in result.outcomes] == ["a.png"]
    assert result.exit_code == exit_codes.INTERRUPTED
    assert "Stopped after 1 of 3." in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before


def test_a_finished_file_still_counts_when_ctrl_c_came_too_late_for_it() -> None:
    def press_and_finish(source: Source, cancel: CancelToken, progress: ProgressCallback) -> Outcome:
        signal.raise_signal(signal.SIGINT)
        return succeed(source, cancel, progress)

    result = run_batch(SOURCES, press_and_finish, quiet=True)
    assert len(result.outcomes) == 1
    assert result.exit_code == exit_codes.INTERRUPTED


def test_json_is_one_document_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(run_batch(SOURCES, fail_on_b, quiet=True), file_bytes=7)
    document = json.loads(capsys.readouterr().out)
    assert (document["done"], document["failed"], document["skipped"], document["file_bytes"]) == (2, 1, 0, 7)
    assert document["files"][1] == {
        "source": "b.png",
        "state": "failed",
        "message": "b.png is bad. Throw it away.",
        "destination": None,
    }
