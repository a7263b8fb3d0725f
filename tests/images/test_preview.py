from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine.codec.methods import holding_method
from srec_engine.codec.methods.method import PREVIEW_SIDE
from srec_engine.container import Contents, FilePayload, NetworkPayload, Reader, container_bytes
from srec_engine.errors import DamagedFileError
from srec_engine.images.opening import picture_from_image
from srec_engine.images.picture import PICTURE_MODES, pixel_checksum
from srec_engine.images.planes import webp_contents
from tests.images.examples import file_bytes, image_of


def read_reduced(reader: Reader, max_side: int = PREVIEW_SIDE) -> Image.Image:
    return holding_method(reader.header.method).preview(reader, max_side)


def network_reader(channels: int) -> tuple[Reader, bytes]:
    base = np.random.default_rng(1).integers(0, 256, (10, 18, channels), np.uint8)
    payload = NetworkPayload(bytes(32), base, [b"a chunk"] * 12, 2, 32)
    mode = "L" if channels == 1 else "RGB"
    data = container_bytes(Contents(mode, 70, 40, payload, bytes(16)))
    return Reader(data), base.tobytes()


@pytest.mark.parametrize("channels", [1, 3])
def test_the_base_is_the_preview_of_a_network_file(channels: int) -> None:
    reader, pixels = network_reader(channels)
    preview = read_reduced(reader)
    assert (preview.mode, preview.size, preview.tobytes()) == ("L" if channels == 1 else "RGB", (18, 10), pixels)


@pytest.mark.parametrize("mode", PICTURE_MODES)
def test_a_webp_file_is_reduced(mode: str) -> None:
    image = image_of(mode, 300, 200)
    picture = picture_from_image(image)
    payload, planes = webp_contents(picture)
    contents = Contents(mode, 300, 200, payload, pixel_checksum(picture), planes=planes)
    preview = read_reduced(Reader(container_bytes(contents)), 64)
    assert preview.size == (64, 43)
    assert preview.mode in ("L", "LA", "RGB", "RGBA")


@pytest.mark.parametrize(
    ("mode", "format_name"),
    [("RGB", "JPEG"), ("CMYK", "JPEG"), ("I;16", "PNG"), ("F", "TIFF"), ("I", "TIFF"), ("P", "GIF"), ("LA", "PNG")],
)
def test_a_source_file_of_any_kind_is_reduced(mode: str, format_name: str) -> None:
    image = image_of(mode, 300, 200) if mode in PICTURE_MODES else Image.new(mode, (300, 200))
    payload = FilePayload("a", file_bytes(image, format_name))
    preview = read_reduced(Reader(container_bytes(Contents(mode, 300, 200, payload, bytes(16)))), 64)
    assert max(preview.size) <= 64
    assert preview.mode in ("L", "LA", "RGB", "RGBA")


def test_sixteen_bits_are_shown_over_their_whole_range() -> None:
    image = Image.fromarray(np.arange(0, 65536, 256, dtype=np.uint16).reshape(16, 16))
    payload = FilePayload("a.png", file_bytes(image, "PNG"))
    preview = read_reduced(Reader(container_bytes(Contents("I;16", 16, 16, payload, bytes(16)))))
    assert preview.getextrema() == (0, 255)


def test_a_source_that_cannot_be_shown_is_an_error_of_ours() -> None:
    payload = FilePayload("a.jpg", b"no image")
    with pytest.raises(DamagedFileError, match=r"a\.jpg"):
        read_reduced(Reader(container_bytes(Contents("RGB", 9, 9, payload, bytes(16)))))


PROBE = """
import sys
{statement}
print([name for name in ("torch", "numba", "PIL", "PySide6") if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("statement", "loaded"),
    [
        ("import srec_engine.container", []),
        ("import srec_engine.files", []),
        ("import srec_engine.images.preview", ["PIL"]),
        ("import srec_engine.images.jpeg_packing", []),
    ],
)
def test_importing_loads_no_more_than_is_needed(statement: str, loaded: list[str], project_root: Path) -> None:
    command = [sys.executable, "-c", PROBE.format(statement=statement)]
    result = subprocess.run(command, cwd=project_root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == str(loaded)
