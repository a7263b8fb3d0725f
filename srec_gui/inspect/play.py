"""The decoder's way through the scales, played: base, then of each scale the remainders, pixel 1, 2, 3, and all.

Of a JPEG: the means, then one band of frequencies after the other.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from srec_gui.analysis import Part
from srec_gui.inspect.choice import Chooser
from srec_gui.inspect.session import Session

__all__ = ["Play"]

_STEP_MS = 900
_PARTS = (Part.REMAINDERS, Part.PIXEL_1, Part.PIXEL_2, Part.PIXEL_3, Part.ALL)


class Play(QObject):
    """Steps the choice along.

    Signals:
        running_changed(bool): It began or ended.
    """

    running_changed = Signal(bool)

    def __init__(self, session: Session, chooser: Chooser, parent: QObject | None = None) -> None:
        """Stand still."""
        super().__init__(parent)
        self._session = session
        self._chooser = chooser
        self._position = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self.step)

    @property
    def running(self) -> bool:
        """Whether it plays."""
        return self._timer.isActive()

    def stops(self) -> list[tuple[int, Part]]:
        """All that is shown, in order."""
        inspection = self._session.inspection
        if inspection is None or not inspection.scales:
            return []
        if not inspection.has_free_pixels:
            return [(scale, Part.ALL) for scale in inspection.scales]
        return [
            (len(inspection.scales), Part.ALL),
            *((scale, part) for scale in inspection.scales for part in _PARTS),
        ]

    def set_running(self, on: bool) -> None:
        """Play from the base on, or stop."""
        if on == self._timer.isActive():
            return
        if on:
            self._position = 0
            self._timer.start()
            self.step()
        else:
            self._timer.stop()
        self.running_changed.emit(self._timer.isActive())

    def step(self) -> None:
        """Show the next; what is still being computed is waited for."""
        stops = self.stops()
        if self._position >= len(stops):
            self.set_running(False)
            return
        if self._position and self._session.doing and self._is_waiting():
            return
        scale, part = stops[self._position]
        self._position += 1
        self._chooser.choose_both(scale=scale, part=part)

    def _is_waiting(self) -> bool:
        """Whether the scale that is shown has not arrived at all."""
        inspection, scale = self._session.inspection, self._chooser.choice.scale
        return inspection is not None and scale in inspection.scales and not self._session.store.of_scale(scale)
