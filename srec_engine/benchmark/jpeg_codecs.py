"""The codecs that make JPEG files smaller and give their bytes back: ours through the public API, libjxl and Lepton."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srec_engine import encode_file, read_source
from srec_engine.benchmark.jpeg_xl import JpegXl
from srec_engine.benchmark.libraries import library, named, threads_of
from srec_engine.images.second_reader import codecs as second_reader
from srec_engine.options import CodecOptions, EncodeOptions, Method

__all__ = ["JPEG_CODEC_NAMES", "JpegCodec", "Packed", "make_jpeg_codec"]


@dataclass(frozen=True, slots=True)
class Packed:
    """A JPEG file as a codec holds it.

    Attributes:
        data: The whole file.
        stored: Whether the codec says that it holds the JPEG's bytes as they were.
    """

    data: bytes
    stored: bool = False


@dataclass(frozen=True, slots=True)
class JpegCodec:
    """A lossless codec of JPEG files.

    Attributes:
        name: As in the table.
        libraries: What does the work, with its version.
        pack: A JPEG file to a smaller one; raises whatever the library raises for files that it does not take.
        unpack: The JPEG file's bytes again.
    """

    name: str
    libraries: str
    pack: Callable[[Path], Packed]
    unpack: Callable[[bytes], bytes]


JPEG_CODEC_NAMES = ("srec", "jxl-imagecodecs", "jxl-7", "jxl-9", "lepton")
"""Codecs in the order of the table."""


def make_jpeg_codec(name: str, options: CodecOptions) -> JpegCodec:
    """The codec of that name. All take the threads of `options`, but for Lepton, which lets nobody choose.

    Raises:
        MissingDependencyError: When its library is not installed.
        ValueError: When there is no such codec.
    """
    threads = threads_of(options)
    if name == "srec":
        return _ours(EncodeOptions(verify=False, codec=options))
    if name == "jxl-imagecodecs":
        codecs = second_reader()
        libraries = f"{codecs.jpegxl_version()} ({named('imagecodecs')})"
        return _plain(
            name,
            libraries,
            lambda data: codecs.jpegxl_encode_jpeg(data, numthreads=threads),
            lambda packed: codecs.jpegxl_decode_jpeg(packed, numthreads=threads),
        )
    if name in ("jxl-7", "jxl-9"):
        jpeg_xl = JpegXl(int(name[-1]), threads)
        return _plain(name, jpeg_xl.libraries, jpeg_xl.pack, jpeg_xl.unpack)
    if name == "lepton":
        lepton = library("lepton_jpeg_python", "lepton-jpeg-python")
        return _plain(name, named("lepton-jpeg-python"), lepton.compress_bytes, lepton.decompress_bytes)
    raise ValueError(f"There is no codec {name!r} for JPEG files; choose from {', '.join(JPEG_CODEC_NAMES)}.")


def _ours(options: EncodeOptions) -> JpegCodec:
    def pack(source: Path) -> Packed:
        with tempfile.TemporaryDirectory() as folder:
            packed = Path(folder) / f"{source.name}.srec"
            report = encode_file(source, packed, options)
            return Packed(packed.read_bytes(), stored=report.method == Method.VERBATIM)

    return JpegCodec("srec", named("srec-desktop"), pack, lambda data: read_source(data, options.codec)[1])


def _plain(name: str, libraries: str, pack: Callable[[bytes], Any], unpack: Callable[[bytes], Any]) -> JpegCodec:
    return JpegCodec(
        name, libraries, lambda source: Packed(bytes(pack(source.read_bytes()))), lambda data: bytes(unpack(data))
    )
