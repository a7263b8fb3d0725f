"""Loss, parts, learning rate and speed for TensorBoard, where it is installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from srec_engine.errors import MissingDependencyError
from srec_engine.training.curve import part_values
from srec_engine.training.evaluation import Evaluation
from srec_engine.training.records import StepRecord

__all__ = ["TensorBoard"]


class TensorBoard:
    """Writes a point for every `interval` steps (their mean) and for every evaluation.

    Args:
        folder: Where the events go.
        interval: Steps per point.

    Raises:
        MissingDependencyError: When TensorBoard is not installed.
    """

    def __init__(self, folder: Path, interval: int = 50) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise MissingDependencyError(
                "TensorBoard is not installed. Install the extra “train” (pip install tensorboard), or train without "
                "it: curve.csv has the same figures."
            ) from error
        self._writer = SummaryWriter  # created when the run begins: it writes a file at once
        self._folder = folder
        self._interval = interval
        self._events: SummaryWriter | None = None
        self._collected: list[StepRecord] = []

    def begun(self, step: int, steps: int) -> None:  # noqa: ARG002 - a reporter's signature
        """Open the event file; points that a killed run wrote after `step` are hidden."""
        self._events = self._writer(str(self._folder), purge_step=step + 1)

    def trained(self, records: Sequence[StepRecord]) -> None:
        """Add the mean of each full interval."""
        for record in records:
            self._collected.append(record)
            if record.step % self._interval == 0:
                self._add_point()

    def evaluated(self, step: int, evaluation: Evaluation, quantised: bool) -> None:  # noqa: ARG002
        """Add a point of an evaluation."""
        self._add("eval/bpsp", evaluation.bpsp, step)
        for part in evaluation.parts:
            self._add(f"eval/{part.name}", part.bits / evaluation.subpixels, step)

    def ended(self) -> None:
        """Add what is left and close the file."""
        self._add_point()
        if self._events is not None:
            self._events.close()
            self._events = None

    def _add_point(self) -> None:
        if not self._collected:
            return
        last = self._collected[-1]
        values = [{"bpsp": record.bpsp, **part_values(record)} for record in self._collected]
        for name in values[0]:
            self._add(f"train/{name}", fmean(value[name] for value in values), last.step)
        seconds = sum(record.seconds for record in self._collected)
        speed = sum(record.pixels for record in self._collected) / 1e6 / max(seconds, 1e-9)
        self._add("train/megapixels_per_second", speed, last.step)
        self._add("train/learning_rate", last.learning_rate, last.step)
        self._collected.clear()

    def _add(self, name: str, value: float, step: int) -> None:
        if self._events is not None:
            self._events.add_scalar(name, value, step)
