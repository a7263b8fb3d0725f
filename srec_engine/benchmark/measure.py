"""Measuring one codec on a list of images, in a process of its own so that its peak memory is its own."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from srec_engine.benchmark.codecs import BenchmarkCodec, make_codec
from srec_engine.benchmark.range_coder import coded_symbols, range_coder_seconds
from srec_engine.benchmark.sets import PictureSet
from srec_engine.benchmark.stages import StageSeconds, file_seconds
from srec_engine.errors import SrecError
from srec_engine.options import CodecOptions

__all__ = ["ImageResult", "Measurement", "in_fresh_process", "joined", "measure", "measure_in_process", "peak_memory"]

WARM_UP_SIDE = 96

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ImageResult:
    """One image.

    Attributes:
        path: The image.
        pixels: Its pixels.
        file_bytes: Size of the whole file.
        encode_seconds, decode_seconds: Wall time.
        model_bits: The model's own bits (0 for other codecs).
        payload_bytes: Bytes of the chunks (0 for other codecs).
        symbols: Symbols that were coded (0 for other codecs).
    """

    path: Path
    pixels: int
    file_bytes: int
    encode_seconds: float
    decode_seconds: float
    model_bits: float = 0.0
    payload_bytes: int = 0
    symbols: int = 0


@dataclass(frozen=True, slots=True)
class Measurement:
    """One codec on a list of images.

    Attributes:
        codec: Its name.
        libraries: What does the work, with its version.
        images: A result for each image, in order.
        peak_memory: Largest resident memory of the process in bytes.
        encode_stages, decode_stages: Where our codec's time goes; None for other codecs.
    """

    codec: str
    libraries: str
    images: tuple[ImageResult, ...]
    peak_memory: int = 0
    encode_stages: StageSeconds | None = None
    decode_stages: StageSeconds | None = None

    @property
    def megapixels(self) -> float:
        """Of all images together."""
        return sum(image.pixels for image in self.images) / 1e6

    @property
    def bpsp(self) -> float:
        """Bits per subpixel by whole file sizes: the mean over images, as papers quote it."""
        return sum(8 * image.file_bytes / (3 * image.pixels) for image in self.images) / len(self.images)

    @property
    def file_bytes(self) -> int:
        """Of all images together."""
        return sum(image.file_bytes for image in self.images)

    @property
    def encode_speed(self) -> float:
        """Seconds per megapixel."""
        return sum(image.encode_seconds for image in self.images) / self.megapixels

    @property
    def decode_speed(self) -> float:
        """Seconds per megapixel."""
        return sum(image.decode_seconds for image in self.images) / self.megapixels

    @property
    def overhead(self) -> float:
        """Share by which our payload exceeds the model's own bits; 0 for other codecs."""
        model_bits = sum(image.model_bits for image in self.images)
        payload = 8.0 * sum(image.payload_bytes for image in self.images)
        return payload / model_bits - 1 if model_bits else 0.0


def joined(measurements: Sequence[Measurement]) -> Measurement:
    """What one codec did on several sets, as one. Where its time went is told of the sets alone."""
    return replace(
        measurements[0],
        images=tuple(image for measurement in measurements for image in measurement.images),
        peak_memory=max(measurement.peak_memory for measurement in measurements),
        encode_stages=None,
        decode_stages=None,
    )


def measure_in_process(codec: str, pictures: PictureSet, options: CodecOptions) -> Measurement:
    """`measure` in a fresh process. The results are those of the set's sources, whatever was made of them."""
    measured = in_fresh_process(measure, codec, list(pictures.files), options)
    images = zip(measured.images, pictures.sources, strict=True)
    return replace(measured, images=tuple(replace(image, path=source) for image, source in images))


def in_fresh_process(function: Callable[..., Result], *arguments: Any) -> Result:
    """What a function returns, or raises, in a process that does nothing else."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def measure(name: str, paths: Sequence[Path], options: CodecOptions) -> Measurement:
    """Encode and decode every image, comparing pixels.

    Raises:
        SrecError: When a codec does not give the pixels back.
    """
    codec = make_codec(name, options)
    _warm_up(codec)
    clocks = _Clocks({}, {})
    images = tuple(_measure_image(codec, path, clocks) for path in paths)
    measurement = Measurement(name, codec.libraries, images, peak_memory())
    symbols = sum(image.symbols for image in measurement.images)
    if not symbols:
        return measurement
    encoding, decoding = range_coder_seconds(sum(image.model_bits for image in measurement.images) / symbols)
    return replace(
        measurement,
        encode_stages=StageSeconds.divided(clocks.encode, encoding * symbols),
        decode_stages=StageSeconds.divided(clocks.decode, decoding * symbols),
    )


@dataclass(frozen=True, slots=True)
class _Clocks:
    """Seconds by a report's stages and those of `file_seconds`, summed over images."""

    encode: dict[str, float]
    decode: dict[str, float]


def _warm_up(codec: BenchmarkCodec) -> None:
    """Load libraries and compile before the clock runs."""
    random = np.random.default_rng(0)
    data, _ = codec.encode(random.integers(0, 256, (WARM_UP_SIDE, WARM_UP_SIDE, 3), dtype=np.uint8))
    codec.decode(data)


def _measure_image(codec: BenchmarkCodec, path: Path, clocks: _Clocks) -> ImageResult:
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    started = time.perf_counter()
    data, encoded = codec.encode(pixels)
    between = time.perf_counter()
    back, decoded = codec.decode(data)
    finished = time.perf_counter()
    if not np.array_equal(pixels, back):
        raise SrecError(f"{codec.name} did not give the pixels of {path} back.")
    height, width, _ = pixels.shape
    result = ImageResult(path, height * width, len(data), between - started, finished - between)
    if encoded is None or decoded is None:
        return result
    encoding, decoding = file_seconds(path, pixels, data)
    _add(clocks.encode, {**encoded.stage_seconds, **encoding})
    _add(clocks.decode, {**decoded.stage_seconds, **decoding})
    return replace(
        result,
        model_bits=sum(encoded.model_bits),
        payload_bytes=sum(scale.total for scale in encoded.scales),
        symbols=coded_symbols(height, width, len(encoded.scales)),
    )


def _add(sums: dict[str, float], seconds: Mapping[str, float]) -> None:
    for stage, spent in seconds.items():
        sums[stage] = sums.get(stage, 0.0) + spent


def peak_memory() -> int:
    """Largest resident memory of this process in bytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
