"""The room on files that the real engine wrote, decoded by the real network."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from srec_gui.engine import EncodeOptions, Method, SrecEngine
from srec_gui.view.document import State
from srec_gui.view.page import ViewPage
from tests.codec.jpeg_bodies import container_of, in_two_bands, packings_of
from tests.gui.view.conftest import PICTURES
from tests.jpegs import JPEG_KINDS, jpeg_of, photograph

PATIENCE = 120_000  # the first decoding compiles the coder


@pytest.fixture(scope="module")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real photograph by the network: 300 × 200 pixels, several tiles are not needed."""
    folder = tmp_path_factory.mktemp("encoded")
    with Image.open(PICTURES / "coffee.png") as image:
        image.convert("RGB").resize((300, 200)).save(folder / "coffee.png")
    SrecEngine().encode_file(folder / "coffee.png", folder / "coffee.srec", EncodeOptions(method=Method.SREC))
    return folder / "coffee.srec"


def test_a_real_srec_sharpens_scale_by_scale_to_the_exact_picture(
    qtbot: QtBot, real_page: ViewPage, encoded: Path
) -> None:
    scales: list[int] = []
    page = real_page

    def note() -> None:
        if page.canvas.picture is not None and page.canvas.picture.scale not in scales:
            scales.append(page.canvas.picture.scale)

    page.room.document_changed.connect(note)
    page.open_path(encoded)
    qtbot.waitUntil(lambda: page.document is not None and page.document.state is State.COMPLETE, timeout=PATIENCE)
    assert scales[0] > 1
    assert scales == sorted(scales, reverse=True)
    assert scales[-1] == 0
    assert page.canvas.picture is not None
    with Image.open(encoded.with_suffix(".png")) as original:
        assert page.canvas.picture.original.tobytes() == original.tobytes()


def test_the_panel_accounts_for_every_byte_of_a_real_srec(qtbot: QtBot, real_page: ViewPage, encoded: Path) -> None:
    real_page.settings.show_info = True
    real_page.open_path(encoded)
    qtbot.waitUntil(lambda: bool(real_page.information.sections))
    parts = next(section for section in real_page.information.sections if section.title == "Bytes of the file")
    assert sum(row.share or 0 for row in parts.rows) == pytest.approx(1)
    values = {row.label: row.value for section in real_page.information.sections for row in section.rows}
    assert values["Method"] == "SReC network"
    assert values["Pixels"] == "300 × 200"


def test_a_truncated_real_srec_shows_what_arrived_and_says_what_is_missing(
    qtbot: QtBot, real_page: ViewPage, encoded: Path, tmp_path: Path
) -> None:
    data = encoded.read_bytes()
    cut = tmp_path / "cut.srec"
    cut.write_bytes(data[: len(data) * 7 // 10])
    real_page.open_path(cut)
    qtbot.waitUntil(lambda: real_page.damage_bar.isVisible(), timeout=PATIENCE)
    assert "“cut.srec” is cut off" in real_page.damage_bar.text
    assert real_page.document is not None
    assert real_page.document.state is State.DAMAGED
    assert real_page.canvas.picture is not None


def test_a_damaged_jpeg_shows_what_is_left_and_names_the_rows(
    qtbot: QtBot, real_page: ViewPage, tmp_path: Path
) -> None:
    data = jpeg_of(photograph(768, 160).resize((1152, 720)), quality=85)
    with in_two_bands():
        damaged = bytearray(container_of(packings_of(data)["ours"], data, (1152, 720)))
    damaged[-300] ^= 0x55
    (tmp_path / "torn.srec").write_bytes(damaged)
    real_page.open_path(tmp_path / "torn.srec")
    qtbot.waitUntil(lambda: real_page.damage_bar.isVisible(), timeout=PATIENCE)
    assert "“torn.srec” is damaged: rows 352 to 719" in real_page.damage_bar.text
    assert real_page.document is not None
    assert real_page.document.state is State.DAMAGED
    assert real_page.canvas.picture is not None
    assert real_page.canvas.picture.original.size == (1152, 720)


@pytest.mark.parametrize("kind", ["cmyk", "ycck"])
def test_a_packed_jpeg_for_printing_is_shown(qtbot: QtBot, real_page: ViewPage, tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG_KINDS[kind].make())
    SrecEngine().encode_file(tmp_path / "a.jpg", tmp_path / "a.srec", EncodeOptions(method=Method.JPEG))
    real_page.open_path(tmp_path / "a.srec")
    qtbot.waitUntil(
        lambda: real_page.document is not None and real_page.document.state is State.COMPLETE, timeout=PATIENCE
    )
    assert real_page.canvas.picture is not None
    assert real_page.canvas.picture.original.mode == "CMYK"


@pytest.mark.parametrize("method", [Method.WEBP, Method.VERBATIM])
def test_the_other_methods_give_the_exact_picture_too(
    qtbot: QtBot, real_page: ViewPage, tmp_path: Path, method: Method
) -> None:
    source = PICTURES / "chelsea.png"
    SrecEngine().encode_file(source, tmp_path / "a.srec", EncodeOptions(method=method))
    real_page.open_path(tmp_path / "a.srec")
    qtbot.waitUntil(
        lambda: real_page.document is not None and real_page.document.state is State.COMPLETE, timeout=PATIENCE
    )
    assert real_page.canvas.picture is not None
    with Image.open(source) as original:
        assert real_page.canvas.picture.original.tobytes() == original.tobytes()
