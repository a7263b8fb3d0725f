"""Files that hold a file: how, and where the bits of that one are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from srec_engine import Inspection, JpegPart, JpegPartKind
from srec_gui.engine import DamagedFileError, EncodeOptions, Method, SrecEngine, method_words
from srec_gui.inspect.page import InspectPage
from srec_gui.inspect.source_parts import part_lines
from tests.packed_jpegs import srec_by_jpeg_xl

PATIENCE = 60_000


@pytest.fixture
def jpeg(tmp_path: Path, sample_photograph: Path) -> Path:
    path = tmp_path / "cat.jpg"
    with Image.open(sample_photograph) as image:
        image.convert("RGB").save(path, quality=85)
    return path


def packed(source: Path, method: Method) -> Path:
    SrecEngine().encode_file(source, source.with_suffix(".srec"), EncodeOptions(method=method))
    return source.with_suffix(".srec")


def by_jpeg_xl(source: Path) -> Path:
    source.with_suffix(".srec").write_bytes(srec_by_jpeg_xl(source.read_bytes(), source.name))
    return source.with_suffix(".srec")


def cells(page: InspectPage) -> list[tuple[str, ...]]:
    table = page.front.parts.table
    model: Any = table.model()
    return [tuple(model.index(row, column).data() for column in range(3)) for row in range(model.rowCount())]


def test_a_jpeg_shows_how_it_is_held_and_where_its_bits_are(qtbot: QtBot, page: InspectPage, jpeg: Path) -> None:
    page.open_path(by_jpeg_xl(jpeg))
    qtbot.waitUntil(page.front.parts.isVisible, timeout=PATIENCE)
    assert page.placard.offers_network
    assert method_words(Method.JPEG).how in page.placard.text
    before, after = jpeg.stat().st_size, jpeg.with_suffix(".srec").stat().st_size
    saved = round(100 - 100 * after / before)
    text = f"JPEG {before / 1000:.1f} kB → .srec {after / 1000:.1f} kB (−{saved} %)"
    assert page.front.parts.heading.text() == text
    assert page.front.parts.table.accessibleDescription() == text
    shown = cells(page)
    assert [line[0] for line in shown[:4]] == ["Metadata", "Tables and headers", "DC Y", "AC Y, 1 to 5"]
    assert shown[-1] == ("JPEG", f"{before:,}", "100.0 %")
    assert sum(int(line[1].replace(",", "")) for line in shown[:-1]) == before


def test_the_parts_go_with_their_file(qtbot: QtBot, page: InspectPage, jpeg: Path, stored: Path) -> None:
    page.open_path(by_jpeg_xl(jpeg))
    qtbot.waitUntil(page.front.parts.isVisible, timeout=PATIENCE)
    page.open_path(stored)
    assert not page.front.parts.isVisible()
    qtbot.waitUntil(lambda: page.placard.offers_network and not page.session.doing, timeout=PATIENCE)
    assert not page.front.parts.isVisible()
    assert method_words(Method.WEBP).how in page.placard.text


def test_parts_that_cannot_be_told_leave_the_placard_as_it_is(
    qtbot: QtBot, page: InspectPage, jpeg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Inspection, **_: object) -> tuple[JpegPart, ...]:
        raise DamagedFileError("It is damaged.")

    monkeypatch.setattr(Inspection, "source_parts", refuse)
    page.open_path(packed(jpeg, Method.VERBATIM))
    qtbot.waitUntil(lambda: page.placard.offers_network and not page.worker.busy, timeout=PATIENCE)
    assert not page.front.parts.isVisible()
    assert page.session.inspection is not None


def test_a_file_that_is_no_picture_is_not_offered_to_the_network(
    qtbot: QtBot, page: InspectPage, tmp_path: Path
) -> None:
    source = tmp_path / "notes.txt"
    source.write_text("words, no picture\n" * 20)
    page.open_path(packed(source, Method.VERBATIM))
    qtbot.waitUntil(lambda: "keeps the file notes.txt" in page.placard.text, timeout=PATIENCE)
    assert not page.placard.offers_network


def test_lines_add_up_to_the_file_though_its_parts_end_in_the_midst_of_bytes() -> None:
    kinds = (JpegPartKind.METADATA, JpegPartKind.TABLES, JpegPartKind.PADDING, JpegPartKind.BEHIND)
    parts = [JpegPart(kind, "", None, bits) for kind, bits in zip(kinds, (804, 12, 4, 20), strict=True)]
    lines = part_lines([*parts, JpegPart(JpegPartKind.DC, "Y", None, 8_000)])
    assert sum(line.byte_count for line in lines) == 8_840 // 8
    assert sum(line.share for line in lines) == pytest.approx(1)
    assert [line.is_picture for line in lines] == 4 * [False] + [True]
