"""Real pictures through the real command line: there, back, and what is said on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from srec_engine import read_info
from srec_engine.cli import exit_codes
from srec_engine.cli.main import main


@pytest.fixture
def photo(tmp_path: Path, sample_photograph: Path) -> Path:
    """A corner of the sample photograph: small enough to be quick, odd sides."""
    with Image.open(sample_photograph) as image:
        image.crop((100, 50, 197, 123)).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A picture of few colours in a palette, which the network is not asked to code."""
    image = Image.new("P", (40, 30), 1)
    image.putpalette([0, 0, 0, 255, 255, 255, 200, 30, 30])
    image.paste(2, (5, 5, 20, 20))
    image.save(tmp_path / "drawing.png")
    return tmp_path / "drawing.png"


def pixels(path: Path) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(path) as image:
        return image.mode, image.size, image.tobytes()


@pytest.mark.parametrize("method", ["srec", "webp", "verbatim", None])
def test_a_photograph_comes_back_pixel_for_pixel(photo: Path, tmp_path: Path, method: str | None) -> None:
    forced = [] if method is None else ["--method", method]
    assert main(["encode", *forced, str(photo)]) == exit_codes.OK
    assert main(["decode", str(tmp_path / "photo.srec"), "-o", str(tmp_path / "back")]) == exit_codes.OK
    assert pixels(tmp_path / "back" / "photo.png") == pixels(photo)


def test_stored_bytes_come_back_as_the_very_file(photo: Path, tmp_path: Path) -> None:
    with Image.open(photo) as image:
        image.save(tmp_path / "photo.jpg", quality=60)
    photo.unlink()
    assert main(["encode", str(tmp_path / "photo.jpg"), "--without-gain", "store"]) == exit_codes.OK
    assert main(["decode", str(tmp_path / "photo.srec"), "-o", str(tmp_path / "back")]) == exit_codes.OK
    assert (tmp_path / "back" / "photo.jpg").read_bytes() == (tmp_path / "photo.jpg").read_bytes()


def test_another_lossless_format_can_be_asked_for(photo: Path, tmp_path: Path) -> None:
    main(["encode", "--method", "srec", str(photo)])
    assert main(["decode", "--format", "tiff", str(tmp_path / "photo.srec")]) == exit_codes.OK
    assert pixels(tmp_path / "photo.tiff") == pixels(photo)


def test_a_folder_is_mirrored_and_brought_back(photo: Path, drawing: Path, tmp_path: Path) -> None:
    album = tmp_path / "album"
    (album / "deep").mkdir(parents=True)
    shutil.move(photo, album / "photo.png")
    shutil.move(drawing, album / "deep" / "drawing.png")
    packed, back = tmp_path / "packed", tmp_path / "back"
    assert main(["encode", str(album), "-o", str(packed), "--mirror", "--without-gain", "store"]) == exit_codes.OK
    assert main(["decode", str(packed), "-o", str(back), "--mirror"]) == exit_codes.OK
    for name in ("photo.png", "deep/drawing.png"):
        assert pixels(back / name) == pixels(album / name)


def test_lists_in_the_form_of_the_original_program_work_for_encode_decode_and_eval(
    photo: Path, drawing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures, packed, back = tmp_path / "pictures", tmp_path / "packed", tmp_path / "back"
    (pictures / "deep").mkdir(parents=True)
    shutil.move(photo, pictures / "deep" / "photo.png")
    shutil.move(drawing, pictures / "drawing.png")
    names = tmp_path / "pictures.txt"
    names.write_text("deep/photo.png\n", encoding="utf-8")
    command = ["--path", str(pictures), "--file", str(names)]
    assert main(["encode", *command, "--load", "photo", "--save-path", str(packed)]) == exit_codes.OK
    assert [path.name for path in packed.iterdir()] == ["photo.srec"]
    coded = tmp_path / "coded.txt"
    coded.write_text("photo.srec\n", encoding="utf-8")
    assert main(["decode", "--path", str(packed), "--file", str(coded), "--save-path", str(back)]) == exit_codes.OK
    assert pixels(back / "photo.png") == pixels(pictures / "deep" / "photo.png")
    capsys.readouterr()
    assert main(["eval", *command, "--load", "photo", "--crop", "32", "--json"]) == exit_codes.OK
    assert list(json.loads(capsys.readouterr().out)["images"]) == [str(pictures / "deep" / "photo.png")]


def test_weights_that_are_no_model_yet_are_explained_once(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["encode", "--model", str(tmp_path / "openimages.pth"), str(photo), str(photo)]) == exit_codes.FAILED
    message = capsys.readouterr().err
    assert "srec import-weights" in message
    assert message.count("\n") == 1


def test_results_that_exist_are_skipped_renamed_or_replaced(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "photo.srec"
    result.write_bytes(b"precious")
    assert main(["encode", str(photo)]) == exit_codes.OK
    assert "skipped" in capsys.readouterr().out
    assert result.read_bytes() == b"precious"
    assert main(["encode", "--existing", "rename", str(photo)]) == exit_codes.OK
    assert result.read_bytes() == b"precious"
    assert main(["encode", "--existing", "replace", str(photo)]) == exit_codes.OK
    assert result.read_bytes() == (tmp_path / "photo (1).srec").read_bytes()


def test_timestamps_are_kept_on_request(photo: Path, tmp_path: Path) -> None:
    os.utime(photo, ns=(1_000_000_000_000_000_000, 1_100_000_000_000_000_000))
    assert main(["encode", "--keep-timestamps", str(photo)]) == exit_codes.OK
    assert (tmp_path / "photo.srec").stat().st_mtime_ns == 1_100_000_000_000_000_000


def test_one_bad_file_does_not_spoil_the_others(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture at all")
    assert main(["encode", "--json", str(bad), str(photo)]) == exit_codes.FAILED
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert [file["state"] for file in document["files"]] == ["failed", "done"]
    assert document["files"][1]["file_bytes"] == (tmp_path / "photo.srec").stat().st_size
    assert "bad.png" in shown.err


def test_the_ledger_adds_up_to_the_file(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["encode", "--method", "srec", str(photo)])
    capsys.readouterr()
    assert main(["info", "--per-step", "--no-model-bits", str(tmp_path / "photo.srec")]) == exit_codes.OK
    table = capsys.readouterr().out.split("\n\n")[1].splitlines()
    rows = {line[: line.index("  ")]: int(line.split()[-4]) for line in table[2:]}
    assert "model bits" not in table[0]
    assert rows["scale 0, pixel 4, B"] == 0 < rows["scale 0, pixel 1, G"]
    parts = sum(size for name, size in rows.items() if name != "file")
    assert parts == rows["file"] == (tmp_path / "photo.srec").stat().st_size


@pytest.mark.parametrize("method", ["srec", "webp"])
def test_the_short_ledger_adds_up_too(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    main(["encode", "--method", method, str(photo)])
    capsys.readouterr()
    assert main(["info", "--per-scale", str(tmp_path / "photo.srec")]) == exit_codes.OK
    table = capsys.readouterr().out.split("\n\n")[1].splitlines()
    sizes = {line[: line.index("  ")]: int(line.split()[-4]) for line in table[2:]}
    assert ("scale 0" in sizes) == ("remainders" in table[0]) == (method == "srec")
    whole = sizes.pop("file")
    assert sum(sizes.values()) == whole == (tmp_path / "photo.srec").stat().st_size


def test_the_bits_of_the_model_agree_with_the_coded_bytes(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["encode", "--method", "srec", str(photo)])
    capsys.readouterr()
    assert main(["info", "--per-step", "--json", str(tmp_path / "photo.srec")]) == exit_codes.OK
    ledger = json.loads(capsys.readouterr().out)["files"][0]["ledger"]
    coded = [row for row in ledger["rows"] if row["step"] is not None]
    streams = sum(row["coded_bytes"] > 0 for row in coded)
    bits = sum(row["model_bits"] for row in coded)
    assert sum(row["coded_bytes"] for row in ledger["rows"]) == ledger["file_bytes"]
    assert 0 <= 8 * sum(row["coded_bytes"] for row in coded) - bits <= 24 * streams + 0.001 * bits


def test_the_ledger_of_a_damaged_file_says_what_is_lost(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["encode", "--method", "srec", str(photo)])
    data = (tmp_path / "photo.srec").read_bytes()
    (tmp_path / "photo.srec").write_bytes(data[: len(data) * 3 // 4])
    capsys.readouterr()
    assert main(["info", "--per-step", str(tmp_path / "photo.srec")]) == exit_codes.OK
    shown = capsys.readouterr().out
    assert "tile 0 at scale 0" in shown
    assert "model bits" in shown


def test_verify_finds_a_flipped_bit(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = tmp_path / "photo.srec"
    main(["encode", "--method", "srec", str(photo)])
    assert main(["verify", str(packed)]) == exit_codes.OK
    damaged = bytearray(packed.read_bytes())
    damaged[-len(damaged) // 4] ^= 1
    packed.write_bytes(damaged)
    capsys.readouterr()
    assert main(["verify", str(packed)]) == exit_codes.FAILED
    assert "photo.srec" in capsys.readouterr().err


def test_information_says_that_a_file_is_cut_off(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "photo.srec"
    main(["encode", "--method", "webp", str(photo)])
    whole = packed.read_bytes()
    packed.write_bytes(whole[:-300])
    capsys.readouterr()
    assert main(["info", str(packed)]) == exit_codes.OK
    assert "300 bytes: the file is cut off" in capsys.readouterr().out
    assert read_info(whole).missing_bytes == 0


def test_a_motorola_file_is_called_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "firmware.srec").write_text("S00600004844521B\nS9030000FC\n")
    for command in ("info", "decode", "verify"):
        assert main([command, str(tmp_path / "firmware.srec")]) == exit_codes.FAILED
        assert "Motorola" in capsys.readouterr().err


def test_shards_work_a_folder_through_together(photo: Path, tmp_path: Path) -> None:
    album = tmp_path / "album"
    album.mkdir()
    for number in range(4):
        shutil.copy(photo, album / f"{number}.png")
    for part in ("1/2", "2/2", "2/2"):
        status = main(["encode", "--method", "webp", "--shard", part, str(album)])
        assert status == exit_codes.OK
    assert len(list(album.glob("*.srec"))) == 4


def test_a_part_may_be_worked_on_by_two_machines_at_once(photo: Path, tmp_path: Path) -> None:
    album = tmp_path / "album"
    album.mkdir()
    for number in range(6):
        shutil.copy(photo, album / f"{number}.png")
    command = [sys.executable, "-m", "srec_engine.cli", "encode", "--method", "webp", "--shard", "1/1", str(album)]
    machines = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [machine.wait(240) for machine in machines] == [exit_codes.OK, exit_codes.OK]
    assert main(["verify", str(album)]) == exit_codes.OK
    assert sorted(path.name for path in album.iterdir()) == sorted(
        f"{number}{suffix}" for number in range(6) for suffix in (".png", ".srec")
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_leaves_no_partial_file_and_is_exit_code_130(
    photo: Path, tmp_path: Path, sample_photograph: Path
) -> None:
    with Image.open(sample_photograph) as image:
        image.resize((1800, 1200)).save(tmp_path / "large.png")
    folder = tmp_path / "out"
    command = [sys.executable, "-m", "srec_engine.cli", "encode", "--method", "srec", "--threads", "1"]
    # A line for a small file says that the work has begun; then the large one is interrupted.
    files = [str(photo), str(tmp_path / "large.png")]
    with subprocess.Popen(
        [*command, *files, "-o", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "photo.srec" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=240)
    assert process.returncode == exit_codes.INTERRUPTED
    assert "Stopped after 1 of 2." in errors
    assert [path.name for path in folder.iterdir()] == ["photo.srec"]
