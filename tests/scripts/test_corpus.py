"""The corpus of other projects' pictures: its lists are in order, and its judge sees what is lost."""

from __future__ import annotations

import importlib
import io
import struct
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

PIXELS = np.random.default_rng(7).integers(0, 256, (9, 12, 3), np.uint8)


@pytest.fixture(scope="module")
def corpus(project_root: Path) -> dict[str, ModuleType]:
    """The modules of scripts/corpus by name, imported as the scripts import each other."""
    sys.path.insert(0, str(project_root / "scripts"))
    try:
        return {name: importlib.import_module(f"corpus.{name}") for name in ("archives", "oracle", "pins", "table")}
    finally:
        sys.path.remove(str(project_root / "scripts"))


def ppm(pixels: np.ndarray, behind: bytes = b"", comment: bytes = b"") -> bytes:
    height, width = pixels.shape[:2]
    return b"P6\n" + comment + b"%d %d\n255\n" % (width, height) + pixels.tobytes() + behind


def tga(pixels: np.ndarray, identification: bytes = b"", rle: bool = False, behind: bytes = b"") -> bytes:
    height, width = pixels.shape[:2]
    rows = pixels[::-1, :, ::-1]
    kind = 10 if rle else 2
    header = struct.pack("<BBBHHBHHHHBB", len(identification), 0, kind, 0, 0, 0, 0, 0, width, height, 24, 0)
    coded = b"".join(b"\0" + pixel.tobytes() for row in rows for pixel in row) if rle else rows.tobytes()
    return header + identification + coded + behind


def saved(pixels: np.ndarray, form: str, **options: object) -> bytes:
    place = io.BytesIO()
    Image.fromarray(pixels).save(place, form, **options)
    return place.getvalue()


def test_the_lists_are_sorted_and_name_each_picture_once(corpus: dict[str, ModuleType]) -> None:
    pins = corpus["pins"]
    pictures = pins.read_pictures()
    assert len(pictures) >= 400
    assert len({picture.sha256 for picture in pictures}) == len(pictures)
    assert pictures == sorted(pictures, key=lambda picture: (picture.package, picture.path, picture.sha256))
    packages = [archive.package for archive in pins.read_archives()]
    assert packages == sorted(packages)
    assert len(packages) >= 10
    assert {picture.package for picture in pictures} == set(packages)


def test_nothing_that_was_made_to_harm_readers_is_pinned(corpus: dict[str, ModuleType]) -> None:
    pins = corpus["pins"]
    assert [picture.path for picture in pins.read_pictures() if not pins.is_candidate(picture.path)] == []
    for path in (
        "a/crash-1.tif",
        "a/cve_2017_1.webp",
        "t/POC-file.jpg",
        "t/fli_oob/a.fli",
        "tests/fail/a.gif",
        "a.txt",
    ):
        assert not pins.is_candidate(path), path
    for path in ("a/zoom.png", "room.TIF", "change.bmp"):
        assert pins.is_candidate(path), path


def test_only_regular_files_of_a_size_are_taken_out_of_an_archive(
    corpus: dict[str, ModuleType], tmp_path: Path
) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as packed:
        for name, content in (("top-1/../../out.png", b"one"), ("top-1/b/empty.png", b""), ("top-1/b/two.png", b"two")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("top-1/link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(link)
    assert list(corpus["archives"].files_of(tmp_path / "a.tar.gz")) == [
        ("../../out.png", b"one"),
        ("b/two.png", b"two"),
    ]
    picture = corpus["pins"].Picture("0123456789abcdef", "pypi/top==1", "../../out.png")
    assert picture.file_name == "0123456789ab-out.png"


@pytest.mark.parametrize(
    ("ending", "before", "after"),
    [
        ("png", saved(PIXELS, "PNG"), saved(PIXELS, "PNG", compress_level=1)),
        ("tif", saved(PIXELS, "TIFF", compression="tiff_deflate"), saved(PIXELS, "TIFF", compression="tiff_lzw")),
        ("tga", tga(PIXELS, b"mine"), tga(PIXELS, b"mine", rle=True)),
    ],
)
def test_another_way_of_compressing_is_the_same_picture(
    corpus: dict[str, ModuleType], ending: str, before: bytes, after: bytes
) -> None:
    assert corpus["oracle"].judge(before, before, ending).outcome == "exact"
    assert before != after
    judgement = corpus["oracle"].judge(before, after, ending)
    assert judgement.outcome == "rebuilt", judgement.details


@pytest.mark.parametrize(
    ("ending", "before", "after"),
    [
        ("png", saved(PIXELS, "PNG", dpi=(72, 72)), saved(PIXELS, "PNG")),
        ("tif", saved(PIXELS, "TIFF", description="mine"), saved(PIXELS, "TIFF")),
        ("tif", saved(PIXELS, "TIFF", software="one"), saved(PIXELS, "TIFF", software="two")),
        ("tga", tga(PIXELS, b"mine"), tga(PIXELS)),
        ("tga", tga(PIXELS, behind=b"note"), tga(PIXELS)),
        ("ppm", ppm(PIXELS, comment=b"# mine\n"), ppm(PIXELS)),
        ("ppm", ppm(PIXELS, behind=b"note"), ppm(PIXELS)),
        ("bmp", saved(PIXELS, "BMP"), saved(PIXELS, "PNG")),
    ],
)
def test_what_is_no_pixel_and_is_gone_is_lost(
    corpus: dict[str, ModuleType], ending: str, before: bytes, after: bytes
) -> None:
    judgement = corpus["oracle"].judge(before, after, ending)
    assert judgement.outcome == "lost"
    assert judgement.details


@pytest.mark.parametrize(
    ("ending", "form", "other"),
    [
        ("png", "PNG", PIXELS ^ np.uint8(1)),
        ("png", "PNG", PIXELS[..., 0]),
        ("tif", "TIFF", PIXELS[:, ::-1]),
        ("bmp", "BMP", PIXELS[:-1]),
    ],
)
def test_other_pixels_are_wrong(corpus: dict[str, ModuleType], ending: str, form: str, other: np.ndarray) -> None:
    assert corpus["oracle"].judge(saved(PIXELS, form), saved(other, form), ending).outcome == "wrong"


def test_the_table_counts_formats_methods_and_outcomes(corpus: dict[str, ModuleType]) -> None:
    table = corpus["table"]
    rows = [
        table.Row("a/1", "PNG", "rebuilt", "srec"),
        table.Row("a/2", "PNG", "exact", "verbatim", "stored as it was: a reason"),
        table.Row("a/3", "XPM", "refused"),
    ]
    lines = table.table_of(rows).splitlines()
    assert lines[2] == "| PNG | 2 | 1 | 0 | 1 | 0 | 1 | 1 | 0 | 0 | 0 | 0 |"
    assert lines[-1] == "| all | 3 | 1 | 0 | 1 | 0 | 1 | 1 | 1 | 0 | 0 | 0 |"
    assert table.reasons_of(rows).split(maxsplit=1) == ["1", "stored as it was: a reason"]


def test_a_process_that_dies_or_hangs_is_a_row_and_not_the_end(
    corpus: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = corpus["table"]
    (tmp_path / "worker.py").write_text(
        "import json, os, sys, time\n"
        "for line in sys.stdin:\n"
        "    source = json.loads(line)['source']\n"
        "    if source.endswith('dies.png'): os._exit(3)\n"
        "    if source.endswith('hangs.png'): time.sleep(600)\n"
        "    print(json.dumps({'kind': 'PNG', 'outcome': 'exact'}), flush=True)\n"
    )
    monkeypatch.setattr(table, "__file__", str(tmp_path / "table.py"))
    monkeypatch.setattr(table, "SECONDS_TO_START", 20)
    for name in ("dies", "fine", "hangs", "well"):
        (tmp_path / "package").mkdir(exist_ok=True)
        (tmp_path / "package" / f"{name}.png").write_bytes(b"x")
    rows = list(table.rows_of(tmp_path, {}, 1, 0.5))
    assert [row.outcome for row in rows] == ["crashed", "exact", "crashed", "exact"]
    assert rows[0].details == ["the process ended with code 3"]
    assert rows[2].details == ["no end within 0.5 seconds"]
