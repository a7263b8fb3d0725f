"""The codecs that make JPEG files smaller and give their bytes back: ours through the public API, libjxl and Lepton."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srec_engine import encode_file, read_source
from srec_engine.errors import MissingDependencyError
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
    threads = options.threads or os.cpu_count() or 1
    if name == "srec":
        return _ours(EncodeOptions(verify=False, codec=options))
    if name == "jxl-imagecodecs":
        codecs = second_reader()
        libraries = f"{codecs.jpegxl_version()} ({_named('imagecodecs')})"
        return _plain(
            name,
            libraries,
            lambda data: codecs.jpegxl_encode_jpeg(data, numthreads=threads),
            lambda packed: codecs.jpegxl_decode_jpeg(packed, numthreads=threads),
        )
    if name in ("jxl-7", "jxl-9"):
        return _pillow_jxl(name, int(name[-1]), threads)
    if name == "lepton":
        lepton = _library("lepton_jpeg_python", "lepton-jpeg-python")
        return _plain(name, _named("lepton-jpeg-python"), lepton.compress_bytes, lepton.decompress_bytes)
    raise ValueError(f"There is no codec {name!r} for JPEG files; choose from {', '.join(JPEG_CODEC_NAMES)}.")


def _ours(options: EncodeOptions) -> JpegCodec:
    def pack(source: Path) -> Packed:
        with tempfile.TemporaryDirectory() as folder:
            packed = Path(folder) / f"{source.name}.srec"
            report = encode_file(source, packed, options)
            return Packed(packed.read_bytes(), stored=report.method == Method.VERBATIM)

    return JpegCodec("srec", _named("srec-desktop"), pack, lambda data: read_source(data, options.codec)[1])


def _pillow_jxl(name: str, effort: int, threads: int) -> JpegCodec:
    # Importing it adds a reader and a writer to Pillow's: a process of its own keeps that from everybody else.
    library = _library("pillow_jxl", "pillow-jxl-plugin")
    encoder = library.Encoder(
        mode="RGB",
        lossless=True,
        quality=100,
        decoding_speed=0,
        effort=effort,
        use_container=True,
        use_original_profile=False,
        num_threads=threads,
    )

    def pack(data: bytes) -> bytes:
        # The picture's size is looked at for pixels only.
        return bytes(encoder(data, 1, 1, jpeg_encode=True))

    def unpack(packed: bytes) -> bytes:
        is_jpeg, _, data, *_ = library.Decoder(num_threads=threads)(packed)
        return bytes(data) if is_jpeg else b""

    return _plain(name, f"{_named('pillow-jxl-plugin')}, effort {effort}", pack, unpack)


def _plain(name: str, libraries: str, pack: Callable[[bytes], Any], unpack: Callable[[bytes], Any]) -> JpegCodec:
    return JpegCodec(
        name, libraries, lambda source: Packed(bytes(pack(source.read_bytes()))), lambda data: bytes(unpack(data))
    )


def _library(module: str, package: str) -> Any:
    """A module that only this comparison needs.

    Raises:
        MissingDependencyError: When it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"{package} is not installed, with which JPEG files are compared. Install the extra “dev” "
            f"(pip install {package}), or choose other codecs with --codecs."
        ) from error


def _named(package: str) -> str:
    """A package with its version, as far as that is known: a tree that is not installed has none."""
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return package
