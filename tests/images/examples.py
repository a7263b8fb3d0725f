"""Images of every mode that the tests of this folder share."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from srec_engine.container import Contents, Reader, container_bytes
from srec_engine.images.picture import Picture, pixel_checksum
from srec_engine.images.planes import picture_from_reader, webp_contents
from srec_engine.images.webp import WebPEffort

ROOT = Path(__file__).resolve().parents[2]
DEVELOPMENT_IMAGES = sorted((ROOT.parent / "shared" / "data" / "dev").glob("*/*"))


def image_of(mode: str, width: int = 37, height: int = 23, seed: int = 1) -> Image.Image:
    """An image with noise, flat parts and, where the mode has it, transparency over colours that must stay."""
    random = np.random.default_rng(seed)
    samples = random.integers(0, 256, (height, width, 4), np.uint8)
    samples[: height // 2] = (250, 3, 77, 0)
    samples[: height // 4, : width // 2] = (1, 2, 3, 0)
    image = Image.fromarray(samples)
    if mode == "P":
        indexed = Image.fromarray(samples[:, :, 0] % 7).convert("L")
        indexed = Image.frombytes("P", indexed.size, indexed.tobytes())
        indexed.putpalette(random.bytes(3 * 7))
        return indexed
    if mode == "1":
        return Image.fromarray(samples[:, :, 0]).point(lambda value: 255 * (value > 99), "1")
    if mode == "LA":
        return Image.fromarray(np.ascontiguousarray(samples[:, :, 2:]))
    return image if mode == "RGBA" else image.convert(mode)


def file_bytes(image: Image.Image, format_name: str, **options: Any) -> bytes:
    """The image as a file."""
    buffer = io.BytesIO()
    image.save(buffer, format_name, **options)
    return buffer.getvalue()


def through_container(picture: Picture, effort: WebPEffort = WebPEffort.FAST) -> Picture:
    """A picture after it went into a `.srec` of method `webp` and out again."""
    payload, planes = webp_contents(picture, effort)
    contents = Contents(
        picture.mode,
        picture.width,
        picture.height,
        payload,
        pixel_checksum(picture),
        picture.stored_metadata,
        planes,
    )
    return picture_from_reader(Reader(container_bytes(contents), "a.srec"))
