"""JPEGs are packed without loss: every kind comes back byte for byte, by the method that can hold it."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from srec_engine import (
    Cancelled,
    CancelToken,
    DamagedFileError,
    EncodeOptions,
    Method,
    UnsupportedImageError,
    WithoutGain,
    check_file,
    decode_file,
    decode_image,
    decode_steps,
    encode_file,
    encode_image,
    export_jpeg_xl,
    inspect_file,
    inspect_with_network,
    read_info,
    read_preview,
    read_source,
    register_pillow,
    verify_file,
)
from srec_engine.container import Contents, FilePayload, container_bytes
from srec_engine.container.compression import lzma_compress
from srec_engine.container.fields import pack_integer
from srec_engine.images.jpeg_packing import jpeg_xl_of, pack_jpeg, unpack_jpeg
from srec_engine.images.picture import bytes_checksum
from tests.jpegs import JPEG_KINDS, JpegKind, flipped, jpeg_of, photograph

REFUSED = {
    *("arithmetic", "arithmetic-progressive", "cmyk", "ycck", "12-bits", "16-bits-lossless", "no-end", "cut"),
    # By JPEG XL, which then says no more than that.
    *("baseline-411", "progressive-restarts-of-rows", "very-many-comments", "half-a-profile", "unused-table"),
}
"""Kinds that are held as their bytes, since they cannot be packed."""

LARGER = {
    *("baseline-separate-scans", "one-pixel", "one-grey-pixel", "first-scans-only", "zero-padding"),
    "mean-beyond-12-bits",
}
"""Kinds that are held as their bytes, since packing makes these small files larger."""

JPEG = EncodeOptions(method=Method.JPEG)
LEAVE = EncodeOptions(without_gain=WithoutGain.LEAVE)


def packed(path: Path, data: bytes, options: EncodeOptions | None = None) -> Path:
    path.write_bytes(data)
    encode_file(path, path.with_suffix(".srec"), options or EncodeOptions())
    return path.with_suffix(".srec")


@pytest.mark.parametrize("kind", JPEG_KINDS.values(), ids=JPEG_KINDS)
def test_every_kind_of_jpeg_comes_back_byte_for_byte_by_the_expected_method(kind: JpegKind, tmp_path: Path) -> None:
    source, result = tmp_path / "a.jpg", tmp_path / "a.srec"
    source.write_bytes(kind.make())
    report = encode_file(source, result)
    assert report.verified
    assert report.method is (Method.VERBATIM if kind.name in REFUSED | LARGER else Method.JPEG)
    assert report.note.startswith("stored as it was: ") == (report.method is Method.VERBATIM)
    assert read_source(result) == ("a.jpg", source.read_bytes())
    decode_file(result, tmp_path / "back.jpg")
    assert (tmp_path / "back.jpg").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_packed_is_refused_with_the_reason_where_that_is_forced(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedImageError, match=r"a\.jpg cannot be held by the method jpeg: .*verbatim"):
        packed(tmp_path / "a.jpg", JPEG_KINDS[name].make(), JPEG)
    assert not (tmp_path / "a.srec").exists()


def test_small_files_are_packed_where_that_is_forced(tmp_path: Path) -> None:
    for name in sorted(LARGER - {"mean-beyond-12-bits"}):
        data = JPEG_KINDS[name].make()
        assert read_source(packed(tmp_path / "a.jpg", data, JPEG)) == ("a.jpg", data)


@pytest.mark.parametrize("verify", [True, False])
def test_a_jpeg_that_would_come_back_changed_is_never_packed(tmp_path: Path, verify: bool) -> None:
    # libjxl packs it without an error, and gives back another file.
    data = JPEG_KINDS["mean-beyond-12-bits"].make()
    assert unpack_jpeg(pack_jpeg(data), "it") != data
    with pytest.raises(UnsupportedImageError, match="byte for byte"):
        packed(tmp_path / "a.jpg", data, replace(JPEG, verify=verify))
    longer = data + bytes(4000)  # where packing would pay
    assert read_source(packed(tmp_path / "a.jpg", longer, EncodeOptions(verify=verify))) == ("a.jpg", longer)
    info = read_info(tmp_path / "a.srec")
    assert info.method is Method.VERBATIM
    assert "byte for byte" in check_file(tmp_path / "a.jpg").reason


@pytest.mark.parametrize("kind", ["baseline-420", "baseline-440", "fine", "progressive", "restarts"])
def test_a_hundred_files_with_flipped_bits_come_back_byte_for_byte(kind: str, tmp_path: Path) -> None:
    whole = JPEG_KINDS[kind].make()
    methods = set()
    for seed in range(100):
        data = flipped(whole, seed)
        (tmp_path / "a.jpg").write_bytes(data)
        report = encode_file(tmp_path / "a.jpg", tmp_path / "a.srec")
        methods.add(report.method)
        assert report.verified
        assert read_source(tmp_path / "a.srec") == ("a.jpg", data)
    assert methods <= {Method.JPEG, Method.VERBATIM}


@pytest.mark.parametrize("seed", [2819, 778])
def test_flipped_bits_that_libjxl_gives_back_otherwise_are_kept_as_they_are(seed: int, tmp_path: Path) -> None:
    data = flipped(JPEG_KINDS["baseline-420" if seed == 2819 else "rgb"].make(), seed)
    result = packed(tmp_path / "a.jpg", data)
    assert read_info(result).method is Method.VERBATIM
    assert read_source(result) == ("a.jpg", data)


def test_a_file_that_begins_like_a_jpeg_and_is_none_is_kept(tmp_path: Path) -> None:
    for data in (b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" + bytes(300)):
        result = packed(tmp_path / "a.jpg", data)
        assert read_info(result).method is Method.VERBATIM
        assert not read_info(result).is_picture_known
        assert read_source(result) == ("a.jpg", data)
        with pytest.raises(DamagedFileError, match="cannot be shown"):
            read_preview(result)


@pytest.mark.parametrize("method", [Method.SREC, Method.WEBP])
def test_no_method_that_holds_pixels_takes_a_jpeg_and_says_what_would_be_lost(method: Method, tmp_path: Path) -> None:
    gain_map = jpeg_of() + jpeg_of(photograph(64, 48))
    for data, lost in ((jpeg_of(), "would not give the JPEG back"), (gain_map, "bytes behind the picture")):
        with pytest.raises(UnsupportedImageError, match=lost):
            packed(tmp_path / "a.jpg", data, EncodeOptions(method=method))
        assert not (tmp_path / "a.srec").exists()


def test_the_second_picture_is_packed_as_a_jpeg_too(tmp_path: Path) -> None:
    first, second = jpeg_of(), jpeg_of(photograph(128, 96))
    sizes = [packed(tmp_path / "a.jpg", data).stat().st_size for data in (first, first + b"between" + second)]
    assert sizes[1] - sizes[0] < len(second)


def test_an_image_in_memory_has_no_jpeg_that_could_be_packed() -> None:
    with Image.open(io.BytesIO(jpeg_of())) as image, pytest.raises(UnsupportedImageError, match="no JPEG"):
        encode_image(image, JPEG)


def test_nothing_is_written_where_nothing_is_gained_unless_a_result_is_wanted(tmp_path: Path) -> None:
    source, result = tmp_path / "a.jpg", tmp_path / "a.srec"
    source.write_bytes(JPEG_KINDS["one-pixel"].make())
    report = encode_file(source, result, LEAVE)
    assert (report.left_alone, report.destination, report.verified) == (True, None, False)
    assert report.note == "the JPEG is smaller than what could be made of it"
    assert report.file_bytes >= report.source_bytes
    assert not result.exists()
    assert encode_file(source, result, replace(LEAVE, method=Method.VERBATIM)).destination == result
    source.write_bytes(JPEG_KINDS["arithmetic"].make())
    assert encode_file(source, result, LEAVE).note == "it is coded arithmetically"
    # Packed it is smaller than its bytes in a container, and larger than the file.
    source.write_bytes(JPEG_KINDS["progressive-dc-scans"].make())
    report = encode_file(source, result, LEAVE)
    assert (report.left_alone, report.method) == (True, Method.JPEG)
    assert report.note == "the JPEG is smaller than what could be made of it"
    source.write_bytes(jpeg_of())
    assert not encode_file(source, result, LEAVE).left_alone


def test_a_result_has_the_times_of_its_source_on_the_way_out_and_back(tmp_path: Path) -> None:
    source = tmp_path / "a.jpg"
    source.write_bytes(jpeg_of())
    os.utime(source, ns=(10**18, 10**18 + 5))
    encode_file(source, tmp_path / "a.srec")
    decode_file(tmp_path / "a.srec", tmp_path / "back.jpg")
    for result in (tmp_path / "a.srec", tmp_path / "back.jpg"):
        assert result.stat().st_mtime_ns == source.stat().st_mtime_ns
    decode_file(tmp_path / "a.srec", tmp_path / "now.jpg", keep_timestamps=False)
    assert (tmp_path / "now.jpg").stat().st_mtime_ns > source.stat().st_mtime_ns


def test_it_is_shown_as_the_jpeg_is_to_the_last_level(tmp_path: Path) -> None:
    result = packed(tmp_path / "a.jpg", JPEG_KINDS["camera-metadata"].make())
    with Image.open(tmp_path / "a.jpg") as original:
        assert decode_image(result).image.tobytes() == original.tobytes()
        decode_file(result, tmp_path / "a.png")
        with Image.open(tmp_path / "a.png") as png:
            assert png.tobytes() == original.tobytes()
            assert png.info["icc_profile"] == original.info["icc_profile"]
    info = read_info(result)
    assert (info.width, info.height, info.mode, info.source_format) == (256, 192, "RGB", "JPEG")


def test_pillow_opens_it_like_the_jpeg_with_its_metadata(tmp_path: Path) -> None:
    register_pillow()
    result = packed(tmp_path / "a.jpg", JPEG_KINDS["camera-metadata"].make())
    with Image.open(tmp_path / "a.jpg") as original, Image.open(result) as image:
        # Whoever converts colours asks for the profile before the pixels.
        assert image.info["icc_profile"] == original.info["icc_profile"]
        assert image.size == original.size
        assert image.getexif()[0x0112] == 6
        assert image.tobytes() == original.tobytes()
        assert image.info["icc_profile"] == original.info["icc_profile"]
        assert ImageOps.exif_transpose(image).size == original.size[::-1]


def test_pillow_tells_of_kept_files_what_their_own_format_has(tmp_path: Path) -> None:
    register_pillow()
    deep, palette = tmp_path / "deep.tif", tmp_path / "palette.gif"
    Image.fromarray(np.arange(64, dtype=np.uint16).reshape(8, 8)).save(deep, tiffinfo={270: "a scan"})
    photograph(64, 48).quantize(8).save(palette, save_all=True, append_images=[photograph(64, 48).quantize(8)])
    for source in (deep, palette):
        encode_file(source, tmp_path / "a.srec", EncodeOptions(method=Method.VERBATIM))
        with Image.open(source) as original, Image.open(tmp_path / "a.srec") as image:
            assert dict(image.getexif()) == dict(original.getexif())
            assert image.has_transparency_data == original.has_transparency_data
            assert image.tobytes() == original.tobytes()


def test_pillow_makes_thumbnails_of_it_by_the_jpegs_own_scales(tmp_path: Path) -> None:
    register_pillow()
    result = packed(tmp_path / "a.jpg", jpeg_of(photograph(512, 192)))
    with Image.open(result) as image, Image.open(tmp_path / "a.jpg") as original:
        image.draft("RGB", (64, 24))
        original.draft("RGB", (64, 24))
        assert image.size == original.size == (64, 24)
        assert image.tobytes() == original.tobytes()
    with Image.open(result) as image:
        image.thumbnail((100, 100))
        assert max(image.size) == 100


def test_a_preview_needs_neither_torch_nor_what_lies_behind_the_picture(tmp_path: Path) -> None:
    result = packed(tmp_path / "a.jpg", JPEG_KINDS["film-behind-end"].make())
    assert read_preview(result).size == (256, 192)
    probe = (
        "import sys, pathlib, srec_engine\n"
        f"assert srec_engine.read_preview(pathlib.Path({str(result)!r})).mode == 'RGB'\n"
        "assert not {'torch', 'numba', 'torchac'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", probe], check=True)


def test_a_region_is_cut_to_the_picture_whatever_holds_it(tmp_path: Path) -> None:
    for options in (EncodeOptions(), EncodeOptions(method=Method.VERBATIM)):
        result = packed(tmp_path / "a.jpg", jpeg_of(), options)
        for region, size in (((200, 100, 500, 500), (56, 92)), ((-50, -50, 10, 10), (10, 10))):
            (step,) = decode_steps(result, region=region)
            assert step.picture is not None
            assert step.picture.size == size
        with pytest.raises(ValueError, match="lies outside"):
            list(decode_steps(result, region=(1000, 1000, 1100, 1100)))


def test_a_region_of_it_can_be_decoded(tmp_path: Path) -> None:
    result = packed(tmp_path / "a.jpg", jpeg_of())
    (step,) = decode_steps(result, region=(10, 20, 50, 60))
    with Image.open(tmp_path / "a.jpg") as original:
        assert step.picture is not None
        assert step.picture.tobytes() == original.crop((10, 20, 50, 60)).tobytes()


def test_the_inspector_tells_where_the_bytes_of_the_jpeg_are_and_codes_it_with_the_network(tmp_path: Path) -> None:
    result = packed(tmp_path / "a.jpg", jpeg_of())
    parts = inspect_file(result).source_parts()
    assert sum(part.bits for part in parts) == 8 * (tmp_path / "a.jpg").stat().st_size
    assert {part.kind.value for part in parts} >= {"metadata", "tables and headers", "DC", "AC"}
    assert inspect_file(packed(tmp_path / "b.jpg", jpeg_of()[:-2])).source_parts() == ()
    inspection = inspect_with_network(result)
    assert inspection.geometry is not None
    assert inspection.info.method is Method.SREC


def test_the_original_file_can_be_asked_for_under_any_name(tmp_path: Path) -> None:
    result = packed(tmp_path / "a.jpg", JPEG_KINDS["cmyk"].make())
    for name in ("without an ending", "a.bak", "a.png"):
        decode_file(result, tmp_path / name, format="original")
        assert (tmp_path / name).read_bytes() == (tmp_path / "a.jpg").read_bytes()


def test_it_is_exported_as_a_jpeg_xl_that_rebuilds_it(tmp_path: Path) -> None:
    import imagecodecs

    result = packed(tmp_path / "a.jpg", jpeg_of())
    report = export_jpeg_xl(result, tmp_path / "a.jxl")
    assert report.dropped == ()
    exported = (tmp_path / "a.jxl").read_bytes()
    assert imagecodecs.jpegxl_decode_jpeg(exported) == (tmp_path / "a.jpg").read_bytes()
    pixels = imagecodecs.jpegxl_decode(exported).astype(int)
    with Image.open(tmp_path / "a.jpg") as original:
        assert np.abs(pixels - np.asarray(original)).mean() < 3
    more = packed(tmp_path / "b.jpg", jpeg_of() + b"and more")
    assert export_jpeg_xl(more, tmp_path / "b.jxl").dropped == ("what lies behind the picture",)


def test_what_is_no_packed_jpeg_is_not_exported(tmp_path: Path) -> None:
    for data, options in ((jpeg_of()[:-2], EncodeOptions()), (jpeg_of(), EncodeOptions(method=Method.VERBATIM))):
        result = packed(tmp_path / "a.jpg", data, options)
        with pytest.raises(UnsupportedImageError, match=r"a\.srec holds its picture as the bytes"):
            export_jpeg_xl(result, tmp_path / "a.jxl")
        assert not (tmp_path / "a.jxl").exists()


def test_what_would_become_of_a_jpeg_is_told_beforehand(tmp_path: Path) -> None:
    source = tmp_path / "a.jpg"
    source.write_bytes(jpeg_of())
    for pixels in (True, False):
        report = check_file(source, pixels=pixels)
        assert (report.methods, report.reason, report.comes_back.value) == ((Method.JPEG,), "", "bytes")
    source.write_bytes(jpeg_of()[:-2])
    assert check_file(source).methods == (Method.VERBATIM,)
    assert check_file(source).reason == "its pixels are cut off"


def test_packing_can_be_stopped(tmp_path: Path) -> None:
    source, token = tmp_path / "a.jpg", CancelToken()
    source.write_bytes(jpeg_of())
    token.cancel()
    with pytest.raises(Cancelled):
        encode_file(source, tmp_path / "a.srec", cancel=token)
    assert not (tmp_path / "a.srec").exists()


def container_of(body: bytes, original: bytes) -> bytes:
    return container_bytes(Contents("RGB", 256, 192, FilePayload("a.jpg", body, Method.JPEG), bytes_checksum(original)))


def part(packer: int, size: int, content: bytes) -> bytes:
    return bytes([packer]) + pack_integer(size) + pack_integer(len(content)) + content


def boxes(*contents: tuple[bytes, bytes]) -> bytes:
    """Boxes of a JPEG XL file, behind its signature."""
    signature = [(b"JXL ", b"\r\n\x87\n"), (b"ftyp", b"jxl \0\0\0\0jxl ")]
    return b"".join(struct.pack(">I4s", 8 + len(data), name) + data for name, data in [*signature, *contents])


VAST = b"\xff\x0a" + b"\xfe" * 30
"""A codestream that announces 2³⁰ pixels down, whatever follows."""

IN_TWO_BOXES = boxes((b"jxlp", bytes(4) + VAST[:2]), (b"jxlp", bytes(4) + VAST[2:]))

BOMB = b"\1" + lzma_compress(bytes(1 << 26))
HOSTILE = {
    "no part at all": b"",
    "an unknown packer": part(7, 4, b"1234"),
    "more bytes than are there": b"\0\5\x7fabc",
    "no JPEG XL": part(1, 1000, bytes(1000)),
    "a JPEG XL that ends at once": part(1, 1000, b"\xff\x0a" + bytes(2)),
    "one of very many pixels": part(1, 1000, b"\xff\x0a" + b"\xff" * 30),
    "a few bytes that would become many": part(0, 1 << 40, b"\0" + bytes(10)),
    "a bomb": part(0, 1 << 26, BOMB),
    "many small bombs": 9 * part(0, 1 << 21, b"\1" + lzma_compress(bytes(1 << 21))),
    "very many parts": 1000 * part(0, 1, b"\0a"),
    "one of very many pixels in two boxes": part(
        1, 1000, boxes((b"jxlp", bytes(4) + VAST[:2]), (b"jxlp", bytes(4) + VAST[2:]))
    ),
    "one whose box ends too soon": part(1, 1000, boxes((b"jxlc", VAST[:5]), (b"junk", bytes(40)))),
    "a bomb that lies about its size": part(0, 1000, BOMB),
    "fewer bytes than announced": part(0, 9, b"\0" + bytes(8)),
    "a JPEG that is shorter than announced": part(1, len(jpeg_of()) + 1, jpeg_xl_of(pack_jpeg(jpeg_of()), "it")[0]),
    "a JPEG that is longer than announced": part(1, len(jpeg_of()) - 1, jpeg_xl_of(pack_jpeg(jpeg_of()), "it")[0]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_are_refused_before_they_cost_anything(name: str) -> None:
    data = container_of(HOSTILE[name], jpeg_of())
    with pytest.raises(DamagedFileError):
        verify_file(data)
    with pytest.raises(DamagedFileError):
        read_preview(data)


def test_damage_that_the_checksums_do_not_see_is_named_in_the_end() -> None:
    # As if somebody had computed the checksums anew.
    whole = bytearray(pack_jpeg(jpeg_of()))
    for seed in range(100):
        random = np.random.default_rng(seed)
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 3):
            damaged[place] ^= 1 << int(random.integers(8))
        if damaged != whole:
            with pytest.raises(DamagedFileError):
                verify_file(container_of(bytes(damaged), jpeg_of()))


@pytest.mark.parametrize("header", [("RGB", 257, 192), ("L", 256, 192), ("RGB", 1, 1)])
def test_a_header_that_speaks_of_another_picture_is_damage(header: tuple[str, int, int]) -> None:
    payload = FilePayload("a.jpg", pack_jpeg(jpeg_of()), Method.JPEG)
    data = container_bytes(Contents(*header, payload, bytes_checksum(jpeg_of())))
    with pytest.raises(DamagedFileError, match="holds another file"):
        verify_file(data)
    with pytest.raises(DamagedFileError, match="holds another file"):
        verify_file(container_of(part(0, 10, b"\0no picture"), b"no picture"))


def test_another_file_than_the_one_that_was_packed_is_not_taken_for_it() -> None:
    data = container_of(pack_jpeg(jpeg_of(quality=70)), jpeg_of())
    with pytest.raises(DamagedFileError, match="not the one it was made from"):
        verify_file(data)
