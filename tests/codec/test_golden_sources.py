"""Source files that `.srec` files of every kind must give back for ever: bytes, names, what is around the pixels."""

from __future__ import annotations

from pathlib import Path

import pytest

from srec_engine import ComesBack, EncodeOptions, Method, decode_file, encode_file, read_info
from tests.cases.oracle import complaints
from tests.codec.golden import MODEL
from tests.codec.golden_sources import GOLDEN_SOURCES, LEARNING_SOURCES, SOURCES

NAMES = sorted(SOURCES)
NETWORK_NAMES = [name for name in NAMES if SOURCES[name][1] == Method.SREC]
FILES = [GOLDEN_SOURCES / f"{name}.srec" for name in NAMES]
FILES += [LEARNING_SOURCES / f"{name}.srec" for name in NETWORK_NAMES]


@pytest.mark.parametrize("packed", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_golden_source_comes_back_under_its_name_with_everything_around_its_pixels(
    packed: Path, tmp_path: Path
) -> None:
    name = packed.stem
    source = (GOLDEN_SOURCES / name).read_bytes()
    info = read_info(packed)
    assert info.source_name == name
    decode_file(packed, tmp_path / name)
    back = (tmp_path / name).read_bytes()
    assert complaints(source, back) == []
    if info.comes_back is ComesBack.BYTES:
        assert back == source


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_encoding_a_golden_source_reproduces_its_file(name: str, tmp_path: Path) -> None:
    options = EncodeOptions(method=Method.SREC, model=str(MODEL), verify=False)
    encode_file(GOLDEN_SOURCES / name, tmp_path / "a.srec", options)
    assert (tmp_path / "a.srec").read_bytes() == (LEARNING_SOURCES / f"{name}.srec").read_bytes()


def test_there_are_golden_sources_that_come_back_in_both_ways() -> None:
    ways = {read_info(GOLDEN_SOURCES / f"{name}.srec").comes_back for name in NAMES}
    assert ways == {ComesBack.BYTES, ComesBack.FILE}
