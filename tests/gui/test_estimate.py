"""Totals by pixels, and how long it will take."""

from __future__ import annotations

from pathlib import Path

import pytest

from srec_gui.compress.estimate import Rate, total
from srec_gui.compress.item import Direction, Item, State
from srec_gui.engine import EncodeReport, Method, Progress, Stage


def item(width: int, height: int, state: State = State.WAITING, fraction: float = 0.0, size: int = 1000) -> Item:
    made = Item(Path("a.png"), Direction.COMPRESS, size, None, width, height)
    made.state = state
    made.fraction = fraction
    return made


def done(width: int, height: int, before: int, after: int) -> Item:
    made = item(width, height, size=before)
    made.take_result(Path("a.srec"), EncodeReport(Path("a.srec"), width, height, Method.SREC, before, after), after)
    return made


def test_progress_counts_pixels_not_files() -> None:
    totals = total([done(1000, 1000, 10, 5), item(3000, 1000)])
    assert totals.fraction == pytest.approx(0.25)
    assert (totals.items, totals.open_items) == (2, 1)


def test_a_running_item_counts_by_its_share() -> None:
    assert total([item(1000, 1000, State.RUNNING, 0.5), item(1000, 1000)]).fraction == pytest.approx(0.25)


def test_what_was_skipped_or_stopped_does_not_count_as_work() -> None:
    items = [done(1000, 1000, 10, 5), item(9000, 9000, State.SKIPPED), item(9000, 9000, State.CANCELLED)]
    assert total(items).fraction == 1.0


def test_saved_bytes_are_added_over_what_is_done_and_may_be_negative() -> None:
    totals = total([done(10, 10, 1000, 400), done(10, 10, 1000, 2600), item(10, 10, size=5000)])
    assert (totals.picture_bytes, totals.srec_bytes) == (2000, 3000)
    assert totals.saved == pytest.approx(-0.5)
    assert total([item(10, 10)]).saved is None


def test_an_item_of_unknown_size_weighs_by_its_bytes() -> None:
    unknown = item(0, 0, size=2_000_000)
    assert total([done(1000, 1000, 10, 5), unknown]).fraction < 0.6


def test_time_left_follows_the_rate_of_the_last_half_minute() -> None:
    rate = Rate()
    assert rate.seconds_left(1e6) is None
    for second in range(60):
        rate.add(float(second), second * 1e6)
    assert rate.seconds_left(20e6) == pytest.approx(20)
    for second in range(60, 120):
        rate.add(float(second), 60e6 + (second - 60) * 4e6)
    assert rate.seconds_left(20e6) == pytest.approx(5)


def test_a_rate_needs_time_and_progress() -> None:
    rate = Rate()
    rate.add(0.0, 0.0)
    rate.add(0.5, 1e6)
    assert rate.seconds_left(1e6) is None
    rate = Rate()
    rate.add(0.0, 5.0)
    rate.add(10.0, 5.0)
    assert rate.seconds_left(1e6) is None


def test_a_sum_that_shrinks_starts_the_rate_anew() -> None:
    rate = Rate()
    rate.add(0.0, 0.0)
    rate.add(10.0, 10e6)
    rate.add(11.0, 1e6)
    assert rate.seconds_left(1e6) is None


def test_progress_of_an_item_never_goes_back_and_stays_within_bounds() -> None:
    one = item(10, 10, State.RUNNING)
    for fraction, expected in ((0.5, 0.5), (0.2, 0.5), (7.0, 1.0)):
        one.take_progress(Progress(Stage.ENCODING, fraction))
        assert one.fraction == expected
