"""The steps of decoding, as every method gives them: progress, coarse pictures, at the end what was held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.container import Box, Reader
from srec_engine.control import CancelToken, Progress, Stage
from srec_engine.errors import DamagedFileError
from srec_engine.images.picture import Picture, bytes_checksum, pixel_checksum
from srec_engine.options import CodecOptions
from srec_engine.reports import ComputedBy, DecodeReport

__all__ = ["Decoding", "Step"]

_NOT_COMPUTED = ComputedBy()


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        progress: How far the whole is.
        scale: The scale being decoded.
        colour: uint8 (h, w, 1 or 3) of the scale that became complete, else None.
        info: What `colour` needs to be shown rightly: "exif" and "icc_profile", where there are any.
        result: On the last step: the picture (or its region), or the source's bytes where those are kept.
        report: On the last step.
        source_name: On the last step: the source file's name where its bytes are kept, else "".
    """

    progress: Progress
    scale: int
    colour: NDArray[np.uint8] | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    result: Picture | bytes | None = None
    report: DecodeReport | None = None
    source_name: str = ""


@dataclass(frozen=True, slots=True)
class Decoding:
    """A `.srec` that is being decoded.

    Attributes:
        reader: The file.
        options: Device, kernel, threads.
        cancel: Stops it.
        region: The part of the picture that is wanted; None for all of it.
        partial: Whether anybody looks at coarser pictures, so that those are made that take time of their own.
        clock: Counts the seconds of its stages.
    """

    reader: Reader
    options: CodecOptions
    cancel: CancelToken
    region: Box | None = None
    partial: bool = True
    clock: StageClock = field(default_factory=StageClock)

    @property
    def inside(self) -> Box | None:
        """The part of the region that lies in the picture.

        Raises:
            ValueError: When there is none.
        """
        header = self.reader.header
        return None if self.region is None else self.region.inside(header.width, header.height)

    def cropped(self, picture: Picture) -> Picture:
        """What is wanted of a whole picture."""
        region = self.inside
        return picture if region is None else picture.part(region.rows, region.columns)

    def damage_of(self, whole: Picture | bytes) -> tuple[str, ...]:
        """A sentence where what was decoded is not what was encoded."""
        found = bytes_checksum(whole) if isinstance(whole, bytes) else pixel_checksum(whole)
        try:
            return () if found == self.reader.pixel_checksum else (self._wrong(),)
        except DamagedFileError:
            return (self._wrong(),)

    def _wrong(self) -> str:
        name = self.reader.name
        if not self.reader.is_complete:
            return f"{name} is cut off: the checksum of its picture is missing, so it cannot be checked."
        return (
            f"{name} decoded to a picture that is not the one it was made from: its checksum does not match. "
            "The file was changed, or this machine computes wrongly (try the kernel unfold)."
        )

    def last_step(
        self, result: Picture | bytes, damage: tuple[str, ...], computed: ComputedBy = _NOT_COMPUTED, name: str = ""
    ) -> Step:
        """The step with the result.

        Args:
            result: As in `Step`.
            damage: One sentence for each part that could not be decoded.
            computed: Where the network was computed.
            name: The source file's name where its bytes are the result.
        """
        header = self.reader.header
        report = DecodeReport(
            None,
            header.width,
            header.height,
            header.mode,
            header.method,
            self.reader.file_bytes,
            self.clock.elapsed,
            dict(self.clock.seconds),
            computed.device,
            computed.kernel,
            computed.fallback,
            damage,
        )
        return Step(Progress(Stage.DECODING, 1.0, 0), 0, result=result, report=report, source_name=name)
