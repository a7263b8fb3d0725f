from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from srec_gui.engine import Cancelled, CancelToken, OutputError, UnsupportedImageError
from srec_gui.view.export import save_picture


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
def test_every_pixel_is_saved(tmp_path: Path, photograph: Image.Image, suffix: str, mode: str) -> None:
    image = photograph.resize((61, 43)).convert(mode)
    saved = save_picture(image, tmp_path / f"a{suffix}", CancelToken())
    with Image.open(saved) as again:
        form = "RGBA" if mode == "RGBA" else "RGB"
        assert again.convert(form).tobytes() == image.convert(form).tobytes()


def test_transparent_pixels_keep_their_colour(tmp_path: Path) -> None:
    image = Image.new("RGBA", (8, 8), (12, 200, 77, 0))
    for suffix in (".png", ".tif", ".webp"):
        with Image.open(save_picture(image, tmp_path / f"a{suffix}", CancelToken())) as again:
            assert again.convert("RGBA").getpixel((3, 3)) == (12, 200, 77, 0)


def test_sixteen_bits_are_kept_or_refused(tmp_path: Path) -> None:
    image = Image.linear_gradient("L").convert("I").point(lambda v: v * 251).convert("I;16")
    for suffix in (".png", ".tif"):
        with Image.open(save_picture(image, tmp_path / f"a{suffix}", CancelToken())) as again:
            assert again.tobytes() == image.tobytes()
    with pytest.raises(UnsupportedImageError, match="TIFF"):
        save_picture(image, tmp_path / "a.webp", CancelToken())
    assert not (tmp_path / "a.webp").exists()


def test_profile_and_exif_are_kept(tmp_path: Path, photograph: Image.Image) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photograph.info["icc_profile"] = profile
    photograph.getexif()[0x0112] = 6
    for suffix in (".png", ".webp"):
        with Image.open(save_picture(photograph, tmp_path / f"a{suffix}", CancelToken())) as again:
            assert again.info["icc_profile"] == profile
            assert again.getexif()[0x0112] == 6
            assert again.size == photograph.size


def test_a_suffix_that_loses_something_is_refused(tmp_path: Path, photograph: Image.Image) -> None:
    with pytest.raises(UnsupportedImageError, match="png"):
        save_picture(photograph, tmp_path / "a.jpg", CancelToken())


def test_a_cancelled_or_failed_saving_leaves_everything_as_it_was(tmp_path: Path, photograph: Image.Image) -> None:
    kept = tmp_path / "a.png"
    kept.write_bytes(b"precious")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        save_picture(photograph, kept, cancel)
    assert kept.read_bytes() == b"precious"
    with pytest.raises(OutputError, match="could not be saved"):
        save_picture(photograph, tmp_path / "missing" / "a.png", CancelToken())
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_picture_that_was_cancelled_while_it_was_written_does_not_take_the_place_of_the_old(
    tmp_path: Path, photograph: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, cancel, save = tmp_path / "a.png", CancelToken(), photograph.save
    kept.write_bytes(b"precious")

    def save_and_cancel(*arguments: Any, **options: Any) -> None:
        save(*arguments, **options)
        cancel.cancel()

    monkeypatch.setattr(photograph, "save", save_and_cancel)
    with pytest.raises(Cancelled):
        save_picture(photograph, kept, cancel)
    assert kept.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [kept]


@pytest.mark.skipif(os.name != "posix", reason="uses rights of POSIX")
def test_a_private_picture_is_saved_for_nobody_else(tmp_path: Path) -> None:
    source = tmp_path / "a.srec"
    source.touch(mode=0o600)
    image = Image.new("RGB", (8, 8), "teal")
    saved = save_picture(image, tmp_path / "a.png", CancelToken(), source)
    assert saved.stat().st_mode & 0o077 == 0
