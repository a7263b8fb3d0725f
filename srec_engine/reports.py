"""What the engine tells its callers about a file or about work done. Plain data, no behaviour that needs a library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from srec_engine.options import Method

__all__ = [
    "CODED_STEPS",
    "CheckReport",
    "CheckedPart",
    "ComesBack",
    "DecodeReport",
    "Device",
    "EncodeReport",
    "FileInfo",
    "MethodWords",
    "ScaleBytes",
    "bits_per_subpixel",
    "working_seconds",
]

CODED_STEPS: tuple[str, ...] = ("remainders", "pixel 1", "pixel 2", "pixel 3")
"""What is coded of one scale, in the order of the file; the fourth pixel follows from the sum."""


def bits_per_subpixel(byte_count: int, width: int, height: int) -> float:
    """Bits per subpixel of the full image, counting three subpixels a pixel (the unit of the literature)."""
    return 8.0 * byte_count / (3.0 * width * height)


def working_seconds(seconds: float, stage_seconds: Mapping[str, float]) -> float:
    """Wall time of an operation without what was prepared once for all pictures (loading torch and the model)."""
    return max(0.0, seconds - stage_seconds.get("preparing", 0.0))


def _is_picture_known(method: Method, width: int, height: int) -> bool:
    """A kept file whose picture nobody can read here stands as one pixel."""
    return method is not Method.VERBATIM or width * height > 1


@dataclass(frozen=True, slots=True)
class Device:
    """A device of this machine that the network may run on.

    Attributes:
        name: As `CodecOptions.device` takes it: "cpu", "cuda", "cuda:1", …
        title: What its maker calls it ("NVIDIA H200"), or "".
    """

    name: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ScaleBytes:
    """Coded bytes of one scale.

    Attributes:
        scale: 0 is the full image.
        steps: Bytes of each of `CODED_STEPS`; what tells streams apart counts with the first.
    """

    scale: int
    steps: tuple[int, int, int, int]

    @property
    def total(self) -> int:
        """Bytes of all steps."""
        return sum(self.steps)


@dataclass(frozen=True, slots=True)
class MethodWords:
    """What a method says of itself.

    Attributes:
        label: One word for a table ("SReC", "WebP", "JPEG", "stored").
        title: A few words ("Lossless WebP").
        how: How it holds a picture, completing "… holds its picture …" ("by the network").
        sentence: What is in the file, as a clause of its own.
    """

    label: str
    title: str
    how: str
    sentence: str


class ComesBack(StrEnum):
    """What a `.srec` gives when it is decoded to a file."""

    BYTES = "bytes"
    """The source file, byte for byte."""

    FILE = "file"
    """A file of the source's format with the same pixels and, byte for byte, everything around them."""

    PICTURE = "picture"
    """A PNG of the picture, which came from no file."""


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """Some bytes of a source file.

    Attributes:
        kind: "carried" (kept byte for byte), "pixels", or "made again" (lengths, checksums, the way of compressing).
        what: What they are in the words of the format ("tEXt", "tag 700", "rows").
        count: How many pieces of that name there are.
        size: Bytes of all of them.
    """

    kind: str
    what: str
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What would become of a file.

    Attributes:
        name: The file's name.
        format: Its format, as Pillow names it.
        file_bytes: Its size.
        methods: The ways that would be tried; the smallest wins, or the file's own bytes where they are smaller.
        comes_back: What decoding would give.
        parts: All bytes of the file; empty where it is kept as its bytes.
        reason: Why it is kept as its bytes, as a clause; "" where it is not.
    """

    name: str
    format: str
    file_bytes: int
    methods: tuple[Method, ...]
    comes_back: ComesBack
    parts: tuple[CheckedPart, ...] = ()
    reason: str = ""

    def size_of(self, kind: str) -> int:
        """Bytes of all parts of a kind."""
        return sum(part.size for part in self.parts if part.kind == kind)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What the header of a `.srec` tells; nothing is decoded for it.

    Attributes:
        width, height: Pixels.
        mode: Pillow mode of the picture.
        method: How the picture is held.
        format_version: Version of the container.
        file_bytes: Size of the file.
        missing_bytes: Bytes that the header announces and the file lacks: it is cut off.
        model_id: SHA-256 of the model in hex, or None when no network is needed.
        model_name: Name of that model where it is known here, else None.
        scale_count: Scales the network codes (the base not counted); 0 without a network.
        tile_size, tile_count: Side of a tile in pixels, number of tiles; 0 without a network.
        metadata: Names of the metadata kept ("icc", "exif", "xmp", "dpi", "text", …) with their bytes.
        section_bytes: Bytes of each part of the container; they add up to `file_bytes`.
        scales: Chunk bytes by scale, coarse to fine (empty without a network).
        source_name: The source file's own name; None for an image that came from no file.
        source_format: Its format, as Pillow names it; "" where that is not known.
        source_bytes: Its size; None where that is not known.
        comes_back: What decoding gives.
    """

    width: int
    height: int
    mode: str
    method: Method
    format_version: int
    file_bytes: int
    model_id: str | None = None
    model_name: str | None = None
    scale_count: int = 0
    tile_size: int = 0
    tile_count: int = 0
    metadata: dict[str, int] = field(default_factory=dict)
    section_bytes: dict[str, int] = field(default_factory=dict)
    scales: tuple[ScaleBytes, ...] = ()
    source_name: str | None = None
    source_format: str = ""
    source_bytes: int | None = None
    comes_back: ComesBack = ComesBack.PICTURE
    missing_bytes: int = 0

    @property
    def is_picture_known(self) -> bool:
        """Whether size and mode are those of the picture."""
        return _is_picture_known(self.method, self.width, self.height)

    @property
    def bpsp(self) -> float:
        """Bits per subpixel of the whole file."""
        return bits_per_subpixel(self.file_bytes, self.width, self.height)


@dataclass(frozen=True, slots=True)
class ComputedBy:
    """What computed a network.

    Attributes:
        device, kernel: At the end of the work; "" without a network.
        fallback: Why the CPU took over from an accelerator, as a clause ("cuda failed (out of memory)"); "" where it
            did not. The result is the same, only later.
    """

    device: str = ""
    kernel: str = ""
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class EncodeReport:
    """What encoding did.

    Attributes:
        destination: The file written, or None for an in-memory result.
        width, height: Pixels.
        method: How the picture is held.
        source_bytes: Size of the source file (of the raw pixels for an in-memory image).
        file_bytes: Size of the result.
        scales: Coded bytes by scale, coarse to fine.
        model_bits: The model's own bits by scale, coarse to fine, in the order of `scales` (empty without a network).
        seconds: Wall time of the whole operation.
        stage_seconds: Wall time of "network", "distribution", "entropy", "io", "account", "second reader", "verify".
        device, kernel, fallback: As in `ComputedBy`.
        verified: Whether the very bytes that were written were decoded and compared: pixels by their checksum, and one
            tile of every scale by another kernel too; a file that is kept as its bytes by SHA-256.
        note: Something the person should know ("stored as it was: it is cut off"), or ""; where nothing was written,
            the reason for that.
        left_alone: Whether nothing was written, since nothing would have been gained; `file_bytes` is then the size
            that the result would have had.
    """

    destination: Path | None
    width: int
    height: int
    method: Method
    source_bytes: int
    file_bytes: int
    scales: tuple[ScaleBytes, ...] = ()
    model_bits: tuple[float, ...] = ()
    seconds: float = 0.0
    stage_seconds: dict[str, float] = field(default_factory=dict)
    device: str = ""
    kernel: str = ""
    fallback: str = ""
    verified: bool = False
    note: str = ""
    left_alone: bool = False

    @property
    def is_picture_known(self) -> bool:
        """Whether the size is that of the picture, as in `FileInfo`."""
        return _is_picture_known(self.method, self.width, self.height)

    @property
    def bpsp(self) -> float:
        """Bits per subpixel of the whole file."""
        return bits_per_subpixel(self.file_bytes, self.width, self.height)

    @property
    def working_seconds(self) -> float:
        """`seconds` without what was prepared once for all pictures."""
        return working_seconds(self.seconds, self.stage_seconds)

    @property
    def saved(self) -> float:
        """Share of the source's bytes that is saved: 0.25 is a quarter; negative when the result is larger."""
        return 1.0 - self.file_bytes / self.source_bytes if self.source_bytes else 0.0


@dataclass(frozen=True, slots=True)
class DecodeReport:
    """What decoding did.

    Attributes:
        destination: The file written, or None for an in-memory result.
        width, height, mode: Of the picture.
        method: How the picture was held.
        file_bytes: Size of the `.srec` file.
        seconds, stage_seconds, device, kernel, fallback: As in `EncodeReport`.
        damage: One sentence for each part that could not be decoded; empty when the picture is exact.
        dropped: Names of what the chosen format cannot hold ("text", "gamma", "cICP", …).
    """

    destination: Path | None
    width: int
    height: int
    mode: str
    method: Method
    file_bytes: int
    seconds: float = 0.0
    stage_seconds: dict[str, float] = field(default_factory=dict)
    device: str = ""
    kernel: str = ""
    fallback: str = ""
    damage: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def is_picture_known(self) -> bool:
        """Whether the size is that of the picture, as in `FileInfo`."""
        return _is_picture_known(self.method, self.width, self.height)

    @property
    def working_seconds(self) -> float:
        """`seconds` without what was prepared once for all pictures."""
        return working_seconds(self.seconds, self.stage_seconds)
