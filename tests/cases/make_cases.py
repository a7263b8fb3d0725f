#!/usr/bin/env python3
"""Write small valid files into a folder that hold more than their plain pixels.

usage: python tests/cases/make_cases.py FOLDER

Every file is made here, of waves and a little noise, byte by byte where Pillow would tidy it up. Needs numpy and
Pillow. The same versions of these make the same files again. A name begins with the number of its kind in CASES.md.
"""

from __future__ import annotations

import io
import struct
import sys
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

Block = tuple[bytes, bytes]
"""A chunk, a box or an extension: its name and what it holds."""

CASES: dict[str, Callable[[], bytes]] = {}


def case(name: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Enter a function that makes a file under the file's name."""

    def enter(make: Callable[[], bytes]) -> Callable[[], bytes]:
        CASES[name] = make
        return make

    return enter


# --- what is in the pictures -----------------------------------------------------------------------------------------


def photo(height: int = 48, width: int = 48, channels: int = 3, seed: int = 1) -> np.ndarray:
    """Slow waves and a little noise, (height, width, channels), uint8."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for _ in range(channels):
        waves = sum(24 * np.sin(a * x + b * y + 20 * c) for a, b, c in random.uniform(-0.25, 0.25, (4, 3)))
        planes.append(128 + waves + random.normal(0, 2, (height, width)))
    return np.stack(planes, -1).clip(0, 255).round().astype(np.uint8)


def indices(bits: int, height: int = 40, width: int = 40, seed: int = 2) -> np.ndarray:
    """Indices or coarse greys of so many bits in small patches, (height, width), uint8."""
    patches = np.random.default_rng(seed).integers(0, 1 << bits, (height // 4, width // 4))
    return patches.repeat(4, 0).repeat(4, 1).astype(np.uint8)


def packed(samples: np.ndarray, bits: int) -> list[bytes]:
    """Rows of samples of fewer than 8 bits, the first one in the high bits, each row filled up to whole bytes."""
    spread = np.unpackbits(samples[:, :, None], axis=2)[:, :, 8 - bits :].reshape(len(samples), -1)
    return [np.packbits(row).tobytes() for row in spread]


def noise(count: int, seed: int = 3) -> bytes:
    """Bytes that no compression makes smaller, standing for a video, an archive or a profile."""
    return np.random.default_rng(seed).bytes(count)


def icc_profile(count: int, seed: int = 3) -> bytes:
    """An ICC profile of a display with one private tag, which holds so many bytes of noise."""
    head = struct.pack(
        ">I4xI4s4s4s12x4s4x4x8x8xIIII48x",
        144 + count, 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"acsp", 0, 0xF6D6, 0x10000, 0xD32D,
    )  # fmt: skip
    return head + struct.pack(">I4sII", 1, b"grid", 144, count) + noise(count, seed)


def with_alpha(colours: np.ndarray, alpha: np.ndarray | None = None) -> np.ndarray:
    """Colours and an alpha channel: a ramp from clear to opaque, unless given."""
    height, width = colours.shape[:2]
    ramp = np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1)) if alpha is None else alpha
    return np.dstack([colours, ramp])


# --- PNG -------------------------------------------------------------------------------------------------------------


def png_chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    rows: Sequence[bytes],
    size: tuple[int, int],
    depth: int = 8,
    colour_type: int = 2,
    *,
    first: Iterable[Block] = (),
    middle: Iterable[Block] = (),
    last: Iterable[Block] = (),
    tail: bytes = b"",
) -> bytes:
    """A PNG of rows as they lie in the file; chunks before the palette, before the pixels and after them."""
    header = struct.pack(">IIBBBBB", *size, depth, colour_type, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = [(b"IHDR", header), *first, *middle, (b"IDAT", pixels), *last, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks) + tail


def rgb_png(**chunks: Iterable[Block] | bytes) -> bytes:
    return png([row.tobytes() for row in photo()], (48, 48), **chunks)  # type: ignore[arg-type]


def text(key: str, value: str) -> Block:
    return b"tEXt", key.encode("latin-1") + b"\0" + value.encode("latin-1")


def compressed_text(key: str, value: bytes) -> Block:
    return b"zTXt", key.encode("latin-1") + b"\0\0" + zlib.compress(value, 9)


def international_text(key: str, value: str, language: str = "", translated: str = "") -> Block:
    return b"iTXt", b"\0".join([key.encode(), b"\0", language.encode(), translated.encode(), value.encode()])


def profile_chunk(name: str, profile: bytes) -> Block:
    return b"iCCP", name.encode("latin-1") + b"\0\0" + zlib.compress(profile, 9)


# --- JPEG ------------------------------------------------------------------------------------------------------------

EXIF_MARK = b"Exif\0\0"
XMP_MARK = b"http://ns.adobe.com/xap/1.0/\0"
MORE_XMP_MARK = b"http://ns.adobe.com/xmp/extension/\0"


def jpeg(pixels: np.ndarray, quality: int = 100, **options: object) -> bytes:
    stream = io.BytesIO()
    subsampling = 0 if quality == 100 else 2
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality, subsampling=subsampling, **options)
    return stream.getvalue()


def with_segments(data: bytes, *segments: tuple[int, bytes], keep_jfif: bool = True) -> bytes:
    """A JPEG with segments (marker, content) behind its first one, JFIF, or in its place."""
    after = 4 + int.from_bytes(data[4:6], "big")
    packed_segments = b"".join(
        bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content for marker, content in segments
    )
    return data[: after if keep_jfif else 2] + packed_segments + data[after:]


def xmp(attributes: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f"<rdf:Description {attributes}/></rdf:RDF></x:xmpmeta>"
    ).encode()


def iptc(**datasets: Sequence[str]) -> bytes:
    """IPTC-IIM of the application record; names as the standard has them."""
    numbers = {"caption": 120, "keywords": 25, "byline": 80, "copyright": 116, "city": 90}
    entries = [(numbers[name], value.encode()) for name, values in datasets.items() for value in values]
    return b"".join(struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value for number, value in entries)


def photoshop(*resources: tuple[int, bytes]) -> bytes:
    """The content of APP13: numbered resources, each filled up to an even length."""
    return b"Photoshop 3.0\0" + b"".join(
        b"8BIM" + struct.pack(">H2xI", number, len(data)) + data + b"\0" * (len(data) % 2) for number, data in resources
    )


def video(count: int = 100_000) -> bytes:
    """The first box of an MP4 and noise for the rest: enough for a trailer."""
    return struct.pack(">I", 24) + b"ftypmp42" + bytes(4) + b"isommp42" + noise(count)


def gain_map_photo() -> bytes:
    """A base picture and a gain map behind it, which an MPF index in the base names."""
    base, gain = jpeg(photo(128, 128)), jpeg(photo(64, 64, seed=4)[:, :, 0].copy(), 90)
    mark = XMP_MARK + xmp('xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"')

    def index(base_bytes: int, offset: int) -> bytes:
        entries = struct.pack(">IIIHH", 0x030000, base_bytes, 0, 0, 0) + struct.pack(
            ">IIIHH", 0, len(gain), offset, 0, 0
        )
        fields = struct.pack(">HHI4s", 0xB000, 7, 4, b"0100") + struct.pack(">HHII", 0xB001, 4, 1, 2)
        fields += struct.pack(">HHII", 0xB002, 7, len(entries), 50)
        return b"MPF\0MM\0*" + struct.pack(">IH", 8, 3) + fields + bytes(4) + entries

    draft = with_segments(base, (0xE1, mark), (0xE2, index(0, 0)))
    start = draft.index(b"MPF\0") + 4  # offsets count from here
    return with_segments(base, (0xE1, mark), (0xE2, index(len(draft), len(draft) - start))) + gain


# --- TIFF ------------------------------------------------------------------------------------------------------------

Tags = dict[int, tuple[str, list[Any]]]
"""For each tag its type and its values: B byte, A text (as bytes), H, I, R ratio (pairs), r ratio with a sign."""

_TYPES = {"B": (1, "B"), "A": (2, "s"), "H": (3, "H"), "I": (4, "I"), "R": (5, "II"), "U": (7, "s"), "r": (10, "ii")}


def tiff(tags: Tags, strips: Sequence[bytes], order: str = "<", strip_sizes: Sequence[int] = ()) -> bytes:
    """A TIFF of one folder of tags behind its strips, or the inside of an EXIF block, which has none.

    `strip_sizes` only where they shall not be the true ones.
    """
    starts = [8 + sum(map(len, strips[:place])) for place in range(len(strips))]
    sizes = list(strip_sizes) or [len(strip) for strip in strips]
    if strips:
        tags = {**tags, 273: ("I", starts), 279: ("I", sizes)}
    body = b"".join(strips)
    body += b"\0" * (len(body) % 2)
    entries = b""
    for number in sorted(tags):
        kind, values = tags[number]
        code, layout = _TYPES[kind]
        if layout == "s":
            data, count = values[0], len(values[0])
        else:
            flat = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
            data, count = struct.pack(order + layout * len(values), *flat), len(values)
        if len(data) > 4:
            place = struct.pack(order + "I", 8 + len(body))
            body += data + b"\0" * (len(data) % 2)
            data = place
        entries += struct.pack(order + "HHI", number, code, count) + data.ljust(4, b"\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8 + len(body))
    return head + body + struct.pack(order + "H", len(tags)) + entries + bytes(4)


def picture_tags(samples: np.ndarray, bits: int = 8) -> Tags:
    """The tags of an uncompressed grey or RGB picture."""
    height, width = samples.shape[:2]
    channels = samples.shape[2] if samples.ndim == 3 else 1
    return {
        256: ("I", [width]),
        257: ("I", [height]),
        258: ("H", [bits] * channels),
        259: ("H", [1]),
        262: ("H", [2 if channels == 3 else 1]),
        277: ("H", [channels]),
        278: ("I", [height]),
    }


def rgb_tiff(tags: Tags | None = None, order: str = "<") -> bytes:
    return tiff(picture_tags(photo()) | (tags or {}), [photo().tobytes()], order)


def resolution(value: tuple[int, int], kind: str = "R", unit: int = 2) -> Tags:
    return {282: (kind, [value]), 283: (kind, [value]), 296: ("H", [unit])}


def colour_map(bits: int, largest: int, seed: int = 5) -> list[int]:
    """Red, then green, then blue of every index, each from 0 to `largest`."""
    return [int(value) for value in np.random.default_rng(seed).integers(0, largest + 1, 3 << bits)]


def palette_tiff(bits: int, entries: list[int], strip: bytes | None = None, compression: int = 1) -> bytes:
    picture = indices(bits)
    tags = picture_tags(picture, bits) | {259: ("H", [compression]), 262: ("H", [3]), 320: ("H", entries)}
    return tiff(tags, [b"".join(packed(picture, bits)) if strip is None else strip])


# --- other formats ---------------------------------------------------------------------------------------------------


def bmp(
    bits: int, rows: bytes, size: tuple[int, int], *, fields: bytes = b"", compression: int = 0, tail: bytes = b""
) -> bytes:
    """A BMP with its rows from the bottom up; `fields` make the header of 40 bytes one of 52, 56, 108 or 124."""
    header = struct.pack("<IiiHHIIiiII", 40 + len(fields), *size, 1, bits, compression, len(rows), 2835, 2835, 0, 0)
    start = 14 + len(header) + len(fields)
    return b"BM" + struct.pack("<IHHI", start + len(rows) + len(tail), 0, 0, start) + header + fields + rows + tail


def bgr_rows(colours: np.ndarray) -> bytes:
    """Rows from the bottom up, blue before red; alpha stays last. Widths here need no filling."""
    order = [2, 1, 0, 3][: colours.shape[2]]
    return colours[::-1, :, order].tobytes()


def tga(pixels: np.ndarray, *, identification: bytes = b"", tail: bytes = b"") -> bytes:
    """An uncompressed 24-bit TGA from the top down."""
    height, width = pixels.shape[:2]
    head = struct.pack("<BBB5x4HBB", len(identification), 0, 2, 0, 0, width, height, 24, 0x20)
    return head + identification + pixels[:, :, ::-1].tobytes() + tail


def pgm(grey: np.ndarray) -> bytes:
    return b"P5\n%d %d\n255\n" % grey.shape[::-1] + grey.tobytes()


def gif(*extensions: Block) -> bytes:
    """A GIF with application extensions (11 bytes of name, content) before its picture."""
    stream = io.BytesIO()
    Image.fromarray(photo()).quantize(32).save(stream, "GIF")
    data = stream.getvalue()
    start = data.index(b"\x2c\0\0\0\0")
    added = b"".join(b"\x21\xff\x0b" + name + _sub_blocks(content) for name, content in extensions)
    return data[:start] + added + data[start:]


def _sub_blocks(content: bytes) -> bytes:
    parts = [content[start : start + 255] for start in range(0, len(content), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def gif_animation() -> bytes:
    stream = io.BytesIO()
    frames = [Image.fromarray(photo(seed=seed)).quantize(32) for seed in (1, 2, 3)]
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    return stream.getvalue()


def webp(*chunks: Block) -> bytes:
    """A lossless WebP of the extended kind with further chunks behind its picture."""
    stream = io.BytesIO()
    Image.fromarray(photo()).save(stream, "WEBP", lossless=True, xmp=xmp("a='b'"))
    body = stream.getvalue()[8:] + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + name + data


def content_credentials() -> bytes:
    """A box of boxes, as C2PA puts it into pictures: a description and some JSON, unsigned."""
    kind = b"c2pa" + bytes.fromhex("00110010800000aa00389b71")
    claims = b'{"claim": [' + b'"made by hand", ' * 100 + b'""]}'
    return box(b"jumb", box(b"jumd", kind + b"\3c2pa\0") + box(b"json", claims))


def jp2(*, boxes: bytes = b"", in_header: bytes = b"") -> bytes:
    """A lossless JPEG 2000 with boxes before its codestream, and more inside its header box."""
    stream = io.BytesIO()
    Image.fromarray(photo()).save(stream, "JPEG2000")
    data = stream.getvalue()
    header, codestream = data.index(b"jp2h") - 4, data.index(b"jp2c") - 4
    size = int.from_bytes(data[header : header + 4], "big")
    inside = box(b"jp2h", data[header + 8 : header + size] + in_header)
    return data[:header] + inside + data[header + size : codestream] + boxes + data[codestream:]


def icon(*pictures: tuple[int, bytes]) -> bytes:
    """An ICO of 32×32 pictures, each with its bits a pixel and its bytes."""
    place, head, body = 6 + 16 * len(pictures), struct.pack("<HHH", 0, 1, len(pictures)), b""
    for bits, data in pictures:
        head += struct.pack("<BBBBHHII", 32, 32, 0, 0, 1, bits, len(data), place + len(body))
        body += data
    return head + body


def icon_picture(colours: np.ndarray) -> bytes:
    """A 32×32 picture of an ICO, 24 or 32 bits, and a mask that hides nothing."""
    header = struct.pack("<IiiHHIIiiII", 40, 32, 64, 1, 8 * colours.shape[2], 0, 0, 0, 0, 0, 0)
    return header + bgr_rows(colours) + bytes(32 * 4)


# --- 1: text of a PNG whose key means something to Pillow ------------------------------------------------------------


def _text_case(number_and_name: str, *chunks: Block) -> None:
    CASES[number_and_name] = lambda: rgb_png(middle=chunks)


_text_case("01-key-dpi.png", text("dpi", "300"))
_text_case("01-key-dpi-beside-phys.png", (b"pHYs", struct.pack(">IIB", 11811, 11811, 1)), text("dpi", "300"))
_text_case("01-key-transparency.png", text("transparency", "yes"))
_text_case("01-key-exif.png", text("exif", "1/60 s, f/8"))
_text_case("01-key-icc-profile.png", text("icc_profile", "sRGB of the scanner"))
_text_case("01-key-compression.png", text("compression", "none at all"))
_text_case("01-key-interlace.png", text("interlace", "no"))


# --- 2: resolutions that are no plain number -------------------------------------------------------------------------

CASES["02-tiff-0-over-0.tif"] = lambda: rgb_tiff(resolution((0, 0)))
CASES["02-tiff-1-over-0.tif"] = lambda: rgb_tiff(resolution((1, 0)))
CASES["02-tiff-4294967295.tif"] = lambda: rgb_tiff(resolution((4294967295, 1)))
CASES["02-tiff-negative.tif"] = lambda: rgb_tiff(resolution((-300, 1), "r"))


@case("02-jpeg-exif-4294967295.jpg")
def _() -> bytes:
    exif = tiff(resolution((4294967295, 1)), [], ">")
    return with_segments(jpeg(photo()), (0xE1, EXIF_MARK + exif), keep_jfif=False)


@case("02-jp2-capture-10-to-127.jp2")
def _() -> bytes:
    capture = struct.pack(">HHHHbb", 1, 1, 1, 1, 127, 127)
    return jp2(in_header=box(b"res ", box(b"resc", capture)))


# --- 3: colour maps of TIFF ------------------------------------------------------------------------------------------

CASES["03-map-of-8-bits.tif"] = lambda: palette_tiff(8, colour_map(8, 255))
CASES["03-map-of-8-bits-4-bit-indices.tif"] = lambda: palette_tiff(4, colour_map(4, 255))


@case("03-map-of-8-bits-deflate.tif")
def _() -> bytes:
    return palette_tiff(8, colour_map(8, 255), zlib.compress(indices(8).tobytes()), 8)


# --- 4: what Pillow does not see -------------------------------------------------------------------------------------


@case("04-motion-photo.jpg")
def _() -> bytes:
    clip = video()
    mark = xmp(
        'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MicroVideo="1" '
        f'GCamera:MicroVideoVersion="1" GCamera:MicroVideoOffset="{len(clip)}"'
    )
    return with_segments(jpeg(photo(128, 128), 90), (0xE1, XMP_MARK + mark)) + clip


@case("04-samsung-trailer.jpg")
def _() -> bytes:
    name = b"MotionPhoto_Data"
    entry = struct.pack("<HHI", 0, 0x0A30, len(name)) + name + video()
    index = b"SEFH" + struct.pack("<II", 106, 1) + struct.pack("<HHII", 0, 0x0A30, len(entry), len(entry))
    return jpeg(photo(128, 128), 90) + entry + index + struct.pack("<I", len(index)) + b"SEFT"


CASES["04-gain-map.jpg"] = gain_map_photo


@case("04-depth-map-in-xmp.jpg")
def _() -> bytes:
    mark = xmp(f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{"1B" * 16}"')
    depth = noise(90_000).hex().encode()[:120_000]
    parts = [
        MORE_XMP_MARK + b"1B" * 16 + struct.pack(">II", len(depth), start) + depth[start : start + 60_000]
        for start in (0, 60_000)
    ]
    return with_segments(jpeg(photo(128, 128), 90), (0xE1, XMP_MARK + mark), *((0xE1, part) for part in parts))


CASES["04-two-pictures.pgm"] = lambda: pgm(photo()[:, :, 0].copy()) + pgm(photo(seed=6)[:, :, 1].copy())


@case("04-imagej-stack.tif")
def _() -> bytes:
    slices = [photo(seed=seed)[:, :, 0].tobytes() for seed in (1, 7, 8)]
    about = b"ImageJ=1.54f\nimages=3\nslices=3\nunit=micron\nspacing=0.5\n\0"
    return tiff(picture_tags(photo()[:, :, 0]) | {270: ("A", [about])}, [b"".join(slices)], strip_sizes=[48 * 48])


@case("04-depth-of-3.tif")
def _() -> bytes:
    slices = [photo(seed=seed)[:, :, 0].tobytes() for seed in (1, 7, 8)]
    return tiff(picture_tags(photo()[:, :, 0]) | {32997: ("I", [3])}, slices)


@case("04-two-depths.ico")
def _() -> bytes:
    small, other = photo(32, 32), photo(32, 32, seed=9)
    return icon((24, icon_picture(other)), (32, icon_picture(with_alpha(small))))


CASES["04-zip-behind.png"] = lambda: rgb_png(tail=b"PK\3\4" + noise(5000))
CASES["04-noise-behind.tif"] = lambda: rgb_tiff() + noise(3000)
CASES["04-bytes-behind.bmp"] = lambda: bmp(24, bgr_rows(photo()), (48, 48)) + noise(3000)
CASES["04-unknown-chunk.webp"] = lambda: webp((b"ABCD", noise(4000)))
CASES["04-profile.gif"] = lambda: gif((b"ICCRGBG1012", icc_profile(600)))
CASES["04-uuid-box.jp2"] = lambda: jp2(
    boxes=box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + xmp('xmlns:a="urn:a" a:roll="3"'))
)
CASES["04-identification.tga"] = lambda: tga(photo(), identification=b"scanner 2, tray 4, frame 17")
CASES["04-comment.ppm"] = lambda: b"P6\n# tray 4, frame 17\n48 48\n255\n" + photo().tobytes()


# --- 5: JPEG segments ------------------------------------------------------------------------------------------------

_CAPTION = iptc(
    caption=["A caption that somebody typed"],
    keywords=["holiday", "cat"],
    byline=["The photographer"],
    copyright=["All rights with the photographer"],
)
_300_DPI = struct.pack(">IHHIHH", 300 << 16, 1, 1, 300 << 16, 1, 1)
CASES["05-iptc.jpg"] = lambda: with_segments(
    jpeg(photo(128, 128)), (0xED, photoshop((0x404, _CAPTION), (0x3ED, _300_DPI)))
)
CASES["05-iptc-and-thumbnail.jpg"] = lambda: with_segments(
    jpeg(photo(128, 128), 90), (0xED, photoshop((0x404, _CAPTION), (0x40C, noise(30_000))))
)
CASES["05-content-credentials.jpg"] = lambda: with_segments(
    jpeg(photo(128, 128)), (0xEB, b"JP\0\1" + struct.pack(">I", 1) + content_credentials())
)
CASES["05-extended-xmp.jpg"] = lambda: with_segments(
    jpeg(photo(128, 128)),
    (0xE1, XMP_MARK + xmp(f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{"0A" * 16}"')),
    (0xE1, MORE_XMP_MARK + b"0A" * 16 + struct.pack(">II", 20_000, 0) + b"<a/> " * 4000),
)
CASES["05-small-picture-in-jfxx.jpg"] = lambda: with_segments(
    jpeg(photo(128, 128)), (0xE0, b"JFXX\0\x10" + jpeg(photo(24, 24), 80))
)


# --- 6: stored as they are, under names that say nothing -------------------------------------------------------------

CASES["06-scan"] = lambda: png(
    [row.astype(">u2").tobytes() for row in photo().astype(np.uint16) * 257 - 1], (48, 48), depth=16
)
CASES["06-party.gif~"] = gif_animation
CASES["06-picture.jpg_large"] = lambda: jpeg(photo(128, 128), 85)


@case("06-print.jpg_orig")
def _() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(photo()).convert("CMYK").save(stream, "JPEG", quality=95)
    return stream.getvalue()


@case("06-pages.tif")
def _() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(photo()).save(stream, "TIFF", save_all=True, append_images=[Image.fromarray(photo(seed=10))])
    return stream.getvalue()


# --- 7: text of TIFF that is not ASCII -------------------------------------------------------------------------------

CASES["07-copyright-utf-8.tif"] = lambda: rgb_tiff({33432: ("A", ["© 2024 Äußere Mühle\0".encode()])})
CASES["07-copyright-latin-1.tif"] = lambda: rgb_tiff({33432: ("A", ["© 2024 Äußere Mühle\0".encode("latin-1")])}, ">")
CASES["07-artist-latin-1.tif"] = lambda: rgb_tiff({315: ("A", ["Äußere Mühle\0".encode("latin-1")])})
CASES["07-description-utf-8.tif"] = lambda: rgb_tiff({270: ("A", ["Müller mit 猫\0".encode()])})


# --- 8: BMP: alpha and colour ----------------------------------------------------------------------------------------

CASES["08-alpha-32-bits.bmp"] = lambda: bmp(32, bgr_rows(with_alpha(photo())), (48, 48))


@case("08-v5-profile.bmp")
def _() -> bytes:
    profile, rows = icc_profile(700), bgr_rows(photo())
    fields = (
        struct.pack("<4I", 0, 0, 0, 0) + b"DEBM" + bytes(48) + struct.pack("<4I", 4, 124 + len(rows), len(profile), 0)
    )
    return bmp(24, rows, (48, 48), fields=fields, tail=profile)


def one_bit_alpha(height: int, more_fields: bytes) -> bytes:
    """A BMP of 16 bits a pixel: five for each colour, and one that says where it is opaque."""
    bits = indices(4).astype(int)
    pixels = (bits & 1) * 0x7C00 | (bits >> 1 & 1) * 0x3E0 | (bits >> 2 & 1) * 0x1F | (bits >> 3) << 15
    rows = pixels if height < 0 else pixels[::-1]
    masks = struct.pack("<4I", 0x7C00, 0x3E0, 0x1F, 0x8000)
    return bmp(16, rows.astype("<u2").tobytes(), (40, height), fields=masks + more_fields, compression=3)


CASES["08-v3-a1r5g5b5.bmp"] = lambda: one_bit_alpha(40, b"")
CASES["08-v3-a1r5g5b5-top-down.bmp"] = lambda: one_bit_alpha(-40, b"")
CASES["08-v4-a1r5g5b5.bmp"] = lambda: one_bit_alpha(40, b"BGRs" + bytes(48))


# --- 9: PNG chunks ---------------------------------------------------------------------------------------------------

CASES["09-cicp-mdcv-clli.png"] = lambda: rgb_png(
    first=[
        (b"cICP", bytes([9, 16, 0, 1])),
        (b"mDCV", struct.pack(">8HII", 35400, 14600, 8500, 39850, 6550, 2300, 15635, 16450, 10_000_000, 50)),
        (b"cLLI", struct.pack(">II", 10_000_000, 4_000_000)),
    ]
)
CASES["09-content-credentials.png"] = lambda: rgb_png(first=[(b"caBX", content_credentials())])
CASES["09-grab.png"] = lambda: rgb_png(first=[(b"grAb", struct.pack(">ii", 12, -7))])
CASES["09-nine-patch.png"] = lambda: rgb_png(
    first=[(b"npOl", bytes(range(24))), (b"npTc", bytes(range(84))), (b"npLb", bytes(range(16)))]
)
CASES["09-layers-of-a-drawing.png"] = lambda: rgb_png(
    last=[(b"prVW", b"a small preview" * 20), (b"mkBF", bytes(72)), (b"mkTS", b"layers and paths" * 400)]
)
CASES["09-sbit.png"] = lambda: rgb_png(first=[(b"sBIT", bytes([5, 6, 5]))])
CASES["09-bkgd.png"] = lambda: rgb_png(middle=[(b"bKGD", struct.pack(">HHH", 255, 0, 128))])
CASES["09-time.png"] = lambda: rgb_png(last=[(b"tIME", struct.pack(">HBBBBB", 2011, 5, 4, 3, 2, 1))])
CASES["09-offset-scale-calibration.png"] = lambda: rgb_png(
    middle=[
        (b"oFFs", struct.pack(">iiB", -17, 23, 0)),
        (b"sCAL", b"\x01" + b"0.000001\0" + b"0.000001"),
        (b"pCAL", b"depth\0" + struct.pack(">iiBB", 0, 255, 0, 2) + b"mm\0" + b"0.5\0" + b"0.01"),
    ]
)
_text_case("09-two-comments.png", text("Comment", "the first one"), text("Comment", "the second one"))
_text_case(
    "09-titles-in-three-languages.png",
    international_text("Title", "Katze", "de", "Titel"),
    international_text("Title", "Cat", "en", "Title"),
    international_text("Title", "猫", "ja", "題"),
)
_text_case(
    "09-two-xmp.png",
    *(international_text("XML:com.adobe.xmp", xmp(f'xmlns:a="urn:a" a:part="{part}"').decode()) for part in (1, 2)),
)


# --- 10: grey of fewer than 8 bits with a transparent level ----------------------------------------------------------


def grey_png(bits: int, transparent: int) -> bytes:
    level = (b"tRNS", struct.pack(">H", transparent))
    return png(packed(indices(bits), bits), (40, 40), bits, 0, middle=[level])


CASES["10-grey-1-bit-white-clear.png"] = lambda: grey_png(1, 1)
CASES["10-grey-2-bits-level-1-clear.png"] = lambda: grey_png(2, 1)


# --- 16: valid, but called damaged -----------------------------------------------------------------------------------

_text_case("16-long-text.png", compressed_text("workflow", b"step " * 240_000))


@case("16-masks-10-10-10.bmp")
def _() -> bytes:
    red, green, blue = (photo()[::-1, :, channel].astype("<u4") * 4 for channel in range(3))
    masks = struct.pack("<3I", 0x3FF << 20, 0x3FF << 10, 0x3FF)
    return bmp(32, (red << 20 | green << 10 | blue).tobytes(), (48, 48), fields=masks, compression=3)


@case("16-2-bits.bmp")
def _() -> bytes:
    picture = indices(2)
    palette = np.random.default_rng(29).integers(0, 256, (4, 4)).astype(np.uint8)
    palette[:, 3] = 0
    rows = b"".join(row.ljust(12, b"\0") for row in packed(picture[::-1], 2))
    head = struct.pack("<IiiHHIIiiII", 40, 40, 40, 1, 2, 0, len(rows), 2835, 2835, 4, 0)
    return b"BM" + struct.pack("<IHHI", 70 + len(rows), 0, 0, 70) + head + palette.tobytes() + rows


@case("16-cga.pcx")
def _() -> bytes:
    # One plane of two bits a pixel; every byte as a run of one.
    rows = b"".join(packed(indices(2), 2))
    head = struct.pack("<4B6H48xBBHH58x", 10, 5, 1, 2, 0, 0, 39, 39, 75, 75, 0, 1, 10, 1)
    return head + b"".join(b"\xc1" + bytes([part]) for part in rows)


# --- 17: what another format cannot hold -----------------------------------------------------------------------------

CASES["17-gamma-aspect-text.png"] = lambda: rgb_png(
    first=[(b"gAMA", struct.pack(">I", 100_000))],
    middle=[(b"pHYs", struct.pack(">IIB", 4, 3, 0)), text("parameters", "a cat, 20 steps")],
)
CASES["17-exif-utf-8.jpg"] = lambda: with_segments(
    jpeg(photo()),
    (0xE1, EXIF_MARK + tiff({33432: ("A", ["© 2024 Äußere Mühle\0".encode()])}, [], ">")),
    keep_jfif=False,
)


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write(str(__doc__))
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for name, make in CASES.items():
        data = make()
        (folder / name).write_bytes(data)
        total += len(data)
    sys.stdout.write(f"{len(CASES)} files, {total} bytes, in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
