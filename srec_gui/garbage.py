"""Garbage is collected in the UI thread.

Python's collector runs in whichever thread happens to allocate. Were that a worker's, it would destroy widgets and
timers that are part of reference cycles there, which Qt answers with a crash.
"""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

__all__ = ["GarbageCollector"]

_INTERVAL_MS = 1000
_FULL_EVERY = 30


class GarbageCollector(QObject):
    """Switches Python's own collecting off and does it here: young objects every second, all twice a minute."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Take over from Python."""
        super().__init__(parent)
        self._rounds = 0
        self._modules = len(sys.modules)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(_INTERVAL_MS)

    def collect(self) -> None:
        """Collect what is due."""
        if len(sys.modules) != self._modules:
            # What was imported stays: looking through all of torch, even once, would hold up the window for 0.1 s.
            self._modules = len(sys.modules)
            gc.freeze()
            return
        self._rounds += 1
        if self._rounds % _FULL_EVERY:
            gc.collect(1)
        else:
            gc.collect()

    def stop(self) -> None:
        """Give collecting back to Python, once no worker runs."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
