"""Single files, made by hand, in which something lies where a program could overlook it."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from srec_engine import EncodeOptions, Method, UnsupportedImageError, decode_file, encode_file, verify_file
from tests.cases.make_cases import icc_profile, photo, png, png_chunk, text
from tests.cases.oracle import NOTES, complaints, same_colours
from tests.cases.tiff_variants import Tags, Writer

PIXELS = photo(40, 40)
HALVES = [PIXELS[:20].tobytes(), PIXELS[20:].tobytes()]
DEFLATED = [zlib.compress(half) for half in HALVES]
PACKED_HARD = [bytes(imagecodecs.zopfli_encode(half)) for half in HALVES]
"""Strips that no usual writer makes again as small."""


def two_strips(
    strips: list[bytes], compression: int, *, writer: Writer | None = None, same_place: bool = False
) -> bytes:
    writer = writer or Writer("<", big=False)
    places = [writer.put(strip) for strip in strips]
    tags: Tags = {
        256: writer.numbers(4, 40),
        257: writer.numbers(4, 40),
        258: writer.numbers(3, 8, 8, 8),
        259: writer.numbers(3, compression),
        262: writer.numbers(3, 2),
        273: writer.numbers(4, *places),
        277: writer.numbers(3, 3),
        278: writer.numbers(4, 20),
        279: writer.numbers(4, *map(len, strips)),
    }
    if same_place:
        tags |= {65002: tags[273], 65003: tags[279]}
    writer.point(4, writer.folder(tags)[0])
    return bytes(writer.body)


def strip_twice() -> bytes:
    writer = Writer("<", big=False)
    data = two_strips([DEFLATED[0], b""], 8, writer=writer)
    return data.replace(
        writer.numbers(4, 8, 8 + len(DEFLATED[0]) + len(DEFLATED[0]) % 2)[2], writer.numbers(4, 8, 8)[2]
    ).replace(writer.numbers(4, len(DEFLATED[0]), 0)[2], writer.numbers(4, *[len(DEFLATED[0])] * 2)[2])


def lzw_strips(tail: bytes) -> bytes:
    return two_strips([bytes(imagecodecs.lzw_encode(half)) + tail for half in HALVES], 5)


def packbits_strips(tail: bytes) -> bytes:
    rows = [[row.tobytes() for row in half] for half in (PIXELS[:20], PIXELS[20:])]
    return two_strips(
        [b"".join(bytes(imagecodecs.packbits_encode(row)) for row in half) + tail for half in rows], 32773
    )


def rgb_rows() -> list[bytes]:
    return [row.tobytes() for row in PIXELS]


def png_with_wrong_checksum() -> bytes:
    data = png(rgb_rows(), (40, 40), middle=[text("Title", "a wall")])
    at = data.index(b"tEXt")
    return data[: at + 16] + b"\0\1\2\3" + data[at + 20 :]


def interlaced_png_with_a_text_of_that_name() -> bytes:
    passes = ((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2))
    rows = [row for left, across, top, down in passes for row in PIXELS[top::down, left::across]]
    header = struct.pack(">IIBBBBB", 40, 40, 8, 2, 0, 0, 1)
    stream = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    chunks = [(b"IHDR", header), text("interlace", ""), (b"IDAT", stream), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def two_runs_of_pixels() -> bytes:
    data = png(rgb_rows(), (40, 40))
    start, end = data.index(b"IDAT"), data.index(b"IEND") - 4
    stream = data[start + 4 : end - 4]
    chunks = [(b"IDAT", stream[:50]), (b"prVT", NOTES), (b"IDAT", stream[50:])]
    return data[: start - 4] + b"".join(png_chunk(*chunk) for chunk in chunks) + data[end:]


def png_with_a_level_beyond_its_depth() -> bytes:
    """Of the level 257 an 8-bit PNG has the low byte only: 1 is transparent, and 255 is not."""
    levels = np.ascontiguousarray(PIXELS[:, :, 0])
    levels[0, :2] = 1, 255
    return png([row.tobytes() for row in levels], (40, 40), 8, 0, middle=[(b"tRNS", struct.pack(">H", 257))])


def webp_with_notes(*, in_the_picture: bool) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(PIXELS).save(stream, "WEBP", lossless=True)
    data = stream.getvalue()
    size = int.from_bytes(data[16:20], "little")
    picture = data[20 : 20 + size] + (NOTES if in_the_picture else b"")
    body = b"WEBPVP8L" + struct.pack("<I", len(picture)) + picture + b"\0" * (len(picture) % 2)
    body += b"" if in_the_picture else NOTES[:5]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pages_of_which_one_is_of_an_unknown_kind() -> bytes:
    """RGB, and then three channels of which two are said to be alpha and none to be a colour."""
    writer = Writer("<", big=False)
    at = 4
    for photometric, extra in ((2, ()), (0, (1, 1))):
        place = writer.put(PIXELS.tobytes())
        tags: Tags = {
            256: writer.numbers(4, 40),
            257: writer.numbers(4, 40),
            258: writer.numbers(3, 8, 8, 8),
            262: writer.numbers(3, photometric),
            273: writer.numbers(4, place),
            277: writer.numbers(3, 3),
            279: writer.numbers(4, PIXELS.size),
        }
        if extra:
            tags[338] = writer.numbers(3, *extra)
        start, next_at = writer.folder(tags)
        writer.point(at, start)
        at = next_at
    return bytes(writer.body)


def bmp_with_a_profile_elsewhere() -> bytes:
    """A linked profile: a name behind the pixels, which is no profile."""
    rows = PIXELS[::-1, :, ::-1].tobytes()
    name = b"C:\\profiles\\scanner.icm\0"
    header = struct.pack("<IiiHHIIiiII", 124, 40, 40, 1, 24, 0, len(rows), 0, 0, 0, 0) + bytes(16) + b"KNIL"
    header += bytes(48) + struct.pack("<4I", 4, 124 + len(rows), len(name), 0)
    return b"BM" + struct.pack("<IHHI", 138 + len(rows) + len(name), 0, 0, 138) + header + rows + name


QOI = bytes(imagecodecs.qoi_encode(PIXELS))

ODD: dict[str, bytes] = {
    "tags-in-one-place-with-the-places-of-strips.tif": two_strips(
        PACKED_HARD, 8, writer=Writer("<", big=False, share=True), same_place=True
    ),
    "strips-that-grow.tif": two_strips(PACKED_HARD, 8),
    "strips-that-shrink.tif": two_strips([zlib.compress(half, 0) for half in HALVES], 8),
    "one-strip-twice.tif": strip_twice(),
    "notes-behind-deflate.tif": two_strips([strip + NOTES for strip in DEFLATED], 8),
    "notes-behind-lzw.tif": lzw_strips(NOTES),
    "notes-and-zeros-behind-lzw.tif": lzw_strips(NOTES + bytes(3)),
    "notes-and-more-zeros-behind-lzw.tif": lzw_strips(NOTES + bytes(30)),
    "notes-behind-packbits.tif": packbits_strips(NOTES),
    "second-page-of-an-unknown-kind.tif": pages_of_which_one_is_of_an_unknown_kind(),
    "notes-between-strips.tif": two_strips(DEFLATED, 8, writer=Writer("<", big=False, gap=NOTES)),
    "checksum-of-a-text.png": png_with_wrong_checksum(),
    "text-called-interlace.png": interlaced_png_with_a_text_of_that_name(),
    "text-called-bbox.png": png(rgb_rows(), (40, 40), middle=[text("bbox", "1 2 3 4")]),
    "level-beyond-the-depth.png": png_with_a_level_beyond_its_depth(),
    "two-runs-of-pixels.png": two_runs_of_pixels(),
    "notes-in-the-picture.webp": webp_with_notes(in_the_picture=True),
    "notes-behind-the-picture.webp": webp_with_notes(in_the_picture=False),
    "two-pictures.qoi": QOI + QOI,
    "notes-before-the-end.qoi": QOI[:-8] + NOTES + QOI[-8:],
    "four-channels-said-to-be-three.qoi": bytes(imagecodecs.qoi_encode(np.dstack([PIXELS, PIXELS[:, :, 0]])))[:12]
    + b"\3"
    + bytes(imagecodecs.qoi_encode(np.dstack([PIXELS, PIXELS[:, :, 0]])))[13:],
    "name-of-a-profile.bmp": bmp_with_a_profile_elsewhere(),
    "profile-that-ends-late.png": png(
        rgb_rows(), (40, 40), first=[(b"iCCP", b"a\0\0" + zlib.compress(icc_profile(30)) + NOTES)]
    ),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("method", [None, Method.WEBP, Method.SREC])
def test_an_odd_file_comes_back_whole_or_is_not_taken_apart(name: str, method: Method | None, tmp_path: Path) -> None:
    source, result, back = tmp_path / name, tmp_path / "packed.srec", tmp_path / f"back-{name}"
    source.write_bytes(ODD[name])
    try:
        encode_file(source, result, EncodeOptions(method=method, adaptation=False))
    except UnsupportedImageError:
        assert method is not None  # left to itself the program keeps the bytes of what it cannot take apart
        assert not result.exists()
        return
    verify_file(result)
    decode_file(result, back)
    assert complaints(ODD[name], back.read_bytes()) == []


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("format_name", ["png", "tiff", "webp"])
def test_an_odd_file_becomes_another_format_or_the_engine_says_why_not(
    name: str, format_name: str, tmp_path: Path
) -> None:
    source, result, back = tmp_path / name, tmp_path / "packed.srec", tmp_path / f"back.{format_name}"
    source.write_bytes(ODD[name])
    encode_file(source, result, EncodeOptions(adaptation=False))
    try:
        decode_file(result, back, format=format_name)
    except UnsupportedImageError:
        assert not back.exists()
        return
    assert back.read_bytes() == ODD[name] or same_colours(ODD[name], back.read_bytes())
