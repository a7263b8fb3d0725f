"""Loss, parts, learning rate and speed for TensorBoard, where it is installed.

The events are written here and not by torch's writer, whose thread meets a full disk where nobody can answer it.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from srec_engine.errors import MissingDependencyError, OutputError
from srec_engine.training.curve import part_values
from srec_engine.training.evaluation import Evaluation
from srec_engine.training.records import StepRecord

__all__ = ["TensorBoard"]


class _EventFile:
    """A file of TensorBoard's events, written at once.

    Args:
        folder: Where it is made.
        first_step: Points of earlier files from this step on are hidden.
    """

    def __init__(self, folder: Path, first_step: int) -> None:
        from tensorboard.compat.proto.event_pb2 import Event, SessionLog
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.record_writer import RecordWriter

        self._event: Callable[..., Any] = Event
        self._summary: Callable[..., Any] = Summary
        self._value: Callable[..., Any] = Summary.Value
        self._path = folder / f"events.out.tfevents.{time.time_ns()}.{platform.node()}.{os.getpid()}"
        try:
            self._records = RecordWriter(self._path.open("wb"))
        except OSError as error:
            raise self._explained(error) from error
        self._add(file_version="brain.Event:2")
        self._add(step=first_step, session_log=SessionLog(status=SessionLog.START))

    def add(self, values: dict[str, float], step: int) -> None:
        """Add a point to each of some curves."""
        points = [self._value(tag=name, simple_value=value) for name, value in values.items()]
        self._add(step=step, summary=self._summary(value=points))

    def close(self) -> None:
        """Write what is left."""
        try:
            self._records.close()
        except OSError as error:
            raise self._explained(error) from error

    def _add(self, **content: Any) -> None:
        try:
            self._records.write(self._event(wall_time=time.time(), **content).SerializeToString())
            self._records.flush()
        except OSError as error:
            raise self._explained(error) from error

    def _explained(self, error: OSError) -> OutputError:
        return OutputError(
            f"TensorBoard's events {self._path} could not be written ({error}). Free some space and resume, or train "
            "without --tensorboard."
        )


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
            import tensorboard  # noqa: F401 - its parts are loaded when the run begins
        except ImportError as error:
            raise MissingDependencyError(
                "TensorBoard is not installed. Install the extra “train” (pip install tensorboard), or train without "
                "it: curve.csv has the same figures."
            ) from error
        self._folder = folder
        self._interval = interval
        self._events: _EventFile | None = None
        self._collected: list[StepRecord] = []

    def begun(self, step: int, steps: int) -> None:  # noqa: ARG002 - a reporter's signature
        """Open the event file; points that a killed run wrote after `step` are hidden."""
        self._events = _EventFile(self._folder, step + 1)

    def trained(self, records: Sequence[StepRecord]) -> None:
        """Add the mean of each full interval."""
        for record in records:
            self._collected.append(record)
            if record.step % self._interval == 0:
                self._add_point()

    def evaluated(self, step: int, evaluation: Evaluation, quantised: bool) -> None:  # noqa: ARG002
        """Add a point of an evaluation."""
        parts = {f"eval/{part.name}": part.bits / evaluation.subpixels for part in evaluation.parts}
        self._add({"eval/bpsp": evaluation.bpsp, **parts}, step)

    def ended(self) -> None:
        """Add what is left and close the file."""
        events = self._events
        if events is None:
            return
        self._add_point()
        self._events = None
        events.close()

    def _add_point(self) -> None:
        if not self._collected:
            return
        records, self._collected = self._collected, []
        values = [{"bpsp": record.bpsp, **part_values(record)} for record in records]
        seconds = sum(record.seconds for record in records)
        point = {f"train/{name}": fmean(value[name] for value in values) for name in values[0]}
        point["train/megapixels_per_second"] = sum(record.pixels for record in records) / 1e6 / max(seconds, 1e-9)
        point["train/learning_rate"] = records[-1].learning_rate
        self._add(point, records[-1].step)

    def _add(self, values: dict[str, float], step: int) -> None:
        if self._events is None:
            return
        try:
            self._events.add(values, step)
        except OutputError:
            self._events = None  # the run ends with this error, and is not told once more when it has ended
            raise
