"""What a training run says on standard error: a bar where a person looks at it, else a line from time to time."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from srec_engine.cli.progress import taken_away

if TYPE_CHECKING:
    from srec_engine.training.evaluation import Evaluation
    from srec_engine.training.records import StepRecord

__all__ = ["MessagesAboveBar", "TrainingBar"]

logger = logging.getLogger(__name__)

LINE_EVERY = 50
"""Steps from line to line where there is no bar."""

_FORMAT = "{percentage:3.0f} % |{bar:20}| step {n_fmt}/{total_fmt} {elapsed}, {remaining} left{postfix}"


class TrainingBar:
    """Steps done, time left, bits per subpixel and megapixels per second."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._steps = 0
        self._evaluated = ""

    def begun(self, step: int, steps: int) -> None:
        """Draw the bar, where standard error is a terminal and tqdm is there."""
        self._steps = steps
        if not sys.stderr.isatty():
            return
        try:
            from tqdm import tqdm
        except ImportError:  # training asks for torch, numpy and Pillow only
            return
        self._bar = tqdm(total=steps, initial=step, bar_format=_FORMAT, file=sys.stderr)

    def trained(self, records: Sequence[StepRecord]) -> None:
        """Move on."""
        if not records:
            return
        seconds = max(sum(record.seconds for record in records), 1e-9)
        speed = sum(record.pixels for record in records) / 1e6 / seconds
        if self._bar is None:
            for record in records:
                if record.step % LINE_EVERY == 0:
                    left = _clock((self._steps - record.step) * seconds / len(records))
                    logger.info("step %d: %.4f bpsp, %.2f MP/s, %s left", record.step, record.bpsp, speed, left)
            return
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

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar away while a line is printed."""
        with taken_away(self._bar):
            yield


class MessagesAboveBar(logging.StreamHandler[Any]):
    """Prints log messages on standard error, above the bar.

    Args:
        bar: The run's.
    """

    def __init__(self, bar: TrainingBar) -> None:
        super().__init__(sys.stderr)
        self._bar = bar

    def emit(self, record: logging.LogRecord) -> None:
        """Print a message."""
        with self._bar.paused():
            super().emit(record)


def _clock(seconds: float) -> str:
    """Hours, minutes and seconds as the bar shows them: "04:10", "1:02:03"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
