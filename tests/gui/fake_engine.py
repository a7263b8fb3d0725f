"""An engine whose steps a test lets go one by one; its files are small and real."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

from PIL import Image

from srec_gui.engine import (
    Cancelled,
    CancelToken,
    CodecOptions,
    DecodeReport,
    Device,
    EncodeOptions,
    EncodeReport,
    FileInfo,
    FileKind,
    Method,
    NotSrecError,
    Progress,
    ProgressCallback,
    SrecEngine,
    Stage,
    WithoutGain,
)

MAGIC = b"\x89FAKE-SREC\r\n"
STEPS = ((Stage.ENCODING, 1), (Stage.ENCODING, 0), (Stage.VERIFYING, None))


class FakeEngine(SrecEngine):
    """Compresses to a file that holds the picture's size and as many bytes as `ratio` says.

    With `held`, work stops before every step until `let_go` is called. `failures` gives the errors of files by name,
    each raised once. `fallback` is why the CPU takes over from an accelerator, as a clause; "": there is none. Files
    whose names are in `gainless` would become larger.
    """

    def __init__(self, *, held: bool = False, ratio: float = 0.5) -> None:
        self._gate = threading.Semaphore(0) if held else None
        self.ratio = ratio
        self.failures: dict[str, list[Exception]] = {}
        self.started: list[str] = []
        self.devices: list[str] = []
        self.fallback = ""
        self.gainless: set[str] = set()
        self.machine: tuple[Device, ...] = (Device("cpu"),)
        self.at_step = threading.Event()

    def let_go(self, steps: int = len(STEPS)) -> None:
        """Let work go on for some steps; a file has three."""
        if self._gate is not None:
            self._gate.release(steps)

    def encode_file(
        self,
        source: Path,
        destination: Path,
        options: EncodeOptions = EncodeOptions(),  # noqa: B008
        *,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> EncodeReport:
        self._begin(source, options.codec)
        self._steps(cancel, progress)
        with Image.open(source) as image:
            width, height = image.size
        before = source.stat().st_size
        if source.name in self.gainless and options.without_gain is WithoutGain.LEAVE:
            note = "the file is smaller than what could be made of it"
            return EncodeReport(None, width, height, Method.VERBATIM, before, before + 90, note=note, left_alone=True)
        size = before + 90 if source.name in self.gainless else max(64, int(before * self.ratio))
        head = MAGIC + json.dumps([width, height]).encode() + b"\n"
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_bytes(head + bytes(max(0, size - len(head))))
        return EncodeReport(
            destination,
            width,
            height,
            Method.SREC,
            before,
            destination.stat().st_size,
            seconds=0.5,
            device="cpu",
            kernel="int8",
            fallback=self.fallback,
            verified=options.verify,
        )

    def decode_file(
        self,
        source: Path,
        destination: Path,
        options: CodecOptions = CodecOptions(),  # noqa: B008
        *,
        format: str | None = None,  # noqa: A002 - as the engine calls it
        keep_timestamps: bool = True,
        cancel: CancelToken | None = None,
        progress: ProgressCallback | None = None,
    ) -> DecodeReport:
        self._begin(source, options)
        self._steps(cancel, progress)
        info = self.read_info(source)
        destination.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (info.width, info.height)).save(destination)
        if keep_timestamps:
            shutil.copystat(source, destination)
        return DecodeReport(
            destination,
            info.width,
            info.height,
            "RGB",
            Method.SREC,
            info.file_bytes,
            seconds=0.5,
            device="cpu",
            fallback=self.fallback,
        )

    def read_info(self, source: Path) -> FileInfo:
        data = source.read_bytes()
        if not data.startswith(MAGIC):
            raise NotSrecError(f"{source.name} is not a .srec file.")
        width, height = json.loads(data[len(MAGIC) :].split(b"\n")[0])
        return FileInfo(width, height, "RGB", Method.SREC, 1, len(data))

    def read_preview(self, source: Path) -> Image.Image:
        info = self.read_info(source)
        return Image.new("RGB", (max(1, info.width // 8), max(1, info.height // 8)), (90, 120, 150))

    def identify(self, path: Path) -> FileKind:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                return FileKind.SREC
        return super().identify(path)

    def list_devices(self) -> tuple[Device, ...]:
        """As the test says."""
        return self.machine

    def prepare_inspection(self, options: CodecOptions | None = None) -> None:
        """Nothing: entering the room must not load torch."""

    def model_names(self) -> list[str]:
        return ["photo", "another"]

    def _begin(self, source: Path, options: CodecOptions) -> None:
        self.started.append(source.name)
        self.devices.append(options.device)
        if self.failures.get(source.name):
            raise self.failures[source.name].pop(0)

    def _steps(self, cancel: CancelToken | None, progress: ProgressCallback | None) -> None:
        for number, (stage, scale) in enumerate(STEPS):
            if progress is not None:
                progress(Progress(stage, number / len(STEPS), scale))
            self.at_step.set()
            while self._gate is not None and not self._gate.acquire(timeout=0.02):
                if cancel is not None and cancel.cancelled:
                    raise Cancelled("Stopped on request. Nothing was written.")
            if cancel is not None:
                cancel.raise_if_cancelled()
