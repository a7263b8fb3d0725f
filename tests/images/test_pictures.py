from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from srec_engine.container import Contents, NetworkPayload, Reader, container_bytes, decode_plane
from srec_engine.errors import DamagedFileError, SrecError, UnsupportedImageError
from srec_engine.images.conversion import converted_picture
from srec_engine.images.opening import picture_from_image
from srec_engine.images.picture import PICTURE_MODES, Picture, VerbatimOnlyError, bytes_checksum, pixel_checksum
from srec_engine.images.planes import network_planes, picture_from_reader, webp_contents
from srec_engine.images.saving import to_image
from srec_engine.images.sources import find_file_to_keep, read_picture
from srec_engine.images.webp import MAX_BLOCK_SIDE, WebPEffort, webp_decode, webp_encode
from tests.images.examples import DEVELOPMENT_IMAGES, file_bytes, image_of, through_container


def assert_same(image: Image.Image, expected: Image.Image) -> None:
    assert (image.mode, image.size) == (expected.mode, expected.size)
    assert image.tobytes() == expected.tobytes()
    if expected.mode == "P":
        assert image.palette is not None
        assert expected.palette is not None
        assert image.palette.mode == expected.palette.mode
        assert image.getpalette(None) == expected.getpalette(None)


@pytest.mark.parametrize("mode", PICTURE_MODES)
def test_every_mode_comes_back_exactly(mode: str) -> None:
    image = image_of(mode)
    assert_same(to_image(through_container(picture_from_image(image))), image)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PICTURE_MODES), st.integers(1, 60), st.integers(1, 60), st.integers(0, 99))
def test_every_size_comes_back_exactly(mode: str, width: int, height: int, seed: int) -> None:
    image = image_of(mode, width, height, seed)
    picture = picture_from_image(image)
    again = through_container(picture)
    assert pixel_checksum(again) == pixel_checksum(picture)
    assert_same(to_image(again), image)


@pytest.mark.parametrize(("mode", "colour"), [("L", 0), ("LA", (255, 0)), ("P", 3), ("1", 1), ("RGB", 0), ("RGBA", 0)])
def test_constant_pictures_come_back_and_are_tiny(mode: str, colour: int | tuple[int, ...]) -> None:
    image = Image.new(mode, (300, 200), colour)
    picture = picture_from_image(image)
    payload, planes = webp_contents(picture)
    assert len(payload.data) + sum(len(plane.data) for plane in planes) < 100 + 3 * 256
    assert_same(to_image(through_container(picture)), image)


@pytest.mark.parametrize("colours", [1, 2, 16, 17, 255, 256])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_palettes_come_back_in_their_own_length_and_kind(colours: int, mode: str) -> None:
    image = Image.frombytes("P", (40, 30), bytes(np.arange(1200) % colours))
    image.putpalette(np.random.default_rng(2).bytes(len(mode) * colours), mode)
    image.load()
    picture = picture_from_image(image)
    assert picture.palette is not None
    assert len(picture.palette.data) == len(mode) * colours
    assert_same(to_image(through_container(picture)), image)


@pytest.mark.parametrize("transparency", [0, 3, b"\x00\x80\xff\x07"])
def test_the_transparency_of_a_palette_comes_back(transparency: int | bytes) -> None:
    image = Image.open(io.BytesIO(file_bytes(image_of("P"), "PNG", transparency=transparency)))
    before = image.info["transparency"]
    again = to_image(through_container(picture_from_image(image)))
    assert again.info["transparency"] == before
    assert_same(again.convert("RGBA"), image.convert("RGBA"))


def test_indices_behind_the_end_of_the_palette_come_back() -> None:
    image = Image.frombytes("P", (16, 16), bytes(range(256)))
    image.putpalette([1, 2, 3])
    assert to_image(through_container(picture_from_image(image))).tobytes() == bytes(range(256))


def test_colours_under_transparent_pixels_come_back() -> None:
    image = image_of("RGBA")
    again = through_container(picture_from_image(image), effort=WebPEffort.THOROUGH)
    assert again.colour is not None
    assert again.alpha is not None
    assert again.alpha[0, 0] == 0
    assert tuple(again.colour[0, 0]) == (1, 2, 3)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_a_network_gets_the_colours_and_the_container_the_rest(mode: str) -> None:
    image = image_of(mode, 70, 40)
    picture = picture_from_image(image)
    assert picture.colour is not None
    channels = picture.colour.shape[2]
    assert channels == (3 if mode.startswith("RGB") else 1)
    base = np.zeros((10, 18, channels), np.uint8)
    payload = NetworkPayload(bytes(32), base, [b""] * 12, 2, 32)
    contents = Contents(mode, 70, 40, payload, pixel_checksum(picture), planes=network_planes(picture))
    reader = Reader(container_bytes(contents))
    assert_same(to_image(picture_from_reader(reader, picture.colour)), image)


@pytest.mark.parametrize("mode", ["P", "1"])
def test_a_network_gets_nothing_of_palettes_and_bits(mode: str) -> None:
    picture = picture_from_image(image_of(mode))
    assert picture.colour is None
    with pytest.raises(ValueError, match="no colours for a network"):
        network_planes(picture)


def test_a_decoded_colour_of_the_wrong_shape_is_refused() -> None:
    picture = picture_from_image(image_of("L", 70, 40))
    payload = NetworkPayload(bytes(32), np.zeros((10, 18, 1), np.uint8), [b""] * 12, 2, 32)
    reader = Reader(container_bytes(Contents("L", 70, 40, payload, pixel_checksum(picture))))
    with pytest.raises(DamagedFileError, match="mode L"):
        picture_from_reader(reader, np.zeros((40, 70, 3), np.uint8))


def test_an_alpha_plane_that_is_missing_is_named() -> None:
    payload = NetworkPayload(bytes(32), np.zeros((10, 18, 3), np.uint8), [b""] * 12, 2, 32)
    reader = Reader(container_bytes(Contents("RGBA", 70, 40, payload, bytes(16))))
    with pytest.raises(DamagedFileError, match="alpha plane is missing"):
        picture_from_reader(reader, np.zeros((40, 70, 3), np.uint8))


def test_the_checksum_knows_mode_size_and_every_sample() -> None:
    picture = picture_from_image(image_of("RGBA"))
    assert picture.alpha is not None
    alpha = picture.alpha.copy()
    alpha[-1, -1] ^= 1
    others = [
        Picture("RGBA", 37, 23, picture.colour, alpha),
        picture_from_image(image_of("RGB")),
        picture_from_image(image_of("RGBA").transpose(Image.Transpose.ROTATE_90)),
    ]
    sums = {pixel_checksum(other) for other in [picture, *others]}
    assert len(sums) == 4
    assert {len(checksum) for checksum in sums} == {16}
    assert len(bytes_checksum(b"source")) == 16


class TestWebP:
    """Lossless WebP in blocks."""

    @pytest.mark.parametrize("shape", [(1, MAX_BLOCK_SIDE + 2), (MAX_BLOCK_SIDE + 2, 2), (600, 16000)])
    @pytest.mark.parametrize("channels", [1, 4])
    def test_pictures_larger_than_webp_allows_come_back(self, shape: tuple[int, int], channels: int) -> None:
        rows, columns = np.ogrid[: shape[0], : shape[1]]
        samples = np.empty((*shape, channels), np.uint8)
        samples[:] = ((rows * 3 + columns // 8) % 251).astype(np.uint8)[:, :, None]
        data = webp_encode(samples, effort=WebPEffort.FAST)
        assert np.array_equal(webp_decode(data, shape[1], shape[0], channels, "x"), samples)

    def test_one_block_is_an_ordinary_webp_file(self) -> None:
        image = image_of("RGB")
        data = webp_encode(np.asarray(image))
        assert_same(Image.open(io.BytesIO(data)), image)

    def test_it_is_as_small_as_pillow_makes_it_or_nearly(self, sample_photograph: Path) -> None:
        image = Image.open(sample_photograph).convert("RGB").crop((100, 50, 200, 150))
        best = len(file_bytes(image, "WEBP", lossless=True, exact=True, quality=100, method=6))
        sizes = {effort: len(webp_encode(np.asarray(image), effort)) for effort in WebPEffort}
        assert sizes[WebPEffort.THOROUGH] == best
        assert max(sizes.values()) < 1.05 * best

    def test_damaged_data_or_another_size_is_an_error_of_ours(self) -> None:
        data = webp_encode(np.asarray(image_of("RGB")))
        for wrong in (b"", data[:30], data[: len(data) // 2], b"RIFF" + bytes(40)):
            with pytest.raises(DamagedFileError):
                webp_decode(wrong, 37, 23, 3, "x")
        with pytest.raises(DamagedFileError, match="pixels"):
            webp_decode(data, 36, 23, 3, "x")

    def test_random_changes_give_errors_of_ours_or_pixels(self) -> None:
        data = webp_encode(np.asarray(image_of("RGBA")))
        random = np.random.default_rng(4)
        for _ in range(500):
            changed = bytearray(data)
            changed[int(random.integers(len(data)))] = int(random.integers(256))
            try:
                samples = webp_decode(bytes(changed), 37, 23, 4, "x")
            except DamagedFileError:
                continue
            assert samples.shape == (23, 37, 4)


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_16_bit(colour_type: int, channels: int) -> bytes:
    rows = (b"\0" + bytes(range(2 * channels))) * 2
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            png_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 2, 16, colour_type, 0, 0, 0)),
            png_chunk(b"IDAT", zlib.compress(rows)),
            png_chunk(b"IEND", b""),
        ]
    )


def multiplied_alpha() -> bytes:
    """A TIFF whose tag 338 (one 16-bit number) says 1, associated alpha, instead of 2."""
    tag = struct.pack("<HHI", 338, 3, 1)
    data = file_bytes(image_of("RGBA"), "TIFF")
    assert data.count(tag + b"\2") == 1
    return data.replace(tag + b"\2", tag + b"\1")


def frames(format_name: str) -> bytes:
    others = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue")]
    return file_bytes(Image.new("RGB", (20, 10)), format_name, save_all=True, append_images=others, duration=50)


REFUSED = {
    "RGB of 16 bits in PNG": (png_16_bit(2, 3), "more than 8 bits"),
    "RGBA of 16 bits in PNG": (png_16_bit(6, 4), "more than 8 bits"),
    "grey and alpha of 16 bits in PNG": (png_16_bit(4, 2), "more than 8 bits"),
    "grey of 16 bits in PNG": (png_16_bit(0, 1), "16 bits"),
    "grey of 16 bits in TIFF": (file_bytes(Image.new("I;16", (9, 5)), "TIFF"), "16 bits"),
    "grey of 32 bits": (file_bytes(Image.new("I", (9, 5)), "TIFF"), "32 bits"),
    "floating point": (file_bytes(Image.new("F", (9, 5)), "TIFF"), "floating-point"),
    "CMYK": (file_bytes(Image.new("CMYK", (9, 5)), "JPEG"), "CMYK"),
    "YCbCr": (file_bytes(Image.new("YCbCr", (9, 5)), "TIFF"), "YCbCr"),
    "LAB": (file_bytes(Image.new("LAB", (9, 5)), "TIFF"), "L\\*a\\*b\\*"),
    "a multiplied alpha": (multiplied_alpha(), "multiplied"),
    "a turned TIFF": (file_bytes(image_of("RGB"), "TIFF", tiffinfo={274: 6}), "orientation"),
    "an unspecified channel": (file_bytes(image_of("RGBA").convert("RGBX"), "TIFF"), "RGBX|channels"),
    "RGB of 16 bits in PPM": (b"P6 2 1 65535\n" + bytes(12), "more than 8 bits"),
    "RGB of 16 bits in plain PPM": (b"P3 1 1 65535\n1 2 300\n", "more than 8 bits"),
    "RGB of 10 bits in PPM": (b"P6 2 1 1023\n" + bytes(12), "more than 8 bits"),
    "several frames in GIF": (frames("GIF"), "several frames"),
    "several frames in PNG": (frames("PNG"), "several frames"),
    "several frames in WebP": (frames("WEBP"), "several frames"),
    "several pages in TIFF": (frames("TIFF"), "several frames"),
    "several sizes in ICO": (
        file_bytes(Image.new("RGBA", (64, 64)), "ICO", sizes=[(16, 16), (64, 64)]),
        "several sizes",
    ),
    "a format not looked into": (file_bytes(Image.new("RGB", (9, 5)), "DDS"), "not known"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_lose_something_is_refused_with_the_reason_and_can_be_kept_verbatim(
    name: str, tmp_path: Path
) -> None:
    data, reason = REFUSED[name]
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    with pytest.raises(VerbatimOnlyError, match=reason) as caught:
        read_picture(path)
    assert "verbatim" in str(caught.value)
    kept = caught.value.kept
    assert kept is not None
    assert (kept.source.name, kept.source.read()) == ("a.bin", data)
    with Image.open(path) as image:
        assert (kept.mode, kept.width, kept.height) == (image.mode, *image.size)


@pytest.mark.parametrize("depth", [8, 10, 12])
def test_an_avif_is_kept_as_its_bytes_and_converted_where_it_has_8_bits(depth: int) -> None:
    codecs = pytest.importorskip("imagecodecs")
    shift = depth - 8
    samples = np.zeros((32, 48, 3), np.uint16 if shift else np.uint8)
    samples[:, :, 1] = np.arange(48) << shift
    try:
        data = codecs.avif_encode(samples, bitspersample=depth)
    except (RuntimeError, ValueError, NotImplementedError) as error:
        pytest.skip(f"the library for this test cannot write AVIF: {error}")
    assert_only_eight_bits_are_converted(data, depth)


@pytest.mark.parametrize("depth", [8, 12, 16])
def test_a_jpeg_2000_is_kept_as_its_bytes_and_converted_where_it_has_8_bits(depth: int) -> None:
    codecs = pytest.importorskip("imagecodecs")
    samples = np.zeros((32, 48, 3), np.uint16 if depth > 8 else np.uint8)
    data = codecs.jpeg2k_encode(samples, bitspersample=depth)
    assert_only_eight_bits_are_converted(data, depth)


def assert_only_eight_bits_are_converted(data: bytes, depth: int) -> None:
    with pytest.raises(VerbatimOnlyError, match="not wholly known" if depth == 8 else "more than 8 bits"):
        read_picture(data)
    if depth == 8:
        assert converted_picture(data, "a")[0].mode == "RGB"
    else:
        with pytest.raises(UnsupportedImageError, match="more than 8 bits"):
            converted_picture(data, "a")


def test_an_image_in_memory_that_would_lose_something_is_refused() -> None:
    for image in (Image.new("I;16", (3, 3)), Image.open(io.BytesIO(frames("GIF")))):
        with pytest.raises(VerbatimOnlyError) as caught:
            picture_from_image(image)
        assert caught.value.kept is None


DAMAGED = {
    "a cut PNG": file_bytes(image_of("RGB", 200, 200), "PNG")[:5000],
    "a cut JPEG": file_bytes(image_of("RGB", 200, 200), "JPEG")[:2000],
    "a PNG header": file_bytes(image_of("RGB"), "PNG")[:20],
    "a PNG of a palette that is missing": bytes(file_bytes(image_of("P"), "PNG").replace(b"PLTE", b"PLTX")),
    "a TIFF whose tags lead nowhere": b"II*\0\xff\xff\xff\0",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_damaged_is_kept_as_its_bytes(name: str) -> None:
    with pytest.raises(VerbatimOnlyError) as caught:
        read_picture(DAMAGED[name], "a.png")
    assert caught.value.kept is not None
    assert caught.value.kept.source.read() == DAMAGED[name]


NO_IMAGES = {
    "text": b"this is no image",
    "nothing": b"",
    "a WebP of nothing": b"RIFF\x04\0\0\0WEBP",
    "a PostScript program": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n",
}


@pytest.mark.parametrize("name", NO_IMAGES)
def test_what_is_no_image_is_refused_unless_its_bytes_are_asked_for(name: str) -> None:
    with pytest.raises(UnsupportedImageError) as caught:
        read_picture(NO_IMAGES[name], "a.png")
    assert find_file_to_keep(NO_IMAGES[name], "a.png").source.read() == NO_IMAGES[name]
    assert not isinstance(caught.value, VerbatimOnlyError)
    assert "a.png" in str(caught.value)


def test_a_missing_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(SrecError, match="does not exist"):
        read_picture(tmp_path / "none.png")


def test_a_png_that_claims_to_be_giant_is_refused_before_anything_is_allocated() -> None:
    head = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0))
    with pytest.raises(UnsupportedImageError, match="pixels"):
        read_picture(head + png_chunk(b"IDAT", zlib.compress(b"")) + png_chunk(b"IEND", b""))


def test_a_picture_above_pillows_first_limit_is_opened_without_a_warning() -> None:
    data = file_bytes(Image.new("1", (10_000, 9_000)), "PNG")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = read_picture(data)
    assert picture.indices is not None
    assert picture.indices.shape == (9_000, 10_000)


def test_a_source_that_changed_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(file_bytes(image_of("RGB"), "PNG"))
    source = read_picture(path).source
    assert source is not None
    assert (source.name, source.format, source.size) == ("a.png", "PNG", path.stat().st_size)
    path.write_bytes(b"something else")
    with pytest.raises(SrecError, match="was changed"):
        source.read()
    path.unlink()
    with pytest.raises(SrecError, match="does not exist"):
        source.read()


def test_text_that_follows_the_pixels_is_kept() -> None:
    info = PngInfo()
    info.add_text("Comment", "before")
    data = file_bytes(image_of("RGB"), "PNG", pnginfo=info)
    late = png_chunk(b"tEXt", b"Late\0after the pixels")
    data = data[:-12] + late + data[-12:]
    image = to_image(through_container(read_picture(data)))
    assert (image.info["Comment"], image.info["Late"]) == ("before", "after the pixels")


@pytest.mark.slow
@pytest.mark.skipif(not DEVELOPMENT_IMAGES, reason="the images for development are not here")
@pytest.mark.parametrize("path", DEVELOPMENT_IMAGES, ids=lambda path: path.stem)
def test_every_image_for_development_comes_back_or_is_refused_with_a_reason(path: Path) -> None:
    with Image.open(path) as expected:
        expected.load()
        try:
            picture = read_picture(path)
        except VerbatimOnlyError as error:
            refusal = str(error)
        else:
            refusal = ""
        if refusal:
            # One has something behind its end.
            assert path.parent.name == "png16" or "behind its end" in refusal
            return
        assert path.parent.name != "png16"
        planes = (picture.colour, picture.alpha)
        again = through_container(picture)
        if picture.alpha is not None:
            (plane,) = network_planes(picture)
            decoded = decode_plane(plane.data, picture.height, picture.width, 1, "alpha")
            assert np.array_equal(decoded[:, :, 0], picture.alpha)
        assert pixel_checksum(again) == pixel_checksum(
            Picture(picture.mode, *expected.size, *planes, picture.indices, picture.palette)
        )
        image = to_image(again)
        assert_same(image, expected)
        # XMP is kept as such, and under Pillow's second name for it no more.
        wanted = {key: value for key, value in expected.info.items() if key != "XML:com.adobe.xmp"}
        assert {key: image.info.get(key) for key in wanted} == wanted
