"""What a run tells about itself, and who wants to hear it."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from srec_engine.errors import SrecError
from srec_engine.training.evaluation import Evaluation

__all__ = ["PendingSteps", "Reporter", "StepRecord"]

COLLECT_SECONDS = 1.0
"""Bits are fetched from the device this often: fetching them after every step would make it wait."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One training step.

    Attributes:
        step: Its number; the first is 1.
        seconds: What it took.
        learning_rate: Its learning rate.
        pixels: Pixels of the whole batch.
        bits: By scale, coarse to fine: remainders, pixel 1, 2 and 3, summed over the batch.
    """

    step: int
    seconds: float
    learning_rate: float
    pixels: int
    bits: tuple[tuple[float, ...], ...]

    @property
    def bpsp(self) -> float:
        """Bits per subpixel of all parts together (the base is not among them)."""
        return sum(map(sum, self.bits)) / (3 * self.pixels)


class Reporter(Protocol):
    """Something that is told what happens in a run. Only the leading process tells."""

    def begun(self, step: int, steps: int) -> None:
        """The run begins, or continues, after `step` of `steps` steps."""

    def trained(self, records: Sequence[StepRecord]) -> None:
        """Some steps were made."""

    def evaluated(self, step: int, evaluation: Evaluation, quantised: bool) -> None:
        """The averaged weights were evaluated after `step`, rounded if `quantised`."""

    def ended(self) -> None:
        """The run has ended or was stopped."""


class PendingSteps:
    """Steps whose bits are still on the device.

    Args:
        pixels: Of each step's whole batch.
    """

    def __init__(self, pixels: int) -> None:
        self._pixels = pixels
        self._steps: list[tuple[int, float, Tensor]] = []
        self._since = time.monotonic()

    def begin(self) -> None:
        """Count time from now."""
        self._since = time.monotonic()

    def add(self, step: int, learning_rate: float, bits: Tensor) -> bool:
        """Add a step with its bits (scales, 4); whether it is time to collect."""
        self._steps.append((step, learning_rate, bits))
        return time.monotonic() - self._since >= COLLECT_SECONDS

    def collect(self) -> list[StepRecord]:
        """The records of all steps since the last time.

        Raises:
            SrecError: When a loss is not a finite number, so that such weights are never saved.
        """
        fetched = [(step, rate, bits.tolist()) for step, rate, bits in self._steps]
        now = time.monotonic()
        seconds = (now - self._since) / max(1, len(fetched))
        self._steps.clear()
        self._since = now
        records = [
            StepRecord(step, seconds, rate, self._pixels, tuple(map(tuple, bits))) for step, rate, bits in fetched
        ]
        for record in records:
            if not math.isfinite(record.bpsp):
                raise SrecError(
                    f"Training broke down: the loss of step {record.step} is not a number. The last checkpoint is "
                    "intact. Begin again with a lower learning rate or without bfloat16."
                )
        return records
