"""A JPEG whose coefficients our coder packed: bands of frequencies in the place of the network's scales."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from srec_engine import BlockReadout, Layer, Part, inspect_file
from srec_gui.inspect.choice import SideChoice
from srec_gui.inspect.page import InspectPage
from tests.gui.inspect.conftest import settled
from tests.packed_jpegs import jpeg_of, srec_of

PATIENCE = 120_000


@pytest.fixture(scope="module")
def packed(sample_photograph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("packed") / "cat.srec"
    with Image.open(sample_photograph) as image:
        path.write_bytes(srec_of(jpeg_of(image.convert("RGB"), quality=85)))
    return path


@pytest.fixture
def bands(qtbot: QtBot, page: InspectPage, packed: Path) -> InspectPage:
    """The room with the JPEG, all of its finest picture computed."""
    page.open_path(packed)
    qtbot.waitUntil(lambda: complete(page), timeout=PATIENCE)
    return page


def complete(page: InspectPage) -> bool:
    here = page.chooser.choice.scale == 0 and bool(page.session.store.of_scale(0))
    return here and bool(page.session.parts) and not page.session.doing


def read_out(qtbot: QtBot, page: InspectPage, pin: tuple[int, int]) -> BlockReadout:
    with qtbot.waitSignal(page.session.pixel_read, timeout=PATIENCE) as read:
        page.chooser.choose(pin=pin)
    assert isinstance(read.args[0], BlockReadout)
    return read.args[0]


def texts(page: InspectPage, name: str) -> list[str]:
    box = next(box for box in page.findChildren(QComboBox) if box.accessibleName() == name)
    return [box.itemText(index) for index in range(box.count())]


def test_bands_stand_where_the_scales_of_the_network_stand(bands: InspectPage) -> None:
    assert bands.strip.scales() == [4, 3, 2, 1, 0]
    assert bands.strip.facts(4)[0] == "DC, the means  ·  57 × 38"
    assert bands.strip.facts(3)[0] == "AC 1 – 5  ·  451 × 300"
    assert "JPEG: " in bands.strip.facts(3)[1]
    assert texts(bands, "Left view: layer") == ["Actual", "Predicted", "Residual", "Cost"]
    assert texts(bands, "Left view: samples") == ["Up to this band", "This band alone"]
    assert texts(bands, "Right view: channel") == ["Y, Cb, Cr", "Y", "Cb", "Cr"]
    assert (bands.left.canvas.shown.layer, bands.right.canvas.shown.layer) == (Layer.ACTUAL, Layer.BLOCK_COST)
    assert not bands.front.isVisible()


def test_the_table_says_what_each_part_took_and_takes(bands: InspectPage, packed: Path) -> None:
    lines = bands.budget_table.lines
    assert sum(line.coded_bytes for line in lines[:-1]) == lines[-1].coded_bytes == packed.stat().st_size
    names = [line.name for line in lines]
    assert names.index("DC Y") < names.index("AC Y, 1 to 5") < names.index("AC Y, 28 to 63") < names.index("File")
    model = bands.budget_table.model()
    cells = [[model.index(row, column).data() for column in range(7)] for row in range(model.rowCount())]
    parts = {part.name: part for part in inspect_file(packed).source_parts()}
    luma = cells[names.index("AC Y, 1 to 5")]
    assert abs(int(luma[1].replace(",", "")) - parts["AC Y, 1 to 5"].bits / 8) <= 1
    assert abs(int(luma[3].replace(",", "")) - (parts["AC Y, 1 to 5"].packed_bits or 0) / 8) <= 1
    assert luma[5].startswith("−")
    assert cells[names.index("Metadata")][3] == ""
    assert bands.status.sums.startswith("JPEG 27.8 kB → .srec ")


def test_a_line_of_the_table_shows_its_band_and_channel(qtbot: QtBot, bands: InspectPage) -> None:
    table = bands.budget_table
    row = next(row for row, line in enumerate(table.lines) if line.name == "AC Cb, 1 to 5")
    table.scrollTo(table.model().index(row, 0))
    place = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    choice = bands.chooser.choice
    assert (choice.scale, choice.part, choice.left.channel, choice.right.channel) == (3, Part.BAND, 1, 1)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [row]


def test_every_layer_band_and_part_looks_different(qtbot: QtBot, bands: InspectPage) -> None:
    seen: dict[bytes, tuple[int, Layer, Part]] = {}
    for scale in (4, 3, 0):
        bands.chooser.choose(scale=scale)
        qtbot.waitUntil(lambda scale=scale: bool(bands.session.store.of_scale(scale)), timeout=PATIENCE)
        for layer in (Layer.ACTUAL, Layer.PREDICTED, Layer.BLOCK_COST):
            for part in (Part.ALL, Part.BAND) if scale < 4 else (Part.ALL,):
                bands.chooser.choose_side("right", layer=layer, part=part)
                shown = bytes(bands.right.canvas.grab().toImage().bits())
                assert shown not in seen, (scale, layer, part, seen[shown])
                seen[shown] = (scale, layer, part)


def test_the_block_under_the_pointer_is_read_out(qtbot: QtBot, bands: InspectPage) -> None:
    told = read_out(qtbot, bands, (187, 103))
    panel = bands.panel.blocks
    assert panel.isVisible()
    assert panel.pixel is told
    assert "x 187, y 103" in panel.text
    assert "Block 23, 12 of Y" in panel.text
    luma = told.channels[0]
    assert f"was {luma.actual[0, 1]} steps of {luma.steps[0, 1]}".replace("-", "−") in panel.text
    assert f"expected {luma.expected[0, 1]:.1f}".replace("-", "−") in panel.text
    assert f"{luma.bits[0, 1]:.2f} bits" in panel.text
    assert f"AC 1 – 5 {luma.band_bits(3):.1f}" in panel.text
    panel.channel_box.setCurrentIndex(1)
    panel.channel_box.activated.emit(1)
    assert "Block 11, 6 of Cb" in panel.text


def test_arrows_move_the_pin_from_block_to_block(qtbot: QtBot, bands: InspectPage) -> None:
    read_out(qtbot, bands, (187, 103))
    with qtbot.waitSignal(bands.session.pixel_read, timeout=PATIENCE) as read:
        qtbot.keyClick(bands.left.canvas, Qt.Key.Key_Right)
    assert read.args[0].channels[0].column == 24
    bands.chooser.choose(scale=4)
    assert bands.chooser.choice.pin == (24, 12)
    bands.chooser.choose(scale=2)
    assert bands.chooser.choice.pin == (192, 96)


def test_a_click_on_the_pinned_block_lets_it_go(qtbot: QtBot, bands: InspectPage) -> None:
    canvas = bands.right.canvas
    middle = QPoint(canvas.width() // 2, canvas.height() // 2)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=middle)
    assert bands.chooser.choice.pin == canvas.pixel_at(middle.toPointF())
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(1, 0))
    assert bands.chooser.choice.pin is None


def test_the_description_of_a_view_names_the_channels(bands: InspectPage) -> None:
    bands.left.canvas.set_mark((10, 10))
    assert bands.left.canvas.accessibleDescription().startswith("x 10, y 10: Actual Y ")


def test_all_of_a_block_is_copied_as_text(qtbot: QtBot, bands: InspectPage) -> None:
    assert not bands.registry["inspect.copy_pixel"].isEnabled()
    told = read_out(qtbot, bands, (187, 103))
    bands.registry["inspect.copy_pixel"].trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "cat.srec, AC 28 – 63, x 187, y 103"
    first = lines[lines.index("was, in steps:") + 1].replace("−", "-").split("\t")
    assert [int(value) for value in first] == told.channels[0].actual[0].tolist()
    assert lines[-1] == f"All together: {told.bits:.2f} bits"


def test_playing_goes_from_the_means_to_the_finest_band(bands: InspectPage) -> None:
    assert bands.play.stops() == [(scale, Part.ALL) for scale in (4, 3, 2, 1, 0)]


def test_a_map_and_the_table_of_parts_are_saved(qtbot: QtBot, bands: InspectPage, tmp_path: Path, packed: Path) -> None:
    for action, name in (("inspect.save_map", "map.png"), ("inspect.save_table", "table.csv")):
        bands.registry[action].trigger()
        dialog = bands.findChildren(QFileDialog)[-1]
        dialog.fileSelected.emit(str(tmp_path / name))
        dialog.close()
        qtbot.waitUntil((tmp_path / name).exists, timeout=PATIENCE)
    with Image.open(tmp_path / "map.png") as image:
        assert image.width >= 57
    with (tmp_path / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["packed_bits"] or 0) for row in rows) == 8 * packed.stat().st_size


def test_the_choice_goes_from_one_kind_of_file_to_the_other(
    qtbot: QtBot, bands: InspectPage, coded: Path, packed: Path
) -> None:
    bands.chooser.choose(left=SideChoice(Layer.PREDICTED, Part.BAND))
    bands.open_path(coded)
    qtbot.waitUntil(lambda: settled(bands), timeout=180_000)
    assert bands.chooser.choice.left == SideChoice(Layer.PREDICTED)
    assert bands.chooser.choice.right == SideChoice(Layer.COST)
    assert texts(bands, "Left view: channel") == ["R, G, B", "R", "G", "B"]
    bands.chooser.choose_side("left", layer=Layer.MOST_LIKELY, part=Part.PIXEL_2)
    bands.open_path(packed)
    qtbot.waitUntil(lambda: complete(bands), timeout=PATIENCE)
    assert bands.chooser.choice.left == SideChoice(Layer.PREDICTED)


def test_the_picture_can_still_be_analysed_with_the_network(qtbot: QtBot, bands: InspectPage) -> None:
    action = bands.registry["inspect.network"]
    assert action.isEnabled()
    action.trigger()
    qtbot.waitUntil(lambda: bands.strip.scales()[:1] == [5], timeout=180_000)
    assert not action.isEnabled()


def test_a_grey_jpeg_has_one_channel(qtbot: QtBot, page: InspectPage, sample_photograph: Path, tmp_path: Path) -> None:
    path = tmp_path / "grey.srec"
    with Image.open(sample_photograph) as image:
        path.write_bytes(srec_of(jpeg_of(image.convert("L"), quality=70)))
    page.open_path(path)
    qtbot.waitUntil(lambda: complete(page), timeout=PATIENCE)
    told = read_out(qtbot, page, (20, 20))
    assert [channel.name for channel in told.channels] == ["grey"]
    assert not page.panel.blocks.channel_box.isVisible()
    assert [line.name for line in page.budget_table.lines if line.scale == 4] == ["DC grey"]
