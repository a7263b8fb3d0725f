"""What fuzzing found stays fixed: each case gives a picture or a documented error, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from srec_engine.container import Reader, container_bytes
from tests.container.examples import network_contents
from tests.fuzz.repair import repaired
from tests.fuzz.seeds import seed_files
from tests.fuzz.targets import PICTURE_TARGET, TARGETS

CASES = sorted((Path(__file__).resolve().parents[1] / "data" / "fuzz").iterdir())


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_gives_nothing_but_documented_errors(case: Path, target: str) -> None:
    TARGETS[target](case.read_bytes())


@pytest.mark.parametrize("target", sorted(set(TARGETS) - {PICTURE_TARGET}))
def test_good_files_give_no_error_either(target: str) -> None:
    for data in seed_files(target):
        TARGETS[target](data)


def test_changes_get_past_the_checksums_when_those_are_repaired() -> None:
    # Otherwise the fuzzer would knock at the first door only.
    data = bytearray(container_bytes(network_contents()))
    sizes = Reader(bytes(data)).section_sizes()
    width = 16
    data[width] += 1
    data[sizes["header"] + sizes["metadata"]] ^= 0x40  # kind of the first plane
    data[-17] ^= 0x10  # the last chunk
    reader = Reader(repaired(bytes(data)))
    assert reader.header.width == 71
    assert reader.geometry is not None
    assert reader.chunk(0, reader.geometry.tile_count - 1)[-1] == data[-17]
