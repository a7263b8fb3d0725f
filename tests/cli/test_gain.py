"""Folders of JPEGs and others on the command line: what was gained, what was left alone, several files at a time."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from srec_engine import CancelToken, ProgressCallback
from srec_engine.cli import batch, exit_codes
from srec_engine.cli.batch import run_batch
from srec_engine.cli.inputs import Source
from srec_engine.cli.main import main
from srec_engine.cli.outcome import Outcome, State
from srec_engine.errors import Cancelled, SrecError
from tests.jpegs import JPEG_KINDS, jpeg_of, photograph


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three JPEGs that become smaller, seven that do not, and a file that is no picture."""
    made = tmp_path / "in"
    made.mkdir()
    for number in range(3):
        (made / f"photo {number}.jpg").write_bytes(jpeg_of(quality=70 + number))
    for number in range(6):
        (made / f"tiny {number}.jpg").write_bytes(jpeg_of(photograph(1 + number, 1))[:-2])
    (made / "print.jpg").write_bytes(JPEG_KINDS["arithmetic"].make())
    (made / "broken.png").write_bytes(b"no picture")
    return made


def test_what_would_not_be_smaller_is_left_alone_counted_and_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["encode", str(folder), "-o", str(tmp_path / "out")]) == exit_codes.FAILED
    said = capsys.readouterr()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"photo {number}.srec" for number in range(3)]
    assert "print.jpg: left alone: it is coded arithmetically" in said.out
    gained, left = said.out.splitlines()[-2:]
    assert gained.startswith("3 files: ")
    assert gained.endswith(" % saved")
    assert left.startswith("7 files left alone, since nothing would be gained: print.jpg, tiny 0.jpg, tiny 1.jpg, ")
    assert left.endswith("tiny 3.jpg and 2 more")


def test_a_complete_mirror_has_a_result_of_every_picture(folder: Path, tmp_path: Path) -> None:
    words = ["encode", str(folder), "-o", str(tmp_path / "out"), "--mirror", "--without-gain", "store"]
    assert main(words) == exit_codes.FAILED
    assert len(list((tmp_path / "out").iterdir())) == 10


def test_json_counts_what_was_left_alone_apart(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["encode", str(folder), "-o", str(tmp_path / "out"), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert (document["done"], document["left_alone"], document["failed"]) == (3, 7, 1)
    assert document["source_bytes"] == sum((folder / f"photo {number}.jpg").stat().st_size for number in range(3))
    (printed,) = (entry for entry in document["files"] if entry["source"].endswith("print.jpg"))
    assert (printed["state"], printed["left_alone"], printed["destination"]) == ("left_alone", True, None)


def test_whoever_forces_a_method_gets_a_result(folder: Path, tmp_path: Path) -> None:
    words = ["encode", str(folder / "tiny 0.jpg"), "--method", "verbatim", "-o", str(tmp_path / "out")]
    assert main(words) == exit_codes.OK
    assert (tmp_path / "out" / "tiny 0.srec").exists()
    assert main([*words, "--without-gain", "leave", "--existing", "replace"]) == exit_codes.OK


def test_jpegs_come_back_under_their_names_with_their_times(folder: Path, tmp_path: Path) -> None:
    os.utime(folder / "photo 0.jpg", ns=(10**18, 10**18))
    main(["encode", str(folder / "photo 0.jpg"), "-o", str(tmp_path)])
    assert main(["decode", str(tmp_path / "photo 0.srec"), "-o", str(tmp_path / "back")]) == exit_codes.OK
    back = tmp_path / "back" / "photo 0.jpg"
    assert back.read_bytes() == (folder / "photo 0.jpg").read_bytes()
    assert back.stat().st_mtime_ns == 10**18


def test_a_jpeg_is_exported_as_jpeg_xl_and_what_is_none_is_not(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["encode", str(folder), "-o", str(tmp_path / "out"), "--without-gain", "store"])
    capsys.readouterr()
    assert main(["export", "--jxl", str(tmp_path / "out"), "-o", str(tmp_path / "jxl")]) == exit_codes.FAILED
    assert sorted(path.name for path in (tmp_path / "jxl").iterdir()) == [f"photo {number}.jxl" for number in range(3)]
    assert "print.srec holds its picture as the bytes of its source file" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["export", str(tmp_path / "out")])
    assert ended.value.code == exit_codes.USAGE


def test_info_tells_where_the_bytes_of_the_jpeg_are_and_what_cannot_be_shown(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "wreck.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(300))
    main(["encode", str(folder), "-o", str(tmp_path / "out"), "--without-gain", "store"])
    capsys.readouterr()
    main(["info", "--per-scale", str(tmp_path / "out" / "photo 0.srec")])
    said = capsys.readouterr().out
    for words in ("the very file comes back", "of the JPEG", "DC Y", "AC Cb, 1 to 5", "packed"):
        assert words in said
    main(["info", str(tmp_path / "out" / "wreck.srec")])
    said = capsys.readouterr().out
    assert "cannot be shown here" in said
    assert "1×1" not in said


def sources(count: int) -> list[Source]:
    return [Source(Path(f"{number}.jpg"), Path()) for number in range(count)]


def test_files_that_keep_one_processor_busy_are_done_beside_each_other_and_told_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from threading import Barrier

    monkeypatch.setattr(batch, "MOST_AT_ONCE", 2)
    together = Barrier(2, timeout=30)

    def work(source: Source, _cancel: CancelToken, _progress: ProgressCallback) -> Outcome:
        together.wait()
        if source.path.name == "3.jpg":
            raise SrecError("3.jpg is bad.")
        return Outcome(source.path, State.DONE, "fine")

    result = run_batch(sources(6), work, quiet=False, beside=lambda _source: True)
    assert [outcome.source.name for outcome in result.outcomes] == [f"{number}.jpg" for number in range(6)]
    assert [outcome.state is State.FAILED for outcome in result.outcomes] == [False, False, False, True, False, False]
    assert capsys.readouterr().out.splitlines() == [f"{number}.jpg: fine" for number in range(6) if number != 3]


def test_a_file_that_needs_all_processors_has_them_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST_AT_ONCE", 4)
    running: set[str] = set()
    alone: list[int] = []

    def work(source: Source, _cancel: CancelToken, _progress: ProgressCallback) -> Outcome:
        running.add(source.path.name)
        if source.path.name == "4.jpg":
            alone.append(len(running))
        running.discard(source.path.name)
        return Outcome(source.path, State.DONE, "fine")

    run_batch(sources(9), work, quiet=True, beside=lambda source: source.path.name != "4.jpg")
    assert alone == [1]


def test_stopping_stops_all_that_run_and_counts_what_was_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    import signal

    monkeypatch.setattr(batch, "MOST_AT_ONCE", 2)

    def work(source: Source, cancel: CancelToken, _progress: ProgressCallback) -> Outcome:
        if source.path.name == "2.jpg":
            os.kill(os.getpid(), signal.SIGINT)  # as Ctrl+C does
            while not cancel.cancelled:
                pass
            raise Cancelled
        return Outcome(source.path, State.DONE, "fine")

    result = run_batch(sources(40), work, quiet=True, beside=lambda _source: True)
    assert result.interrupted
    assert result.exit_code == exit_codes.INTERRUPTED
    assert {"0.jpg", "1.jpg"} <= {outcome.source.name for outcome in result.outcomes}
    assert "2.jpg" not in {outcome.source.name for outcome in result.outcomes}


def test_names_do_not_depend_on_who_is_done_first(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, ending in enumerate(("JFIF", "JPE", "JPEG", "JPG", "jfif", "jpe", "jpeg", "jpg")):
        picture = photograph(64 + 40 * (7 - number), 48 + 20 * (7 - number))  # the later, the sooner done
        (tmp_path / "in" / f"a.{ending}").write_bytes(jpeg_of(picture))
    listed = []
    for out in ("one", "two"):
        main(
            [
                "encode",
                str(tmp_path / "in"),
                "-o",
                str(tmp_path / out),
                "--existing",
                "rename",
                "--without-gain",
                "store",
            ]
        )
        listed.append({path.name: path.stat().st_size for path in (tmp_path / out).iterdir()})
    assert listed[0] == listed[1]
    assert len(listed[0]) == 8


def test_a_picture_of_another_format_that_is_called_jpg_is_coded_like_any_other(tmp_path: Path) -> None:
    Image.radial_gradient("L").save(tmp_path / "a.jpg", "PNG")
    assert main(["encode", str(tmp_path / "a.jpg")]) == exit_codes.OK
    assert main(["decode", str(tmp_path / "a.srec"), "-o", str(tmp_path / "back")]) == exit_codes.OK
    with Image.open(tmp_path / "back" / "a.jpg") as back:
        assert back.format == "PNG"
