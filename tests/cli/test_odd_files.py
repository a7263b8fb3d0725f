"""One odd file is one file's trouble: it is named, the others are done, and the exit code says that not all is well."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import srec_engine
from srec_engine import read_info
from srec_engine.cli import exit_codes
from srec_engine.cli.main import main
from tests.cli.process import run, without_an_administrators_rights

pytestmark = pytest.mark.skipif(os.name != "posix", reason="uses pipes, links and rights of POSIX")

# Needs neither torch nor a compiler: what is tested here is the same for every method.
ENCODE = ("encode", "--method", "verbatim")


@pytest.fixture(scope="module")
def png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path: Path, png: bytes) -> Path:
    """A folder with two pictures, between whose names there is room."""
    (tmp_path / "in").mkdir()
    for name in ("a.png", "z.png"):
        (tmp_path / "in" / name).write_bytes(png)
    return tmp_path / "in"


def encode(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str], str]:
    """Encode a folder: the exit code, the results' names, and what was said on standard error."""
    out = folder.parent / "out"
    code = main([*(words or ENCODE), str(folder), "-o", str(out)])
    return code, sorted(path.name for path in out.iterdir()), capsys.readouterr().err


@pytest.mark.parametrize("content", [b"\n", b"", b"no picture", b"\x00" * 40], ids=["byte", "empty", "text", "zeros"])
def test_a_file_of_a_pictures_name_that_is_none_is_named(
    folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    # Small JPEGs are stored as they are without a method being asked for, and what is no picture is not.
    for name in ("a.png", "z.png"):
        Image.new("RGB", (20, 10), "teal").save(folder / name, "JPEG")
    (folder / "m.jpg").write_bytes(content)
    code, made, said = encode(folder, capsys, "encode", "--without-gain", "store")
    assert (code, made) == (exit_codes.FAILED, ["a.srec", "z.srec"])
    assert "m.jpg" in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1


def test_links_that_lead_to_each_other_or_nowhere_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, target in (("b", "e"), ("e", "b"), ("m", "gone")):
        (folder / f"{name}.jpg").symlink_to(f"{target}.jpg")
    code, made, said = encode(folder, capsys)
    assert (code, made) == (exit_codes.FAILED, ["a.srec", "z.srec"])
    assert [line.split(".jpg")[0][-1] for line in said.splitlines()] == ["b", "e", "m"]


def test_a_pipe_in_a_folder_is_named_and_not_waited_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(folder / "m.png")
    code, made, said = encode(folder, capsys)
    assert (code, made) == (exit_codes.FAILED, ["a.srec", "z.srec"])
    assert "m.png is a pipe" in said


@pytest.mark.parametrize("name", ["encode", "decode", "info", "verify", "thumbnail"])
def test_a_pipe_by_name_is_refused_at_once(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "p.srec")
    assert main([name, str(tmp_path / "p.srec")]) == exit_codes.FAILED
    assert "p.srec is a pipe" in capsys.readouterr().err


def test_a_picture_that_comes_through_a_pipe_is_done_or_refused_in_a_sentence(folder: Path) -> None:
    done = run(folder, *ENCODE, "/dev/stdin", "-o", "../out", redirection="< <(cat a.png)")
    assert done.returncode == exit_codes.FAILED
    assert b"/dev/stdin is a pipe" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    done = run(folder, *ENCODE, "/dev/stdin", "-o", "../out", redirection="< a.png")
    assert done.returncode == exit_codes.OK, done.stderr


def test_what_may_not_be_read_is_named_whether_file_or_folder(folder: Path, png: bytes) -> None:
    prefix = without_an_administrators_rights()
    (folder / "closed").mkdir()
    (folder / "closed" / "b.png").write_bytes(png)
    (folder / "m.png").write_bytes(png)
    (folder / "m.png").chmod(0)
    (folder / "closed").chmod(0)
    try:
        done = run(folder, *ENCODE, "closed/b.png", ".", "-o", "../out", "--json", prefix=prefix)
    finally:
        (folder / "closed").chmod(0o700)
    assert done.returncode == exit_codes.FAILED
    states = [(file["source"], file["state"]) for file in json.loads(done.stdout)["files"]]
    assert states == [
        ("closed/b.png", "failed"),
        *(("a.png", "done"), ("m.png", "failed"), ("z.png", "done")),
        ("closed", "failed"),
    ]
    assert len(done.stderr.splitlines()) == 3


def test_a_name_that_is_too_long_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder.parent / "out"
    names = [str(folder / ("x" * 300 + ".png")), str(folder / "a.png"), str(folder / "gone.png")]
    assert main([*ENCODE, *names, "-o", str(out)]) == exit_codes.FAILED
    said = capsys.readouterr().err
    assert "its name is longer than this disk allows" in said
    assert "gone.png does not exist" in said
    assert [path.name for path in out.iterdir()] == ["a.srec"]


def test_a_folder_of_srec_files_names_those_that_are_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    encode(folder, capsys)
    packed = folder.parent / "out"
    (packed / "m.srec").write_bytes(b"")
    (packed / "firmware.srec").write_bytes(b"S00F000068656C6C6F202020202000003C\nS5030001FB\n")
    assert main(["decode", str(packed), "-o", str(folder.parent / "back")]) == exit_codes.FAILED
    said = capsys.readouterr().err
    assert "m.srec" in said
    assert "firmware" not in said
    assert sorted(path.name for path in (folder.parent / "back").iterdir()) == ["a.png", "z.png"]
    # Each command minds its own: a broken .srec is nothing to encode, a broken picture nothing to decode.
    (folder / "m.srec").write_bytes(b"")
    assert encode(folder, capsys)[0] == exit_codes.OK


def test_a_name_that_is_not_utf_8_is_done_shown_and_comes_back(folder: Path, png: bytes) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    try:
        (folder / name).write_bytes(png)
    except OSError:
        pytest.skip("this disk has names in UTF-8 only")
    done = run(folder, *ENCODE, ".", "-o", "../out", changes={"LC_ALL": "C.UTF-8"})
    assert done.returncode == exit_codes.OK, done.stderr
    assert len(done.stdout.decode().splitlines()) == 4
    assert b"caf" in done.stdout
    done = run(folder, "decode", "../out", "-o", "../back", "--json", changes={"LC_ALL": "C.UTF-8"})
    assert done.returncode == exit_codes.OK, done.stderr
    assert (folder.parent / "back" / name).read_bytes() == png
    # Whoever reads the JSON has the very name again.
    assert name in [Path(file["destination"]).name for file in json.loads(done.stdout)["files"]]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfa.png\nz.png\n",
        "a.png\r\nz.png\r\n".encode("utf-16"),
        b"a.png\r\n\r\nz.png",
        b"  a.png  \nz.png\n",
    ],
    ids=["utf-8", "utf-16", "windows", "blanks"],
)
def test_a_list_may_begin_with_a_mark_and_end_its_lines_as_it_likes(folder: Path, content: bytes) -> None:
    names = folder / "list.txt"
    names.write_bytes(content)
    out = folder.parent / "out"
    assert main([*ENCODE, "--path", str(folder), "--file", str(names), "-o", str(out)]) == exit_codes.OK
    assert sorted(path.name for path in out.iterdir()) == ["a.srec", "z.srec"]


def test_names_in_a_list_are_the_systems_bytes(folder: Path, png: bytes, tmp_path: Path) -> None:
    odd = [b"caf\xe9.png", b" led.png", "line\u2028break.png".encode(), b"vertical\x0btab.png"]
    try:
        for name in odd:
            (folder / os.fsdecode(name)).write_bytes(png)
    except OSError:
        pytest.skip("this disk has names in UTF-8 only")
    names = tmp_path / "list.txt"
    names.write_bytes(b"\n".join(odd) + b"\n")
    out = tmp_path / "out"
    assert main([*ENCODE, "--path", str(folder), "--file", str(names), "-o", str(out)]) == exit_codes.OK
    assert len(list(out.iterdir())) == 4


def test_a_file_that_vanishes_in_the_middle_is_named(
    folder: Path, png: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "m.png").write_bytes(png)
    real = srec_engine.encode_file

    def removing(*arguments: Any, **named: Any) -> srec_engine.EncodeReport:
        (folder / "m.png").unlink(missing_ok=True)
        return real(*arguments, **named)

    monkeypatch.setattr(srec_engine, "encode_file", removing)
    code, made, said = encode(folder, capsys)
    assert (code, made) == (exit_codes.FAILED, ["a.srec", "z.srec"])
    assert "m.png" in said


@pytest.mark.parametrize("error", [ValueError("odd"), MemoryError(), RecursionError("deep"), BaseException("of Rust")])
def test_whatever_a_library_raises_is_a_sentence_and_a_report(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_arguments: object, **_named: object) -> object:
        raise error

    monkeypatch.setattr(srec_engine, "encode_file", fail)
    assert main([*ENCODE, str(folder)]) == exit_codes.FAILED
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    for line in said:
        assert type(error).__name__ in line
        report = Path(line.rsplit(" is in ", 1)[1].removesuffix("."))
        assert report.is_file()


@pytest.mark.parametrize("name", ["scan", "party.gif~", "print.jpg_orig", "fax.tif (1)", "photo.PNG", "a.srec"])
def test_what_is_stored_comes_back_under_its_own_name(
    tmp_path: Path, png: bytes, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source, packed, back = tmp_path / name, tmp_path / "packed", tmp_path / "back"
    source.write_bytes(png)
    assert main([*ENCODE, str(source), "-o", str(packed)]) == exit_codes.OK
    (result,) = packed.iterdir()
    assert read_info(result).source_name == name
    assert main(["decode", str(packed), "-o", str(back)]) == exit_codes.OK
    assert (back / name).read_bytes() == png
    assert main(["decode", str(result), "--existing", "replace"]) == exit_codes.OK
    assert read_info(result).source_name == name, "the .srec was replaced by what came out of it"


def test_a_renamed_srec_gives_its_own_name_and_the_ending_of_its_source(tmp_path: Path, png: bytes) -> None:
    (tmp_path / "scan.jpg_orig").write_bytes(png)
    assert main([*ENCODE, str(tmp_path / "scan.jpg_orig")]) == exit_codes.OK
    (tmp_path / "scan.srec").rename(tmp_path / "holiday.srec")
    assert main(["decode", str(tmp_path / "holiday.srec"), "-o", str(tmp_path / "back")]) == exit_codes.OK
    assert (tmp_path / "back" / "holiday.jpg_orig").read_bytes() == png


@pytest.mark.parametrize("existing", ["skip", "rename", "replace"])
def test_names_that_differ_in_case_give_two_results_there_and_back(tmp_path: Path, png: bytes, existing: str) -> None:
    (tmp_path / "in").mkdir()
    for name in ("Cat.png", "cat.jpg"):
        (tmp_path / "in" / name).write_bytes(png)
    words = ["--existing", existing]
    packed, back = tmp_path / "packed", tmp_path / "back"
    assert main([*ENCODE, str(tmp_path / "in"), "-o", str(packed), *words]) == exit_codes.OK
    made = [path.name for path in packed.iterdir()]
    assert len({name.casefold() for name in made}) == 2
    assert main(["decode", str(packed), "-o", str(back), *words]) == exit_codes.OK
    assert sorted(path.name for path in back.iterdir()) == ["Cat.png", "cat.jpg"]


@pytest.mark.parametrize("folders", [("Trip", "trip"), ("trip", "trip2")])
def test_a_mirrored_tree_has_no_two_folders_that_a_disk_takes_for_one(
    tmp_path: Path, png: bytes, folders: tuple[str, str]
) -> None:
    for folder in folders:
        (tmp_path / "in" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / folder / "a.png").write_bytes(png)
    if len(list((tmp_path / "in").iterdir())) < 2:
        pytest.skip("this disk ignores case itself")
    assert main([*ENCODE, str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--mirror"]) == exit_codes.OK
    made = [path.relative_to(tmp_path).as_posix() for path in (tmp_path / "out").rglob("*.srec")]
    assert len({name.casefold() for name in made}) == 2


def test_the_parts_of_a_batch_never_write_one_file(tmp_path: Path, png: bytes) -> None:
    (tmp_path / "in").mkdir()
    for name in ("Cat.png", "cat.jpg", "CAT (1).png", "cat (1).gif", "dog.png", "Dog (2).png"):
        (tmp_path / "in" / name).write_bytes(png)
    for _ in range(2):
        for part in (1, 2, 3):
            words = [str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--shard", f"{part}/3"]
            assert main([*ENCODE, *words]) == exit_codes.OK
        made = [path.name for path in (tmp_path / "out").iterdir()]
        assert len({name.casefold() for name in made}) == 6


def test_an_unreadable_folder_is_named_by_one_part_of_a_batch(folder: Path) -> None:
    prefix = without_an_administrators_rights()
    (folder / "closed").mkdir(mode=0)
    words = [*ENCODE, ".", "-o", "../out"]
    codes = [run(folder, *words, "--shard", f"{part}/2", prefix=prefix).returncode for part in (1, 2)]
    assert sorted(codes) == [exit_codes.OK, exit_codes.FAILED]


def test_a_private_picture_gives_private_results(tmp_path: Path, png: bytes) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(png)
    source.chmod(0o600)
    old = os.umask(0o022)
    try:
        assert main([*ENCODE, str(source), "-o", str(tmp_path / "packed")]) == exit_codes.OK
        assert main(["decode", str(tmp_path / "packed"), "-o", str(tmp_path / "back")]) == exit_codes.OK
        assert main(["thumbnail", str(tmp_path / "packed"), "-o", str(tmp_path / "small")]) == exit_codes.OK
    finally:
        os.umask(old)
    for result in ("packed/a.srec", "back/a.png", "small/a.thumbnail.png"):
        assert (tmp_path / result).stat().st_mode & 0o077 == 0, result


def test_the_thumbnailer_refuses_a_pipe_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from srec_engine.cli.thumbnailer import main as thumbnailer

    os.mkfifo(tmp_path / "p.srec")
    assert thumbnailer([str(tmp_path / "p.srec"), str(tmp_path / "p.png")]) == exit_codes.FAILED
    assert "is a pipe" in capsys.readouterr().err
    assert not (tmp_path / "p.png").exists()


def test_what_a_chosen_format_cannot_hold_is_named_in_the_line_and_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PngInfo()
    text.add_text("Comment", "something to be lost")
    Image.new("RGB", (20, 10), "teal").save(tmp_path / "a.png", pnginfo=text)
    assert main([*ENCODE, str(tmp_path / "a.png")]) == exit_codes.OK
    capsys.readouterr()
    words = ["decode", str(tmp_path / "a.srec"), "-o", str(tmp_path / "back"), "--format", "tiff"]
    assert main(words) == exit_codes.OK
    assert "cannot hold: text" in capsys.readouterr().out
    assert main([*words, "--existing", "replace", "--json"]) == exit_codes.OK
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert file["dropped"] == ["text"]
    assert "text" in file["note"]


@pytest.mark.parametrize(("name", "back"), [("a.p?g", "a.pg"), ("a?.png", "a?.png"), ("con.png", "con.png")])
def test_a_name_that_not_every_system_has_comes_back_or_its_change_is_said(
    tmp_path: Path, png: bytes, name: str, back: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(png)
    assert main([*ENCODE, str(tmp_path / name), "-o", str(tmp_path / "packed")]) == exit_codes.OK
    assert ("does not fit every system" in capsys.readouterr().out) is (name != back)
    assert main(["decode", str(tmp_path / "packed"), "-o", str(tmp_path / "back")]) == exit_codes.OK
    assert [path.name for path in (tmp_path / "back").iterdir()] == [back]
