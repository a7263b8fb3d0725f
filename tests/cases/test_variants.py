"""Files made by chance, of every kind that a format allows: each comes back whole, or is refused and leaves nothing."""

from __future__ import annotations

import io
import tempfile
import warnings
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from PIL import Image

from srec_engine import (
    EncodeOptions,
    Method,
    SrecError,
    UnsupportedImageError,
    decode_file,
    encode_file,
    read_info,
    verify_file,
)
from tests.cases.block_variants import gifs, icos, jp2s, jpegs, webps
from tests.cases.bmp_variants import bmps
from tests.cases.oracle import complaints, same_colours
from tests.cases.png_variants import pngs
from tests.cases.raw_variants import netpbms, qois, tgas
from tests.cases.tiff_variants import tiffs

METHODS = (None, Method.WEBP, Method.SREC)
SLOW = [HealthCheck.too_slow]


def pillow_reads(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                image.load()
    except (OSError, ValueError, TypeError, LookupError, SyntaxError, ArithmeticError, RuntimeError):
        return False
    return True


def refusal_of(source: Path, destination: Path, method: Method | None) -> SrecError | None:
    """Encode; why not, where the engine refuses."""
    try:
        report = encode_file(source, destination, EncodeOptions(method=method, adaptation=False))
    except SrecError as error:
        event(f"{method}: refused")
        return error
    event(f"{method}: {report.method}")
    assert report.method == (method or report.method)
    return None


def assert_comes_back(data: bytes, name: str) -> None:
    """By every method: what comes back is what went in, or an error of the engine says why not and nothing is there."""
    for method in METHODS:
        with tempfile.TemporaryDirectory() as folder:
            source, packed, back = (Path(folder) / part for part in (name, "packed.srec", f"back-{name}"))
            source.write_bytes(data)
            refusal = refusal_of(source, packed, method)
            if refusal is not None:
                assert [path.name for path in Path(folder).iterdir()] == [name]
                assert isinstance(refusal, UnsupportedImageError)
                assert method is not None or not pillow_reads(data), f"valid, and refused: {refusal}"
                continue
            verify_file(packed)
            assert read_info(packed).source_name == name
            decode_file(packed, back)
            assert source.read_bytes() == data
            assert complaints(data, back.read_bytes()) == [], f"method {method}"
            if method == Method.WEBP:
                assert_other_formats_show_the_same(data, packed)


def assert_other_formats_show_the_same(data: bytes, packed: Path) -> None:
    for format_name, ending in (("png", "png"), ("tiff", "tif"), ("webp", "webp")):
        other = packed.parent / f"other.{ending}"
        try:
            decode_file(packed, other, format=format_name)
        except UnsupportedImageError:
            event(f"{format_name}: refused")
            assert not other.exists()
            continue
        if other.read_bytes() != data and pillow_reads(data):
            assert same_colours(data, other.read_bytes()), format_name


@settings(max_examples=40, suppress_health_check=SLOW)
@given(pngs())
def test_every_png_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.png")


@settings(max_examples=40, suppress_health_check=SLOW)
@given(tiffs())
def test_every_tiff_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.tif")


@settings(max_examples=25, suppress_health_check=SLOW)
@given(bmps())
def test_every_bmp_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.bmp")


@settings(max_examples=20, suppress_health_check=SLOW)
@given(netpbms())
def test_every_netpbm_file_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.pnm")


@settings(max_examples=20, suppress_health_check=SLOW)
@given(tgas())
def test_every_tga_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.tga")


@settings(max_examples=12, suppress_health_check=SLOW)
@given(gifs())
def test_every_gif_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.gif")


@settings(max_examples=25, suppress_health_check=SLOW)
@given(webps())
def test_every_webp_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.webp")


@settings(max_examples=10, suppress_health_check=SLOW)
@given(qois())
def test_every_qoi_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.qoi")


@settings(max_examples=6, suppress_health_check=SLOW)
@given(jp2s())
def test_every_jpeg_2000_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.jp2")


@settings(max_examples=6, suppress_health_check=SLOW)
@given(icos())
def test_every_icon_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.ico")


@settings(max_examples=6, suppress_health_check=SLOW)
@given(jpegs())
def test_every_jpeg_comes_back_whole(data: bytes) -> None:
    assert_comes_back(data, "variant.jpg")
