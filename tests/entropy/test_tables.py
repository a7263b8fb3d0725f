from __future__ import annotations

import dataclasses
import hashlib
import math
from typing import Any

import numpy as np
import pytest

from srec_engine.entropy import DistributionTables, default_tables
from srec_engine.errors import ModelError


def test_the_default_tables_are_the_same_integers_everywhere_and_for_ever(tables: DistributionTables) -> None:
    digest = hashlib.sha256()
    for table in (tables.sigmoid, tables.exponential, tables.inverse_scale):
        digest.update(table.astype("<i8").tobytes())
    assert digest.hexdigest()[:16] == "5b404b88e6f5ab63"


def test_the_tables_hold_the_functions_they_are_named_after(tables: DistributionTables) -> None:
    assert (len(tables.sigmoid), len(tables.exponential), len(tables.inverse_scale)) == (6145, 769, 513)
    assert tables.sigmoid[1024] == round(2**22 / (1 + math.exp(-2)))
    assert tables.exponential[64] == round(2**16 / math.e)
    assert tables.inverse_scale[160] == 2 << 20
    assert (tables.log_scale_minimum, tables.log_scale_maximum) == (-160, 352)


def test_the_tables_cannot_be_changed(tables: DistributionTables) -> None:
    with pytest.raises(ValueError, match="read-only"):
        tables.sigmoid[0] = 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sigmoid": np.zeros(6145, np.int32)}, "range"),
        ({"sigmoid": np.full(6145, 2**21 + 1, np.int32)}, "one half"),
        ({"sigmoid": np.full(6144, 2**21, np.int32)}, "6144 entries"),
        ({"sigmoid": np.full(6145, 2**21, np.int64)}, "int32"),
        ({"sigmoid": np.full(6145, 2.0**21)}, "int32"),
        ({"sigmoid": np.full((6145, 1), 2**21, np.int32)}, "one-dimensional"),
        ({"sigmoid": np.linspace(2**21, 2**22 + 1, 6145).astype(np.int32)}, "range"),
        ({"sigmoid": 2**21 + np.arange(6145, dtype=np.int32)[::-1]}, "monotone"),
        ({"exponential": np.full(769, 2**16, np.int32) + np.arange(769, dtype=np.int32)}, "range"),
        ({"exponential": np.full(769, -1, np.int32)}, "range"),
        ({"exponential": np.zeros(769, np.int32)}, "does not begin with one"),
        ({"exponential": np.zeros(0, np.int32)}, "0 entries"),
        ({"inverse_scale": np.zeros(3, np.int64)}, "range"),
        ({"inverse_scale": np.array([2**60], np.int64)}, "range"),
        ({"inverse_scale": np.array([1, 2], np.int64)}, "monotone"),
        ({"inverse_scale": np.ones(0, np.int64)}, "0 entries"),
        ({"inverse_scale": np.ones(5000, np.int64)}, "5000 entries"),
        ({"log_scale_minimum": 10**12}, "begins"),
    ],
)
def test_hostile_tables_are_refused_with_a_reason(
    tables: DistributionTables, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ModelError, match=problem):
        dataclasses.replace(tables, **changes)


def test_a_range_of_scales_too_small_for_the_integers_is_refused() -> None:
    with pytest.raises(ModelError, match="range"):
        default_tables(log_scale_minimum=-64 * 8)
