"""`.srec` through Pillow's own interface."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from srec_engine import EncodeOptions, Method, SrecError, decode_image, read_preview, register_pillow
from srec_engine.container import Contents, VerbatimPayload, container_bytes
from srec_engine.images import bytes_checksum


@pytest.fixture(autouse=True)
def _registered() -> None:
    register_pillow()


def test_opening_knows_size_and_mode_and_loading_gives_the_pixels(network_file: bytes, photograph: Image.Image) -> None:
    with Image.open(io.BytesIO(network_file)) as image:
        assert (image.format, image.size, image.mode) == ("SREC", (451, 300), "RGB")
        assert image.get_format_mimetype() == "image/x-srec"
        assert np.array_equal(np.asarray(image), np.asarray(photograph))


def test_saving_and_opening_a_file(photograph: Image.Image, tmp_path: Path) -> None:
    small = photograph.resize((50, 40)).convert("RGBA")
    small.save(tmp_path / "small.srec", options=EncodeOptions(method=Method.SREC))
    with Image.open(tmp_path / "small.srec") as image:
        assert image.mode == "RGBA"
        assert image.tobytes() == small.tobytes()


def test_draft_gives_a_coarse_scale(network_file: bytes) -> None:
    with Image.open(io.BytesIO(network_file)) as image:
        image.draft(None, (100, 60))
        assert image.size == (113, 75)
        image.load()
        assert np.asarray(image).shape == (75, 113, 3)


def test_a_thumbnail_uses_the_coarse_scale(network_file: bytes) -> None:
    with Image.open(io.BytesIO(network_file)) as image:
        image.thumbnail((64, 64))
        assert max(image.size) == 64


def test_motorola_text_is_not_opened() -> None:
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(b"S00600004844521B\nS9030000FC\n"))


def test_a_file_inside_a_file_inside_a_file_is_not_followed(network_file: bytes) -> None:
    # A stored source may be a picture, never a .srec again: no chain of files leads a reader astray.
    nested = network_file
    for _ in range(3):
        source = VerbatimPayload("photo.srec", nested)
        nested = container_bytes(Contents("RGB", 451, 300, source, bytes_checksum(nested)))
    with pytest.raises(SrecError, match="not an image"):
        decode_image(nested)
    with pytest.raises(SrecError, match="cannot be shown"):
        read_preview(nested)
    with pytest.raises(OSError, match="not an image"), Image.open(io.BytesIO(nested)) as image:
        image.load()
