"""Golden files: those of all times decode to the same pixels for ever, those of today are made again byte for byte.

A change that breaks one of these is a new version of the format, and the old one must stay readable. They are made by
`python -m tests.codec.golden` (only ever to add new ones) from parts of the sample photograph.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from srec_engine import CodecOptions, EncodeOptions, Method, decode_image, encode_image, read_info
from srec_engine.container import open_reader
from srec_engine.model.file import read_model
from srec_engine.model.store import find_model_by_id
from tests.codec.golden import GOLDEN, LEARNING, PICTURES, STARTS, WITH_STARTS

OLD_FILES = [GOLDEN / f"{name}.srec" for name in PICTURES]
LEARNING_FILES = [LEARNING / f"{name}.srec" for name, (_, method) in PICTURES.items() if method == Method.SREC]
STARTS_FILES = [STARTS / f"{name}.srec" for name in WITH_STARTS]
NEW_FILES = LEARNING_FILES + STARTS_FILES


def name_of(path: Path) -> str:
    return str(path.relative_to(GOLDEN).with_suffix(""))


def model_of(path: Path) -> Path:
    model_id = read_info(path).model_id
    assert model_id is not None
    model = find_model_by_id(bytes.fromhex(model_id))
    assert model is not None, "the model of a golden file must ship for ever (resources/models/archive)"
    return model


def pixels_of(path: Path) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(GOLDEN / f"{path.stem}.png") as image:
        return image.mode, image.size, image.tobytes()


@pytest.mark.parametrize("files", [OLD_FILES, LEARNING_FILES], ids=["old", "learning"])
def test_there_are_golden_files_of_every_kind(files: list[Path]) -> None:
    infos = [read_info(path) for path in files]
    kinds = {(info.method, info.mode) for info in infos}
    assert {(Method.SREC, mode) for mode in ("RGB", "RGBA", "L", "LA")} <= kinds
    assert any("adaptation" in info.section_bytes for info in infos)


def test_there_are_golden_files_without_a_network() -> None:
    kinds = {(info.method, info.mode) for info in map(read_info, OLD_FILES)}
    assert {(Method.WEBP, mode) for mode in ("P", "1", "RGB")} <= kinds


@pytest.mark.parametrize("path", OLD_FILES + NEW_FILES, ids=name_of)
def test_only_the_new_golden_files_have_streams_that_learn(path: Path) -> None:
    with open_reader(path) as reader:
        assert reader.header.learning == (path in NEW_FILES)


@pytest.mark.parametrize("path", NEW_FILES, ids=name_of)
def test_streams_of_the_newest_golden_files_begin_with_what_their_model_says(path: Path) -> None:
    assert bool(read_model(model_of(path)).starts) == (path in STARTS_FILES)


@pytest.mark.parametrize("path", OLD_FILES + NEW_FILES, ids=name_of)
@pytest.mark.parametrize("kernel", ["auto", "float32", "unfold"])
def test_a_golden_file_decodes_to_its_pixels(path: Path, kernel: str) -> None:
    image = decode_image(path, CodecOptions(kernel=kernel)).image
    assert (image.mode, image.size, image.tobytes()) == pixels_of(path)


@pytest.mark.parametrize("path", NEW_FILES, ids=name_of)
def test_encoding_a_golden_picture_reproduces_its_file(path: Path) -> None:
    model = model_of(path)
    with Image.open(GOLDEN / f"{path.stem}.png") as image:
        encoded = encode_image(image, EncodeOptions(method=Method.SREC, model=str(model), verify=False))
    assert encoded.data == path.read_bytes()
