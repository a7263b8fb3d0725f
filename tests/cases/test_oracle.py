"""The judge of the other tests of this folder sees what is lost."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.cases.make_cases import (
    CASES,
    bgr_rows,
    bmp,
    jp2,
    photo,
    picture_tags,
    png_chunk,
    rgb_png,
    rgb_tiff,
    text,
    tiff,
    webp,
    xmp,
)
from tests.cases.oracle import complaints
from tests.cases.structures import structure_of

KEPT = text("Title", "a cat on a wall")


def png_again(data: bytes, change: Callable[[bytes, bytes], tuple[bytes, bytes] | None]) -> bytes:
    """A PNG whose chunks went through a function; the pixels are compressed anew and weakly."""
    chunks = []
    for name, content in structure_of(data):
        if name == "pixels":
            chunks.append((b"IDAT", zlib.compress(rows_of(photo()), 1)))
        elif not name.startswith("behind"):
            chunks.append((name.encode(), content + b"\0" if name == "IHDR" else content))
    changed = [change(*chunk) for chunk in chunks]
    return data[:8] + b"".join(png_chunk(*chunk) for chunk in changed if chunk is not None)


def rows_of(pixels: np.ndarray) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in pixels)


def test_a_png_compressed_in_another_way_is_the_same_picture() -> None:
    source = rgb_png(middle=[KEPT], last=[(b"mkTS", b"layers")])
    back = png_again(source, lambda name, content: (name, content))
    assert back != source
    assert complaints(source, back) == []


@pytest.mark.parametrize("lost", [b"tEXt", b"mkTS"])
def test_a_chunk_of_a_png_that_is_lost_or_differs_in_a_byte_is_missed(lost: bytes) -> None:
    source = rgb_png(middle=[KEPT], last=[(b"mkTS", b"layers")])
    gone = png_again(source, lambda name, content: None if name == lost else (name, content))
    assert complaints(source, gone)
    other = png_again(source, lambda name, content: (name, content[:-1] + b"!" if name == lost else content))
    assert any(lost.decode() in complaint for complaint in complaints(source, other))


def test_a_chunk_that_nobody_wrote_is_seen() -> None:
    source = rgb_png(middle=[KEPT])
    added = png_again(source, lambda name, content: (name, content))
    added = added[:33] + png_chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0") + added[33:]
    assert complaints(source, added)


def test_a_pixel_that_differs_is_seen_by_both_readers_of_a_png() -> None:
    source, pixels = rgb_png(), photo()
    pixels[20, 30, 1] ^= 1
    chunk = (b"IDAT", zlib.compress(rows_of(pixels)))
    back = png_again(source, lambda name, content: chunk if name == b"IDAT" else (name, content))
    assert [complaint.split(":")[0] for complaint in complaints(source, back)] == ["Pillow", "imagecodecs"]


def test_bytes_behind_the_pixels_or_the_end_of_a_png_are_missed() -> None:
    plain = rgb_png()
    again = png_again(plain, lambda name, content: (name, content))
    assert complaints(plain + b"an archive", again)
    hidden = (b"IDAT", zlib.compress(rows_of(photo())) + b"hidden")
    with_hidden = png_again(plain, lambda name, content: hidden if name == b"IDAT" else (name, content))
    assert complaints(with_hidden, again)


def test_a_tag_a_text_and_a_pixel_of_a_tiff_are_missed() -> None:
    source = rgb_tiff({315: ("A", ["Äußere Mühle\0".encode("latin-1")]), 65000: ("H", [7, 8, 9])})
    assert complaints(source, rgb_tiff({315: ("A", ["Äußere Mühle\0".encode("latin-1")])}))
    assert complaints(source, source.replace("Äu".encode("latin-1"), b"?u"))
    assert complaints(source, source[:100] + bytes([source[100] ^ 1]) + source[101:])
    assert complaints(source + b"behind the last byte", source)


def test_a_tiff_with_its_pixels_in_other_strips_is_the_same_picture() -> None:
    source, pixels = rgb_tiff({315: ("A", [b"somebody\0"])}), photo().tobytes()
    tags = picture_tags(photo()) | {315: ("A", [b"somebody\0"]), 259: ("H", [8]), 278: ("I", [24])}
    back = tiff(tags, [zlib.compress(pixels[: len(pixels) // 2]), zlib.compress(pixels[len(pixels) // 2 :])])
    assert back != source
    assert complaints(source, back) == []


def test_a_chunk_and_a_pixel_of_a_webp_are_missed() -> None:
    source = webp((b"ABCD", b"one chunk more"))
    assert complaints(source, webp())
    assert complaints(source, source.replace(b"one chunk more", b"one chunk less"))
    assert complaints(source + b"behind", source)
    pixels = photo()
    pixels[3, 4, 2] ^= 1
    for picture, expected in ((photo(), False), (pixels, True)):
        stream = io.BytesIO()
        Image.fromarray(picture).save(stream, "WEBP", lossless=True, xmp=xmp("a='b'"), method=0)
        assert bool(complaints(webp(), stream.getvalue())) == expected


def test_a_header_and_bytes_behind_a_bmp_are_missed() -> None:
    source = bmp(24, bgr_rows(photo()), (48, 48)) + b"behind"
    assert complaints(source, source[:-1])
    assert complaints(source, source[:38] + b"\0\0\0\0" + source[42:])  # the resolution
    assert complaints(source, source[:200] + bytes([source[200] ^ 1]) + source[201:])


def test_an_extension_of_a_gif_and_a_box_of_a_jpeg_2000_are_missed() -> None:
    source = CASES["04-profile.gif"]()
    assert complaints(source, source.replace(b"ICCRGBG1012", b"ICCRGBG1013"))
    source = CASES["04-uuid-box.jp2"]()
    assert complaints(source, jp2())


def test_what_no_reader_here_walks_has_to_come_back_byte_for_byte() -> None:
    source = CASES["04-comment.ppm"]()
    assert complaints(source, source) == []
    assert complaints(source, source.replace(b"tray 4", b"tray 5"))


@pytest.mark.parametrize("compression", [5, 8])
@pytest.mark.parametrize("size", [4, 40, 120])
def test_bytes_behind_the_end_of_a_compressed_strip_are_missed(compression: int, size: int) -> None:
    pixels = photo(size, size)
    data = zlib.compress(pixels.tobytes()) if compression == 8 else bytes(imagecodecs.lzw_encode(pixels.tobytes()))
    tags = picture_tags(pixels) | {259: ("H", [compression])}
    assert complaints(tiff(tags, [data + b"behind\0\0\0"]), tiff(tags, [data]))
    assert complaints(tiff(tags, [data + b"\0\0"]), tiff(tags, [data])) == []


def test_what_is_behind_the_pixels_of_a_qoi_is_missed() -> None:
    data = bytes(imagecodecs.qoi_encode(photo()))
    assert complaints(data + data, data)
    assert complaints(data[:-8] + b"before the end" + data[-8:], data)
