"""The files that fuzzing starts from: small ones of every method, mode and kind of metadata; a model of each layout."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from PIL import Image

from srec_engine import EncodeOptions, Method, encode_image
from srec_engine.accounts import UnaccountedError
from srec_engine.container import Contents, FilePayload, container_bytes
from srec_engine.images.jpeg_coefficients import pack_coefficients
from srec_engine.images.jpeg_packing import pack_jpeg
from srec_engine.images.jpeg_parts import JpegPacker, PackedPart
from srec_engine.images.picture import bytes_checksum
from srec_engine.model.file import model_bytes
from tests.container.examples import network_contents, verbatim_contents, webp_contents
from tests.fuzz.targets import MODEL_TARGET, PICTURE_TARGET
from tests.model.examples import LAYOUTS, tiny_model

__all__ = ["model_files", "picture_files", "seed_files", "srec_files"]

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "golden"
_PICTURE_FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "ICO", "PPM", "TGA", "JPEG2000", "PCX", "SGI", "ICNS")


def seed_files(target: str) -> Iterator[bytes]:
    """What a target is for."""
    if target == PICTURE_TARGET:
        return picture_files()
    return model_files() if target == MODEL_TARGET else srec_files()


def model_files() -> Iterator[bytes]:
    """Models of four features."""
    for layout in LAYOUTS:
        yield model_bytes(tiny_model(layout))


def srec_files() -> Iterator[bytes]:
    """`.srec` files of a few hundred bytes."""
    for example in (network_contents, webp_contents, verbatim_contents):
        yield container_bytes(example())
    for path in sorted(GOLDEN.glob("*.srec")):
        if path.stat().st_size < 4096:
            yield path.read_bytes()
    for image in _images():
        for method in (Method.SREC, Method.WEBP):
            if method == Method.WEBP or image.mode in ("L", "LA", "RGB", "RGBA"):
                yield encode_image(image, EncodeOptions(method=method)).data
    for data in picture_files():
        contents = Contents("RGB", 12, 9, FilePayload("photo.jpg", data), bytes_checksum(data))
        yield container_bytes(contents)
        if data.startswith(b"\xff\xd8"):
            with suppress(UnaccountedError):
                # By whichever is smaller, and by our own coder.
                for body in (
                    pack_jpeg(data),
                    PackedPart(JpegPacker.COEFFICIENTS, len(data), pack_coefficients(data, 1)).data,
                ):
                    packed = FilePayload("photo.jpg", body, Method.JPEG)
                    yield container_bytes(Contents("RGB", 12, 9, packed, bytes_checksum(data)))


def picture_files() -> Iterator[bytes]:
    """Small pictures in the formats that people have."""
    for image in _images():
        for name in _PICTURE_FORMATS:
            stream = io.BytesIO()
            try:
                image.save(stream, name)
            except (OSError, ValueError, KeyError):  # a mode that this format does not have
                continue
            yield stream.getvalue()


def _images() -> Iterator[Image.Image]:
    gradient = Image.linear_gradient("L").resize((12, 9))
    exif = Image.Exif()
    exif[0x0112] = 6
    for mode in ("L", "RGB", "RGBA", "LA", "P", "1"):
        image = gradient.convert(mode)
        image.info = {
            "exif": exif.tobytes(),
            "icc_profile": b"a profile",
            "dpi": (72, 72.5),
            "gamma": 0.45,
            "comment": b"a comment",
            "Title": "a text",
        }
        yield image
