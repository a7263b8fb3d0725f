"""Formats that are blocks behind each other: GIF, WebP, JPEG 2000, ICO, JPEG."""

from __future__ import annotations

import io
import struct

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from tests.cases.make_cases import (
    EXIF_MARK,
    XMP_MARK,
    box,
    icc_profile,
    icon,
    icon_picture,
    iptc,
    photo,
    photoshop,
    tiff,
    with_alpha,
    with_segments,
    xmp,
)
from tests.cases.oracle import NOTES

__all__ = ["gifs", "icos", "jp2s", "jpegs", "webps"]

_sides = st.integers(1, 9) | st.integers(1, 40)
_tails = st.sampled_from([b"", b"", b"", b"\0", NOTES])
_ROWS_OF_INTERLACE = ((0, 8), (4, 8), (2, 4), (1, 2))


@st.composite
def _photos(draw: st.DrawFn, *, grey: bool = True) -> np.ndarray:
    """A picture of 1 to 4 channels (L, LA, RGB, RGBA) with waves in it."""
    pixels = photo(draw(_sides), draw(_sides), 3, draw(st.integers(0, 9)))
    if grey and draw(st.integers(0, 4)) == 0:
        return pixels[:, :, 0].copy()
    return with_alpha(pixels) if draw(st.integers(0, 2)) == 0 else pixels


def _saved(pixels: np.ndarray, format_name: str, **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format_name, **options)
    return stream.getvalue()


# --- GIF -------------------------------------------------------------------------------------------------------------


def _sub_blocks(content: bytes) -> bytes:
    parts = [content[start : start + 255] for start in range(0, len(content), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def _codes(indices: list[int], bits: int) -> bytes:
    """LZW that says every index by itself: the table is cleared before codes grow longer."""
    width, clear = bits + 1, 1 << bits
    codes: list[int] = []
    for number, index in enumerate(indices):
        if number % max(1, clear - 2) == 0:
            codes.append(clear)
        codes.append(index)
    codes.append(clear + 1)
    value = sum(code << width * number for number, code in enumerate(codes))
    return value.to_bytes((width * len(codes) + 7) // 8, "little")


@st.composite
def _extensions(draw: st.DrawFn) -> bytes:
    return draw(
        st.sampled_from(
            [
                b"\x21\xfe" + _sub_blocks(b"a comment"),
                b"\x21\xfe" + _sub_blocks("Kätzchen".encode() * 40),
                b"\x21\xff\x0bNETSCAPE2.0" + _sub_blocks(b"\1\0\0"),
                b"\x21\xff\x0bXMP DataXMP" + xmp("a='b'") + b"\1" + bytes(range(255, -1, -1)) + b"\0",
                b"\x21\xff\x0bICCRGBG1012" + _sub_blocks(icc_profile(300)),
                b"\x21\xff\x0bSOMEBODY1.0" + _sub_blocks(b"something"),
                b"\x21\x01\x0c" + struct.pack("<4HBBBB", 0, 0, 8, 8, 8, 8, 0, 1) + _sub_blocks(b"plain text"),
                b"\x21\x77" + _sub_blocks(b"an unknown label"),
            ]
        )
    )


@st.composite
def _gif_picture(draw: st.DrawFn, screen: tuple[int, int]) -> bytes:
    left, top = (draw(st.sampled_from([0, 0, 0, min(2, side - 1)])) for side in screen)
    width, height = screen[0] - left, screen[1] - top
    bits = draw(st.sampled_from([2, 3, 4, 8]))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    indices = random.integers(0, 1 << bits, (height, width))
    if draw(st.booleans()):
        indices[:] = 1
    interlaced = draw(st.booleans())
    if interlaced:
        indices = np.concatenate([indices[start::step] for start, step in _ROWS_OF_INTERLACE])
    control = b""
    if draw(st.booleans()):
        flags = draw(st.sampled_from([0, 1, 4, 5, 9, 13]))
        control = b"\x21\xf9\4" + struct.pack("<BHBB", flags, draw(st.sampled_from([0, 10])), 1, 0)
    local = random.bytes(3 << bits) if draw(st.booleans()) else b""
    flags = (0x80 | bits - 1 if local else 0) | (0x40 if interlaced else 0)
    described = b"\x2c" + struct.pack("<4HB", left, top, width, height, flags)
    return control + described + local + bytes([bits]) + _sub_blocks(_codes(indices.reshape(-1).tolist(), bits))


@st.composite
def gifs(draw: st.DrawFn) -> bytes:
    """A GIF of one picture or of frames, with extensions of every kind."""
    screen = draw(_sides), draw(_sides)
    table = np.random.default_rng(1).bytes(768) if draw(st.integers(0, 4)) else b""
    flags = (0x87 if table else 0) | draw(st.sampled_from([0x70, 0, 8]))
    data = draw(st.sampled_from([b"GIF89a", b"GIF89a", b"GIF87a"]))
    data += struct.pack("<HHBBB", *screen, flags, draw(st.sampled_from([0, 3])), draw(st.sampled_from([0, 49]))) + table
    for _ in range(draw(st.sampled_from([1, 1, 1, 2]))):
        data += b"".join(draw(st.lists(_extensions(), max_size=2))) + draw(_gif_picture(screen))
    data += b"".join(draw(st.lists(_extensions(), max_size=1)))
    return data + b"\x3b" + draw(_tails)


# --- WebP ------------------------------------------------------------------------------------------------------------


def _riff_chunk(name: bytes, content: bytes, filling: bytes = b"\0") -> bytes:
    return name + struct.pack("<I", len(content)) + content + filling * (len(content) % 2)


@st.composite
def webps(draw: st.DrawFn) -> bytes:
    """A WebP, plain or extended, lossless or not, with chunks before and after its picture."""
    pixels = draw(_photos(grey=False))
    lossless = draw(st.sampled_from([True, True, False]))
    body = _saved(pixels, "WEBP", lossless=lossless, quality=80, exact=True, method=0)[12:]
    if lossless and draw(st.integers(0, 7)) == 0:
        size = int.from_bytes(body[4:8], "little")
        body = _riff_chunk(b"VP8L", body[8 : 8 + size] + NOTES)
    if draw(st.integers(0, 3)):
        if body.startswith(b"VP8X"):
            body = body[18:]
        flags, before, after = (0x10 if pixels.shape[2] == 4 else 0), b"", b""
        if draw(st.booleans()):
            flags, before = flags | 0x20, before + _riff_chunk(b"ICCP", icc_profile(draw(st.sampled_from([20, 21]))))
        if draw(st.booleans()):
            exif = tiff({0x10F: ("A", [b"A maker of cameras\0"]), 274: ("H", [6])}, [], ">")
            flags, after = flags | 0x08, after + _riff_chunk(b"EXIF", exif)
        if draw(st.booleans()):
            flags, after = flags | 0x04, after + _riff_chunk(b"XMP ", xmp("a='b'"))
        unknown = st.tuples(st.sampled_from([b"ABCD", b"JUMB", b"zzzz"]), st.binary(max_size=9))
        before += b"".join(
            _riff_chunk(*chunk, draw(st.sampled_from([b"\0", b"!"]))) for chunk in draw(st.lists(unknown, max_size=1))
        )
        after += b"".join(_riff_chunk(*chunk) for chunk in draw(st.lists(unknown, max_size=2)))
        size = (pixels.shape[1] - 1).to_bytes(3, "little") + (pixels.shape[0] - 1).to_bytes(3, "little")
        body = _riff_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size) + before + body + after
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body + draw(_tails)


# --- the rest, a few of each -----------------------------------------------------------------------------------------


@st.composite
def jp2s(draw: st.DrawFn) -> bytes:
    """A JPEG 2000, lossless or not, with further boxes; or its codestream alone."""
    data = _saved(draw(_photos()), "JPEG2000", irreversible=draw(st.booleans()))
    header, codestream = data.index(b"jp2h") - 4, data.index(b"jp2c") - 4
    if draw(st.integers(0, 5)) == 0:
        return data[codestream + 8 :] + draw(_tails)
    size = int.from_bytes(data[header : header + 4], "big")
    in_header = draw(st.sampled_from([b"", box(b"res ", box(b"resc", struct.pack(">HHHHbb", 300, 1, 300, 1, 2, 2)))]))
    inside = box(b"jp2h", data[header + 8 : header + size] + in_header)
    boxes = [box(b"uuid", bytes(16) + xmp("a='b'")), box(b"xml ", b"<a/>"), box(b"free", b"\0\0"), box(b"abcd", b"?")]
    before, after = (b"".join(draw(st.lists(st.sampled_from(boxes), max_size=2))) for _ in range(2))
    return data[:header] + inside + data[header + size : codestream] + before + data[codestream:] + after + draw(_tails)


@st.composite
def icos(draw: st.DrawFn) -> bytes:
    """An icon of one picture or two, as BMP or PNG inside."""
    kinds = draw(st.lists(st.sampled_from(["24", "32", "png"]), min_size=1, max_size=2))
    pixels = photo(32, 32, 3, draw(st.integers(0, 9)))
    made = {
        "24": (24, icon_picture(pixels)),
        "32": (32, icon_picture(with_alpha(pixels))),
        "png": (32, _saved(with_alpha(pixels), "PNG")),
    }
    return icon(*(made[kind] for kind in kinds)) + draw(_tails)


@st.composite
def jpegs(draw: st.DrawFn) -> bytes:
    """A JPEG with segments of every kind, and bytes behind it."""
    pixels = draw(_photos())
    pixels = pixels[:, :, :3] if pixels.ndim == 3 else pixels
    data = _saved(pixels, "JPEG", quality=draw(st.sampled_from([50, 95])), progressive=draw(st.booleans()))
    segments = [
        (0xE1, EXIF_MARK + tiff({282: ("R", [(0, 0)]), 274: ("H", [8])}, [], ">")),
        (0xE1, XMP_MARK + xmp("a='b'")),
        (0xE2, b"ICC_PROFILE\0\1\1" + icc_profile(20)),
        (0xED, photoshop((0x404, iptc(city=["Zürich"])))),
        (0xFE, "Kätzchen".encode()),
        (0xE5, b"somebody's segment"),
    ]
    chosen = draw(st.lists(st.sampled_from(segments), max_size=3))
    return with_segments(data, *chosen, keep_jfif=draw(st.booleans())) + draw(_tails)
