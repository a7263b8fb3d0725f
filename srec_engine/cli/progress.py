"""The progress bar: on standard error, and only where a person looks at it."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from srec_engine.control import Progress, ProgressCallback

__all__ = ["ProgressBar", "taken_away"]

_FORMAT = "{percentage:3.0f} % |{bar:24}| {elapsed} {desc}"


@contextmanager
def taken_away(bar: Any) -> Iterator[None]:
    """Take a bar of tqdm's (None: there is none) off the terminal while something else is printed."""
    if bar is None:
        yield
        return
    bar.clear()
    yield
    bar.refresh()


class ProgressBar:
    """Progress over several files; silent when standard error is not a terminal.

    Args:
        files: How many files there are.
    """

    def __init__(self, files: int) -> None:
        self._files = files
        self._finished = 0
        self._begun: deque[list[float]] = deque()
        self._bar: Any = None

    def begin(self, name: str) -> ProgressCallback:
        """Start a file, perhaps beside others, and return the callback for its progress, for any thread."""
        fraction = [0.0]
        self._begun.append(fraction)

        def show(progress: Progress) -> None:
            if self._bar is None:
                return
            fraction[0] = progress.fraction
            what = progress.message or progress.stage.value
            self._bar.set_description_str(f"{self._finished + 1}/{self._files} {name}: {what}", refresh=False)
            self._bar.n = min(self._files, self._finished + sum(share for (share,) in tuple(self._begun)))
            # update(0) redraws at most ten times a second; refresh() would draw every time.
            self._bar.update(0)

        return show

    def end(self) -> None:
        """The first file of those that were begun is finished."""
        self._begun.popleft()
        self._finished += 1

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar away while a line is printed."""
        with taken_away(self._bar):
            yield

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=self._files, bar_format=_FORMAT, leave=False, file=sys.stderr)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
