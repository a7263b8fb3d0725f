from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from srec_gui.engine import CancelToken
from srec_gui.view.canvas import Canvas
from srec_gui.view.display import make_picture
from srec_gui.view.picture import Picture, Pixel
from srec_gui.view.viewport import Fit

LEFT = Qt.MouseButton.LeftButton


def picture_of(image: Image.Image) -> Picture:
    return make_picture(image, CancelToken())


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    with qtbot.waitExposed(canvas):
        canvas.show()
    return canvas


def grabbed(canvas: Canvas) -> QImage:
    return canvas.grab().toImage()


def rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def wheel(canvas: Canvas, position: QPoint, notches: float) -> None:
    event = QWheelEvent(
        QPointF(position),
        QPointF(canvas.mapToGlobal(position)),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_at_100_percent_each_pixel_of_the_picture_is_a_pixel_of_the_screen(
    canvas: Canvas, photograph: Image.Image
) -> None:
    canvas.show_picture(picture_of(photograph))
    canvas.zoom_to(1.0)
    screen = grabbed(canvas)
    ratio = canvas.devicePixelRatioF()
    left, top = canvas.viewport.origin
    for x, y in ((5, 5), (200, 100), (399, 299), (123, 217)):
        assert rgb(screen.pixelColor(round(x * ratio), round(y * ratio))) == photograph.getpixel((x - left, y - top))


def colors(canvas: Canvas, columns: range, rows: range) -> set[tuple[int, int, int]]:
    screen = grabbed(canvas)
    return {rgb(screen.pixelColor(x, y)) for x in columns for y in rows}


def test_from_200_percent_on_pixels_are_squares(canvas: Canvas) -> None:
    image = Image.new("RGB", (100, 100))
    image.putdata([(255, 255, 255) if (n + n // 100) % 2 else (0, 0, 0) for n in range(10_000)])
    canvas.show_picture(picture_of(image))
    canvas.zoom_to(6.0)
    assert colors(canvas, range(400), range(150, 151)) == {(0, 0, 0), (255, 255, 255)}
    canvas.zoom_to(1.5)
    assert len(colors(canvas, range(180, 220), range(150, 151))) > 2


def test_a_coarse_scale_is_smooth_at_every_zoom(canvas: Canvas) -> None:
    image = Image.new("L", (64, 64))
    image.putdata([255 * (n % 2) for n in range(4096)])
    canvas.show_picture(make_picture(image, CancelToken(), full_size=(512, 512), scale=3))
    canvas.zoom_to(4.0)
    assert len(colors(canvas, range(400), range(150, 151))) > 20


def test_values_are_printed_into_pixels_from_3200_percent_on(canvas: Canvas) -> None:
    canvas.show_picture(picture_of(Image.new("RGB", (50, 50), (130, 131, 132))))
    canvas.zoom_to(31.0)
    assert colors(canvas, range(0, 400, 3), range(150, 190)) == {(130, 131, 132)}
    canvas.zoom_to(32.0)
    assert len(colors(canvas, range(0, 400, 3), range(150, 190))) > 3


def test_the_wheel_zooms_at_the_cursor(canvas: Canvas, photograph: Image.Image) -> None:
    canvas.show_picture(picture_of(photograph.resize((4000, 3000))))
    spot = QPoint(300, 50)
    before = canvas.viewport.to_picture(300, 50)
    wheel(canvas, spot, 4)
    assert canvas.viewport.zoom == pytest.approx(0.1 * 1.25**4)
    assert canvas.viewport.to_picture(300, 50) == pytest.approx(before, abs=5)
    wheel(canvas, spot, -4)
    assert canvas.viewport.zoom == pytest.approx(0.1)


def test_the_readout_tells_the_pixel_under_the_cursor(qtbot: QtBot, canvas: Canvas, photograph: Image.Image) -> None:
    canvas.show_picture(picture_of(photograph))
    canvas.zoom_to(4.0)
    read: list[Pixel | None] = []
    canvas.pixel_changed.connect(read.append)
    QTest.mouseMove(canvas, QPoint(100, 60))
    qtbot.waitUntil(lambda: bool(read) and read[-1] is not None)
    pixel = read[-1]
    assert pixel is not None
    assert (pixel.x, pixel.y) == canvas.viewport.pixel_at(100, 60)
    assert pixel.values == photograph.getpixel((pixel.x, pixel.y))
    assert pixel.hex == "#{:02X}{:02X}{:02X}".format(*map(int, pixel.values))


def test_dragging_pans_a_picture_larger_than_the_view(canvas: Canvas, photograph: Image.Image) -> None:
    canvas.show_picture(picture_of(photograph))
    canvas.zoom_to(2.0)
    before = canvas.viewport.center_x, canvas.viewport.center_y
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(200, 150))
    QTest.mouseMove(canvas, QPoint(220, 150))
    QTest.mouseMove(canvas, QPoint(240, 170))
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(240, 170))
    assert (canvas.viewport.center_x, canvas.viewport.center_y) == pytest.approx((before[0] - 20, before[1] - 10))


def test_dragging_a_picture_that_is_seen_whole_takes_it_out(
    qtbot: QtBot, canvas: Canvas, photograph: Image.Image
) -> None:
    canvas.show_picture(picture_of(photograph))
    with qtbot.waitSignal(canvas.drag_out_requested):
        QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(200, 150))
        QTest.mouseMove(canvas, QPoint(205, 155))
        QTest.mouseMove(canvas, QPoint(260, 170))
    QTest.mouseRelease(canvas, LEFT)


def test_a_double_click_shows_100_percent_and_the_whole_picture_again(canvas: Canvas, photograph: Image.Image) -> None:
    canvas.show_picture(picture_of(photograph))
    QTest.mouseDClick(canvas, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(10, 10))
    assert canvas.viewport.zoom == 1
    QTest.mouseDClick(canvas, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(10, 10))
    assert canvas.viewport.fit is Fit.SHRINK


def test_arrows_pan_what_can_be_panned_and_else_ask_for_the_neighbour(
    qtbot: QtBot, canvas: Canvas, photograph: Image.Image
) -> None:
    canvas.show_picture(picture_of(photograph))
    with qtbot.waitSignal(canvas.step_requested, check_params_cb=lambda delta: delta == 1):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    canvas.zoom_to(3.0)
    before = canvas.viewport.center_x
    with qtbot.assertNotEmitted(canvas.step_requested):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.viewport.center_x > before


def test_a_pinned_pixel_is_moved_by_arrows_and_stays_in_the_readout(canvas: Canvas, photograph: Image.Image) -> None:
    canvas.show_picture(picture_of(photograph))
    canvas.toggle_pin()
    first = canvas.pixel
    assert canvas.pinned
    assert first is not None
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    moved = canvas.pixel
    assert moved is not None
    assert (moved.x, moved.y) == (first.x + 10, first.y + 1)
    for _ in range(100):
        QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.pixel is not None
    assert canvas.pixel.x == 0
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not canvas.pinned


def test_a_finer_scale_does_not_move_the_view(canvas: Canvas, photograph: Image.Image) -> None:
    coarse = make_picture(photograph.reduce(4), CancelToken(), full_size=photograph.size, scale=2)
    canvas.show_picture(coarse)
    canvas.zoom_to(3.0)
    canvas.viewport.center_on(444, 222)
    center = canvas.viewport.center_x, canvas.viewport.center_y
    canvas.show_picture(picture_of(photograph), keep_view=True)
    assert (canvas.viewport.zoom, canvas.viewport.center_x, canvas.viewport.center_y) == (3.0, *center)


def test_a_coarse_scale_is_painted_where_the_full_picture_will_be(canvas: Canvas) -> None:
    image = Image.new("L", (512, 512), 0)
    image.paste(255, (256, 128, 512, 256))
    canvas.show_picture(make_picture(image.reduce(8), CancelToken(), full_size=(512, 512), scale=3))
    canvas.fit()
    coarse = grabbed(canvas)
    canvas.show_picture(picture_of(image), keep_view=True)
    full = grabbed(canvas)
    different = [
        (x, y)
        for x in range(0, 400, 2)
        for y in range(0, 300, 2)
        if abs(coarse.pixelColor(x, y).red() - full.pixelColor(x, y).red()) > 127
    ]
    assert different == []
