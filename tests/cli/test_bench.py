"""`srec bench` compares codecs and says where our time goes."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine.benchmark.codecs import CODEC_NAMES, make_codec
from srec_engine.benchmark.range_coder import coded_symbols, range_coder_seconds
from srec_engine.benchmark.sets import derived_set, halved, named_folders, native
from srec_engine.benchmark.stages import StageSeconds
from srec_engine.cli.bench_pictures import Results, measured_pictures, print_pictures
from srec_engine.cli.bench_tables import extremes
from srec_engine.cli.main import build_parser, main
from srec_engine.options import CodecOptions


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    ramp = np.add.outer(np.arange(40), 3 * np.arange(56)).astype(np.uint8)
    Image.fromarray(np.stack([ramp, ramp // 2, 255 - ramp], axis=2)).save(tmp_path / "ramp.png")
    return tmp_path


def test_the_table_holds_every_codec_and_a_column_for_each_stage(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--codecs", "srec,webp", str(pictures)]) == 0
    text = capsys.readouterr().out
    for word in (
        "srec",
        "webp",
        "bpsp",
        "peak MB",
        "network",
        "distributions",
        "entropy coder",
        "second reader",
        "I/O",
    ):
        assert word in text
    assert "srec decode" in text
    assert "webp decode" not in text


def test_the_document_holds_the_same_for_programs(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--json", "--codecs", "srec,png", str(pictures)]) == 0
    srec, png = json.loads(capsys.readouterr().out)[pictures.name]
    assert png["encode_stages"] is None
    for direction in ("encode_stages", "decode_stages"):
        # The picture is too small to be adapted to, and nobody adapts or reads twice when decoding.
        idle = {"adaptation"} | ({"second_reader"} if direction == "decode_stages" else set())
        assert {name for name, seconds in srec[direction].items() if not seconds} == idle
        assert set(srec[direction]) - idle == {
            *("network", "distributions", "range_coder", "input_output"),
            *({"second_reader"} - idle),
        }
    assert srec["images"][0]["symbols"] == coded_symbols(40, 56, 5)


def test_every_pixel_of_every_scale_is_one_symbol_a_channel() -> None:
    assert coded_symbols(64, 32, 1) == 3 * 64 * 32
    assert coded_symbols(63, 31, 2) == 3 * (64 * 32 + 32 * 16)


@pytest.mark.parametrize("bits", [0.1, 3.0, 15.0])
def test_the_coder_alone_finds_the_symbols_that_it_coded_whatever_they_cost(bits: float) -> None:
    encoding, decoding = range_coder_seconds(bits)  # raises where it does not
    assert encoding > 0
    assert decoding > 0


def test_what_the_coder_does_not_take_of_their_common_loop_are_the_distributions() -> None:
    measured = {"network": 3.0, "entropy": 2.0, "adaptation": 1.0, "second reader": 0.125, "files": 0.25}
    stages = StageSeconds.divided(measured, coder=0.5)
    assert stages == StageSeconds(
        network=3.0, distributions=1.5, range_coder=0.5, adaptation=1.0, second_reader=0.125, input_output=0.25
    )
    assert stages.by_name(2.0)["distributions"] == 0.75


def photograph(width: int, height: int) -> Image.Image:
    """A gradient under noise, always the same."""
    random = np.random.default_rng(1)
    ramp = np.add.outer(np.arange(height), np.arange(width))[:, :, np.newaxis] // [1, 2, 3]
    return Image.fromarray((ramp + random.integers(0, 8, (height, width, 3))).astype(np.uint8))


@pytest.mark.parametrize("name", CODEC_NAMES)
def test_no_codec_s_file_depends_on_the_number_of_threads(name: str) -> None:
    pixels = np.asarray(photograph(300, 200))
    files = set()
    for threads in (1, 2):
        codec = make_codec(name, CodecOptions(threads=threads))
        data, _ = codec.encode(pixels)
        assert np.array_equal(codec.decode(data)[0], pixels)
        files.add(data)
    assert len(files) == 1


@pytest.mark.parametrize("name", CODEC_NAMES)
def test_every_codec_tells_the_version_of_what_does_the_work(name: str) -> None:
    libraries = make_codec(name, CodecOptions()).libraries
    assert re.search(r"\d+\.\d+", libraries), libraries
    if name.startswith("jxl"):
        # What the documents say of JPEG XL is of no older one.
        assert (found := re.match(r"libjxl (\d+)\.(\d+)", libraries)), libraries
        assert (int(found[1]), int(found[2])) >= (0, 12)


def test_halved_pictures_are_means_of_blocks_as_far_as_an_odd_edge_has_them() -> None:
    column = np.array([10, 20, 31, 41, 50], np.uint8)
    picture = halved(Image.fromarray(np.repeat(column[:, np.newaxis], 3, axis=1)))
    assert picture.size == (2, 3)
    assert np.asarray(picture).tolist() == [[15, 15], [36, 36], [50, 50]]


def test_native_pictures_are_the_middle_or_what_there_is_of_it() -> None:
    picture = Image.new("L", (1027, 8))
    picture.putpixel((1, 0), 255)
    middle = native(picture)
    assert middle.size == (1024, 8)
    assert middle.getpixel((0, 0)) == 255


def test_derived_sets_are_made_of_decoded_rgb_and_know_where_it_came_from(tmp_path: Path) -> None:
    folder = tmp_path / "jpegs"
    (folder / "more").mkdir(parents=True)
    sideways = Image.Exif()
    sideways[0x0112] = 6
    photograph(60, 40).save(folder / "one.jpg", exif=sideways)
    photograph(60, 40).convert("L").save(folder / "more" / "one.jpg")
    photograph(60, 40).save(folder / "one.png")
    made = derived_set("halved", folder, tmp_path / "made")
    assert [path.relative_to(folder).as_posix() for path in made.sources] == ["one.jpg", "one.png", "more/one.jpg"]
    assert len(set(made.files)) == 3, "pictures of one name stay apart"
    for file in made.files:
        with Image.open(file) as picture:
            assert (picture.mode, picture.size) == ("RGB", (30, 20)), "as stored, whatever EXIF says of its orientation"
    with Image.open(folder / "one.jpg") as source, Image.open(made.files[0]) as picture:
        assert picture.tobytes() == source.convert("RGB").reduce(2).tobytes()


def test_folders_of_one_name_and_of_a_taken_one_are_told_apart(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a/cats", "b/cats", "dogs", "halved")]
    names = [*map(str, folders[:2]), "dogs", str(folders[3])]
    assert list(named_folders(folders, taken=["halved"])) == names


def test_the_extremes_are_the_ends_of_the_order_and_no_row_is_both() -> None:
    assert extremes([3, 1, 5, 2, 4], float, 2) == [1, 2, 4, 5]
    assert extremes([3, 1, 2], float, 2) == [1, 2, 3]
    assert extremes([1], float, 2) == [1]


def markdown(text: str) -> list[list[list[str]]]:
    """The tables of a text, as rows of cells without the line under the heading."""
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in (rows[0], *rows[2:])] for rows in tables]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[argparse.Namespace, Results]:
    """Three sets measured: a picture as it is, and both things that are made of two JPEGs."""
    folder = tmp_path_factory.mktemp("sets")
    for name in ("plain", "jpegs"):
        (folder / name).mkdir()
    photograph(56, 40).save(folder / "plain" / "noise.png")
    photograph(60, 41).save(folder / "jpegs" / "one.jpg")
    photograph(90, 50).save(folder / "jpegs" / "two.jpg")
    words = ["bench", str(folder / "plain"), "--halved", str(folder / "jpegs"), "--native", str(folder / "jpegs")]
    arguments = build_parser("bench").parse_args([*words, "--codecs", "png,jxl-7", "--worst", "2"])
    return arguments, measured_pictures(arguments, CodecOptions(threads=1))


def test_what_is_made_of_pictures_is_measured_under_their_names(
    compared: tuple[argparse.Namespace, Results],
) -> None:
    _, results = compared
    assert list(results) == ["plain", "halved", "native"]
    for measurement in results["halved"]:
        assert [image.path.name for image in measurement.images] == ["one.jpg", "two.jpg"]
        assert [image.pixels for image in measurement.images] == [30 * 21, 45 * 25]
    assert [image.pixels for image in results["native"][0].images] == [60 * 41, 90 * 50]


def test_the_tables_of_markdown_add_up(
    compared: tuple[argparse.Namespace, Results], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, results = compared
    arguments.markdown = True
    print_pictures(results, arguments, "a machine")
    text = capsys.readouterr().out
    assert text.startswith("Machine: a machine\n")
    bits, size, codecs, _ = markdown(text)
    sizes = {name: [[image.file_bytes for image in codec.images] for codec in row] for name, row in results.items()}
    assert [row[0] for row in bits] == ["bits per subpixel", "plain (1)", "halved (2)", "native (2)", "all (5)"]
    assert bits[1][2] == f"{8 * sizes['plain'][0][0] / (3 * 40 * 56):.3f}"
    assert size[0] == ["bytes", "png", "jxl-7", "png against jxl-7"]
    sums = {name: [sum(codec) for codec in row] for name, row in sizes.items()}
    sums["all"] = [sum(row[place] for row in sums.values()) for place in range(2)]
    for row, (name, (png, jxl)) in zip(size[1:5], sums.items(), strict=True):
        assert row == [name, f"{png:,}", f"{jxl:,}", f"{100 * (png / jxl - 1):+.1f} %".replace("-", "−")]
    assert size[5] == ["png against it", "", size[4][3], ""]
    assert [row[0] for row in codecs] == ["codec", "png", "jxl-7"]
    assert codecs[2][1].startswith("libjxl 0.")


def test_the_pictures_at_both_ends_are_those_of_all_sets(
    compared: tuple[argparse.Namespace, Results], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, results = compared
    arguments.markdown = True
    print_pictures(results, arguments, "a machine")
    ends = markdown(capsys.readouterr().out)[-1]
    changes = {
        f"{name}/{png.path.name}": png.file_bytes / jxl.file_bytes
        for name, row in results.items()
        for png, jxl in zip(row[0].images, row[1].images, strict=True)
    }
    ordered = sorted(changes, key=lambda picture: changes[picture])
    assert [row[0] for row in ends] == ["picture", *ordered[:2], *ordered[3:]]


def test_the_text_sums_several_sets_up_and_tells_the_libraries(
    compared: tuple[argparse.Namespace, Results], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, results = compared
    arguments.markdown = False
    print_pictures(results, arguments, "a machine")
    text = capsys.readouterr().out
    for words in (
        "Libraries: png: ",
        "jxl-7: libjxl",
        "png against it",
        "halved (2 images",
        "all (5 images",
        "/one.jpg",
    ):
        assert words in text


def test_what_cannot_be_measured_is_refused_before_anything_is(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--codecs", "srec,gif", str(pictures)]) == 2
    assert "no codec 'gif' for pictures" in capsys.readouterr().err
    assert main(["bench", "--worst", "1", "--codecs", "png", str(pictures)]) == 2
    assert "name two" in capsys.readouterr().err
    assert main(["bench", "--jpeg", "--halved", str(pictures), str(pictures)]) == 2
    assert "leave out --jpeg" in capsys.readouterr().err
    assert main(["bench", "--codecs", "png", "--native", str(pictures / "nothing")]) == 1
    (pictures / "ramp.png").unlink()
    assert main(["bench", "--codecs", "png", str(pictures)]) == 1
    assert f"{pictures} holds no pictures" in capsys.readouterr().err
