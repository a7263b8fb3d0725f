"""The progress bar of a training run: on standard error, and only where a person looks at it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srec_engine.training.evaluation import Evaluation
    from srec_engine.training.records import StepRecord

__all__ = ["TrainingBar"]

_FORMAT = "{percentage:3.0f} % |{bar:20}| step {n_fmt}/{total_fmt} {elapsed}, {remaining} left{postfix}"


class TrainingBar:
    """Steps done, time left, bits per subpixel and megapixels per second."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._evaluated = ""

    def begun(self, step: int, steps: int) -> None:
        """Draw the bar, where standard error is a terminal and tqdm is there."""
        if not sys.stderr.isatty():
            return
        try:
            from tqdm import tqdm
        except ImportError:  # training asks for torch, numpy and Pillow only
            return
        self._bar = tqdm(total=steps, initial=step, bar_format=_FORMAT, file=sys.stderr)

    def trained(self, records: Sequence[StepRecord]) -> None:
        """Move on."""
        if self._bar is None or not records:
            return
        seconds = sum(record.seconds for record in records)
        speed = sum(record.pixels for record in records) / 1e6 / max(seconds, 1e-9)
        self._bar.set_postfix_str(f"{records[-1].bpsp:.3f} bpsp{self._evaluated}, {speed:.2f} MP/s", refresh=False)
        self._bar.update(len(records))

    def evaluated(self, step: int, evaluation: Evaluation, quantised: bool) -> None:  # noqa: ARG002
        """Show the latest evaluation."""
        self._evaluated = f" (evaluation {evaluation.bpsp:.3f})"

    def ended(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
