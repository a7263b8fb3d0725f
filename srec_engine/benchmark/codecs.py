"""The codecs that are compared: ours through the public API, the others through packages of their libraries."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, features

from srec_engine.benchmark.jpeg_xl import JpegXl
from srec_engine.benchmark.libraries import named, threads_of
from srec_engine.codec.decode import decode_image
from srec_engine.codec.encode import encode_image
from srec_engine.images.second_reader import codecs as second_reader
from srec_engine.options import DEFAULT_MODEL, CodecOptions, EncodeOptions, Method
from srec_engine.reports import DecodeReport, EncodeReport

__all__ = ["CODEC_NAMES", "BenchmarkCodec", "make_codec"]

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class BenchmarkCodec:
    """A lossless codec.

    Attributes:
        name: As in the table.
        libraries: What does the work, with its version.
        encode: uint8 (H, W, 3) to a whole file, and a report where the codec is ours.
        decode: Back again.
    """

    name: str
    libraries: str
    encode: Callable[[Pixels], tuple[bytes, EncodeReport | None]]
    decode: Callable[[bytes], tuple[Pixels, DecodeReport | None]]


CODEC_NAMES = ("srec", "png", "webp", "jpeg2000", "jxl-7", "jxl-9")
"""Codecs in the order of the table; "srec:NAME" takes another model."""


def make_codec(name: str, options: CodecOptions) -> BenchmarkCodec:
    """The codec of that name. All take the threads of `options`, but for PNG and WebP, which have one in Pillow.

    Raises:
        MissingDependencyError: When its library is not installed.
        ValueError: When there is no such codec.
    """
    kind, _, model = name.partition(":")
    threads = threads_of(options)
    if kind == "srec":
        chosen = EncodeOptions(method=Method.SREC, model=model or DEFAULT_MODEL, verify=False, codec=options)
        return _ours(name, chosen)
    if name == "png":
        return _pillow(name, "zlib", "PNG", optimize=True)
    if name == "webp":
        return _pillow(name, "webp", "WEBP", lossless=True, quality=100, method=4)
    if name == "jpeg2000":
        codecs = second_reader()
        return _plain(
            name,
            f"{codecs.jpeg2k_version()} ({named('imagecodecs')})",
            lambda pixels: codecs.jpeg2k_encode(pixels, level=0, reversible=True, numthreads=threads),
            lambda data: codecs.jpeg2k_decode(data, numthreads=threads),
        )
    if name in ("jxl-7", "jxl-9"):
        jpeg_xl = JpegXl(int(name[-1]), threads)
        return _plain(name, jpeg_xl.libraries, jpeg_xl.encode, jpeg_xl.decode)
    raise ValueError(f"There is no codec {name!r}; choose from {', '.join(CODEC_NAMES)}.")


def _ours(name: str, options: EncodeOptions) -> BenchmarkCodec:
    def encode(pixels: Pixels) -> tuple[bytes, EncodeReport | None]:
        encoded = encode_image(Image.fromarray(pixels), options)
        return encoded.data, encoded.report

    def decode(data: bytes) -> tuple[Pixels, DecodeReport | None]:
        decoded = decode_image(data, options.codec)
        return np.asarray(decoded.image), decoded.report

    return BenchmarkCodec(name, named("srec-desktop"), encode, decode)


def _pillow(name: str, feature: str, format_name: str, **parameters: Any) -> BenchmarkCodec:
    def encode(pixels: Pixels) -> bytes:
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, format_name, **parameters)
        return stream.getvalue()

    def decode(data: bytes) -> Pixels:
        with Image.open(io.BytesIO(data)) as image:
            return np.asarray(image.convert("RGB"))

    return _plain(name, f"{feature} {features.version(feature)} ({named('pillow')})", encode, decode)


def _plain(
    name: str, libraries: str, encode: Callable[[Pixels], bytes], decode: Callable[[bytes], Pixels]
) -> BenchmarkCodec:
    return BenchmarkCodec(name, libraries, lambda pixels: (encode(pixels), None), lambda data: (decode(data), None))
