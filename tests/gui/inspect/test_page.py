"""The room as a person uses it, on a real file with the real engine."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from srec_engine import Layer, Part
from srec_gui.inspect.choice import RangeMode
from srec_gui.inspect.page import InspectPage


def test_opening_shows_scales_maps_and_a_ledger_that_adds_up(opened: InspectPage, coded: Path) -> None:
    assert opened.strip.scales() == [5, 4, 3, 2, 1, 0]
    assert opened.chooser.choice.scale == 0
    lines = opened.budget_table.lines
    assert sum(line.coded_bytes for line in lines[:-1]) == lines[-1].coded_bytes == coded.stat().st_size
    assert all(line.model_bits is not None for line in lines if line.part is not None)


def test_a_pinned_pixel_is_read_out_and_moved_by_arrows(qtbot: QtBot, opened: InspectPage, eye: Image.Image) -> None:
    opened.chooser.choose(pin=(20, 10))
    with qtbot.waitSignal(opened.session.pixel_read, timeout=60_000) as read:
        pass
    assert [one.actual for one in read.args[0].channels] == list(np.asarray(eye)[10, 20])
    with qtbot.waitSignal(opened.session.pixel_read, timeout=60_000) as read:
        qtbot.keyClick(opened.left.canvas, Qt.Key.Key_Right)
    assert (read.args[0].x, read.args[0].y) == (21, 10)
    assert "21" in opened.left.canvas.accessibleDescription()
    qtbot.keyClick(opened.left.canvas, Qt.Key.Key_Escape)
    assert opened.chooser.choice.pin is None


def test_a_click_pins_the_pixel_under_the_pointer(qtbot: QtBot, opened: InspectPage) -> None:
    canvas = opened.right.canvas
    middle = QPoint(canvas.width() // 2, canvas.height() // 2)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=middle)
    assert opened.chooser.choice.pin == canvas.pixel_at(middle.toPointF())
    assert opened.left.canvas.mark == opened.right.canvas.mark == opened.chooser.choice.pin


def test_holding_shift_exchanges_left_and_right(qtbot: QtBot, opened: InspectPage) -> None:
    qtbot.keyPress(opened.left.canvas, Qt.Key.Key_Shift)
    assert (opened.left.canvas.layer, opened.right.canvas.layer) == (Layer.COST, Layer.ACTUAL)
    qtbot.keyRelease(opened.left.canvas, Qt.Key.Key_Shift)
    assert (opened.left.canvas.layer, opened.right.canvas.layer) == (Layer.ACTUAL, Layer.COST)


def test_every_layer_and_part_looks_different(qtbot: QtBot, opened: InspectPage) -> None:
    seen: dict[bytes, tuple[Layer, Part]] = {}
    for layer in (Layer.ACTUAL, Layer.PREDICTED, Layer.RESIDUAL, Layer.COST, Layer.EXPECTED_COST):
        for part in (Part.ALL, Part.REMAINDERS, Part.PIXEL_3):
            opened.chooser.choose(right=layer, part=part)
            shown = bytes(opened.right.canvas.grab().toImage().bits())
            assert shown not in seen, (layer, part)
            seen[shown] = (layer, part)


def test_another_range_changes_colours_without_asking_the_engine(qtbot: QtBot, opened: InspectPage) -> None:
    before = opened.right.canvas.grab().toImage()
    tiles = opened.session.store.of_scale(0)
    opened.chooser.choose(range_mode=RangeMode.SCALE)
    qtbot.waitUntil(lambda: opened.limits(Layer.COST).high != 8, timeout=10_000)
    qtbot.waitUntil(lambda: opened.right.canvas.grab().toImage() != before, timeout=10_000)
    assert opened.session.store.of_scale(0) == tiles


def test_a_line_of_the_budget_filters_the_views(qtbot: QtBot, opened: InspectPage) -> None:
    line = next(line for line in opened.budget_table.lines if line.scale == 1 and line.part is Part.PIXEL_2)
    opened.budget_bar.chosen.emit(line)
    assert (opened.chooser.choice.scale, opened.chooser.choice.part) == (1, Part.PIXEL_2)


def test_playing_goes_from_the_base_to_the_full_picture(opened: InspectPage) -> None:
    stops = opened.play.stops()
    assert stops[0] == (5, Part.ALL)
    assert stops[-4:] == [(0, Part.PIXEL_1), (0, Part.PIXEL_2), (0, Part.PIXEL_3), (0, Part.ALL)]
    opened.play.set_running(True)
    assert opened.chooser.choice.scale == 5
    opened.play.step()
    assert (opened.chooser.choice.scale, opened.chooser.choice.part) == (4, Part.REMAINDERS)
    opened.play.set_running(False)


def test_a_map_and_the_table_are_saved(qtbot: QtBot, opened: InspectPage, tmp_path: Path, coded: Path) -> None:
    for action, name in (("inspect.save_map", "map.png"), ("inspect.save_table", "table.csv")):
        opened.registry[action].trigger()
        dialog = opened.findChildren(QFileDialog)[-1]
        dialog.fileSelected.emit(str(tmp_path / name))
        dialog.close()
        qtbot.waitUntil((tmp_path / name).exists, timeout=30_000)
    with Image.open(tmp_path / "map.png") as image:
        assert image.width >= 61
    with (tmp_path / "table.csv").open() as file:
        assert sum(int(row["coded_bytes"]) for row in csv.DictReader(file)) == coded.stat().st_size


def test_a_webp_file_says_so_and_is_analysed_on_request(qtbot: QtBot, page: InspectPage, stored: Path) -> None:
    page.open_path(stored)
    qtbot.waitUntil(lambda: page.placard.offers_network, timeout=30_000)
    assert "WebP" in page.placard.text
    page.placard.network_wanted.emit()
    qtbot.waitUntil(lambda: bool(page.session.store.of_scale(0)), timeout=180_000)


def test_what_cannot_be_inspected_is_explained(qtbot: QtBot, page: InspectPage, tmp_path: Path) -> None:
    path = tmp_path / "firmware.srec"
    path.write_bytes(b"S00600004844521B\n")
    with qtbot.waitSignal(page.session.failed, timeout=30_000):
        page.open_path(path)
    assert "firmware.srec" in page.placard.text
