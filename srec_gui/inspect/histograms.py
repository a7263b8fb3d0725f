"""How often each value of the two layers occurs, counted in a thread; the newest request wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from srec_gui.analysis import Layer, Part, ValueRange, byte_scale, default_range
from srec_gui.engine import CancelToken
from srec_gui.inspect.choice import Choice, RangeMode, SideChoice
from srec_gui.inspect.session import Session
from srec_gui.worker import Task, Worker

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Counts", "Histograms", "limits_of"]

_PAUSE_MS = 120

_Key = tuple[int | None, Layer, Part, int | None]
"""Scale (None for all of them), layer, part, channel."""


@dataclass(frozen=True, eq=False, slots=True)
class Counts:
    """What was counted: int64 (256,) for what each side shows, and where asked for, for the same of all scales."""

    found: Mapping[_Key, NDArray[np.int64]]

    def of(self, side: SideChoice, scale: int | None) -> NDArray[np.int64] | None:
        """How often each byte of what a side shows occurs in a scale, or in all of them; None where not counted."""
        return self.found.get((scale, side.layer, side.part, side.channel))


class Histograms(QObject):
    """Counts what the session's store holds.

    Signals:
        counted(object): `Counts`.
    """

    counted = Signal(object)

    def __init__(self, worker: Worker, session: Session, parent: QObject | None = None) -> None:
        """Count nothing yet."""
        super().__init__(parent)
        self._worker = worker
        self._session = session
        self._choice = Choice()
        self._task: Task | None = None
        self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._count)

    def want(self, choice: Choice) -> None:
        """Count for this choice, soon."""
        self._choice = choice
        if not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Count no more."""
        self._timer.stop()
        self._again = False
        if self._task is not None:
            self._task.cancel()

    def _count(self) -> None:
        if self._task is not None:
            self._again = True
            return
        choice, store = self._choice, self._session.store

        def work(cancel: CancelToken, _report: Callable[[object], None]) -> Counts:
            found: dict[_Key, NDArray[np.int64]] = {}
            for key in _keys(choice):
                counts = np.zeros(256, np.int64)
                for layers in store.of_scale(key[0]):
                    cancel.raise_if_cancelled()
                    counts += layers.counts(*key[1:])
                found[key] = counts
            return Counts(found)

        self._task = self._worker.submit(work, lane="disk")
        self._task.finished.connect(self._ended)
        self._task.failed.connect(lambda _error: self._ended(None))
        self._task.cancelled.connect(lambda: self._ended(None))

    def _ended(self, counts: Counts | None) -> None:
        self._task = None
        if counts is not None:
            self.counted.emit(counts)
        if self._again:
            self._again = False
            self._timer.start()


def limits_of(layer: Layer, part: Part, counts: NDArray[np.int64] | None) -> ValueRange:
    """The range that the counted values need; the fixed one when nothing was counted."""
    fixed = default_range(layer, part)
    if counts is None or not counts.any():
        return fixed
    scale = byte_scale(layer, part)
    found = np.flatnonzero(counts)
    low, high = scale.value(int(found[0])), scale.value(int(found[-1]))
    if layer is Layer.RESIDUAL:
        largest = max(abs(low), abs(high), scale.unit)
        return ValueRange(-largest, largest)
    if layer.in_bits:
        return ValueRange(0.0, max(high, scale.unit))
    return ValueRange(low, max(high, low + scale.unit))


def _keys(choice: Choice) -> list[_Key]:
    scales: tuple[int | None, ...] = (choice.scale, None) if choice.range_mode is RangeMode.IMAGE else (choice.scale,)
    sides = (choice.left, choice.right)
    return list(dict.fromkeys((scale, side.layer, side.part, side.channel) for scale in scales for side in sides))
