"""The file that a `.srec` was made of: told about, and had again, byte for byte."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from srec_gui.engine import EncodeOptions, Method, SrecEngine
from srec_gui.view.document import State
from srec_gui.view.page import ViewPage

PATIENCE = 120_000


@pytest.fixture
def page(real_page: ViewPage) -> ViewPage:
    return real_page


@pytest.fixture
def jpeg(tmp_path: Path, sample_photograph: Path) -> Path:
    path = tmp_path / "Cat.JPG"
    with Image.open(sample_photograph) as image:
        image.convert("RGB").save(path, "JPEG", quality=85)
    return path


def packed(source: Path, method: Method) -> Path:
    SrecEngine().encode_file(source, source.with_suffix(".srec"), EncodeOptions(method=method))
    return source.with_suffix(".srec")


def show(qtbot: QtBot, page: ViewPage, path: Path) -> None:
    page.open_path(path)
    qtbot.waitUntil(lambda: page.document is not None and page.document.settled, timeout=PATIENCE)


def values(page: ViewPage) -> dict[str, str]:
    return {row.label: row.value for section in page.information.sections for row in section.rows}


def save_dialog(page: ViewPage) -> QFileDialog:
    page.registry["view.save_as"].trigger()
    return next(one for one in page.findChildren(QFileDialog) if one.isVisible())


def save(qtbot: QtBot, page: ViewPage, destination: Path) -> None:
    dialog = save_dialog(page)
    with qtbot.waitSignal(page.sharing.done, check_params_cb=lambda text: text.startswith("Saved"), timeout=PATIENCE):
        dialog.fileSelected.emit(str(destination))
    dialog.close()


@pytest.mark.parametrize("method", [Method.JPEG, Method.VERBATIM])
def test_a_file_that_is_held_is_the_first_thing_to_be_saved_and_comes_back_byte_for_byte(
    qtbot: QtBot, page: ViewPage, jpeg: Path, tmp_path: Path, method: Method
) -> None:
    show(qtbot, page, packed(jpeg, method))
    dialog = save_dialog(page)
    assert dialog.nameFilters() == ["Original file (*.JPG)", "PNG (*.png)", "TIFF (*.tif *.tiff)", "WebP (*.webp)"]
    assert Path(dialog.selectedFiles()[0]).name == "Cat.JPG"
    dialog.filterSelected.emit("TIFF (*.tif *.tiff)")
    assert Path(dialog.selectedFiles()[0]).name == "Cat.tif"
    dialog.filterSelected.emit("Original file (*.JPG)")
    assert Path(dialog.selectedFiles()[0]).name == "Cat.JPG"
    dialog.close()
    (tmp_path / "out").mkdir()
    save(qtbot, page, tmp_path / "out" / "again.jpg")
    assert (tmp_path / "out" / "again.jpg").read_bytes() == jpeg.read_bytes()
    save(qtbot, page, tmp_path / "out" / "picture.png")
    with Image.open(jpeg) as before, Image.open(tmp_path / "out" / "picture.png") as after:
        assert after.tobytes() == before.tobytes()


def test_a_file_that_was_made_of_a_png_gives_the_png_with_all_that_was_in_it(
    qtbot: QtBot, page: ViewPage, tmp_path: Path
) -> None:
    source = tmp_path / "a.png"
    Image.linear_gradient("L").convert("RGB").resize((40, 30)).save(source)
    data = source.read_bytes()
    chunk = b"teST" + b"what no program knows"
    source.write_bytes(
        data[:33] + (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + data[33:]
    )
    show(qtbot, page, packed(source, Method.SREC))
    assert save_dialog(page).nameFilters() == ["Original file (*.png)", "TIFF (*.tif *.tiff)", "WebP (*.webp)"]
    page.findChildren(QFileDialog)[-1].close()
    save(qtbot, page, tmp_path / "b.png")
    assert chunk in (tmp_path / "b.png").read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="uses rights of POSIX")
def test_who_may_not_read_the_srec_may_not_read_the_file_that_comes_out(
    qtbot: QtBot, page: ViewPage, jpeg: Path, tmp_path: Path
) -> None:
    source = packed(jpeg, Method.JPEG)
    source.chmod(0o600)
    show(qtbot, page, source)
    save(qtbot, page, tmp_path / "again.jpg")
    assert (tmp_path / "again.jpg").stat().st_mode & 0o077 == 0


def test_an_original_is_not_saved_into_a_folder_that_has_gone(
    qtbot: QtBot, page: ViewPage, jpeg: Path, tmp_path: Path
) -> None:
    show(qtbot, page, packed(jpeg, Method.JPEG))
    assert page.document is not None
    with qtbot.waitSignal(page.sharing.failed) as failed:
        page.sharing.save(page.document, tmp_path / "gone" / "again.jpg")
    assert "could not be saved" in failed.args[0]
    assert not (tmp_path / "gone").exists()


def test_the_panel_says_how_a_jpeg_is_held_and_what_that_saves(qtbot: QtBot, page: ViewPage, jpeg: Path) -> None:
    page.settings.show_info = True
    source = packed(jpeg, Method.JPEG)
    show(qtbot, page, source)
    qtbot.waitUntil(lambda: "Saved" in values(page), timeout=PATIENCE)
    told = values(page)
    assert told["Method"] == "JPEG, packed"
    assert told["Original name"] == "Cat.JPG"
    assert told["Original size"] == f"{jpeg.stat().st_size / 1000:.1f} kB"
    assert told["Saved"] == f"{100 * (1 - source.stat().st_size / jpeg.stat().st_size):.1f} %"
    assert told["Comes back"] == "Byte for byte"
    assert told["Pixels"] == "451 × 300"


def test_a_kept_file_that_cannot_be_shown_says_so_and_can_be_saved(
    qtbot: QtBot, page: ViewPage, tmp_path: Path
) -> None:
    page.settings.show_info = True
    source = tmp_path / "notes.txt"
    source.write_text("words, no picture\n" * 20)
    show(qtbot, page, packed(source, Method.VERBATIM))
    assert page.placard.isVisible()
    assert "“notes.srec” keeps the file “notes.txt”, byte for byte." in page.placard.text
    told = values(page)
    assert "Pixels" not in told
    assert "Bits per subpixel" not in told
    assert told["Original size"] == "360 bytes"
    button = next(one for one in page.placard.findChildren(QPushButton) if "Original" in one.text())
    button.click()
    dialog = next(one for one in page.findChildren(QFileDialog) if one.isVisible())
    assert dialog.nameFilters() == ["Original file (*.txt)"]
    dialog.close()
    save(qtbot, page, tmp_path / "again.txt")
    assert (tmp_path / "again.txt").read_bytes() == source.read_bytes()
    for label in page.placard.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_a_kept_file_that_is_damaged_is_not_offered(qtbot: QtBot, page: ViewPage, tmp_path: Path) -> None:
    source = tmp_path / "notes.txt"
    source.write_text("words, no picture\n" * 20)
    path = packed(source, Method.VERBATIM)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    show(qtbot, page, path)
    assert page.document is not None
    assert page.document.state is State.FAILED
    assert "keeps the file" not in page.placard.text
    assert not page.registry["view.save_as"].isEnabled()


def test_a_picture_that_is_cut_off_comes_back_as_it_was(
    qtbot: QtBot, page: ViewPage, jpeg: Path, tmp_path: Path
) -> None:
    jpeg.write_bytes(jpeg.read_bytes()[:9000])
    show(qtbot, page, packed(jpeg, Method.VERBATIM))
    assert "“Cat.srec” keeps the file “Cat.JPG”, byte for byte." in page.placard.text
    save(qtbot, page, tmp_path / "again.jpg")
    assert (tmp_path / "again.jpg").read_bytes() == jpeg.read_bytes()
