"""Every row of the cases that is about one file: in, out, and nothing is lost."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine import EncodeOptions, EncodeReport, Method, SrecError, decode_file, encode_file, read_info, verify_file
from tests.cases.make_cases import CASES, Block, bgr_rows, bmp, noise, picture_tags, png, rgb_png, text, tiff
from tests.cases.oracle import complaints, look_of, same_colours
from tests.cases.structures import structure_of

OPTIONS = EncodeOptions(adaptation=False)
MAY_BE_REFUSED = frozenset(name for name in CASES if name.startswith("16-"))
TAKEN = [name for name in CASES if name not in MAY_BE_REFUSED]
CHUNKS_OF_PNG = [name for name in TAKEN if name.startswith(("01-", "09-", "17-")) and name.endswith(".png")]


def packed(folder: Path, name: str, data: bytes) -> tuple[Path, EncodeReport]:
    """A file as `.srec`, and what encoding it said."""
    source, result = folder / "in" / name, folder / "packed" / f"{name}.srec"
    source.parent.mkdir()
    result.parent.mkdir()
    source.write_bytes(data)
    report = encode_file(source, result, OPTIONS)
    assert source.read_bytes() == data
    verify_file(result)
    return result, report


def unpacked(folder: Path, result: Path, name: str | None = None, format_name: str | None = None) -> bytes:
    """What a `.srec` decodes to under the name that it stores, or under another."""
    destination = folder / "back" / (name or read_info(result).source_name or "nameless")
    destination.parent.mkdir(exist_ok=True)
    decode_file(result, destination, format=format_name)
    assert [path.name for path in destination.parent.iterdir()] == [destination.name]
    data = destination.read_bytes()
    destination.unlink()
    return data


@pytest.mark.parametrize("name", TAKEN)
def test_all_that_went_in_comes_out(name: str, tmp_path: Path) -> None:
    source = CASES[name]()
    result, report = packed(tmp_path, name, source)
    assert report.verified
    assert read_info(result).source_name == name
    assert complaints(source, unpacked(tmp_path, result)) == []


@pytest.mark.parametrize("name", sorted(MAY_BE_REFUSED))
def test_a_valid_file_that_is_not_read_is_not_called_damaged(name: str, tmp_path: Path) -> None:
    source, message, result = CASES[name](), "", None
    try:
        result, _ = packed(tmp_path, name, source)
    except SrecError as refusal:
        message = str(refusal)
    if result is None:
        assert message
        assert "damaged" not in message
        assert "Repair" not in message
        assert list((tmp_path / "packed").iterdir()) == []
        return
    assert complaints(source, unpacked(tmp_path, result)) == []
    try:
        decode_file(result, tmp_path / "back.png", format="png")
    except SrecError as refusal:
        message = str(refusal)
    assert "damaged" not in message
    assert "Repair" not in message


def test_what_decoding_writes_encoding_reads(tmp_path: Path) -> None:
    source = rgb_png(middle=[text("workflow", noise(600_000).hex())])
    for round_name in ("first", "again"):
        folder = tmp_path / round_name
        folder.mkdir()
        result, _ = packed(folder, "own.png", source)
        back = unpacked(folder, result)
        assert complaints(source, back) == []
        source = back


# --- a program that keeps everything as bytes is useless -------------------------------------------------------------


@pytest.fixture(scope="module")
def part_of_a_photograph(sample_photograph: Path) -> np.ndarray:
    with Image.open(sample_photograph) as image:
        return np.asarray(image.convert("RGB").crop((150, 60, 270, 150)))


def chunks_around_pixels(data: bytes) -> tuple[list[Block], list[Block]]:
    """The ancillary chunks of a PNG before its pixels, and those after them."""
    parts = structure_of(data)
    pixels = [name for name, _ in parts].index("pixels")
    blocks = [(name.encode(), content) for name, content in parts]
    around = blocks[1:pixels], blocks[pixels + 1 :]
    before, after = ([block for block in part if len(block[0]) == 4 and block[0] != b"IEND"] for part in around)
    return before, after


@pytest.mark.parametrize("name", CHUNKS_OF_PNG)
def test_a_photograph_with_any_chunks_goes_through_the_network_and_keeps_them(
    name: str, part_of_a_photograph: np.ndarray, tmp_path: Path
) -> None:
    before, after = chunks_around_pixels(CASES[name]())
    rows = [row.tobytes() for row in part_of_a_photograph]
    source = png(rows, (120, 90), middle=before, last=after)
    result, report = packed(tmp_path, name, source)
    assert (report.method, read_info(result).method) == (Method.SREC, Method.SREC), report.note
    assert report.file_bytes < 0.8 * len(source)
    assert before or after
    assert complaints(source, unpacked(tmp_path, result)) == []


@pytest.mark.parametrize(
    ("name", "make"),
    [
        (
            "photograph.tif",
            lambda pixels: tiff(
                picture_tags(pixels) | {33432: ("A", ["© Äußere Mühle\0".encode()])}, [pixels.tobytes()]
            ),
        ),
        ("photograph.bmp", lambda pixels: bmp(24, bgr_rows(pixels), (120, 90))),
        ("photograph.ppm", lambda pixels: b"P6\n# tray 4\n120 90\n255\n" + pixels.tobytes()),
    ],
)
def test_a_photograph_in_another_plain_format_goes_through_the_network(
    name: str, make: Callable[[np.ndarray], bytes], part_of_a_photograph: np.ndarray, tmp_path: Path
) -> None:
    source = make(part_of_a_photograph)
    result, report = packed(tmp_path, name, source)
    assert report.method == Method.SREC, report.note
    assert complaints(source, unpacked(tmp_path, result)) == []


# --- what is particular in a row -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["01-key-dpi.png", "01-key-transparency.png"])
@pytest.mark.parametrize(("format_name", "ending"), [("tiff", ".tif"), ("webp", ".webp"), (None, ".webp")])
def test_text_of_any_key_hinders_no_other_format(
    name: str, format_name: str | None, ending: str, tmp_path: Path
) -> None:
    source = CASES[name]()
    result, _ = packed(tmp_path, name, source)
    assert same_colours(source, unpacked(tmp_path, result, f"back{ending}", format_name))


@pytest.mark.parametrize("name", [name for name in TAKEN if name.startswith("02-tiff")])
def test_no_resolution_hinders_another_format(name: str, tmp_path: Path) -> None:
    source = CASES[name]()
    result, _ = packed(tmp_path, name, source)
    assert complaints(source, unpacked(tmp_path, result, "back.tif", "tiff")) == []
    for ending in ("png", "webp"):
        assert same_colours(source, unpacked(tmp_path, result, f"back.{ending}", ending))


@pytest.mark.parametrize("name", [name for name in TAKEN if name.startswith("03-")])
def test_a_colour_map_of_8_bits_shows_its_colours_in_a_png_or_there_is_no_png(name: str, tmp_path: Path) -> None:
    source = CASES[name]()
    result, _ = packed(tmp_path, name, source)
    try:
        back = unpacked(tmp_path, result, "back.png", "png")
    except SrecError:
        return
    look, tags = look_of(source), dict(structure_of(source))
    table = next(np.frombuffer(tags[tag], "<u2") for tag in tags if "tag 320," in tag).reshape(3, -1).T
    expected = table[np.frombuffer(look[2], np.uint8).reshape(40, 40)]
    with Image.open(io.BytesIO(back)) as image:
        assert np.array_equal(np.asarray(image.convert("RGB")), expected)


@pytest.mark.parametrize("name", [name for name in TAKEN if name.startswith("10-")])
def test_a_transparent_level_of_few_bits_is_transparent_in_a_png_of_any_name(name: str, tmp_path: Path) -> None:
    source = CASES[name]()
    result, _ = packed(tmp_path, name, source)
    before = look_of(source)
    assert before[0] == (40, 40, 2)
    assert look_of(unpacked(tmp_path, result, "another.png", "png")) == before


@pytest.mark.parametrize("name", [name for name in TAKEN if name.startswith("08-v") and "profile" not in name])
def test_the_alpha_of_a_bmp_is_in_a_png_or_named_as_dropped_or_there_is_no_png(name: str, tmp_path: Path) -> None:
    source = CASES[name]()
    result, _ = packed(tmp_path, name, source)
    try:
        report = decode_file(result, tmp_path / "back.png", format="png")
    except SrecError:
        assert not (tmp_path / "back.png").exists()
        return
    if "alpha" in " ".join(report.dropped):
        return
    before, after = look_of(source), look_of((tmp_path / "back.png").read_bytes())
    assert after[0] == before[0] == (40, 40, 4)
    alpha, alpha_after = (np.frombuffer(look[2], np.uint8)[3::4] for look in (before, after))
    assert np.array_equal(alpha, alpha_after)


def test_pages_come_back_under_the_other_ending_of_tiff(tmp_path: Path) -> None:
    source = CASES["06-pages.tif"]()
    result, _ = packed(tmp_path, "06-pages.tif", source)
    assert unpacked(tmp_path, result, "pages.tiff") == source
    assert unpacked(tmp_path, result, "pages.tiff", "tiff") == source


@pytest.mark.parametrize(("format_name", "ending"), [("tiff", ".tiff"), ("webp", ".webp"), (None, ".tif")])
def test_what_another_format_cannot_hold_is_named(format_name: str | None, ending: str, tmp_path: Path) -> None:
    result, _ = packed(tmp_path, "cat.png", CASES["17-gamma-aspect-text.png"]())
    report = decode_file(result, tmp_path / f"cat{ending}", format=format_name)
    named = " ".join(report.dropped)
    assert "gAMA" in named or "gamma" in named
    assert "pHYs" in named or "aspect" in named
    assert "tEXt" in named or "text" in named
    assert same_colours(CASES["17-gamma-aspect-text.png"](), (tmp_path / f"cat{ending}").read_bytes())


def test_nothing_is_named_as_dropped_where_nothing_is(tmp_path: Path) -> None:
    result, _ = packed(tmp_path, "cat.png", CASES["17-gamma-aspect-text.png"]())
    assert decode_file(result, tmp_path / "cat.png").dropped == ()


def test_exif_of_a_jpeg_goes_into_a_tiff_byte_for_byte(tmp_path: Path) -> None:
    name = "17-exif-utf-8.jpg"
    result, _ = packed(tmp_path, name, CASES[name]())
    back = unpacked(tmp_path, result, "back.tif", "tiff")
    copyrights = [content for part, content in structure_of(back) if ": tag 33432," in part]
    assert copyrights == ["© 2024 Äußere Mühle\0".encode()]


def test_a_png_of_a_jpeg_has_no_density_that_the_jpeg_has_not(tmp_path: Path) -> None:
    name = "17-exif-utf-8.jpg"
    result, _ = packed(tmp_path, name, CASES[name]())
    parts = dict(structure_of(unpacked(tmp_path, result, "back.png", "png")))
    assert "pHYs" not in parts
    assert "© 2024 Äußere Mühle\0".encode() in parts["eXIf"]


def test_a_text_called_exif_or_profile_becomes_no_such_chunk(tmp_path: Path) -> None:
    for name in ("01-key-exif.png", "01-key-icc-profile.png"):
        folder = tmp_path / name
        folder.mkdir()
        result, _ = packed(folder, name, CASES[name]())
        names = [part for part, _ in structure_of(unpacked(folder, result, "back.png", "png"))]
        assert "tEXt" in names
        assert not {"eXIf", "iCCP"} & set(names)


def test_the_density_beside_a_text_of_that_name_is_kept(tmp_path: Path) -> None:
    result, _ = packed(tmp_path, "a.png", CASES["01-key-dpi-beside-phys.png"]())
    parts = dict(structure_of(unpacked(tmp_path, result)))
    assert parts["pHYs"] == struct.pack(">IIB", 11811, 11811, 1)
    assert parts["tEXt"] == b"dpi\x00300"
