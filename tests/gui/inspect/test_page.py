"""The room as a person uses it, on a real file with the real engine."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from srec_engine import Layer, Part
from srec_gui.actions import Actions
from srec_gui.engine import SrecEngine
from srec_gui.inspect.choice import RangeMode, SideChoice
from srec_gui.inspect.page import InspectPage
from srec_gui.settings import Settings
from srec_gui.worker import Worker
from tests.codec.failing_device import FailingDevice, install
from tests.gui.inspect.conftest import settled


def choose(page: InspectPage, name: str, text: str) -> None:
    """Choose in a box as a person does."""
    box = next(box for box in page.findChildren(QComboBox) if box.accessibleName() == name)
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


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
    assert (opened.left.canvas.shown.layer, opened.right.canvas.shown.layer) == (Layer.COST, Layer.ACTUAL)
    qtbot.keyRelease(opened.left.canvas, Qt.Key.Key_Shift)
    assert (opened.left.canvas.shown.layer, opened.right.canvas.shown.layer) == (Layer.ACTUAL, Layer.COST)


def test_every_layer_and_part_looks_different(qtbot: QtBot, opened: InspectPage) -> None:
    seen: dict[bytes, tuple[Layer, Part]] = {}
    for layer in (Layer.ACTUAL, Layer.PREDICTED, Layer.RESIDUAL, Layer.COST, Layer.EXPECTED_COST):
        for part in (Part.ALL, Part.REMAINDERS, Part.PIXEL_3):
            opened.chooser.choose_side("right", layer=layer, part=part)
            shown = bytes(opened.right.canvas.grab().toImage().bits())
            assert shown not in seen, (layer, part)
            seen[shown] = (layer, part)


def test_another_range_changes_colours_without_asking_the_engine(qtbot: QtBot, opened: InspectPage) -> None:
    before = opened.right.canvas.grab().toImage()
    tiles = opened.session.store.of_scale(0)
    opened.chooser.choose_range(RangeMode.SCALE)
    qtbot.waitUntil(lambda: opened.right.bar.limits.high != 8, timeout=10_000)
    qtbot.waitUntil(lambda: opened.right.canvas.grab().toImage() != before, timeout=10_000)
    assert opened.session.store.of_scale(0) == tiles


def test_a_line_of_the_budget_filters_the_views(qtbot: QtBot, opened: InspectPage) -> None:
    table = opened.budget_table
    row = next(row for row, line in enumerate(table.lines) if line.scale == 1 and line.part is Part.PIXEL_2)
    table.scrollTo(table.model().index(row, 0))
    place = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (opened.chooser.choice.scale, opened.chooser.choice.part) == (1, Part.PIXEL_2)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [row]


def test_playing_goes_from_the_base_to_the_full_picture(opened: InspectPage) -> None:
    stops = opened.play.stops()
    assert stops[0] == (5, Part.ALL)
    assert stops[-4:] == [(0, Part.PIXEL_1), (0, Part.PIXEL_2), (0, Part.PIXEL_3), (0, Part.ALL)]
    opened.play.set_running(True)
    assert opened.chooser.choice.scale == 5
    opened.play.step()
    assert (opened.chooser.choice.scale, opened.chooser.choice.part) == (4, Part.REMAINDERS)
    opened.play.set_running(False)


def test_each_side_shows_its_own_samples_and_channel(qtbot: QtBot, opened: InspectPage) -> None:
    before = opened.right.canvas.grab().toImage()
    for name, text in (("Left view: layer", "Residual"), ("Left view: samples", "Remainders")):
        choose(opened, name, text)
    choose(opened, "Left view: channel", "G")
    assert opened.left.canvas.shown == SideChoice(Layer.RESIDUAL, Part.REMAINDERS, 1)
    assert opened.right.canvas.shown == SideChoice(Layer.COST)
    assert opened.right.canvas.grab().toImage() == before
    opened.registry["inspect.blue"].trigger()
    assert (opened.left.canvas.shown.channel, opened.right.canvas.shown.channel) == (2, 2)


def test_the_ends_of_a_colour_bar_are_dragged_and_go_back_on_a_double_click(qtbot: QtBot, opened: InspectPage) -> None:
    bar, tiles = opened.right.bar, opened.session.store.of_scale(0)
    before = opened.right.canvas.grab().toImage()
    place = bar.handle_place("high").toPoint()
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(bar, place - QPoint(bar.width() // 2, 0))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=place - QPoint(bar.width() // 2, 0))
    assert 2 < bar.limits.high < 6
    assert opened.left.bar.limits.high == 255
    assert opened.right.canvas.grab().toImage() != before
    qtbot.waitUntil(lambda: "beyond" in bar.accessibleDescription(), timeout=10_000)
    qtbot.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=place)
    assert bar.limits.high == 8
    assert opened.session.store.of_scale(0) == tiles


def test_all_of_a_pixel_is_copied_as_text(qtbot: QtBot, opened: InspectPage, eye: Image.Image) -> None:
    assert not opened.registry["inspect.copy_pixel"].isEnabled()
    with qtbot.waitSignal(opened.session.pixel_read, timeout=60_000) as read:
        opened.chooser.choose(pin=(20, 10))
    opened.registry["inspect.copy_pixel"].trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    red, green, blue = (int(value) for value in np.asarray(eye)[10, 20])
    assert lines[0] == "eye.srec, Full size, x 20, y 10"
    assert lines[2].startswith(f"R: {red}")
    assert lines[3].startswith(f"G given R: {green}")
    assert lines[4].startswith(f"B given R and G: {blue}")
    told = read.args[0].channels[1]
    assert f"cost {told.cost:.2f}" in lines[3]
    assert f"allowed {told.lowest} to {told.highest}" in lines[3]
    assert f"block of four {read.args[0].block_bits:.2f} bits" in lines[-1]


def test_the_sums_stand_below_the_table(opened: InspectPage, coded: Path) -> None:
    ledger = opened.session.ledger
    assert ledger is not None
    assert f"coded {ledger.stream_bytes:,}" in opened.status.sums
    assert f"file {coded.stat().st_size:,} bytes" in opened.status.sums
    assert f"everything else {coded.stat().st_size - ledger.stream_bytes:,}" in opened.status.sums


def test_the_strip_says_what_the_ledger_says(opened: InspectPage) -> None:
    ledger = opened.session.ledger
    assert ledger is not None
    for scale in opened.strip.scales()[1:]:
        height, width = opened.session.inspection.geometry.scale_size(scale)  # type: ignore[union-attr]
        name, numbers = opened.strip.facts(scale)
        size = ledger.bytes_of(scale)
        assert f"{width} × {height}" in name
        assert numbers.startswith(f"{size:,} bytes" if size < 1000 else f"{size / 1000:.1f} kB")
        assert f"{100 * size / ledger.file_bytes:.1f} %" in numbers
        assert f"{8 * size / (3 * 61 * 45):.3f} bpsp" in numbers
    opened.chooser.choose(scale=2)
    assert opened.strip.accessibleDescription().startswith("1/4")


def test_a_click_on_the_strip_shows_that_scale(qtbot: QtBot, opened: InspectPage) -> None:
    qtbot.mouseClick(opened.strip, Qt.MouseButton.LeftButton, pos=QPoint(40, opened.strip.height() // 2))
    assert opened.chooser.choice.scale == 5


def test_a_click_on_the_bar_of_shares_filters_the_views(qtbot: QtBot, opened: InspectPage) -> None:
    bar = opened.budget_bar
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() - 16, 15))  # the last part is the largest
    assert (opened.chooser.choice.scale, opened.chooser.choice.part) == (0, Part.PIXEL_3)


def test_the_fourth_pixel_is_explained_by_the_sum(qtbot: QtBot, opened: InspectPage, eye: Image.Image) -> None:
    with qtbot.waitSignal(opened.session.pixel_read, timeout=60_000) as read:
        opened.chooser.choose(pin=(21, 11))
    block = np.asarray(eye)[10:12, 20:22].reshape(4, 3).astype(int)
    for channel, name in enumerate("RGB"):
        first, second, third, last = (int(value) for value in block[:, channel])
        remainder = read.args[0].remainders[channel].actual
        sign = "−" if remainder < 0 else "+"
        working = f"4 × {(sum(block[:, channel]) - remainder) // 4} {sign} {abs(remainder)}"
        assert f"{name}: {working} − {first} − {second} − {third} = {last}" in opened.readout.text
    assert "follows from the sum" in opened.readout.text
    opened.copy_pixel()
    assert f"= {block[3, 2]}" in QGuiApplication.clipboard().text()


def test_the_readout_names_what_each_channel_was_given(qtbot: QtBot, opened: InspectPage) -> None:
    with qtbot.waitSignal(opened.session.pixel_read, timeout=60_000) as read:
        opened.chooser.choose(pin=(20, 10))
    told = read.args[0].channels
    said = opened.readout.text.splitlines()[2:5]
    assert [line.split(":")[0] for line in said] == ["R", "G given R", "B given R and G"]
    for line, one in zip(said, told, strict=True):
        assert f"p {one.probability:.3f}" in line
        assert f"cost {one.cost:.2f}" in line
        assert f"expected {one.entropy:.2f} bits" in line
        assert f"mean {one.mean:.1f}" in line
        assert f"most likely {one.most_likely}" in line
        assert f"allowed {one.lowest} to {one.highest}" in line
    assert f"block of four {read.args[0].block_bits:.2f} bits" in opened.readout.text
    assert "G given R" in opened.readout.accessibleDescription()


def test_playing_goes_on_by_itself_to_the_end(qtbot: QtBot, opened: InspectPage) -> None:
    seen: list[tuple[int, Part | None]] = []
    opened.chooser.changed.connect(lambda: seen.append((opened.chooser.choice.scale, opened.chooser.choice.part)))
    opened.registry["inspect.play"].trigger()

    def ended() -> bool:
        opened.play.step()  # sooner than its clock would
        return not opened.play.running

    qtbot.waitUntil(ended, timeout=60_000)
    parts = [Part.REMAINDERS, Part.PIXEL_1, Part.PIXEL_2, Part.PIXEL_3, Part.ALL]
    assert seen == [(5, Part.ALL), *((scale, part) for scale in (4, 3, 2, 1, 0) for part in parts)]
    assert not opened.registry["inspect.play"].isChecked()


def test_layers_and_range_are_kept(qtbot: QtBot, opened: InspectPage) -> None:
    opened.chooser.choose_side("left", layer=Layer.MOST_LIKELY)
    opened.chooser.choose_range(RangeMode.IMAGE)
    again = InspectPage(opened.worker, opened.settings, Actions(), engine=SrecEngine())
    qtbot.addWidget(again, before_close_func=InspectPage.stop)
    choice = again.chooser.choice
    assert (choice.left.layer, choice.right.layer, choice.range_mode) == (
        *(Layer.MOST_LIKELY, Layer.COST),
        RangeMode.IMAGE,
    )


def test_what_is_no_layer_in_the_settings_is_overlooked(qtbot: QtBot, worker: Worker, settings: Settings) -> None:
    settings.inspect_left = "nonsense"
    page = InspectPage(worker, settings, Actions(), engine=SrecEngine())
    qtbot.addWidget(page, before_close_func=InspectPage.stop)
    assert page.chooser.choice.left.layer is Layer.ACTUAL


def test_the_description_of_a_view_follows_the_pointer(qtbot: QtBot, opened: InspectPage, eye: Image.Image) -> None:
    canvas = opened.left.canvas
    middle = QPoint(canvas.width() // 2, canvas.height() // 2)
    qtbot.mouseMove(canvas, middle)
    x, y = canvas.pixel_at(middle.toPointF()) or (0, 0)
    red = int(np.asarray(eye)[y, x, 0])
    assert canvas.accessibleDescription().startswith(f"x {x}, y {y}: Actual R {red}")
    assert opened.right.canvas.accessibleDescription().startswith(f"x {x}, y {y}: Cost R ")


def test_a_map_and_the_table_are_saved(qtbot: QtBot, opened: InspectPage, tmp_path: Path, coded: Path) -> None:
    saved = (("inspect.save_map", "map.png"), ("inspect.save_table", "table.csv"), ("inspect.save_table", "table.json"))
    for action, name in saved:
        opened.registry[action].trigger()
        dialog = opened.findChildren(QFileDialog)[-1]
        dialog.fileSelected.emit(str(tmp_path / name))
        dialog.close()
        qtbot.waitUntil((tmp_path / name).exists, timeout=30_000)
    with Image.open(tmp_path / "map.png") as image:
        assert image.width >= 61
    with (tmp_path / "table.csv").open() as file:
        assert sum(int(row["coded_bytes"]) for row in csv.DictReader(file)) == coded.stat().st_size
    document = json.loads((tmp_path / "table.json").read_text())
    assert sum(row["coded_bytes"] for row in document["rows"]) == coded.stat().st_size


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


def test_a_device_that_failed_is_named_below(
    qtbot: QtBot, page: InspectPage, coded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, FailingDevice(20))
    page.open_path(coded)
    assert page.status.fallback == ""
    qtbot.waitUntil(lambda: settled(page), timeout=180_000)
    assert page.status.fallback == "Computed by the CPU, since cpu:0 failed (device lost)."
    install(monkeypatch, FailingDevice())
    page.open_path(coded)
    qtbot.waitUntil(lambda: settled(page), timeout=180_000)
    assert page.status.fallback == ""


def test_the_table_is_drawn_again_only_where_a_number_has_changed(opened: InspectPage, qtbot: QtBot) -> None:
    model = opened.budget_table.model()
    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(model.modelReset):
        opened.session.ledger_changed.emit()
    assert opened.session.path is not None
    with qtbot.waitSignal(model.dataChanged, timeout=180_000):
        opened.open_path(opened.session.path)  # the model's bits come in anew
    qtbot.waitUntil(lambda: settled(opened), timeout=180_000)
    assert opened.budget_table.lines[-1].model_bits is not None
