"""What was typed becomes the files that were meant."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srec_engine import FileKind, SrecError
from srec_engine.cli.arguments import add_input_arguments
from srec_engine.cli.inputs import Shard, Source, collect_sources, parse_shard


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_input_arguments(parser, "pictures")
    return parser.parse_args(words)


def collect(*words: str) -> list[Path]:
    return [source.path for source in collect_sources(parse(*words), {FileKind.IMAGE})]


@pytest.fixture
def album(tmp_path: Path, sample_photograph: Path) -> Path:
    """A folder with two pictures, one of them in a subfolder, and a text file."""
    (tmp_path / "trip").mkdir()
    for name in ("cat 10.png", "cat 2.png", "trip/cat.png"):
        shutil.copy(sample_photograph, tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def test_a_folder_gives_its_pictures_in_natural_order_with_those_of_subfolders(album: Path) -> None:
    assert collect(str(album)) == [album / "cat 2.png", album / "cat 10.png", album / "trip" / "cat.png"]


def test_a_folder_is_the_root_that_a_mirrored_tree_begins_at(album: Path) -> None:
    sources = collect_sources(parse(str(album)), {FileKind.IMAGE})
    assert {source.root for source in sources} == {album}


def test_a_file_that_was_named_is_taken_whatever_it_is(album: Path) -> None:
    assert collect(str(album / "notes.txt"), str(album / "missing.png")) == [album / "notes.txt", album / "missing.png"]


def test_a_pattern_that_no_shell_expanded_is_expanded(album: Path) -> None:
    assert collect(str(album / "cat*.png")) == [album / "cat 10.png", album / "cat 2.png"]
    assert album / "trip" / "cat.png" in collect(str(album / "**" / "cat.png"))


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(album: Path) -> None:
    odd = album / "cat[1].png"
    shutil.copy(album / "cat 2.png", odd)
    assert collect(str(odd)) == [odd]


def test_a_file_named_twice_comes_once(album: Path) -> None:
    assert collect(str(album / "cat 2.png"), str(album / "cat 2.png")) == [album / "cat 2.png"]


def test_the_original_form_reads_names_from_a_list(album: Path) -> None:
    names = album / "list.txt"
    names.write_text("cat 2.png\n\ntrip/cat.png\n", encoding="utf-8")
    sources = collect_sources(parse("--path", str(album), "--file", str(names)), {FileKind.IMAGE})
    assert sources == [Source(album / "cat 2.png", album), Source(album / "trip/cat.png", album)]


def test_the_original_form_without_a_list_takes_the_folder(album: Path) -> None:
    assert collect("--path", str(album)) == collect(str(album))


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SrecError, match=r"nowhere\.txt cannot be read"):
        collect("--file", str(tmp_path / "nowhere.txt"))


@pytest.mark.parametrize("words", [[], ["a.png", "--file", "list.txt"], ["a.png", "--path", "folder"]])
def test_naming_nothing_or_in_two_ways_is_a_usage_error(words: list[str]) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        collect(*words)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/", "-1/2", "1/2/3"])
def test_a_part_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="second of five"):
        parse_shard(text)


@given(names=st.sets(st.text("abc/xyz é", min_size=1, max_size=8), max_size=30), count=st.integers(1, 5))
def test_the_parts_of_a_batch_share_it_out_whole(names: set[str], count: int) -> None:
    parts = [[name for name in names if Shard(index, count).holds(name)] for index in range(1, count + 1)]
    assert sorted(name for part in parts for name in part) == sorted(names)


def test_the_parts_of_a_batch_are_the_same_in_every_version() -> None:
    # Machines that share a folder may not have been updated on the same day.
    names = [f"2026/IMG_{number}" for number in range(9)]
    parts = ["".join(name[-1] for name in names if Shard(index, 3).holds(name)) for index in (1, 2, 3)]
    assert parts == ["38", "0267", "145"]
