"""The training curve as CSV: bits per subpixel in all, per scale and per step."""

from __future__ import annotations

import csv
import logging
from pathlib import Path

from torch import Tensor

from srec_engine.training.configuration import TrainingConfiguration

__all__ = ["Curve"]

logger = logging.getLogger(__name__)

STEPS = ("remainders", "pixel1", "pixel2", "pixel3")
REPORT_EVERY = 50


class Curve:
    """Appends a row for each training step."""

    def __init__(self, path: Path, configuration: TrainingConfiguration) -> None:
        self._path = path
        self._subpixels = 3 * configuration.batch * configuration.crop**2
        self._scales = configuration.network.scales

    def add(self, step: int, bits: Tensor, seconds: float) -> None:
        """Add a step's bits (scales, 4), coarse to fine, summed over the batch."""
        row: dict[str, float] = {"step": step, "seconds": round(seconds, 4)}
        row["bpsp"] = round(bits.sum().item() / self._subpixels, 5)
        for position, values in enumerate(bits.tolist()):
            for name, value in zip(STEPS, values, strict=True):
                row[f"scale{self._scales - 1 - position}_{name}"] = round(value / self._subpixels, 5)
        new = not self._path.exists()
        with self._path.open("a", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, row)
            if new:
                writer.writeheader()
            writer.writerow(row)
        if step % REPORT_EVERY == 0:
            speed = self._subpixels / 3e6 / seconds
            logger.info("step %d: %.4f bpsp, %.2f megapixels/s", step, row["bpsp"], speed)
