"""Golden files: `.srec` files that must decode to the same pixels for ever, and be reproduced byte for byte.

A change that breaks one of these is a new version of the format, and the old one must stay readable. They are made by
`python tests/codec/golden.py` (only ever to add new ones) from parts of the sample photograph.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from srec_engine import CodecOptions, EncodeOptions, Method, decode_image, encode_image, read_info
from srec_engine.model.store import find_model_by_id

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "golden"
FILES = sorted(GOLDEN.glob("*.srec"))
NETWORK_FILES = [path for path in FILES if read_info(path).method == Method.SREC]


def pixels_of(path: Path) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(path) as image:
        return image.mode, image.size, image.tobytes()


def test_there_are_golden_files_of_every_kind() -> None:
    kinds = {(read_info(path).method, read_info(path).mode) for path in FILES}
    assert {(Method.SREC, mode) for mode in ("RGB", "RGBA", "L", "LA")} <= kinds
    assert any("adaptation" in read_info(path).section_bytes for path in FILES)
    assert {(Method.WEBP, mode) for mode in ("P", "1", "RGB")} <= kinds


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("kernel", ["auto", "float32", "unfold"])
def test_a_golden_file_decodes_to_its_pixels(path: Path, kernel: str) -> None:
    image = decode_image(path, CodecOptions(kernel=kernel)).image
    assert (image.mode, image.size, image.tobytes()) == pixels_of(path.with_suffix(".png"))


@pytest.mark.parametrize(
    "path", [path for path in FILES if read_info(path).method == Method.SREC], ids=lambda p: p.stem
)
def test_encoding_a_golden_picture_reproduces_its_file(path: Path) -> None:
    model_id = read_info(path).model_id
    assert model_id is not None
    model = find_model_by_id(bytes.fromhex(model_id))
    assert model is not None, "the model of a golden file must ship for ever (resources/models/archive)"
    with Image.open(path.with_suffix(".png")) as image:
        encoded = encode_image(image, EncodeOptions(method=Method.SREC, model=str(model), verify=False))
    assert encoded.data == path.read_bytes()
