"""All kinds of files: damaged, small, without colour, one after the other, and while other things happen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from srec_engine import EncodeOptions, Method, encode_image
from srec_gui.action_table import Context
from srec_gui.actions import Actions
from srec_gui.inspect.page import InspectPage
from srec_gui.settings import Settings
from srec_gui.window import MainWindow
from srec_gui.worker import Worker
from tests.gui.inspect.conftest import settled

PATIENCE = 180_000


def as_srec(image: Image.Image, path: Path) -> Path:
    path.write_bytes(encode_image(image, EncodeOptions(method=Method.SREC, verify=False)).data)
    return path


def test_a_file_that_is_cut_off_shows_the_scales_that_arrived(
    qtbot: QtBot, page: InspectPage, coded: Path, tmp_path: Path
) -> None:
    data = coded.read_bytes()
    cut = tmp_path / "cut.srec"
    cut.write_bytes(data[: len(data) * 7 // 10])
    page.open_path(cut)
    qtbot.waitUntil(lambda: bool(page.status.damage) and not page.session.doing, timeout=PATIENCE)
    assert "cut.srec is cut off: tile 0 at scale 0" in page.status.damage
    with qtbot.waitSignal(page.session.pixel_failed, timeout=PATIENCE):
        page.chooser.choose(pin=(3, 3))
    assert "tile 0 at scale 0" in page.readout.text
    assert "tile 0 at scale 0" in page.left.canvas.accessibleDescription()
    page.chooser.choose(scale=1)
    qtbot.waitUntil(lambda: bool(page.session.store.of_scale(1)), timeout=PATIENCE)
    assert not page.status.damage

    def bits_of_the_scale_are_known() -> bool:
        lines = page.budget_table.lines
        return all(line.model_bits is not None for line in lines if line.scale == 1 and line.part is not None)

    qtbot.waitUntil(bits_of_the_scale_are_known, timeout=PATIENCE)
    lines = page.budget_table.lines
    assert sum(line.coded_bytes for line in lines[:-1]) == cut.stat().st_size


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA"])
def test_pictures_of_every_mode_are_looked_into(
    qtbot: QtBot, page: InspectPage, eye: Image.Image, tmp_path: Path, mode: str
) -> None:
    page.open_path(as_srec(eye.convert(mode), tmp_path / f"{mode}.srec"))
    qtbot.waitUntil(lambda: settled(page), timeout=PATIENCE)
    with qtbot.waitSignal(page.session.pixel_read, timeout=PATIENCE) as read:
        page.chooser.choose(pin=(5, 4))
    assert len(read.args[0].channels) == (1 if mode in {"L", "LA"} else 3)
    assert page.registry["inspect.red"].isEnabled() == (mode not in {"L", "LA"})
    assert page.grab().toImage().height() > 0


@pytest.mark.parametrize("mode", ["P", "1"])
def test_pictures_without_colours_for_the_network_are_analysed_in_colours(
    qtbot: QtBot, page: InspectPage, eye: Image.Image, tmp_path: Path, mode: str
) -> None:
    path = tmp_path / f"{mode}.srec"
    path.write_bytes(encode_image(eye.convert(mode)).data)
    page.open_path(path)
    qtbot.waitUntil(lambda: page.placard.offers_network, timeout=PATIENCE)
    page.placard.network_wanted.emit()
    qtbot.waitUntil(lambda: settled(page), timeout=PATIENCE)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (2, 1), (33, 3)])
def test_the_smallest_pictures_are_looked_into(
    qtbot: QtBot, page: InspectPage, eye: Image.Image, tmp_path: Path, size: tuple[int, int]
) -> None:
    small = as_srec(eye.resize(size), tmp_path / "small.srec")
    page.open_path(small)
    qtbot.waitUntil(lambda: settled(page), timeout=PATIENCE)
    for scale in page.strip.scales():
        page.chooser.choose(scale=scale, pin=(0, 0))
        page.viewport.zoom_by(2.0)
        page.grab()
    lines = page.budget_table.lines
    assert sum(line.coded_bytes for line in lines[:-1]) == small.stat().st_size


def test_the_base_is_seen_before_the_network_has_computed_anything(
    qtbot: QtBot, page: InspectPage, coded: Path
) -> None:
    page.leave()  # nothing is computed now
    page.open_path(coded)
    qtbot.waitUntil(lambda: page.session.inspection is not None and not page.worker.busy, timeout=PATIENCE)
    assert page.session.store.of_scale(None) == []
    image = page.left.canvas.grab().toImage()
    middle = image.height() // 2
    assert len({image.pixel(x, middle) for x in range(image.width() // 4, 3 * image.width() // 4)}) > 5


def test_no_sentence_of_the_placard_is_cut_off(qtbot: QtBot, page: InspectPage, stored: Path) -> None:
    for prepare in (page.session.close, lambda: page.open_path(stored)):
        prepare()
        qtbot.waitUntil(lambda: not page.session.doing, timeout=PATIENCE)
        for label in page.placard.findChildren(QLabel):
            if label.isVisible() and label.text():
                assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_a_good_file_after_a_bad_one_is_computed(qtbot: QtBot, page: InspectPage, coded: Path, tmp_path: Path) -> None:
    bad = tmp_path / "firmware.srec"
    bad.write_bytes(b"S00600004844521B\n")
    with qtbot.waitSignal(page.session.failed, timeout=PATIENCE):
        page.open_path(bad)
    page.open_path(coded)
    qtbot.waitUntil(lambda: settled(page), timeout=PATIENCE)


def test_of_files_opened_in_a_row_the_last_one_stays(
    qtbot: QtBot, page: InspectPage, coded: Path, stored: Path, eye: Image.Image, tmp_path: Path
) -> None:
    last = as_srec(eye.convert("L").resize((40, 30)), tmp_path / "last.srec")
    for path in (coded, stored, coded, last):
        page.open_path(path)
    qtbot.waitUntil(lambda: settled(page), timeout=PATIENCE)
    assert page.session.path == last
    assert page.session.inspection is not None
    assert page.session.inspection.info.width == 40


def test_work_stops_while_another_room_is_in_front_and_goes_on_after_it(
    qtbot: QtBot, page: InspectPage, coded: Path
) -> None:
    page.open_path(coded)
    page.leave()
    qtbot.waitUntil(lambda: page.session.inspection is not None and not page.worker.busy, timeout=PATIENCE)
    assert page.session.ledger is not None
    assert page.session.ledger.model_bits is None
    page.enter()
    qtbot.waitUntil(lambda: settled(page), timeout=PATIENCE)


def test_closing_in_the_middle_of_work_ends_it(qtbot: QtBot, page: InspectPage, coded: Path) -> None:
    page.open_path(coded)
    with qtbot.waitSignal(page.session.opened, timeout=PATIENCE):
        pass
    page.stop()
    qtbot.waitUntil(lambda: not page.worker.busy, timeout=PATIENCE)
    assert page.session.inspection is None


def test_coding_with_the_network_can_be_cancelled(qtbot: QtBot, page: InspectPage, stored: Path) -> None:
    page.open_path(stored)
    qtbot.waitUntil(lambda: page.placard.offers_network, timeout=PATIENCE)
    button = next(one for one in page.placard.findChildren(QPushButton) if "Network" in one.text())
    qtbot.waitUntil(button.isVisible)
    button.setFocus()
    button.click()
    assert not page.placard.offers_network
    assert page.placard.hasFocus()
    page.placard.cancel_wanted.emit()
    qtbot.waitUntil(lambda: page.placard.offers_network and not page.worker.busy, timeout=PATIENCE)
    assert page.session.inspection is not None
    assert page.session.inspection.geometry is None


def test_open_of_the_room_looks_into_the_chosen_file(
    qtbot: QtBot, worker: Worker, settings: Settings, coded: Path
) -> None:
    window = MainWindow(worker, settings, Actions())
    qtbot.addWidget(window, before_close_func=MainWindow.begin_closing)
    window.show()
    window.enter(Context.INSPECT)
    page = window.page(Context.INSPECT)
    assert isinstance(page, InspectPage)
    page.placard.open_wanted.emit()
    dialog = next(dialog for dialog in window.findChildren(QFileDialog) if dialog.isVisible())
    dialog.filesSelected.emit([str(coded)])
    dialog.reject()
    assert window.current is page
    qtbot.waitUntil(lambda: settled(page), timeout=PATIENCE)
    assert page.session.path == coded
