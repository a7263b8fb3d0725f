"""What fuzzing found stays fixed: each case gives a picture or a documented error, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from srec_engine import DamagedFileError, Method
from srec_engine.container import Reader, container_bytes
from srec_engine.images.jpeg_coefficients import open_jpeg, pack_coefficients
from srec_engine.images.jpeg_parts import first_part
from tests.codec.jpeg_bodies import container_of, part
from tests.container.examples import network_contents
from tests.fuzz.repair import repaired
from tests.fuzz.seeds import seed_files
from tests.fuzz.targets import PICTURE_TARGET, TARGETS
from tests.jpegs import jpeg_of

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


def test_changes_get_past_the_checksums_of_packed_jpegs_too() -> None:
    data = jpeg_of(quality=20)
    packed = pack_coefficients(data, 1)
    changed = bytearray(container_of(part(2, len(data), packed), data))
    changed[changed.index(packed) + 6] = 0x7F  # behind the checksum and two bytes of length: how many JPEGs there are
    remains = Reader(repaired(bytes(changed))).body()
    with pytest.raises(DamagedFileError, match="hold 127 JPEGs"):
        open_jpeg(first_part(remains, "it").packed, len(data), "it")


@pytest.mark.parametrize("target", ["container", "decode", "pillow"])
def test_a_hundred_changed_files_of_packed_jpegs_give_nothing_but_documented_errors(target: str) -> None:
    files = [data for data in seed_files(target) if Reader(data).header.method is Method.JPEG]
    for seed in range(100):
        random = np.random.default_rng(seed)
        data = bytearray(files[int(random.integers(len(files)))])
        for place in random.integers(48, len(data), int(random.integers(1, 6))):
            data[place] = int(random.integers(256))
        TARGETS[target](repaired(bytes(data)))
