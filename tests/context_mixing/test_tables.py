"""The tables of the coefficient coder: those of the logistic domain, and those that are learned."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from srec_engine.context_mixing import empty_tables, learn_tables, packed_tables
from srec_engine.context_mixing.layout import (
    BLOCK_TABLES,
    COUNTS,
    LARGE_MAGNITUDES,
    MAGNITUDES,
    MEAN_TABLES,
    MEANS,
    SIGNS,
)
from srec_engine.context_mixing.logistic import costs_of_bits, probabilities_of_logits, stretched_logits
from srec_engine.context_mixing.mixer import learning_rates
from srec_engine.context_mixing.tables import (
    CURRENT_TABLES,
    shipped_block_tables,
    shipped_mean_tables,
    unpacked_block_tables,
    unpacked_mean_tables,
)
from srec_engine.context_mixing.transform import BASIS, mean_basis
from srec_engine.errors import DamagedFileError
from srec_engine.resources import resource_path
from tests.context_mixing.planes import natural, shapes_of

MEMORY = 64 << 20


def test_logistic_tables_are_the_functions_they_are_named_for() -> None:
    logits = np.arange(-3071, 3072) / 256
    assert np.abs(probabilities_of_logits() - np.clip(65536 / (1 + np.exp(-logits)), 1, 65535)).max() <= 0.51
    shares = (np.arange(4096) + 0.5) / 4096
    assert np.abs(stretched_logits() - 256 * np.log(shares / (1 - shares))).max() <= 0.51
    assert np.abs(costs_of_bits() + 65536 * np.log2(shares)).max() <= 0.51


def test_tables_that_are_worked_out_are_the_same_on_every_machine() -> None:
    """They are part of the format: a difference of one would make other bytes."""
    tables = (probabilities_of_logits(), stretched_logits(), learning_rates(), BASIS, mean_basis(2), mean_basis(4))
    content = b"".join(table.astype("<i8").tobytes() for table in tables)
    assert hashlib.sha256(content).hexdigest()[:16] == "a744b95e8a31937d"


def test_the_tables_that_ship_never_change() -> None:
    """Whatever was coded with them could not be read again. What coding begins with may only be given a new number."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in resource_path("jpeg").iterdir()}
    assert found == {"coefficients-1.tables": "161ebf5ee7db201d"}


def test_the_basis_is_that_of_the_dct() -> None:
    basis = BASIS / 8192
    assert np.allclose(basis @ basis.T, np.eye(8), atol=2e-3)


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_means_of_pixels_are_a_map_of_coefficients(factor: int) -> None:
    random = np.random.default_rng(factor)
    pixels = random.normal(size=8 * factor)
    basis = BASIS / 8192
    spectra = np.concatenate([basis @ part for part in pixels.reshape(factor, 8)])
    expected = basis @ pixels.reshape(8, factor).mean(1)
    assert np.allclose(mean_basis(factor) / 8192 @ spectra, expected, atol=5e-3)


def test_kinds_of_decisions_share_no_slot_and_two_bands_fit_into_memory() -> None:
    for kinds, sizes in (((MEANS,), MEAN_TABLES), ((COUNTS, MAGNITUDES, LARGE_MAGNITUDES, SIGNS), BLOCK_TABLES)):
        ends = []
        for kind in kinds:
            for start, size in zip(kind.starts, kind.sizes, strict=True):
                ends.append((int(start), int(start + size * kind.classes * kind.nodes)))
        ends.sort()
        assert [start for start, _ in ends] == [0, *(end for _, end in ends[:-1])]
        assert ends[-1][1] == sizes.slots
    # What a band needs of means is given back before its blocks are coded.
    for tables in (shipped_mean_tables(CURRENT_TABLES), shipped_block_tables(CURRENT_TABLES)):
        assert 2 * (tables.slots.nbytes + tables.weights.nbytes + tables.refinements.nbytes) <= MEMORY


def test_what_was_learned_makes_the_next_picture_smaller() -> None:
    shapes = shapes_of(12, 12)
    tables = empty_tables()
    first, second = (learn_tables(natural(shapes, seed), shapes, tables) for seed in (1, 2))
    assert second < 0.95 * first


def test_tables_come_back_from_their_file_as_they_are_coded_with() -> None:
    tables = empty_tables()
    shapes = shapes_of(16, 16)
    for seed in range(3):
        learn_tables(natural(shapes, seed), shapes, tables)
    data = packed_tables(tables)
    pairs = ((unpacked_mean_tables(data, "it"), tables.means), (unpacked_block_tables(data, "it"), tables.blocks))
    for found, learned in pairs:
        often = (learned.slots & 1023) >= 60
        assert often.any()
        assert np.abs((found.slots[often] >> 10) / 2**22 - (learned.slots[often] >> 10) / 2**22).max() < 0.02
        assert np.array_equal(found.slots[~often], np.full(int((~often).sum()), 1 << 31))
        assert np.abs(found.weights - learned.weights).max() <= 8
        assert np.array_equal(found.refinements, learned.refinements)
        assert all(np.array_equal(*two) for two in zip(found.predictors, learned.predictors, strict=True))


def test_a_damaged_file_of_tables_is_refused() -> None:
    data = bytearray(packed_tables(empty_tables()))
    for changed in (data[: len(data) // 2], data[:-1], b"", bytes(range(200))):
        with pytest.raises(DamagedFileError, match="its name"):
            unpacked_block_tables(bytes(changed), "its name")


@pytest.mark.parametrize("is_folder", [True, False])
def test_tables_that_cannot_be_had_are_named(is_folder: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tables"
    if is_folder:
        path.mkdir()
    monkeypatch.setattr("srec_engine.context_mixing.tables.resource_path", lambda *_parts: path)
    for shipped in (shipped_mean_tables, shipped_block_tables):
        shipped.cache_clear()
        with pytest.raises(DamagedFileError, match="cannot be read" if is_folder else "does not have"):
            shipped(CURRENT_TABLES)
