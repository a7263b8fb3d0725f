from __future__ import annotations

import os
from pathlib import Path

import pytest

from srec_engine.errors import OutputError
from srec_engine.files import copy_timestamps, output_path, resolve_existing
from srec_engine.options import ExistingPolicy


@pytest.mark.parametrize(
    ("source", "folder", "root", "expected"),
    [
        ("in/sub/a.b.png", None, None, "in/sub/a.b.srec"),
        ("in/sub/a.png", "out", None, "out/a.srec"),
        ("in/sub/a.png", "out", "in", "out/sub/a.srec"),
        ("in/a.png", "out", "in", "out/a.srec"),
        ("elsewhere/a.png", "out", "in", "out/a.srec"),
        ("in/no extension", None, None, "in/no extension.srec"),
        ("in/.hidden", None, None, "in/.hidden.srec"),
        ("in/sub/a.png", None, "in", "in/sub/a.srec"),
    ],
)
def test_results_go_beside_the_source_to_a_folder_or_to_a_mirrored_tree(
    source: str, folder: str | None, root: str | None, expected: str
) -> None:
    made = output_path(Path(source), ".srec", Path(folder) if folder else None, Path(root) if root else None)
    assert made == Path(expected)


def test_a_free_name_is_taken_whatever_the_policy(tmp_path: Path) -> None:
    for policy in ExistingPolicy:
        assert resolve_existing(tmp_path / "a.srec", policy) == tmp_path / "a.srec"


def test_an_existing_file_is_skipped_replaced_or_given_a_number(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.srec"
    path.touch()
    (tmp_path / "a.tar (1).srec").touch()
    assert resolve_existing(path, ExistingPolicy.SKIP) is None
    assert resolve_existing(path, ExistingPolicy.REPLACE) == path
    assert resolve_existing(path, ExistingPolicy.RENAME) == tmp_path / "a.tar (2).srec"


def test_a_broken_link_counts_as_there(tmp_path: Path) -> None:
    link = tmp_path / "a.srec"
    link.symlink_to(tmp_path / "nowhere")
    assert resolve_existing(link, ExistingPolicy.SKIP) is None


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        resolve_existing(tmp_path, ExistingPolicy.REPLACE)


def test_times_are_copied_to_the_nanosecond(tmp_path: Path) -> None:
    source, result = tmp_path / "a.png", tmp_path / "a.srec"
    source.touch()
    result.touch()
    os.utime(source, ns=(1_234_567_890_123_456_789, 987_654_321_012_345_678))
    assert copy_timestamps(source, result)
    # Reading may have moved the access time only where the system keeps it; the modification time is exact.
    assert result.stat().st_mtime_ns == source.stat().st_mtime_ns == 987_654_321_012_345_678
    assert result.stat().st_atime_ns == 1_234_567_890_123_456_789


def test_times_that_cannot_be_kept_are_no_failure(tmp_path: Path) -> None:
    assert not copy_timestamps(tmp_path / "none", tmp_path)
