"""Where results go and what happens when they exist."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from srec_engine import ExistingPolicy
from srec_engine.cli.arguments import add_output_arguments
from srec_engine.cli.destinations import Destinations
from srec_engine.cli.inputs import Source


def policy(*words: str) -> Destinations:
    parser = argparse.ArgumentParser()
    add_output_arguments(parser)
    return Destinations.from_arguments(parser.parse_args(words))


def test_a_result_lies_beside_its_source_unless_told_otherwise(tmp_path: Path) -> None:
    assert policy().choose(Source(tmp_path / "a" / "cat.png", tmp_path), ".srec") == tmp_path / "a" / "cat.srec"


def test_results_go_flat_into_a_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert policy("-o", str(out)).choose(Source(tmp_path / "a" / "cat.png", tmp_path), ".srec") == out / "cat.srec"


def test_a_mirrored_tree_keeps_the_folders_below_what_was_named(tmp_path: Path) -> None:
    out = tmp_path / "out"
    chosen = policy("--output", str(out), "--mirror").choose(Source(tmp_path / "a" / "cat.png", tmp_path), ".srec")
    assert chosen == out / "a" / "cat.srec"


def test_mirroring_without_a_folder_is_a_usage_error() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="--mirror needs"):
        policy("--mirror")


@pytest.mark.parametrize(
    ("existing", "expected"),
    [(ExistingPolicy.SKIP, None), (ExistingPolicy.RENAME, "cat (1).srec"), (ExistingPolicy.REPLACE, "cat.srec")],
)
def test_a_result_that_exists_is_treated_as_told(
    tmp_path: Path, existing: ExistingPolicy, expected: str | None
) -> None:
    (tmp_path / "cat.srec").touch()
    chosen = policy("--existing", existing.value).choose(Source(tmp_path / "cat.png", tmp_path), ".srec")
    assert chosen == (None if expected is None else tmp_path / expected)


@pytest.mark.parametrize("existing", list(ExistingPolicy))
def test_two_sources_of_a_batch_never_share_a_result(tmp_path: Path, existing: ExistingPolicy) -> None:
    destinations = policy("--existing", existing.value)
    first = destinations.choose(Source(tmp_path / "cat.png", tmp_path), ".srec")
    assert first == tmp_path / "cat.srec"
    first.touch()
    assert destinations.choose(Source(tmp_path / "cat.jpg", tmp_path), ".srec") == tmp_path / "cat (1).srec"


def test_a_batch_that_was_interrupted_between_two_namesakes_makes_the_second(tmp_path: Path) -> None:
    sources = [Source(tmp_path / name, tmp_path) for name in ("cat.jpg", "cat.png", "cat.tif")]
    for name in ("cat.srec", "cat (2).srec"):
        (tmp_path / name).touch()
    again = policy("--existing", "skip")
    assert [again.choose(source, ".srec") for source in sources] == [None, tmp_path / "cat (1).srec", None]


@pytest.mark.parametrize(
    ("words", "same"),
    [([], False), (["-o", "out", "--mirror"], False), (["-o", "out"], True)],
    ids=["beside", "mirrored", "flat"],
)
def test_sources_have_one_name_when_they_would_share_a_result(words: list[str], same: bool) -> None:
    root = Path("/photos")
    names = [policy(*words).name_of(Source(root / name, root)) for name in ("a/cat.jpg", "a/cat.png", "b/cat.png")]
    assert names[0] == names[1]
    assert (names[1] == names[2]) is same
