"""Plain pictures of every format that may be taken apart are taken apart, and come back as files of their format."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from srec_engine import EncodeOptions, Method, decode_file, encode_file, read_info, verify_file
from tests.cases.make_cases import (
    Tags,
    bgr_rows,
    bmp,
    colour_map,
    indices,
    packed,
    palette_tiff,
    pgm,
    photo,
    picture_tags,
    png,
    text,
    tga,
    tiff,
    webp,
    with_alpha,
)
from tests.cases.oracle import complaints

KEPT = [(b"prVT", b"something private"), text("Title", "a wall")]
RGB = photo(45, 61)
RGBA = with_alpha(RGB)
GREY = RGB[:, :, :1]
PALETTE = bytes(np.random.default_rng(4).integers(0, 256, 48, dtype=np.uint8))


def png_of(pixels: np.ndarray) -> bytes:
    height, width, channels = pixels.shape
    rows = [row.tobytes() for row in pixels]
    return png(rows, (width, height), 8, {1: 0, 2: 4, 3: 2, 4: 6}[channels], middle=KEPT, last=KEPT)


def png_of_indices(bits: int, colour_type: int) -> bytes:
    rows = packed(indices(bits), bits)
    chunks = [(b"PLTE", PALETTE[: 3 << bits]), (b"tRNS", b"\0\x80")] if colour_type == 3 else [(b"tRNS", b"\0\1")]
    return png(rows, (40, 40), bits, colour_type, first=KEPT, middle=chunks, last=KEPT)


def interlaced_png() -> bytes:
    stream = bytearray(png_of(RGB[:1, :1]))
    stream[28] = 1  # one pixel is the same in both orders
    stream[29:33] = struct.pack(">I", zlib.crc32(stream[12:29]))
    return bytes(stream)


def tiff_of(pixels: np.ndarray, compression: int, predictor: int = 1, order: str = "<", rows: int = 16) -> bytes:
    tags: Tags = picture_tags(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    tags |= {259: ("H", [compression]), 278: ("I", [rows]), 317: ("H", [predictor]), 315: ("A", [b"M\xfchle\0"])}
    if pixels.shape[2] == 4:
        tags |= {262: ("H", [2]), 338: ("H", [2])}
    samples = np.diff(pixels, axis=1, prepend=np.uint8(0)) if predictor == 2 else pixels
    compress: dict[int, Callable[..., Any]] = {
        1: bytes,
        5: imagecodecs.lzw_encode,
        8: zlib.compress,
        32773: imagecodecs.packbits_encode,
        32946: zlib.compress,
    }
    strips = [bytes(compress[compression](samples[top : top + rows].tobytes())) for top in range(0, len(samples), rows)]
    return tiff(tags, strips, order)


def bmp_of_indices(bits: int) -> bytes:
    rows = b"".join(row + bytes(-len(row) % 4) for row in packed(indices(bits)[::-1], bits))
    table = b"".join(PALETTE[3 * place :][:3] + b"\0" for place in range(1 << bits))
    header = struct.pack("<IiiHHIIiiII", 40, 40, 40, 1, bits, 0, len(rows), 2835, 2835, 0, 0)
    start = 54 + len(table)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + table + rows


def plain_webp() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(RGBA).save(stream, "WEBP", lossless=True, exact=True)
    return stream.getvalue()


PLAIN: dict[str, bytes] = {
    "grey.png": png_of(GREY),
    "grey-alpha.png": png_of(RGBA[:, :, 2:]),
    "rgb.png": png_of(RGB),
    "rgb-alpha.png": png_of(RGBA),
    "interlaced.png": interlaced_png(),
    **{f"grey-of-{bits}.png": png_of_indices(bits, 0) for bits in (1, 2, 4)},
    **{f"palette-of-{bits}.png": png_of_indices(bits, 3) for bits in (1, 2, 4)},
    **{f"rgb-{number}.tif": tiff_of(RGB, number) for number in (1, 5, 8, 32773, 32946)},
    **{f"predicted-{number}.tif": tiff_of(RGB, number, 2, ">") for number in (5, 8)},
    "grey.tif": tiff_of(GREY, 1, order=">"),
    "rgb-alpha.tif": tiff_of(RGBA, 8, 2),
    "palette.tif": palette_tiff(4, colour_map(4, 65535)),
    "rgb.bmp": bmp(24, bgr_rows(photo()), (48, 48)),
    "rgb-of-32.bmp": bmp(32, bgr_rows(with_alpha(photo(), np.zeros((48, 48), np.uint8))), (48, 48)),
    "palette.bmp": bmp_of_indices(4),
    "bilevel.bmp": bmp_of_indices(1),
    "rgb.ppm": b"P6 # tray 4\n61 45\n255\n" + RGB.tobytes(),
    "grey.pgm": pgm(np.ascontiguousarray(GREY[:, :, 0])),
    "bilevel.pbm": b"P4\n40 40\n" + b"".join(packed(indices(1), 1)),
    "rgb.tga": tga(RGB, identification=b"scanner 2"),
    "rgb.qoi": bytes(imagecodecs.qoi_encode(RGB)),
    "rgb.webp": webp((b"ABCD", b"one chunk more")),
    "rgb-alpha.webp": plain_webp(),
}
NO_COLOURS = [name for name in PLAIN if name.startswith(("palette", "bilevel", "grey-of-1"))]


@pytest.mark.parametrize(
    ("name", "method"),
    [
        *((name, Method.WEBP) for name in PLAIN),
        *((name, Method.SREC) for name in PLAIN if name not in NO_COLOURS),  # indices the network does not code
    ],
)
def test_a_plain_picture_is_held_as_pixels_and_comes_back_as_its_file(
    name: str, method: Method, tmp_path: Path
) -> None:
    source, result, back = tmp_path / name, tmp_path / "packed.srec", tmp_path / f"back-{name}"
    source.write_bytes(PLAIN[name])
    report = encode_file(source, result, EncodeOptions(method=method, adaptation=False))
    assert (report.method, read_info(result).source_name) == (method, name)
    verify_file(result)
    decode_file(result, back)
    assert complaints(PLAIN[name], back.read_bytes()) == []
