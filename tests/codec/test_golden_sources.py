"""Source files that `.srec` files of every kind must give back for ever: bytes, names, what is around the pixels."""

from __future__ import annotations

from pathlib import Path

import pytest

from srec_engine import ComesBack, EncodeOptions, Method, decode_file, encode_file, read_info
from srec_engine.container import Reader
from srec_engine.images.jpeg_coefficients import pack_coefficients
from srec_engine.images.jpeg_parts import JpegPacker, first_part
from tests.cases.oracle import complaints
from tests.codec.golden import MODEL
from tests.codec.golden_sources import COEFFICIENT_SOURCES, GOLDEN_SOURCES, LEARNING_SOURCES, SOURCES

NAMES = sorted(SOURCES)
NETWORK_NAMES = [name for name in NAMES if SOURCES[name][1] == Method.SREC]
JPEG_NAMES = [name for name in NAMES if SOURCES[name][1] == Method.JPEG]
FILES = [path for name in NAMES if (path := GOLDEN_SOURCES / f"{name}.srec").exists()]
FILES += [LEARNING_SOURCES / f"{name}.srec" for name in NETWORK_NAMES]
FILES += [COEFFICIENT_SOURCES / f"{name}.srec" for name in JPEG_NAMES]


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
    ways = {read_info(path).comes_back for path in FILES}
    assert ways == {ComesBack.BYTES, ComesBack.FILE}


@pytest.mark.parametrize("name", JPEG_NAMES)
def test_a_golden_jpeg_is_coded_to_the_same_coefficients(name: str) -> None:
    """By our coder alone: what libjxl makes of it depends on its version."""
    source = (GOLDEN_SOURCES / name).read_bytes()
    part = first_part(Reader((COEFFICIENT_SOURCES / f"{name}.srec").read_bytes()).body(), name)
    assert part.packer is JpegPacker.COEFFICIENTS
    assert pack_coefficients(source[: part.size], 1) == part.packed


def test_there_are_as_many_golden_files_as_there_were() -> None:
    """A missing one would not be missed above."""
    assert len(list(GOLDEN_SOURCES.glob("*.srec"))) == 15
