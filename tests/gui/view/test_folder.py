from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from srec_gui.engine import Cancelled, CancelToken
from srec_gui.view.folder import Sequel, list_folder, natural_key, readable_suffixes
from srec_gui.view.navigator import Navigator
from srec_gui.worker import Worker

PNG = frozenset({".png"})
paths = st.lists(st.integers(0, 300).map(lambda n: Path(f"p{n}.png")), min_size=1, max_size=12, unique=True)


@given(st.lists(st.integers(0, 100_000), unique=True))
def test_numbers_in_names_are_sorted_as_numbers(numbers: list[int]) -> None:
    names = [Path(f"IMG_{number}.png") for number in numbers]
    assert sorted(names, key=natural_key) == [Path(f"IMG_{number}.png") for number in sorted(numbers)]


@given(st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1), min_size=2))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    sorted((Path(name) for name in names), key=natural_key)


@given(paths, st.data())
def test_stepping_around_visits_every_file_once(files: list[Path], data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(files))
    sequel = Sequel(tuple(files)).at(start)
    seen = [start]
    while (following := sequel.step(1, wrap=True)) is not None and following != start:
        seen.append(following)
        sequel = sequel.at(following)
    assert sorted(seen) == sorted(files)


def test_without_wrapping_the_ends_are_ends() -> None:
    sequel = Sequel((Path("a"), Path("b")), 0)
    assert sequel.step(-1, wrap=False) is None
    assert sequel.step(1, wrap=False) == Path("b")
    assert Sequel((Path("a"),), 0).step(1, wrap=True) is None
    assert Sequel().step(1, wrap=True) is None


def test_a_folder_is_listed_in_natural_order_with_pictures_only(folder: Path) -> None:
    (folder / "folder.png").mkdir()
    found = list_folder(folder, readable_suffixes(), CancelToken())
    assert [path.name for path in found] == ["View 2.png", "view 9.png", "view 10.jpg"]


def test_thousands_of_files_are_listed_in_order(tmp_path: Path) -> None:
    numbers = list(range(5000))
    random.Random(5).shuffle(numbers)
    for number in numbers:
        (tmp_path / f"{number}.png").touch()
    found = list_folder(tmp_path, PNG, CancelToken())
    assert [int(path.stem) for path in found] == list(range(5000))


def test_listing_stops_when_it_is_cancelled(folder: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        list_folder(folder, PNG, cancel)


def test_srec_and_what_pillow_opens_can_be_shown_but_not_what_it_only_writes() -> None:
    suffixes = readable_suffixes()
    assert {".srec", ".png", ".jpg", ".tif", ".webp", ".gif", ".bmp"} <= suffixes
    assert ".pdf" not in suffixes
    assert ".mpg" not in suffixes


def test_the_navigator_lists_the_folder_of_the_shown_file(qtbot: QtBot, worker: Worker, folder: Path) -> None:
    navigator = Navigator(worker)
    navigator.go(folder / "view 9.png")
    qtbot.waitUntil(lambda: len(navigator.sequel.paths) == 3)
    assert navigator.sequel.index == 1
    (folder / "view 9.png").rename(folder / "view 1.png")
    navigator.go(folder / "view 1.png")
    qtbot.waitUntil(lambda: navigator.sequel.index == 0)
    assert len(navigator.sequel.paths) == 3


def test_chosen_files_are_walked_through_without_their_folder(qtbot: QtBot, worker: Worker, folder: Path) -> None:
    navigator = Navigator(worker)
    chosen = [folder / "view 10.jpg", folder / "View 2.png"]
    navigator.choose(chosen, chosen[0])
    navigator.go(chosen[1])
    assert navigator.sequel == Sequel(tuple(chosen), 1)
    assert navigator.folder is None
