"""JPEGs are packed without loss: every kind comes back byte for byte, by the method that can hold it."""

from __future__ import annotations

import io
import os
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
from srec_engine.container import open_reader
from srec_engine.images.jpeg_packing import pack_jpeg
from srec_engine.images.jpeg_parts import JpegPacker, parse_parts
from tests.codec.jpeg_bodies import container_of, packings_of
from tests.jpegs import JPEG_KINDS, JpegKind, Outcome, flipped, jpeg_of, photograph

REFUSED = {kind.name for kind in JPEG_KINDS.values() if kind.ours is Outcome.REFUSED}
"""Kinds that are held as their bytes, since they cannot be packed."""

SMALL = {"first-scans-only", "mean-beyond-12-bits"}
"""Kinds of small files, of which packing gains little or nothing."""

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
    if kind.name not in SMALL:
        assert report.method is (Method.VERBATIM if kind.name in REFUSED else Method.JPEG)
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
    for name in sorted(SMALL):
        data = JPEG_KINDS[name].make()
        assert read_source(packed(tmp_path / "a.jpg", data, JPEG)) == ("a.jpg", data)


@pytest.mark.parametrize("verify", [True, False])
def test_a_jpeg_that_would_come_back_changed_is_never_packed(
    tmp_path: Path, verify: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No file is known that our coder or libjxl packs so, now that what libjxl makes is looked at before it is taken.
    other = pack_jpeg(jpeg_of(quality=79))
    monkeypatch.setattr("srec_engine.codec.methods.jpeg.pack_jpeg", lambda *_: other)
    with pytest.raises(UnsupportedImageError, match="byte for byte"):
        packed(tmp_path / "a.jpg", jpeg_of(), replace(JPEG, verify=verify))
    assert read_source(packed(tmp_path / "a.jpg", jpeg_of(), EncodeOptions(verify=verify))) == ("a.jpg", jpeg_of())
    info = read_info(tmp_path / "a.srec")
    assert info.method is Method.VERBATIM
    assert "byte for byte" in check_file(tmp_path / "a.jpg").reason


@pytest.mark.parametrize("kind", ["baseline-420", "baseline-440", "coarse", "progressive", "restarts"])
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


@pytest.mark.parametrize(("name", "seed"), [("baseline-420", 2819), ("rgb", 778), ("mean-beyond-12-bits", None)])
def test_what_libjxl_would_give_back_otherwise_is_packed_by_our_coder(
    name: str, seed: int | None, tmp_path: Path
) -> None:
    whole = JPEG_KINDS[name].make()
    data = whole if seed is None else flipped(whole, seed)
    result = packed(tmp_path / "a.jpg", data, JPEG)
    assert read_source(result) == ("a.jpg", data)
    with open_reader(result) as reader:
        assert [part.packer for part in parse_parts(reader.body(), "it")] == [JpegPacker.COEFFICIENTS]


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
    # Packed it may be smaller than its bytes in a container, and is larger than the file.
    source.write_bytes(JPEG_KINDS["mean-beyond-12-bits"].make())
    report = encode_file(source, result, LEAVE)
    assert (report.left_alone, report.destination, report.verified) == (True, None, False)
    assert report.note == "the JPEG is smaller than what could be made of it"
    assert report.file_bytes >= report.source_bytes
    assert not result.exists()
    assert encode_file(source, result, replace(LEAVE, method=Method.VERBATIM)).destination == result
    source.write_bytes(JPEG_KINDS["arithmetic"].make())
    assert encode_file(source, result, LEAVE).note == "it is coded arithmetically"
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
        "assert not {'torch', 'torchac'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", probe], check=True)


def test_a_region_is_cut_to_the_picture_whatever_holds_it(tmp_path: Path) -> None:
    for options in (EncodeOptions(), EncodeOptions(method=Method.VERBATIM)):
        result = packed(tmp_path / "a.jpg", jpeg_of(), options)
        for region, size in (((200, 100, 500, 500), (56, 92)), ((-50, -50, 10, 10), (10, 10))):
            *_, step = decode_steps(result, region=region)
            assert step.picture is not None
            assert step.picture.size == size
        with pytest.raises(ValueError, match="lies outside"):
            list(decode_steps(result, region=(1000, 1000, 1100, 1100)))


def test_a_region_of_it_can_be_decoded(tmp_path: Path) -> None:
    result = packed(tmp_path / "a.jpg", jpeg_of())
    *_, step = decode_steps(result, region=(10, 20, 50, 60))
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


@pytest.mark.parametrize("kind", ["baseline-422", "baseline-420"])
def test_it_is_exported_as_jpeg_xl_whichever_coder_packed_it(kind: str, tmp_path: Path) -> None:
    import imagecodecs

    data = JPEG_KINDS[kind].make()
    for name, body in packings_of(data).items():
        (tmp_path / "a.srec").write_bytes(container_of(body, data))
        export_jpeg_xl(tmp_path / "a.srec", tmp_path / f"{name}.jxl")
        assert imagecodecs.jpegxl_decode_jpeg((tmp_path / f"{name}.jxl").read_bytes()) == data


@pytest.mark.parametrize("name", ["baseline-411", "unused-table", "cmyk", "mean-beyond-12-bits"])
def test_what_jpeg_xl_cannot_hold_is_not_exported_and_says_so(name: str, tmp_path: Path) -> None:
    result = packed(tmp_path / "a.jpg", JPEG_KINDS[name].make(), JPEG)
    with pytest.raises(
        UnsupportedImageError, match=r"cannot be exported: JPEG XL .*decode gives the file a\.jpg itself"
    ):
        export_jpeg_xl(result, tmp_path / "a.jxl")
    assert not (tmp_path / "a.jxl").exists()


@pytest.mark.parametrize("kind", ["cmyk", "ycck"])
def test_a_jpeg_for_printing_is_packed_and_shown_like_the_file(kind: str, tmp_path: Path) -> None:
    register_pillow()
    result = packed(tmp_path / "a.jpg", JPEG_KINDS[kind].make(), JPEG)
    with Image.open(tmp_path / "a.jpg") as original, Image.open(result) as plugged:
        assert decode_image(result).image.tobytes() == plugged.tobytes() == original.tobytes()
        assert read_info(result).mode == plugged.mode == original.mode == "CMYK"
        assert read_preview(result).tobytes() == original.convert("RGB").tobytes()
    with pytest.raises(UnsupportedImageError, match="CMYK"):
        decode_file(result, tmp_path / "a.png")


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


def test_whoever_waits_for_the_first_compilation_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    source = tmp_path / "a.jpg"
    source.write_bytes(jpeg_of())
    encode_file(source, tmp_path / "a.srec", progress=lambda news: told.append(news.message))
    assert not any(told)
    # A folder of which nothing is known: what was compiled is in memory, so nobody waits here.
    monkeypatch.setenv("SREC_CACHE_DIR", str(tmp_path / "fresh"))
    encode_file(source, tmp_path / "a.srec", progress=lambda news: told.append(news.message))
    assert "preparing the entropy coder (first run)" in told
    told.clear()
    verify_file(tmp_path / "a.srec", progress=lambda news: told.append(news.message))
    assert not any(told)


def test_packing_can_be_stopped(tmp_path: Path) -> None:
    source, token = tmp_path / "a.jpg", CancelToken()
    source.write_bytes(jpeg_of())
    token.cancel()
    with pytest.raises(Cancelled):
        encode_file(source, tmp_path / "a.srec", cancel=token)
    assert not (tmp_path / "a.srec").exists()
