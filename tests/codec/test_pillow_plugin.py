"""`.srec` through Pillow's own interface."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from srec_engine import (
    EncodeOptions,
    Method,
    SrecError,
    decode_image,
    decode_steps,
    encode_file,
    read_preview,
    register_pillow,
)
from srec_engine.container import Contents, FilePayload, container_bytes
from srec_engine.images.picture import bytes_checksum
from srec_engine.pillow_plugin import SrecImageFile


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


def test_opening_a_file_reads_its_header_and_not_its_pixels(network_file: bytes) -> None:
    class Counting(io.BytesIO):
        count = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.count += len(data)
            return data

    file = Counting(network_file)
    with Image.open(file) as image:
        assert image.size == (451, 300)
        assert file.count < len(network_file) / 10  # header and metadata


def test_draft_gives_a_coarse_scale_without_the_bytes_of_the_finer_ones(network_file: bytes) -> None:
    wanted = next(step.picture for step in decode_steps(network_file) if step.picture is not None and step.scale == 2)
    # A quarter of the file ends within the finest scale.
    for data in (network_file, network_file[: len(network_file) // 4]):
        with Image.open(io.BytesIO(data)) as image:
            assert image.draft(None, (100, 60)) == ("RGB", (0, 0, 451 / 4, 300 / 4))
            assert image.size == (113, 75)
            image.load()
            assert np.array_equal(np.asarray(image), np.asarray(wanted))


def test_a_draft_larger_than_half_of_the_picture_is_the_picture(network_file: bytes, photograph: Image.Image) -> None:
    with Image.open(io.BytesIO(network_file)) as image:
        assert image.draft(None, (300, 200)) is None
        assert np.array_equal(np.asarray(image), np.asarray(photograph))


def test_a_file_that_is_cut_off_opens_and_says_so_when_its_pixels_are_wanted(network_file: bytes) -> None:
    with Image.open(io.BytesIO(network_file[: len(network_file) // 2])) as image:
        assert image.size == (451, 300)
        with pytest.raises(OSError, match="cut off"):
            image.load()


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
        source = FilePayload("photo.srec", nested)
        nested = container_bytes(Contents("RGB", 451, 300, source, bytes_checksum(nested)))
    with pytest.raises(SrecError, match="not an image"):
        decode_image(nested)
    with pytest.raises(SrecError, match="cannot be shown"):
        read_preview(nested)
    with pytest.raises(OSError, match="not an image"), Image.open(io.BytesIO(nested)) as image:
        image.load()


def test_the_file_that_a_srec_was_made_of_can_be_had_back_whole(sample_photograph: Path, tmp_path: Path) -> None:
    scan, bitmap = tmp_path / "scan", tmp_path / "photo.bmp"
    scan.write_bytes(sample_photograph.read_bytes() + b"and an archive")
    with Image.open(sample_photograph) as photograph:
        photograph.convert("RGB").crop((0, 0, 40, 30)).save(bitmap)
    for source in (scan, bitmap):
        encode_file(source, tmp_path / "a.srec", EncodeOptions(adaptation=False))
        with Image.open(tmp_path / "a.srec") as image:
            assert isinstance(image, SrecImageFile)
            assert image.source_file() == (source.name, source.read_bytes())
