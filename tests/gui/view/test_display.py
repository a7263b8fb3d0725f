from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageOps
from PySide6.QtGui import QColor

from srec_gui.engine import Cancelled, CancelToken
from srec_gui.view.display import display_image, make_picture
from srec_gui.view.picture import scaled_size
from srec_gui.view.viewport import Rect

ORIENTATION = 0x0112


def oriented(image: Image.Image, orientation: int) -> Image.Image:
    copy = image.copy()
    copy.getexif()[ORIENTATION] = orientation
    return copy


def shown(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_to_what_is_shown_and_to_the_pixels_that_are_read(
    photograph: Image.Image, orientation: int
) -> None:
    stored = oriented(photograph.crop((0, 0, 70, 45)), orientation)
    upright = ImageOps.exif_transpose(stored)
    picture = make_picture(stored, CancelToken())
    assert (picture.width, picture.height) == upright.size
    assert (picture.levels[0].width(), picture.levels[0].height()) == upright.size
    for x, y in ((0, 0), (picture.width - 1, 0), (3, picture.height - 1), (20, 31)):
        assert shown(picture.levels[0].pixelColor(x, y)) == upright.getpixel((x, y))
        pixel = picture.pixel(x, y)
        assert pixel is not None
        assert pixel.values == upright.getpixel((x, y))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_coarser_scale_lies_exactly_over_the_full_picture(orientation: int) -> None:
    # 37 × 21 is rounded up at each scale; the margin is at the right and bottom of the stored picture.
    stored = oriented(Image.linear_gradient("L").resize((37, 21)), orientation)
    coarse = stored.reduce(8)
    coarse.info["exif"] = stored.getexif().tobytes()
    picture = make_picture(coarse, CancelToken(), full_size=stored.size, scale=3)
    first = picture.levels[0]
    whole = picture.source(Rect(0, 0, picture.width, picture.height), 0)
    assert (picture.width, picture.height) == ImageOps.exif_transpose(stored).size
    assert whole.width() == pytest.approx(picture.width * picture.enlarged / 8)
    margin_x, margin_y = first.width() - whole.width(), first.height() - whole.height()
    at_the_left = orientation in {2, 3, 6, 7}
    at_the_top = orientation in {3, 4, 7, 8}
    assert whole.left() == pytest.approx(margin_x if at_the_left else 0)
    assert whole.top() == pytest.approx(margin_y if at_the_top else 0)
    assert picture.pixel(picture.width - 1, picture.height - 1) is not None


def test_each_level_is_half_as_large_and_the_mean_of_the_one_before(photograph: Image.Image) -> None:
    picture = make_picture(photograph.resize((1201, 803)), CancelToken())
    for finer, coarser in zip(picture.levels, picture.levels[1:], strict=False):
        assert coarser.width() == -(-finer.width() // 2)
        assert coarser.height() == -(-finer.height() // 2)
    block = [picture.levels[0].pixelColor(x, y).red() for x, y in ((600, 400), (601, 400), (600, 401), (601, 401))]
    assert abs(picture.levels[1].pixelColor(300, 200).red() - sum(block) / 4) <= 1


def test_the_level_painted_is_never_coarser_than_the_screen(photograph: Image.Image) -> None:
    picture = make_picture(photograph.resize((4000, 3000)), CancelToken())
    assert picture.level_for(1.0) == 0
    assert picture.level_for(0.51) == 0
    assert picture.level_for(0.5) == 1
    assert picture.level_for(0.13) == 2
    assert picture.level_for(0.001) == len(picture.levels) - 1


def test_a_colour_profile_changes_what_is_shown_and_not_what_is_read() -> None:
    image = Image.new("RGB", (4, 4), (200, 30, 60))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    image.info["icc_profile"] = lab.tobytes()
    # A LAB profile does not fit an RGB picture: it is left alone.
    assert shown(make_picture(image, CancelToken()).levels[0].pixelColor(0, 0)) == (200, 30, 60)
    image.info["icc_profile"] = linear_profile()
    picture = make_picture(image, CancelToken())
    assert picture.note == ""
    brighter = shown(picture.levels[0].pixelColor(1, 1))
    assert all(there > stored for there, stored in zip(brighter, (200, 30, 60), strict=True))
    pixel = picture.pixel(1, 1)
    assert pixel is not None
    assert pixel.values == (200, 30, 60)
    assert pixel.hex == "#C81E3C"


def test_a_damaged_profile_is_left_out_and_said(photograph: Image.Image) -> None:
    photograph.info["icc_profile"] = b"not a profile" * 20
    picture = make_picture(photograph, CancelToken())
    assert picture.note
    assert shown(picture.levels[0].pixelColor(9, 9)) == photograph.getpixel((9, 9))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16"])
def test_every_mode_of_pillow_can_be_shown(photograph: Image.Image, mode: str) -> None:
    small = photograph.resize((90, 70))
    image = small.convert("L").convert("I").point(lambda v: v * 257).convert("I;16") if mode == "I;16" else None
    if mode == "LAB":
        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        image = ImageCms.applyTransform(small, ImageCms.buildTransform(srgb, lab, "RGB", "LAB"))
    if image is None:
        image = small.convert(mode)
    made = display_image(image, CancelToken())
    grey = small.convert("L").getpixel((40, 30))
    assert isinstance(grey, int)
    assert abs(made.pixelColor(40, 30).lightness() - grey) < (256 if mode == "1" else 45)
    assert (made.width(), made.height()) == (90, 70)


def test_transparency_is_kept() -> None:
    image = Image.new("RGBA", (3, 3), (255, 0, 0, 128))
    made = display_image(image, CancelToken())
    assert made.hasAlphaChannel()
    assert made.pixelColor(1, 1).alpha() == 128
    assert made.pixelColor(1, 1).red() == 255


def test_making_a_picture_stops_when_it_is_cancelled(photograph: Image.Image) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        make_picture(photograph, cancel)


def test_a_coarse_pixel_says_that_it_is_not_exact(photograph: Image.Image) -> None:
    coarse = photograph.reduce(4)
    picture = make_picture(coarse, CancelToken(), full_size=photograph.size, scale=2)
    assert coarse.size == scaled_size(*photograph.size, 2)
    pixel = picture.pixel(205, 111)
    assert pixel is not None
    assert not pixel.exact
    assert pixel.values == coarse.getpixel((51, 27))


def linear_profile() -> bytes:
    """An RGB profile with sRGB's primaries and a gamma of 1, built by hand: little cms has none at hand."""
    import struct

    def tag(kind: bytes, body: bytes) -> bytes:
        return kind + b"\0\0\0\0" + body

    def xyz(*values: float) -> bytes:
        return tag(b"XYZ ", b"".join(struct.pack(">i", round(value * 65536)) for value in values))

    text = b"linear"
    description = tag(b"desc", struct.pack(">I", len(text) + 1) + text + b"\0" + bytes(8) + bytes(3) + bytes(67))
    curve = tag(b"curv", struct.pack(">I", 0))
    tags = {
        b"desc": description,
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.4360, 0.2225, 0.0139),
        b"gXYZ": xyz(0.3851, 0.7169, 0.0971),
        b"bXYZ": xyz(0.1431, 0.0606, 0.7141),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
        b"cprt": tag(b"text", b"none\0"),
    }
    table, data, offset = b"", b"", 128 + 4 + 12 * len(tags)
    for name, body in tags.items():
        body += bytes(-len(body) % 4)
        table += name + struct.pack(">II", offset + len(data), len(body))
        data += body
    header = struct.pack(">I4sI4s4s4s", 0, b"lcms", 0x02100000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    header = header.ljust(68, b"\0") + struct.pack(">iii", 63190, 65536, 54061)
    profile = header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data
    return struct.pack(">I", len(profile)) + profile[4:]


def test_importing_the_room_does_not_import_pillow(project_root: Path) -> None:
    import subprocess

    code = "import sys, srec_gui.view.page; print({'PIL', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=project_root, check=True)
    assert done.stdout.strip() == "set()"
