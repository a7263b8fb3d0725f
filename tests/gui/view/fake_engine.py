"""An engine that tests hold by the hand: its files hold a PNG, and its decoding goes as far as it is allowed to."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from srec_gui.engine import (
    CancelToken,
    CodecOptions,
    DamagedFileError,
    DecodeReport,
    FileInfo,
    FileKind,
    Method,
    NotSrecError,
    Progress,
    ScaleBytes,
    SrecEngine,
    Stage,
)

MAGIC = b"\x89FAKE\r\n\x1a"


@dataclass(frozen=True)
class FakeStep:
    progress: Progress
    picture: Image.Image | None = None
    scale: int | None = None
    report: DecodeReport | None = None


def write_fake(
    path: Path,
    image: Image.Image,
    *,
    scales: int = 4,
    method: Method = Method.SREC,
    damage: tuple[str, ...] = (),
    ends_at: int = 0,
) -> Path:
    """Write `image` as a file of this engine; with `ends_at` > 0 the scales finer than that are missing."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1, exif=image.getexif(), icc_profile=image.info.get("icc_profile"))
    header = {"scales": scales, "method": method.value, "damage": damage, "ends_at": ends_at}
    encoded = json.dumps(header).encode()
    path.write_bytes(MAGIC + len(encoded).to_bytes(4, "big") + encoded + buffer.getvalue())
    return path


class FakeEngine(SrecEngine):
    """Reads what `write_fake` wrote.

    With `held` a decoding waits before every scale until `let_go` was called once more. `failures` are raised by the
    next decodings, each after its first scale. `fallback` is why the CPU takes over from an accelerator, "" where it
    does not.
    """

    def __init__(self, *, held: bool = False) -> None:
        self._gate = threading.Semaphore(0) if held else None
        self.decoded: list[str] = []
        self.devices: list[str] = []
        self.failures: list[Exception] = []
        self.cancelled: list[str] = []
        self.fallback = ""

    def let_go(self, scales: int = 1) -> None:
        if self._gate is not None:
            self._gate.release(scales)

    def identify(self, path: Path) -> FileKind:
        with path.open("rb") as file:
            start = file.read(len(MAGIC))
        if start == MAGIC:
            return FileKind.SREC
        return FileKind.MOTOROLA_SREC if start[:2] in {b"S0", b"S1"} else FileKind.IMAGE

    def read_info(self, source: Path) -> FileInfo:
        header, image = self._read(source)
        width, height = image.size
        scales = tuple(ScaleBytes(s, (900 >> s, 8000 >> s, 7000 >> s, 7000 >> s)) for s in range(header["scales"]))[
            ::-1
        ]
        coded = sum(scale.total for scale in scales)
        method = Method(header["method"])
        network = method is Method.SREC
        sections = {"header": 100, "metadata": 350, "index": 240, "base": 900, "chunks": coded, "checksum": 32}
        if not network:
            sections = {"header": 100, "metadata": 350, "body": coded, "checksum": 32}
        return FileInfo(
            width,
            height,
            image.mode,
            method,
            format_version=1,
            file_bytes=sum(sections.values()),
            model_id="5f" * 32 if network else None,
            model_name="photo" if network else None,
            scale_count=header["scales"] if network else 0,
            tile_size=512 if network else 0,
            tile_count=-(-width // 512) * -(-height // 512) if network else 0,
            section_bytes=sections,
            scales=scales if network else (),
            source_name="original.jpg" if method is Method.VERBATIM else None,
            source_bytes=25_000 if method is Method.VERBATIM else None,
        )

    def read_preview(self, source: Path) -> Image.Image:
        header, image = self._read(source)
        if header["method"] != Method.SREC.value:
            image.thumbnail((256, 256))
            return image
        return _scaled(image, header["scales"])

    def read_source(self, source: Path, *_: object, **__: object) -> tuple[str, bytes]:
        """What `read_info` says, and some bytes."""
        return self.read_info(source).source_name or "", bytes(25_000)

    def decode_steps(
        self,
        source: Path,
        options: CodecOptions = CodecOptions(),  # noqa: B008
        *,
        cancel: CancelToken | None = None,
        partial: bool = True,
    ) -> Iterator[Any]:
        header, image = self._read(source)
        self.decoded.append(source.name)
        self.devices.append(options.device)
        for scale in range(header["scales"], -1, -1):
            yield FakeStep(Progress(Stage.DECODING, 1 - scale / (header["scales"] + 1), scale))
            self._wait(source, cancel or CancelToken())
            if scale < header["ends_at"]:
                raise DamagedFileError(f"{source} is cut off. The scales that arrived can still be shown.")
            if self.failures and scale < header["scales"]:
                raise self.failures.pop()
            coarse = _scaled(image, scale).copy()
            coarse.info = {}
            yield FakeStep(Progress(Stage.DECODING, 1 - scale / (header["scales"] + 1), scale), coarse, scale)
        report = DecodeReport(
            None,
            *image.size,
            image.mode,
            Method(header["method"]),
            source.stat().st_size,
            seconds=1.42,
            device="cpu",
            kernel="int8",
            fallback=self.fallback,
            damage=tuple(header["damage"]),
        )
        yield FakeStep(Progress(Stage.DECODING, 1.0, 0), image, 0, report)

    def _wait(self, source: Path, cancel: CancelToken) -> None:
        deadline = time.monotonic() + 20
        while self._gate is not None and not self._gate.acquire(timeout=0.005):
            if cancel.cancelled or time.monotonic() > deadline:
                self.cancelled.append(source.name)
                break
        cancel.raise_if_cancelled()

    def _read(self, source: Path) -> tuple[dict[str, Any], Image.Image]:
        data = source.read_bytes()
        if data[:2] in {b"S0", b"S1"}:
            raise NotSrecError(f"“{source.name}” is a Motorola S-record: text for programming chips, not a picture.")
        length = int.from_bytes(data[len(MAGIC) : len(MAGIC) + 4], "big")
        start = len(MAGIC) + 4 + length
        if len(data) < start + 8:
            raise DamagedFileError(f"“{source.name}” ends within its header. Copy it again from its source.")
        image = Image.open(io.BytesIO(data[start:]))
        image.load()
        return json.loads(data[len(MAGIC) + 4 : start]), image


def _scaled(image: Image.Image, scale: int) -> Image.Image:
    for _ in range(scale):
        info = image.info
        image = image.reduce(2)
        image.info = info
    return image
