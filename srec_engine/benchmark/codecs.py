"""The codecs that are compared: ours through the public API, the others through Pillow and imagecodecs."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

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
        encode: uint8 (H, W, 3) to a whole file, and a report where the codec is ours.
        decode: Back again.
    """

    name: str
    encode: Callable[[Pixels], tuple[bytes, EncodeReport | None]]
    decode: Callable[[bytes], tuple[Pixels, DecodeReport | None]]


CODEC_NAMES = ("srec", "png", "webp", "jpeg2000", "jxl-7", "jxl-9")
"""Codecs in the order of the table; "srec:NAME" takes another model."""


def make_codec(name: str, options: CodecOptions) -> BenchmarkCodec:
    """The codec of that name.

    Raises:
        MissingDependencyError: When imagecodecs is needed and missing.
        ValueError: When there is no such codec.
    """
    kind, _, model = name.partition(":")
    if kind == "srec":
        chosen = EncodeOptions(method=Method.SREC, model=model or DEFAULT_MODEL, verify=False, codec=options)
        return _ours(name, chosen)
    if name == "png":
        return _pillow(name, "PNG", optimize=True)
    if name == "webp":
        return _pillow(name, "WEBP", lossless=True, quality=100, method=4)
    codecs = second_reader()
    if name == "jpeg2000":
        return _plain(name, lambda pixels: codecs.jpeg2k_encode(pixels, level=0, reversible=True), codecs.jpeg2k_decode)
    if name in ("jxl-7", "jxl-9"):
        effort = int(name[-1])
        return _plain(
            name,
            lambda pixels: codecs.jpegxl_encode(pixels, lossless=True, effort=effort, numthreads=1),
            lambda data: codecs.jpegxl_decode(data, numthreads=1),
        )
    raise ValueError(f"There is no codec {name!r}; choose from {', '.join(CODEC_NAMES)}.")


def _ours(name: str, options: EncodeOptions) -> BenchmarkCodec:
    def encode(pixels: Pixels) -> tuple[bytes, EncodeReport | None]:
        encoded = encode_image(Image.fromarray(pixels), options)
        return encoded.data, encoded.report

    def decode(data: bytes) -> tuple[Pixels, DecodeReport | None]:
        decoded = decode_image(data, options.codec)
        return np.asarray(decoded.image), decoded.report

    return BenchmarkCodec(name, encode, decode)


def _pillow(name: str, format_name: str, **parameters: Any) -> BenchmarkCodec:
    def encode(pixels: Pixels) -> bytes:
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, format_name, **parameters)
        return stream.getvalue()

    def decode(data: bytes) -> Pixels:
        with Image.open(io.BytesIO(data)) as image:
            return np.asarray(image.convert("RGB"))

    return _plain(name, encode, decode)


def _plain(name: str, encode: Callable[[Pixels], bytes], decode: Callable[[bytes], Pixels]) -> BenchmarkCodec:
    return BenchmarkCodec(name, lambda pixels: (encode(pixels), None), lambda data: (decode(data), None))
