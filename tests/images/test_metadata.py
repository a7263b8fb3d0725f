from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from srec_engine.errors import DamagedFileError, SrecError, UnsupportedImageError
from srec_engine.images.conversion import converted_picture
from srec_engine.images.metadata import info_from_metadata
from srec_engine.images.opening import picture_from_image
from srec_engine.images.picture import PICTURE_MODES, Picture, VerbatimOnlyError
from srec_engine.images.saving import save_image, to_image, write_image
from srec_engine.images.sources import read_picture
from tests.images.examples import file_bytes, image_of, through_container

ICC = bytes(range(256)) * 2
XMP = b'<?xpacket begin="\xef\xbb\xbf"?><x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def exif() -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = 6
    tags[0x010F] = "A maker"
    tags.get_ifd(0x8769)[0x829A] = IFDRational(1, 250)
    return tags


def png_text() -> PngInfo:
    chunks = PngInfo()
    chunks.add_text("Title", "caf\xe9")
    chunks.add_itxt("Beschreibung", "Zürich 東京", "de", "Übersetzt")
    chunks.add_text("Long", "many words " * 500, zip=True)
    chunks.add_itxt("XML:com.adobe.xmp", XMP.decode())
    chunks.add(b"gAMA", (45455).to_bytes(4, "big"))
    chunks.add(b"cHRM", b"".join(value.to_bytes(4, "big") for value in range(31270, 31278)))
    return chunks


FILES: dict[str, bytes] = {
    "PNG": file_bytes(image_of("RGB"), "PNG", pnginfo=png_text(), icc_profile=ICC, exif=exif(), dpi=(72.009, 299.999)),
    "JPEG": file_bytes(
        image_of("RGB"), "JPEG", icc_profile=ICC, exif=exif(), dpi=(300, 301), comment=b"a \xff comment", xmp=XMP
    ),
    "TIFF": file_bytes(
        image_of("RGB"), "TIFF", icc_profile=ICC, dpi=(300.5, 72), description="On a hill", software="A program"
    ),
    "WEBP": file_bytes(image_of("RGB"), "WEBP", lossless=True, icc_profile=ICC, exif=exif(), xmp=XMP),
    "GIF": file_bytes(image_of("P"), "GIF", comment=b"a comment", transparency=2),
}


def picture_in(data: bytes) -> Picture:
    """The picture of a file, whether its pixels would be stored or its bytes."""
    try:
        return read_picture(data)
    except VerbatimOnlyError:
        return converted_picture(data, "a")[0]


KEPT = ["icc_profile", "exif", "xmp", "dpi", "comment", "gamma", "chromaticity", "transparency"]


@pytest.mark.parametrize("format_name", FILES)
def test_the_metadata_of_every_format_comes_back_as_pillow_shows_it(format_name: str) -> None:
    with Image.open(io.BytesIO(FILES[format_name])) as image:
        image.load()
        expected = {key: image.info[key] for key in KEPT if key in image.info}
        tags = dict(image.getexif())
    again = to_image(through_container(picture_in(FILES[format_name])))
    assert {key: again.info[key] for key in expected} == expected
    assert len(expected) >= 2
    for tag in (0x0112, 0x010F, 0x010E, 0x0131):
        assert again.getexif().get(tag) == tags.get(tag)


def test_text_comes_back_with_its_language_and_order() -> None:
    with Image.open(io.BytesIO(FILES["PNG"])) as image:
        image.load()
        expected: dict[str, Any] = dict(getattr(image, "text", {}))
    assert expected.pop("XML:com.adobe.xmp").encode() == XMP  # kept as XMP
    again = to_image(through_container(read_picture(FILES["PNG"])))
    assert [key for key in again.info if key in expected] == list(expected)
    assert {key: again.info[key] for key in expected} == expected
    assert (again.info["Beschreibung"].lang, again.info["Beschreibung"].tkey) == ("de", "Übersetzt")


def test_orientation_is_kept_and_not_applied() -> None:
    picture = picture_in(FILES["JPEG"])
    assert (picture.width, picture.height) == (37, 23)
    assert to_image(picture).getexif()[0x0112] == 6


def test_fractions_keep_numerator_and_denominator() -> None:
    image = image_of("RGB")
    image.info["dpi"] = (IFDRational(72009, 1000), IFDRational(300, 1))
    dpi = to_image(through_container(picture_from_image(image))).info["dpi"]
    assert [(value.numerator, value.denominator) for value in dpi] == [(72009, 1000), (300, 1)]


def test_what_no_file_can_hold_is_left_out() -> None:
    image = image_of("RGB")
    image.info |= {"dpi": (float("nan"), 1), "gamma": object(), "exif": 7, "anything": object(), "Title": "kept"}
    assert set(picture_from_image(image).metadata) == {"text"}


def test_what_older_versions_took_for_a_property_does_not_keep_a_file_from_being_decoded() -> None:
    metadata = {"dpi": b'"300"', "properties": b'{"transparency":"yes","gamma":0.5}'}
    assert info_from_metadata(metadata) == {"gamma": 0.5}


def test_more_metadata_than_allowed_is_refused() -> None:
    image = image_of("RGB")
    image.info["comment"] = bytes(65 << 20)
    with pytest.raises(VerbatimOnlyError, match="bytes of metadata"):
        picture_from_image(image)


@pytest.mark.parametrize(
    "metadata",
    [
        {"dpi": b"{"},
        {"dpi": b"\xff"},
        {"dpi": b"[1]"},
        {"dpi": b'["a",1]'},
        {"properties": b"[1]"},
        {"properties": b'{"transparency":{"hex":"zz"}}'},
        {"text": b"7"},
        {"text": b'[["key"]]'},
        {"text": b"[[1,2]]"},
        {"dpi": b"[" * 100_000},
    ],
)
def test_metadata_that_is_not_what_its_name_says_is_an_error_of_ours(metadata: dict[str, bytes]) -> None:
    with pytest.raises(DamagedFileError):
        info_from_metadata(metadata)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
@pytest.mark.parametrize("mode", PICTURE_MODES)
def test_saved_pictures_open_with_the_same_pixels(mode: str, suffix: str, tmp_path: Path) -> None:
    image = image_of(mode)
    path = tmp_path / f"a{suffix}"
    assert save_image(picture_from_image(image), path) == ()
    with Image.open(path) as saved:
        if suffix != ".webp":
            assert saved.mode == mode
            assert saved.tobytes() == image.tobytes()
        form = "RGBA" if mode in ("LA", "RGBA") else "RGB"
        assert saved.convert(form).tobytes() == image.convert(form).tobytes()


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP", "GIF", "TIFF"])
def test_a_saved_png_has_all_metadata(format_name: str) -> None:
    picture = picture_in(FILES[format_name])
    buffer = io.BytesIO()
    assert write_image(picture, buffer, "PNG") == ()
    before, after = to_image(picture), Image.open(buffer)
    after.load()
    for key in ("icc_profile", "xmp", "gamma", "chromaticity", "transparency"):
        assert after.info.get(key) == before.info.get(key)
    if "dpi" in before.info:
        assert after.info["dpi"] == pytest.approx(before.info["dpi"], abs=0.02)
    assert dict(after.getexif()) == dict(before.getexif())


def test_png_metadata_survives_exactly() -> None:
    buffer = io.BytesIO()
    write_image(read_picture(FILES["PNG"]), buffer, "PNG")
    saved, source = Image.open(buffer), Image.open(io.BytesIO(FILES["PNG"]))
    saved.load()
    source.load()
    assert saved.info == source.info


@pytest.mark.parametrize("format_name", ["TIFF", "WEBP"])
def test_what_a_format_cannot_hold_is_told(format_name: str) -> None:
    buffer = io.BytesIO()
    lost = write_image(read_picture(FILES["PNG"]), buffer, format_name)
    assert "text" in lost
    assert not {"icc", "exif", "xmp"} & set(lost)
    with Image.open(buffer) as saved:
        assert saved.info["icc_profile"] == ICC
        assert saved.getexif()[0x0112] == 6
        assert saved.info["xmp"] == XMP
        # Pillow turns a TIFF when it loads the pixels.
        expected = image_of("RGB").transpose(Image.Transpose.ROTATE_270) if format_name == "TIFF" else image_of("RGB")
        assert saved.tobytes() == expected.tobytes()


def test_tiff_keeps_the_exif_of_a_photograph_and_its_resolution() -> None:
    buffer = io.BytesIO()
    write_image(picture_in(FILES["JPEG"]), buffer, "TIFF")
    with Image.open(buffer) as saved:
        assert saved.info["dpi"] == (300, 301)
        assert saved.getexif()[0x010F] == "A maker"
        assert saved.getexif().get_ifd(0x8769)[0x829A] == IFDRational(1, 250)


def test_a_png_keeps_indices_behind_the_end_of_the_palette() -> None:
    indices = np.arange(256, dtype=np.uint8).reshape(16, 16)
    picture = picture_from_image(image_of("P", 16, 16))
    picture = Picture("P", 16, 16, indices=indices, palette=picture.palette)
    buffer = io.BytesIO()
    write_image(picture, buffer, "PNG")
    assert Image.open(buffer).tobytes() == indices.tobytes()


def test_transparency_that_tiff_would_lose_is_refused(tmp_path: Path) -> None:
    picture = picture_in(FILES["GIF"])
    with pytest.raises(UnsupportedImageError, match=r"transparency\. Use PNG"):
        save_image(picture, tmp_path / "a.tif")
    assert list(tmp_path.iterdir()) == []


def test_a_webp_shows_the_transparency_of_a_palette() -> None:
    buffer = io.BytesIO()
    write_image(picture_in(FILES["GIF"]), buffer, "WEBP")
    with Image.open(buffer) as saved, Image.open(io.BytesIO(FILES["GIF"])) as source:
        assert saved.tobytes() == source.convert("RGBA").tobytes()


def test_an_unknown_extension_is_refused(tmp_path: Path) -> None:
    for name in ("a.jpg", "a"):
        with pytest.raises(UnsupportedImageError, match=r"\.png"):
            save_image(picture_from_image(image_of("RGB")), tmp_path / name)
    with pytest.raises(UnsupportedImageError, match="JPEG"):
        write_image(picture_from_image(image_of("RGB")), io.BytesIO(), "JPEG")


def test_a_picture_too_large_for_webp_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    picture = picture_from_image(Image.new("L", (16384, 1)))
    with pytest.raises(UnsupportedImageError, match="16383"):
        save_image(picture, tmp_path / "a.webp")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format_name", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize(
    "metadata",
    [
        {"exif": b"no exif at all"},
        {"exif": b"Exif\0\0II*\0\x08\0\0\0\xff\xff"},
        {"dpi": b"[-1,1e300]"},
        {"dpi": b'[-1,{"ratio":[0,0]}]'},
        {"properties": b'{"gamma":-1,"srgb":999,"transparency":"x"}'},
        {"properties": b'{"gamma":1e300,"chromaticity":["a",1,1,1,1,1,1,1]}'},
        {"text": '[["Schlüssel 東京","x"],["","y"]]'.encode()},
        {"xmp": b"\xff\xfe", "icc": b"", "comment": b"\0"},
    ],
)
def test_strange_metadata_is_saved_or_an_error_of_ours(metadata: dict[str, bytes], format_name: str) -> None:
    picture = picture_from_image(image_of("RGB"))
    picture = Picture("RGB", 37, 23, picture.colour, metadata=metadata)
    buffer = io.BytesIO()
    try:
        write_image(picture, buffer, format_name)
    except SrecError:
        return
    assert Image.open(buffer).tobytes() == image_of("RGB").tobytes()
