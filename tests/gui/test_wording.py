"""Numbers as people read them."""

from __future__ import annotations

import pytest

from srec_gui import wording


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 bytes"), (812, "812 bytes"), (3_400, "3.4 kB"), (12_345_678, "12.3 MB")]
)
def test_bytes_are_counted_in_thousands(count: int, text: str) -> None:
    assert wording.byte_size(count) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.3621, "36.2 %"), (-0.031, "−3.1 %"), (-0.0001, "0.0 %"), (1.0, "100.0 %")]
)
def test_shares_have_a_real_minus_sign(value: float, text: str) -> None:
    assert wording.share(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.84, "0.8 s"), (12.4, "12 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (3900, "1 h 5 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert wording.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3, "a few seconds left"),
        (22, "about 20 s left"),
        (55, "about 1 min left"),
        (185, "about 3 min left"),
        (9000, "about 2.5 h left"),
    ],
)
def test_time_left_is_no_more_exact_than_one_can_know(seconds: float, text: str) -> None:
    assert wording.remaining(seconds) == text
