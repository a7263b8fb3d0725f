"""Where our codec's time goes."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["StageSeconds", "input_output_seconds"]


@dataclass(frozen=True, slots=True)
class StageSeconds:
    """Seconds of one direction, added up over threads and images.

    Attributes:
        network: Convolutions and everything between them.
        distributions: From the network's outputs to the frequencies of symbols.
        range_coder: From frequencies to bytes, or back. It shares a loop with the distributions: this is what the
            same number of symbols of the same average cost takes by itself, and the distributions are the rest.
        adaptation: The search for corrections that suit the picture.
        input_output: Pixels from the source file and the finished file onto the disk, or the other way round.
    """

    network: float
    distributions: float
    range_coder: float
    adaptation: float
    input_output: float

    @classmethod
    def divided(cls, measured: Mapping[str, float], coder: float, input_output: float) -> StageSeconds:
        """The stages from a report's, in which distributions and range coder are one ("entropy")."""
        together = measured.get("entropy", 0.0)
        coder = min(coder, together)
        return cls(measured.get("network", 0.0), together - coder, coder, measured.get("adaptation", 0.0), input_output)

    def by_name(self, megapixels: float) -> dict[str, float]:
        """Seconds per megapixel of each stage."""
        return {field.name: getattr(self, field.name) / megapixels for field in fields(self)}


def input_output_seconds(source: Path, pixels: NDArray[np.uint8], data: bytes) -> tuple[float, float]:
    """Seconds of reading `source` and writing `data`, and of reading `data` and writing `pixels` as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        compressed, decoded = Path(folder) / "picture.srec", Path(folder) / "picture.png"
        started = time.perf_counter()
        with Image.open(io.BytesIO(source.read_bytes())) as image:
            image.convert("RGB")
        compressed.write_bytes(data)
        between = time.perf_counter()
        compressed.read_bytes()
        Image.fromarray(pixels).save(decoded)
        return between - started, time.perf_counter() - between
