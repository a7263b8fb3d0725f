"""The two views: linked, with numbers far in, hatched where nothing was paid, computed where they are looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from srec_engine import BEYOND, Layer, Part, ValueRange, colour_table
from srec_gui.inspect.canvas import Canvas
from srec_gui.inspect.legend import hatch_brushes
from srec_gui.inspect.page import InspectPage
from srec_gui.inspect.tile_images import reduced
from tests.gui.inspect.conftest import settled

PATIENCE = 180_000


def look_closely(page: InspectPage, x: int, y: int, size: float) -> None:
    """Show pixel (x, y) of the full picture in the middle, `size` device pixels wide."""
    page.viewport.show_closely(x + 0.5, y + 0.5, size)


def pixels_of(canvas: Canvas) -> NDArray[np.uint8]:
    """What a canvas looks like, (height, width, 3)."""
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width(), 2::-1].copy()


def around_middle(canvas: Canvas, dx: int, dy: int, size: int, half: int) -> NDArray[np.uint8]:
    """The inside of the cell that lies (dx, dy) cells beside the one in the middle."""
    shown = pixels_of(canvas)
    row, column = shown.shape[0] // 2 + dy * size, shown.shape[1] // 2 + dx * size
    return shown[row - half : row + half, column - half : column + half]


def turn_wheel(canvas: Canvas, place: QPointF, steps: int) -> None:
    event = QWheelEvent(
        place,
        canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_zoom_and_pan_of_one_view_are_those_of_the_other(qtbot: QtBot, opened: InspectPage) -> None:
    left, right = opened.left.canvas, opened.right.canvas
    place = QPointF(left.width() / 2 + 30, left.height() / 2 - 20)
    below_pointer = left.pixel_at(place)
    turn_wheel(left, place, 6)
    assert left.pixel_at(place) == below_pointer
    assert right.pixel_at(place) == below_pointer
    before = right.pixel_at(place)
    middle = QPoint(right.width() // 2, right.height() // 2)
    qtbot.mousePress(right, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(right, middle + QPoint(60, 45))
    qtbot.mouseRelease(right, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 45))
    assert right.pixel_at(place) != before
    assert left.pixel_at(place) == right.pixel_at(place)
    assert opened.chooser.choice.pin is None, "a drag is no click"


def test_a_pixel_is_painted_in_its_own_colour(opened: InspectPage, eye: Image.Image) -> None:
    look_closely(opened, 20, 10, 16)
    assert (around_middle(opened.left.canvas, 0, 0, 16, 6) == np.asarray(eye)[10, 20]).all()
    opened.chooser.choose_side("left", channel=1)
    assert (around_middle(opened.left.canvas, 0, 0, 16, 6) == np.asarray(eye)[10, 20, 1]).all()


def test_a_cost_is_painted_in_the_colour_of_its_bits(opened: InspectPage) -> None:
    opened.chooser.choose_side("right", channel=2)
    look_closely(opened, 20, 10, 16)
    (layers,) = opened.session.store.of_scale(0)
    table = colour_table(Layer.COST, Part.ALL, ValueRange(0, 8))
    byte = layers.plane(Layer.COST, Part.ALL, 2)[10, 20]
    assert (around_middle(opened.right.canvas, 0, 0, 16, 6) == table[byte]).all()


def test_what_costs_more_than_the_range_is_marked(opened: InspectPage) -> None:
    (layers,) = opened.session.store.of_scale(0)
    cost = layers.plane(Layer.COST, Part.ALL, None)[12:33, 20:41]  # the view can have these in its middle
    y, x = np.unravel_index(cost.argmax(), cost.shape)
    look_closely(opened, 20 + int(x), 12 + int(y), 16)
    assert not (around_middle(opened.right.canvas, 0, 0, 16, 6) == BEYOND).all()
    opened.chooser.choose_side("right", limits=ValueRange(0, 0.5))
    assert (around_middle(opened.right.canvas, 0, 0, 16, 6) == BEYOND).all()


def test_the_fourth_pixel_is_hatched_where_something_was_predicted(opened: InspectPage) -> None:
    ground = QColor(hatch_brushes()[0].color()).getRgb()[:3]
    for layer, hatched in ((Layer.COST, True), (Layer.RESIDUAL, True), (Layer.PREDICTED, True), (Layer.ACTUAL, False)):
        opened.chooser.choose_side("right", layer=layer)
        look_closely(opened, 21, 11, 20)
        seen = (around_middle(opened.right.canvas, 0, 0, 20, 8) == ground).all(axis=-1).any()
        assert seen == hatched, layer
        assert not (around_middle(opened.right.canvas, -1, 0, 20, 8) == ground).all(axis=-1).any(), "pixel 3 is coded"
    opened.chooser.choose_side("right", layer=Layer.COST, part=Part.PIXEL_1)
    assert not (pixels_of(opened.right.canvas) == ground).all(axis=-1).any()


def test_far_in_the_numbers_stand_in_the_pixels(opened: InspectPage) -> None:
    opened.chooser.choose_side("right", channel=0)

    def written(size: int) -> bool:
        look_closely(opened, 20, 10, size)
        cell = around_middle(opened.right.canvas, 0, 0, size, size // 2 - 2)
        return bool((cell.min(axis=-1) > 200).any())

    assert not written(16)
    assert written(40)


def test_coarse_scales_end_where_the_picture_ends(opened: InspectPage) -> None:
    def outline(scale: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        opened.chooser.choose(scale=scale)
        inside = (pixels_of(opened.left.canvas)[2:-2, 2:-2] != 255).any(axis=-1)
        return inside.any(axis=0), inside.any(axis=1)

    finest = outline(0)
    for scale in (3, 5):
        for sides in zip(outline(scale), finest, strict=True):
            assert np.array_equal(*sides)


def test_of_the_base_there_are_values_and_nothing_was_predicted(opened: InspectPage) -> None:
    opened.chooser.choose(scale=5)
    assert len(np.unique(pixels_of(opened.left.canvas).reshape(-1, 3), axis=0)) > 3
    assert opened.left.bar.accessibleDescription()
    assert not opened.right.bar.accessibleDescription()


def test_only_tiles_that_are_seen_are_computed(qtbot: QtBot, page: InspectPage, tiled: Path) -> None:
    page.open_path(tiled)
    qtbot.waitUntil(lambda: settled(page), timeout=PATIENCE)
    assert page.chooser.choice.scale == 1
    look_closely(page, 768, 256, 8)
    page.chooser.choose(scale=0)
    qtbot.waitUntil(lambda: bool(page.session.store.of_scale(0)) and not page.session.doing, timeout=PATIENCE)
    assert [layers.tile for layers in page.session.store.of_scale(0)] == [1]
    look_closely(page, 1024, 256, 8)
    qtbot.waitUntil(lambda: len(page.session.store.of_scale(0)) == 2, timeout=PATIENCE)
    assert [layers.tile for layers in page.session.store.of_scale(0)] == [1, 2]


def test_the_newest_wish_for_a_pixel_wins(qtbot: QtBot, page: InspectPage, tiled: Path) -> None:
    page.open_path(tiled)
    qtbot.waitUntil(lambda: settled(page), timeout=PATIENCE)
    page.chooser.choose(scale=0)
    seen: list[int] = []
    page.session.pixel_read.connect(lambda told: seen.append(told.x))
    for x in range(0, 1100, 20):
        page.chooser.choose(pin=(x, 3))
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] == 1080, timeout=PATIENCE)
    assert len(seen) < 10
    assert page.readout.pixel is not None
    assert page.readout.pixel.x == 1080


@pytest.mark.parametrize("times", [1, 2, 5, 9])
@pytest.mark.parametrize("size", [(512, 512), (37, 61), (1, 1), (40, 24, 3)])
def test_reduced_layers_are_the_means_of_their_blocks(times: int, size: tuple[int, ...]) -> None:
    plane = np.random.default_rng(1).integers(0, 256, size, np.uint8)
    block = 1 << times
    small = reduced(plane, times)
    assert small.shape[:2] == (-(-size[0] // block), -(-size[1] // block))
    if size[0] >= block and size[1] >= block:
        assert abs(small[0, 0].astype(float) - plane[:block, :block].mean(axis=(0, 1))).max() <= 0.5


def test_free_pixels_are_no_part_of_the_histogram(qtbot: QtBot, opened: InspectPage) -> None:
    opened.chooser.choose_side("right", channel=0)
    side = opened.chooser.choice.right
    qtbot.waitUntil(lambda: opened.ranges.histogram(opened.chooser.choice, side) is not None, timeout=PATIENCE)
    counts = opened.ranges.histogram(opened.chooser.choice, side)
    assert counts is not None
    rows = [row for row in opened.session.ledger.of_scale(0) if row.channel == 0 and row.step in (1, 2, 3)]  # type: ignore[union-attr]
    assert counts.sum() == sum(row.samples for row in rows)
