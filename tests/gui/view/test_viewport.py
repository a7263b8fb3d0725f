from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srec_gui.view.viewport import MAX_ZOOM, Fit, Viewport

sizes = st.integers(1, 12_000)
views = st.integers(100, 4_000)
places = st.floats(0, 1)


def viewport(view: tuple[int, int], picture: tuple[int, int]) -> Viewport:
    made = Viewport()
    made.resize(*view)
    made.show(*picture)
    return made


@given(views, views, sizes, sizes)
def test_a_picture_is_whole_at_first_and_never_enlarged(view_w: int, view_h: int, width: int, height: int) -> None:
    seen = viewport((view_w, view_h), (width, height))
    assert seen.zoom <= 1
    part = seen.visible()
    assert part is not None
    assert (part.width, part.height) == (width, height)


@given(views, views, sizes, sizes, places, places, st.floats(0.2, 8))
def test_the_point_under_the_cursor_stays_where_it_is(
    view_w: int, view_h: int, width: int, height: int, across: float, down: float, factor: float
) -> None:
    seen = viewport((view_w, view_h), (width, height))
    seen.zoom_to(min(MAX_ZOOM, 4 * max(view_w / width, view_h / height)))
    x, y = across * view_w, down * view_h
    before = seen.to_picture(x, y)
    zoomed_in = max(1.0, factor)
    seen.zoom_to(min(MAX_ZOOM, seen.zoom * zoomed_in), (x, y))
    after = seen.to_view(*before)
    if min(width, height) * seen.zoom >= 2 * max(view_w, view_h):
        # Half a device pixel at each end: the picture stands on whole ones.
        assert after == pytest.approx((x, y), abs=0.5 * zoomed_in + 0.51)


@given(views, views, sizes, sizes, st.lists(st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000)), max_size=5))
def test_panning_never_shows_more_margin_than_there_must_be(
    view_w: int, view_h: int, width: int, height: int, moves: list[tuple[float, float]]
) -> None:
    seen = viewport((view_w, view_h), (width, height))
    seen.zoom_to(2.0)
    for dx, dy in moves:
        seen.pan(dx, dy)
    left, top = seen.to_view(0, 0)
    right, bottom = seen.to_view(width, height)
    for low, high, size in ((left, right, view_w), (top, bottom, view_h)):
        if high - low >= size:
            assert low <= 0.5
            assert high >= size - 0.5
        else:
            assert low + high == pytest.approx(size, abs=1.1)


def test_at_100_percent_the_picture_stands_on_whole_device_pixels() -> None:
    seen = viewport((801, 601), (4000, 3000))
    seen.zoom_to(1.0, (123, 77))
    for point in ((0, 0), (17, 5)):
        x, y = seen.to_view(*point)
        assert x == int(x)
        assert y == int(y)


def test_a_double_click_goes_between_the_whole_picture_and_100_percent_at_the_point() -> None:
    seen = viewport((800, 600), (4000, 3000))
    under = seen.to_picture(200, 150)
    seen.toggle((200, 150))
    assert seen.zoom == 1
    assert seen.to_picture(200, 150) == pytest.approx(under, abs=1)
    seen.toggle((10, 10))
    assert seen.fit is Fit.SHRINK
    assert seen.zoom == pytest.approx(0.2)


def test_a_double_click_on_a_small_picture_fills_the_view_and_goes_back() -> None:
    seen = viewport((800, 600), (100, 100))
    seen.toggle()
    assert seen.zoom == 6
    seen.toggle()
    assert seen.zoom == 1
    seen.toggle()
    assert seen.zoom == 6


def test_a_fitted_picture_follows_the_size_of_the_view() -> None:
    seen = viewport((800, 600), (1600, 1200))
    seen.resize(400, 300)
    assert seen.zoom == 0.25


def test_a_chosen_zoom_does_not_follow_the_size_of_the_view() -> None:
    seen = viewport((800, 600), (1600, 1200))
    seen.zoom_to(2)
    seen.resize(400, 300)
    assert seen.zoom == 2


def test_the_wheel_rests_at_100_percent_on_its_way() -> None:
    seen = viewport((800, 600), (820, 620))
    assert seen.zoom < 1
    seen.zoom_by(1.25)
    assert seen.zoom == 1
    seen.zoom_by(1.25)
    assert seen.zoom == 1.25
    seen.zoom_by(1 / 1.9)
    assert seen.zoom == 1


def test_zoom_steps_reach_both_ends_and_stop_there() -> None:
    seen = viewport((800, 600), (4000, 3000))
    for _ in range(40):
        seen.step(1)
    assert seen.zoom == MAX_ZOOM
    for _ in range(60):
        seen.step(-1)
    assert seen.zoom == seen.min_zoom
    assert seen.zoom == pytest.approx(0.1)


def test_the_next_picture_is_fitted_unless_the_view_is_kept() -> None:
    seen = viewport((800, 600), (4000, 3000))
    seen.zoom_to(4)
    seen.center_on(1000, 2000)
    seen.show(4000, 3000, keep_view=True)
    assert (seen.zoom, seen.center_x, seen.center_y) == (4, 1000, 2000)
    seen.show(2000, 1500, keep_view=True)
    assert (seen.zoom, seen.center_x, seen.center_y) == (4, 500, 1000)
    seen.show(2000, 1500)
    assert seen.zoom == 0.4


def test_a_pixel_is_revealed_with_the_smallest_move() -> None:
    seen = viewport((800, 600), (4000, 3000))
    seen.zoom_to(10)
    seen.center_on(2000, 1500)
    seen.reveal(2000, 1500)
    assert (seen.center_x, seen.center_y) == (2000, 1500)
    seen.reveal(2100, 1500)
    assert seen.to_view(2101, 1500)[0] == pytest.approx(800)


def test_beside_the_picture_there_is_no_pixel() -> None:
    seen = viewport((800, 600), (100, 100))
    assert seen.pixel_at(10, 10) is None
    assert seen.pixel_at(400, 300) == (50, 50)
    assert seen.pixel_at(350, 250) == (0, 0)
    assert seen.pixel_at(449.9, 349.9) == (99, 99)
