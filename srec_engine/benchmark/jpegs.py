"""Measuring codecs of JPEG files: bytes, not pixels, have to come back."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from srec_engine.benchmark.jpeg_codecs import JpegCodec, make_jpeg_codec
from srec_engine.benchmark.measure import in_fresh_process, peak_memory
from srec_engine.benchmark.sets import image_files
from srec_engine.errors import SourceError
from srec_engine.options import CodecOptions

__all__ = ["JpegMeasurement", "JpegResult", "find_jpegs", "joined", "measure_jpegs", "measure_jpegs_in_process"]

CHANGED = "came back changed"
STORED = "stored as it was"
_START = b"\xff\xd8\xff"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class JpegResult:
    """One JPEG file.

    Attributes:
        path: The file.
        source_bytes: Its size.
        file_bytes: Size of what has to be kept in its place: its own where it did not come back.
        encode_seconds, decode_seconds: Wall time, reading the source included; 0 where nothing was decoded.
        kept: Why the file is kept as it is, or "" where it was packed.
    """

    path: Path
    source_bytes: int
    file_bytes: int
    encode_seconds: float
    decode_seconds: float
    kept: str = ""

    @property
    def change(self) -> float:
        """By which share of its size the file becomes larger: -0.2 for a fifth less."""
        return self.file_bytes / self.source_bytes - 1


@dataclass(frozen=True, slots=True)
class JpegMeasurement:
    """One codec on a list of JPEG files.

    Attributes:
        codec: Its name.
        libraries: What does the work, with its version.
        files: A result for each file, in order.
        peak_memory: Largest resident memory of the process in bytes.
    """

    codec: str
    libraries: str
    files: tuple[JpegResult, ...]
    peak_memory: int = 0

    @property
    def source_bytes(self) -> int:
        """Of all JPEG files together."""
        return sum(file.source_bytes for file in self.files)

    @property
    def file_bytes(self) -> int:
        """Of all that has to be kept in their place."""
        return sum(file.file_bytes for file in self.files)

    @property
    def change(self) -> float:
        """By which share of their bytes the files become larger: -0.2 for a fifth less."""
        return self.file_bytes / self.source_bytes - 1

    @property
    def kept(self) -> tuple[JpegResult, ...]:
        """The files that are kept as they are."""
        return tuple(file for file in self.files if file.kept)

    @property
    def encode_speed(self) -> float:
        """Bytes of JPEG files per second, also of those that were refused in the end."""
        return self.source_bytes / sum(file.encode_seconds for file in self.files)

    @property
    def decode_speed(self) -> float:
        """Bytes of JPEG files per second, of those that were decoded; 0 where none was."""
        decoded = [file for file in self.files if file.decode_seconds]
        seconds = sum(file.decode_seconds for file in decoded)
        return sum(file.source_bytes for file in decoded) / seconds if decoded else 0.0


def find_jpegs(folder: Path) -> list[Path]:
    """The JPEG files of a folder, by what is in them.

    Raises:
        SourceError: When there are none.
    """
    paths = [path for path in image_files(folder) if _is_jpeg(path)]
    if not paths:
        raise SourceError(f"{folder} holds no JPEG files. Name a folder that does.")
    return paths


def _is_jpeg(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_START)) == _START


def joined(measurements: Sequence[JpegMeasurement]) -> JpegMeasurement:
    """What one codec did on several lists, as one."""
    return replace(
        measurements[0],
        files=tuple(file for measurement in measurements for file in measurement.files),
        peak_memory=max(measurement.peak_memory for measurement in measurements),
    )


def measure_jpegs_in_process(codec: str, paths: Sequence[Path], options: CodecOptions) -> JpegMeasurement:
    """`measure_jpegs` in a fresh process."""
    return in_fresh_process(measure_jpegs, codec, list(paths), options)


def measure_jpegs(name: str, paths: Sequence[Path], options: CodecOptions) -> JpegMeasurement:
    """Pack and unpack every file, comparing bytes.

    Raises:
        MissingDependencyError: When the codec's library is not installed.
    """
    codec = make_jpeg_codec(name, options)
    _warm_up(codec)
    files = tuple(_measure_file(codec, path) for path in paths)
    return JpegMeasurement(name, codec.libraries, files, peak_memory())


def _warm_up(codec: JpegCodec) -> None:
    """Load libraries before the clock runs."""
    ramp = np.add.outer(np.arange(96), 2 * np.arange(96)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(ramp).save(stream, "JPEG")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ramp.jpg"
        path.write_bytes(stream.getvalue())
        codec.unpack(codec.pack(path).data)


def _measure_file(codec: JpegCodec, path: Path) -> JpegResult:
    source = path.read_bytes()
    size = len(source)
    started = time.perf_counter()
    packed = _tried(lambda: codec.pack(path))
    encoding = time.perf_counter() - started
    if isinstance(packed, str):
        return JpegResult(path, size, size, encoding, 0.0, packed)
    started = time.perf_counter()
    back = _tried(lambda: codec.unpack(packed.data))
    decoding = time.perf_counter() - started
    if back != source:
        return JpegResult(path, size, size, encoding, decoding, back if isinstance(back, str) else CHANGED)
    return JpegResult(path, size, len(packed.data), encoding, decoding, STORED if packed.stored else "")


def _tried(work: Callable[[], Result]) -> Result | str:
    """What comes of `work`, or why nothing does."""
    try:
        return work()
    except (KeyboardInterrupt, SystemExit):
        raise
    # Not only Exception: libraries that are written in Rust raise what is none (PanicException).
    except BaseException as error:  # noqa: BLE001
        said = str(error).strip().splitlines()
        return f"refused ({said[0].strip() if said else type(error).__name__})"
