"""Sources that cost too much, that lie about themselves, or that say things no other format can."""

from __future__ import annotations

import io
import itertools
import resource
import struct
import sys
import threading
import time
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine import (
    Cancelled,
    CancelToken,
    EncodeOptions,
    Method,
    Progress,
    SrecError,
    Stage,
    check_file,
    decode_file,
    decode_image,
    encode_file,
    encode_image,
    read_info,
    read_preview,
)
from srec_engine.accounts import Filling, Part, PartKind, Raster, Skeleton, pack_skeleton
from srec_engine.container import Contents, WebPPayload, container_bytes
from srec_engine.errors import DamagedFileError
from srec_engine.images.webp import webp_encode

QUICK = EncodeOptions(adaptation=False)
PIXELS = EncodeOptions(method=Method.WEBP)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def photograph(width: int = 60, height: int = 40) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 3 + y, x + 2 * y, 255 - x - y], axis=2).astype(np.uint8)


def png(*before: bytes, pieces: int = 1, pixels: np.ndarray | None = None) -> bytes:
    """A PNG with chunks before its pixels, which come in so many IDAT chunks."""
    samples = photograph() if pixels is None else pixels
    height, width, _ = samples.shape
    packed = zlib.compress(b"".join(b"\0" + row.tobytes() for row in samples))
    cuts = [len(packed) * place // pieces for place in range(pieces + 1)]
    idat = b"".join(chunk(b"IDAT", packed[start:end]) for start, end in itertools.pairwise(cuts))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(before) + idat + chunk(b"IEND", b"")


def came_back(source: Path, options: EncodeOptions = PIXELS) -> bytes:
    packed, back = source.with_suffix(".srec"), source.with_name(f"back-{source.name}")
    encode_file(source, packed, options)
    decode_file(packed, back)
    return back.read_bytes()


def test_a_hint_where_the_second_half_of_the_pixels_begins_does_not_outlive_that_place(tmp_path: Path) -> None:
    source = tmp_path / "screenshot.png"
    source.write_bytes(png(chunk(b"iDOT", bytes(28)), chunk(b"prVt", b"kept"), pieces=2))
    back = came_back(source)
    assert b"iDOT" not in back
    assert b"prVtkept" in back
    assert [part.what for part in check_file(source).parts if part.kind == "made again"] == ["iDOT"]


def test_pixels_in_more_pieces_than_there_are_parts_come_back(tmp_path: Path) -> None:
    source = tmp_path / "pieces.png"
    source.write_bytes(png(pieces=5000))
    with Image.open(io.BytesIO(came_back(source))) as back, Image.open(source) as image:
        assert back.tobytes() == image.tobytes()


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is one of POSIX")
def test_texts_that_unpack_to_much_more_are_carried_and_not_unpacked(tmp_path: Path) -> None:
    bomb = chunk(b"zTXt", b"much\0\0" + zlib.compress(bytes(40 << 20), 9))
    source = tmp_path / "bomb.png"
    source.write_bytes(png(*[bomb] * 6))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    back = came_back(source)
    info = read_info(source.with_suffix(".srec"))
    assert back.count(bomb) == 6
    assert "zTXt" in info.metadata
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 << 10


def hostile(skeleton: Skeleton) -> bytes:
    payload = WebPPayload(webp_encode(photograph()))
    return container_bytes(Contents("RGB", 60, 40, payload, bytes(16), {"skeleton": pack_skeleton(skeleton)}))


def test_a_skeleton_that_announces_more_pixels_than_its_picture_has_is_damage_and_costs_nothing() -> None:
    raster = Raster("RGB", 180, strip_rows=40, compression=8)
    parts = (Part(PartKind.CARRIED, 8), Part(PartKind.PIXELS, 1 << 40))
    data = hostile(Skeleton("TIFF", "a.tif", Filling.TIFF_STRIPS, raster, parts, b"II*\0\x08\0\0\0"))
    assert read_info(data).metadata == {}
    with pytest.raises(DamagedFileError):
        decode_image(data)


def test_many_comments_of_a_gif_take_no_longer_than_their_bytes(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.fromarray(photograph()).quantize(16).save(stream, "GIF")
    data = stream.getvalue()
    comment = b"\x21\xfe" + b"\xff" + bytes(255)
    source = tmp_path / "comments.gif"
    start = data.index(b"\x2c\0\0\0\0")
    source.write_bytes(data[:start] + comment[:2] + comment[2:] * 40_000 + b"\0" + data[start:])
    began = time.perf_counter()
    assert came_back(source).count(bytes(255)) >= 40_000
    assert time.perf_counter() - began < 60  # it took minutes


def test_packing_megabytes_of_metadata_can_be_stopped(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    source = tmp_path / "large.png"
    source.write_bytes(png(chunk(b"prVt", bytes(random.integers(97, 123, 6_000_000, np.uint8)))))
    cancel = CancelToken()
    began = time.perf_counter()
    threading.Timer(0.5, cancel.cancel).start()
    with pytest.raises(Cancelled):
        encode_file(source, tmp_path / "a.srec", PIXELS, cancel=cancel)
    assert time.perf_counter() - began < 3  # packing takes longer than that on a fast machine
    assert not (tmp_path / "a.srec").exists()
    # The library's call cannot be stopped, only left alone: other tests look at the threads that are there.
    for thread in threading.enumerate():
        if thread.name == "srec-library-call":
            thread.join()


def test_a_source_that_is_changed_meanwhile_gives_no_result(tmp_path: Path) -> None:
    source = tmp_path / "edited.png"
    source.write_bytes(png())

    def edit(news: Progress) -> None:
        if news.stage is Stage.WRITING:
            source.write_bytes(png(chunk(b"tEXt", b"Comment\0newer")))

    with pytest.raises(SrecError, match="changed while"):
        encode_file(source, tmp_path / "a.srec", PIXELS, progress=edit)
    assert not (tmp_path / "a.srec").exists()


@pytest.mark.parametrize("mode", ["RGBA", "RGB"])
def test_an_image_in_memory_with_any_palette_of_colours_can_be_saved(mode: str) -> None:
    image = Image.frombytes("P", (6, 4), bytes(range(24)))
    image.putpalette(bytes(range(len(mode) * 24)), mode)
    again = decode_image(encode_image(image, QUICK).data).image
    assert again.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


def test_numbers_of_any_kind_are_kept_and_what_is_none_hinders_nothing() -> None:
    image = Image.fromarray(photograph())
    image.info |= {
        "dpi": (np.float32(300), Fraction(301, 1)),
        "gamma": np.float64(0.5),
        "icc_profile": memoryview(b"profile"),
        "transparency": 5,
        "bad\udce9": "text",
        "Title": "kept",
    }
    encoded = encode_image(image, QUICK)
    info = decode_image(encoded.data).image.info
    assert (float(info["dpi"][0]), float(info["dpi"][1])) == (300, 301)
    assert (info["gamma"], info["icc_profile"], info["Title"]) == (0.5, b"profile", "kept")
    assert read_preview(encoded.data).size


def saved_as(source: Path, format_name: str) -> tuple[str, ...]:
    packed = source.with_suffix(".srec")
    encode_file(source, packed, QUICK)
    return decode_file(packed, source.with_name(f"other.{format_name}"), format=format_name).dropped


def test_what_another_format_cannot_hold_of_a_tga_a_pgm_a_tiff_or_a_jpeg_is_named(tmp_path: Path) -> None:
    samples = photograph()
    height, width, _ = samples.shape
    tga, ppm, tiff, jpeg = (tmp_path / f"a.{name}" for name in ("tga", "ppm", "tif", "jpg"))
    head = struct.pack("<BBB5x4HBB", 9, 0, 2, 0, 0, width, height, 24, 0x20)
    tga.write_bytes(head + b"scanner 2" + samples[:, :, ::-1].tobytes())
    ppm.write_bytes(b"P6\n# tray 4\n60 40\n255\n" + samples.tobytes())
    Image.fromarray(samples).save(tiff, tiffinfo={301: (0,) * 768, 33723: b"a caption"})
    Image.fromarray(samples).save(jpeg, comment=b"one")
    data = jpeg.read_bytes()
    jpeg.write_bytes(data[:2] + b"\xff\xfe\0\7second"[:9] + data[2:])
    assert saved_as(tga, "png") == ("identification",)
    assert saved_as(ppm, "png") == ()
    assert saved_as(ppm, "webp") == ("comment",)
    assert {"tag 301", "tag 33723"} <= set(saved_as(tiff, "png"))
    assert "further comments" in saved_as(jpeg, "png")
