"""The window's only door to the engine: its plain types, and the calls the window makes.

The calls are a protocol, so that tests can put a controllable engine in its place. `SrecEngine` imports what is heavy
when it is first called (its public names are lazy), which happens in a worker thread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import srec_engine
from srec_engine import (
    DEFAULT_MODEL,
    Cancelled,
    CancelToken,
    CheckReport,
    CodecOptions,
    ComesBack,
    DamagedFileError,
    DecodeReport,
    Device,
    EncodeOptions,
    EncodeReport,
    ExistingPolicy,
    FileExistsPolicyError,
    FileInfo,
    FileKind,
    Method,
    MethodWords,
    MissingDependencyError,
    ModelError,
    NotSrecError,
    OutputError,
    Progress,
    ProgressCallback,
    ResultNames,
    ScaleBytes,
    SourceError,
    SrecError,
    Stage,
    UnsupportedImageError,
    WithoutGain,
    atomic_write,
    explain_reading,
    fault_sentence,
    home_folder,
    occupy_standard_descriptors,
    require_no_pipe,
    require_regular_file,
    write_atomically,
    write_fault_report,
)

if TYPE_CHECKING:
    from PIL.Image import Image

    from srec_engine import Inspection

__all__ = [
    "AUTOMATIC_DEVICE",
    "CPU",
    "DEFAULT_MODEL",
    "CancelToken",
    "Cancelled",
    "CheckReport",
    "CodecOptions",
    "ComesBack",
    "DamagedFileError",
    "DecodeReport",
    "Device",
    "EncodeOptions",
    "EncodeReport",
    "Engine",
    "ExistingPolicy",
    "FileExistsPolicyError",
    "FileInfo",
    "FileKind",
    "Method",
    "MethodWords",
    "MissingDependencyError",
    "ModelError",
    "NotSrecError",
    "OutputError",
    "Progress",
    "ProgressCallback",
    "ResultNames",
    "ScaleBytes",
    "SourceError",
    "SrecEngine",
    "SrecError",
    "Stage",
    "UnsupportedImageError",
    "WithoutGain",
    "atomic_write",
    "explain_reading",
    "fault_sentence",
    "home_folder",
    "method_words",
    "occupy_standard_descriptors",
    "require_no_pipe",
    "require_regular_file",
    "write_atomically",
    "write_fault_report",
]

AUTOMATIC_DEVICE = CodecOptions().device
"""The device's name that lets the engine choose."""

CPU = "cpu"
"""The device that every machine has."""

_ENCODE_OPTIONS = EncodeOptions()
_CODEC_OPTIONS = CodecOptions()


def method_words(method: Method) -> MethodWords:
    """What a method says of itself. Whoever has a method to ask about has loaded what this needs, in a worker."""
    return srec_engine.method_words(method)


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
        format: str | None = None,  # noqa: A002 - as the engine calls it
        keep_timestamps: bool = True,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> DecodeReport:
        """Write the picture of a `.srec` to `destination`, in the format of its suffix or the one that is asked for."""
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

    def read_source(
        self,
        source: Path,
        options: CodecOptions = ...,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> tuple[str, bytes]:
        """Return name and bytes of the file that a `.srec` was made of."""
        ...

    def check_file(self, source: Path, *, pixels: bool = True) -> CheckReport:
        """Tell what would become of `source`, and why."""
        ...

    def identify(self, path: Path) -> FileKind:
        """Tell what a file is by its first bytes."""
        ...

    def is_promised(self, path: Path, kind: FileKind, wanted: Collection[FileKind]) -> bool:
        """Tell whether a file of a folder has to be named to who wants such files, whatever is in it."""
        ...

    def result_name(self, packed: Path, source_name: str | None) -> str:
        """Return the name of the file that comes out of a `.srec`."""
        ...

    def output_path(self, source: Path, suffix: str, folder: Path | None = None, root: Path | None = None) -> Path:
        """Where the result of `source` goes: beside it, in `folder`, or mirrored below it from `root` on."""
        ...

    def resolve_existing(self, destination: Path, policy: ExistingPolicy) -> Path | None:
        """Return the path to write, or None to skip."""
        ...

    def find_files(
        self,
        paths: Iterable[Path],
        *,
        cancel: CancelToken | None = None,
        unreadable: Callable[[Path, OSError], None] | None = None,
    ) -> Iterator[Path]:
        """Walk files and folders in natural order."""
        ...

    def inspect_file(self, source: Path, options: CodecOptions = ...) -> Inspection:
        """Look into a `.srec`."""
        ...

    def inspect_with_network(
        self,
        source: Path,
        options: CodecOptions = ...,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> Inspection:
        """Code the picture of a `.srec` with the network, in memory, and look into that."""
        ...

    def prepare_inspection(self, options: CodecOptions = ...) -> None:
        """Load what inspecting takes, before there is a file."""
        ...

    def model_names(self) -> list[str]:
        """Names of the models that are installed."""
        ...

    def list_devices(self) -> tuple[Device, ...]:
        """Devices of this machine, the CPU last. Loads torch."""
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
        return srec_engine.encode_file(source, destination, options, cancel=cancel, progress=progress)

    def decode_file(
        self,
        source: Path,
        destination: Path,
        options: CodecOptions = _CODEC_OPTIONS,
        *,
        format: str | None = None,  # noqa: A002 - as the engine calls it
        keep_timestamps: bool = True,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> DecodeReport:
        """Write the picture of a `.srec` to `destination`."""
        return srec_engine.decode_file(
            source,
            destination,
            options,
            format=format,
            keep_timestamps=keep_timestamps,
            cancel=cancel,
            progress=progress,
        )

    def decode_steps(
        self,
        source: Path,
        options: CodecOptions = _CODEC_OPTIONS,
        *,
        cancel: CancelToken | None = None,
        partial: bool = True,
    ) -> Iterator[Any]:
        """Decode coarse to fine."""
        return srec_engine.decode_steps(source, options, cancel=cancel, partial=partial)

    def read_info(self, source: Path) -> FileInfo:
        """Read the header of a `.srec`."""
        return srec_engine.read_info(source)

    def read_preview(self, source: Path) -> Image:
        """Return a small picture of a `.srec`."""
        return srec_engine.read_preview(source)

    def read_source(
        self,
        source: Path,
        options: CodecOptions = _CODEC_OPTIONS,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> tuple[str, bytes]:
        """Return name and bytes of the file that a `.srec` was made of."""
        return srec_engine.read_source(source, options, cancel=cancel, progress=progress)

    def check_file(self, source: Path, *, pixels: bool = True) -> CheckReport:
        """Tell what would become of `source`, and why."""
        return srec_engine.check_file(source, pixels=pixels)

    def identify(self, path: Path) -> FileKind:
        """Tell what a file is."""
        return srec_engine.identify(path)

    def is_promised(self, path: Path, kind: FileKind, wanted: Collection[FileKind]) -> bool:
        """Tell whether a file of a folder has to be named."""
        return srec_engine.is_promised(path, kind, wanted)

    def result_name(self, packed: Path, source_name: str | None) -> str:
        """Return the name of the file that comes out of a `.srec`."""
        return srec_engine.result_name(packed, source_name)

    def output_path(self, source: Path, suffix: str, folder: Path | None = None, root: Path | None = None) -> Path:
        """Where the result of `source` goes."""
        return srec_engine.output_path(source, suffix, folder, root)

    def resolve_existing(self, destination: Path, policy: ExistingPolicy) -> Path | None:
        """Return the path to write, or None to skip."""
        return srec_engine.resolve_existing(destination, policy)

    def find_files(
        self,
        paths: Iterable[Path],
        *,
        cancel: CancelToken | None = None,
        unreadable: Callable[[Path, OSError], None] | None = None,
    ) -> Iterator[Path]:
        """Walk files and folders."""
        return srec_engine.find_files(paths, cancel=cancel, unreadable=unreadable)

    def inspect_file(self, source: Path, options: CodecOptions = _CODEC_OPTIONS) -> Inspection:
        """Look into a `.srec`."""
        return srec_engine.inspect_file(source, options)

    def inspect_with_network(
        self,
        source: Path,
        options: CodecOptions = _CODEC_OPTIONS,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> Inspection:
        """Code the picture of a `.srec` with the network and look into that."""
        return srec_engine.inspect_with_network(source, options, cancel=cancel, progress=progress)

    def prepare_inspection(self, options: CodecOptions = _CODEC_OPTIONS) -> None:
        """Load what inspecting takes, before there is a file."""
        srec_engine.prepare_inspection(options)

    def model_names(self) -> list[str]:
        """Names of the models that are installed."""
        return list(srec_engine.model_names())

    def list_devices(self) -> tuple[Device, ...]:
        """Devices of this machine, the CPU last. Loads torch."""
        return srec_engine.list_devices()
