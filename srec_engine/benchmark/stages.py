"""Where our codec's time goes."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from srec_engine.codec.clock import StageClock
from srec_engine.codec.way_back import own_file
from srec_engine.images.opening import picture_from_image
from srec_engine.images.picture import VerbatimOnlyError
from srec_engine.images.sources import read_picture

__all__ = ["StageSeconds", "file_seconds"]


@dataclass(frozen=True, slots=True)
class StageSeconds:
    """Seconds of one direction, added up over threads and images.

    Attributes:
        network: Convolutions and everything between them.
        distributions: From the network's outputs to the frequencies of symbols.
        range_coder: From frequencies to bytes, or back. It shares a loop with the distributions: this is what the
            same number of symbols of the same average cost takes by itself, and the distributions are the rest.
        adaptation: The search for corrections that suit the picture.
        second_reader: Accounting for the source file's bytes, and reading its pixels once more.
        input_output: Pixels from the source file and the finished file onto the disk, or the other way round.
    """

    network: float
    distributions: float
    range_coder: float
    adaptation: float
    second_reader: float
    input_output: float

    @classmethod
    def divided(cls, measured: Mapping[str, float], coder: float) -> StageSeconds:
        """The stages of a report, in which distributions and range coder are one ("entropy"), and `file_seconds`."""
        together = measured.get("entropy", 0.0)
        coder = min(coder, together)
        return cls(
            measured.get("network", 0.0),
            together - coder,
            coder,
            measured.get("adaptation", 0.0),
            measured.get("second reader", 0.0),
            measured.get("files", 0.0),
        )

    def by_name(self, megapixels: float) -> dict[str, float]:
        """Seconds per megapixel of each stage."""
        return {field.name: getattr(self, field.name) / megapixels for field in fields(self)}


def file_seconds(source: Path, pixels: NDArray[np.uint8], data: bytes) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds around the codec, by stage: for encoding and for decoding.

    Encoding reads `source` and accounts for it, has a second reader read it again, and writes `data`. Decoding reads
    that and writes the source file again. A source that is kept as its bytes is read once; `pixels` stand for it then.
    """
    clock = StageClock()
    with tempfile.TemporaryDirectory() as folder:
        compressed, decoded = Path(folder) / "picture.srec", Path(folder) / "picture"
        picture = picture_from_image(Image.fromarray(pixels))
        with contextlib.suppress(VerbatimOnlyError):
            picture = read_picture(source, measure=clock.measure)
        with clock.measure("io"):
            compressed.write_bytes(data)
        started = time.perf_counter()
        compressed.read_bytes()
        decoded.write_bytes(own_file(picture))
        writing = time.perf_counter() - started
    reading = clock.seconds
    second = reading.get("account", 0.0) + reading.get("second reader", 0.0)
    return {"files": reading.get("io", 0.0), "second reader": second}, {"files": writing}
