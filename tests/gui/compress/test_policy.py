"""Where results go."""

from __future__ import annotations

from pathlib import Path

import pytest

from srec_gui.compress.item import Direction, Item
from srec_gui.compress.policy import Policy
from srec_gui.engine import ExistingPolicy, WithoutGain
from srec_gui.settings import Existing, OutputPlace, Settings
from tests.gui.fake_engine import FakeEngine

PHOTO = Item(Path("/pictures/holiday/day 1/photo.jpg"), Direction.COMPRESS, 100, Path("/pictures/holiday"))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (OutputPlace.SAME, "/pictures/holiday/day 1/photo.srec"),
        (OutputPlace.CHOSEN, "/out/photo.srec"),
        (OutputPlace.MIRROR, "/out/holiday/day 1/photo.srec"),
    ],
)
def test_the_three_places(settings: Settings, place: OutputPlace, expected: str) -> None:
    settings.output_folder = Path("/out")
    settings.output_place = place
    assert Policy.from_settings(settings).destination(PHOTO, FakeEngine()) == Path(expected)


@pytest.mark.parametrize("place", [OutputPlace.CHOSEN, OutputPlace.MIRROR])
def test_without_a_folder_results_stay_beside_their_sources(settings: Settings, place: OutputPlace) -> None:
    settings.output_place = place
    assert Policy.from_settings(settings).destination(PHOTO, FakeEngine()) == PHOTO.source.with_suffix(".srec")


def test_mirroring_a_file_that_was_dropped_alone_puts_it_into_the_folder(settings: Settings) -> None:
    settings.output_folder = Path("/out")
    settings.output_place = OutputPlace.MIRROR
    alone = Item(PHOTO.source, Direction.COMPRESS, 100)
    assert Policy.from_settings(settings).destination(alone, FakeEngine()) == Path("/out/photo.srec")


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (None, "b.png"),
        *((name, name) for name in ("b.JPG", "b.mpo", "b.ico", "b.psd", "b.jfif", "b", "b.gif~", "b.tif (1)")),
        ("other.ico", "b.ico"),
        ("/../../etc/b.ico", "b.ico"),
        ("..", "b.png"),
    ],
)
def test_what_comes_out_has_its_own_name_and_stays_in_its_folder(
    settings: Settings, stored: str | None, expected: str
) -> None:
    packed = Item(Path("/a/b.srec"), Direction.EXPAND, 100, stored_name=stored)
    assert Policy.from_settings(settings).destination(packed, FakeEngine()) == Path("/a") / expected


def test_an_answer_only_counts_where_the_policy_asks(settings: Settings) -> None:
    asking = Policy.from_settings(settings)
    assert asking.existing is None
    assert asking.with_existing(ExistingPolicy.SKIP).existing is ExistingPolicy.SKIP
    settings.existing = Existing.RENAME
    chosen = Policy.from_settings(settings)
    assert chosen.with_existing(ExistingPolicy.SKIP).existing is ExistingPolicy.RENAME


def test_originals_that_gain_nothing_are_left_alone_unless_it_is_asked_for(settings: Settings) -> None:
    assert Policy.from_settings(settings).options.without_gain is WithoutGain.LEAVE
    settings.without_gain = WithoutGain.STORE
    assert Policy.from_settings(settings).options.without_gain is WithoutGain.STORE


def test_dates_are_kept_unless_somebody_does_not_want_it(settings: Settings) -> None:
    assert Policy.from_settings(settings).options.keep_timestamps
    settings.keep_timestamps = False
    assert not Policy.from_settings(settings).options.keep_timestamps


def test_originals_are_never_trashed_without_verification(settings: Settings) -> None:
    settings.trash_originals = True
    assert Policy.from_settings(settings).trash_originals
    settings.verify = False
    assert not Policy.from_settings(settings).trash_originals
