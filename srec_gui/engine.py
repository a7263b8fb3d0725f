"""The window's only door to the engine: its plain types, and the calls the window makes.

The calls are a protocol, so that tests can put a controllable engine in its place. `SrecEngine` imports what is heavy
when it is first called, which happens in a worker thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from srec_engine.control import CancelToken, Progress, ProgressCallback, Stage
from srec_engine.errors import (
    Cancelled,
    DamagedFileError,
    FileExistsPolicyError,
    MissingDependencyError,
    ModelError,
    NotSrecError,
    OutputError,
    SrecError,
    UnsupportedImageError,
)
from srec_engine.options import DEFAULT_MODEL, CodecOptions, EncodeOptions, ExistingPolicy, Method
from srec_engine.reports import DecodeReport, EncodeReport, FileInfo, ScaleBytes

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "DEFAULT_MODEL",
    "CancelToken",
    "Cancelled",
    "CodecOptions",
    "DamagedFileError",
    "DecodeReport",
    "EncodeOptions",
    "EncodeReport",
    "Engine",
    "ExistingPolicy",
    "FileExistsPolicyError",
    "FileInfo",
    "FileKind",
    "Method",
    "MissingDependencyError",
    "ModelError",
    "NotSrecError",
    "OutputError",
    "Progress",
    "ProgressCallback",
    "ScaleBytes",
    "SrecEngine",
    "SrecError",
    "Stage",
    "UnsupportedImageError",
]

_ENCODE_OPTIONS = EncodeOptions()
_CODEC_OPTIONS = CodecOptions()


class FileKind(StrEnum):
    """What a file is, by its first bytes."""

    SREC = "srec"
    IMAGE = "image"
    MOTOROLA_SREC = "motorola_srec"
    ORIGINAL_SREC = "original_srec"
    OTHER = "other"


class Engine(Protocol):
    """The calls of `srec_engine` that the window makes; their meaning is documented there."""

    def encode_file(
        self,
        source: Path,
        destination: Path,
        options: EncodeOptions = ...,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> EncodeReport:
        """Compress `source` to `destination`."""
        ...

    def decode_file(
        self,
        source: Path,
        destination: Path,
        options: CodecOptions = ...,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> DecodeReport:
        """Write the picture of a `.srec` to `destination`, in the format of its suffix."""
        ...

    def decode_steps(
        self,
        source: Path,
        options: CodecOptions = ...,
        *,
        cancel: CancelToken | None = None,
        partial: bool = True,
    ) -> Iterator[Any]:
        """Decode coarse to fine; each step has `progress`, `picture` or None, `scale`, and `report` on the last."""
        ...

    def read_info(self, source: Path) -> FileInfo:
        """Read the header of a `.srec`."""
        ...

    def read_preview(self, source: Path) -> Image:
        """Return a small picture of a `.srec`, without the network."""
        ...

    def identify(self, path: Path) -> FileKind:
        """Tell what a file is by its first bytes."""
        ...

    def output_path(self, source: Path, suffix: str, folder: Path | None = None, root: Path | None = None) -> Path:
        """Where the result of `source` goes: beside it, in `folder`, or mirrored below it from `root` on."""
        ...

    def resolve_existing(self, destination: Path, policy: ExistingPolicy) -> Path | None:
        """Return the path to write, or None to skip."""
        ...

    def find_files(self, paths: Iterable[Path], *, cancel: CancelToken | None = None) -> Iterator[Path]:
        """Walk files and folders in natural order."""
        ...


class SrecEngine:
    """The real engine."""

    def encode_file(
        self,
        source: Path,
        destination: Path,
        options: EncodeOptions = _ENCODE_OPTIONS,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> EncodeReport:
        """Compress `source` to `destination`."""
        import srec_engine

        report: EncodeReport = srec_engine.encode_file(source, destination, options, cancel=cancel, progress=progress)
        return report

    def decode_file(
        self,
        source: Path,
        destination: Path,
        options: CodecOptions = _CODEC_OPTIONS,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> DecodeReport:
        """Write the picture of a `.srec` to `destination`."""
        import srec_engine

        report: DecodeReport = srec_engine.decode_file(source, destination, options, cancel=cancel, progress=progress)
        return report

    def decode_steps(
        self,
        source: Path,
        options: CodecOptions = _CODEC_OPTIONS,
        *,
        cancel: CancelToken | None = None,
        partial: bool = True,
    ) -> Iterator[Any]:
        """Decode coarse to fine."""
        import srec_engine

        steps: Iterator[Any] = srec_engine.decode_steps(source, options, cancel=cancel, partial=partial)
        return steps

    def read_info(self, source: Path) -> FileInfo:
        """Read the header of a `.srec`."""
        import srec_engine

        info: FileInfo = srec_engine.read_info(source)
        return info

    def read_preview(self, source: Path) -> Image:
        """Return a small picture of a `.srec`."""
        import srec_engine

        picture: Image = srec_engine.read_preview(source)
        return picture

    def identify(self, path: Path) -> FileKind:
        """Tell what a file is."""
        import srec_engine

        return FileKind(srec_engine.identify(path))

    def output_path(self, source: Path, suffix: str, folder: Path | None = None, root: Path | None = None) -> Path:
        """Where the result of `source` goes."""
        import srec_engine

        path: Path = srec_engine.output_path(source, suffix, folder, root)
        return path

    def resolve_existing(self, destination: Path, policy: ExistingPolicy) -> Path | None:
        """Return the path to write, or None to skip."""
        import srec_engine

        path: Path | None = srec_engine.resolve_existing(destination, policy)
        return path

    def find_files(self, paths: Iterable[Path], *, cancel: CancelToken | None = None) -> Iterator[Path]:
        """Walk files and folders."""
        import srec_engine

        found: Iterator[Path] = srec_engine.find_files(paths, cancel=cancel)
        return found
