"""Training curve and evaluations as CSV: bits per subpixel in all, per scale and per step."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from srec_engine.atomic import write_atomically
from srec_engine.errors import OutputError
from srec_engine.reports import CODED_STEPS
from srec_engine.training.evaluation import Evaluation
from srec_engine.training.records import StepRecord

__all__ = ["CurveFiles", "part_values"]

logger = logging.getLogger(__name__)

_COLUMNS = tuple(step.replace(" ", "") for step in CODED_STEPS)


def part_values(record: StepRecord) -> dict[str, float]:
    """Bits per subpixel of each part of a step, by names such as "scale0_pixel1"."""
    scales = len(record.bits)
    return {
        f"scale{scales - 1 - position}_{name}": value / (3 * record.pixels)
        for position, values in enumerate(record.bits)
        for name, value in zip(_COLUMNS, values, strict=True)
    }


class CurveFiles:
    """`curve.csv` with a row for each training step, `evaluation.csv` with one for each evaluation.

    Args:
        folder: Where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self._curve = folder / "curve.csv"
        self._evaluations = folder / "evaluation.csv"

    def begun(self, step: int, steps: int) -> None:  # noqa: ARG002 - a reporter's signature
        """Take off rows that a killed run wrote after the checkpoint it now continues from."""
        for path in (self._curve, self._evaluations):
            _keep_rows(path, step)

    def trained(self, records: Sequence[StepRecord]) -> None:
        """Add rows of steps."""
        rows = []
        for record in records:
            values = {"bpsp": record.bpsp, **part_values(record)}
            rows.append({"step": record.step, "seconds": round(record.seconds, 4), **_rounded(values)})
        _append(self._curve, rows)

    def evaluated(self, step: int, evaluation: Evaluation, quantised: bool) -> None:
        """Add a row of an evaluation."""
        parts = {part.name: part.bits / evaluation.subpixels for part in evaluation.parts}
        row = {"step": step, "quantised": int(quantised), **_rounded({"bpsp": evaluation.bpsp, **parts})}
        logger.info("step %d: %.4f bpsp on the evaluation images", step, evaluation.bpsp)
        _append(self._evaluations, [row])

    def ended(self) -> None:
        """Nothing is left open."""


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in values.items()}


def _append(path: Path, rows: Sequence[Mapping[str, float]]) -> None:
    if not rows:
        return
    try:
        new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            if new:
                writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise _unwritten(path, error) from error


def _unwritten(path: Path, error: BaseException) -> OutputError:
    return OutputError(f"The training curve {path} could not be written ({error}). Free some space.")


def _keep_rows(path: Path, last_step: int) -> None:
    """Keep the rows up to a step."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"The training curve {path} cannot be read ({error}). Move it away.") from error
    kept = [line for line in lines[1:] if _step_of(line) <= last_step]
    if len(kept) == len(lines) - 1:
        return
    try:
        write_atomically(path, "".join([*lines[:1], *kept]).encode())
    except OutputError as error:
        raise _unwritten(path, error.__cause__ or error) from error


def _step_of(line: str) -> float:
    """The step in a row; rows that a kill cut off count as later than any."""
    first = next(csv.reader(io.StringIO(line)), [""])[0]
    return int(first) if first.isdecimal() and line.endswith("\n") else float("inf")
