"""Ctrl+C, the polite kill and a closed terminal as cancelling: the engine stops soon and leaves nothing half done."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Self

from srec_engine.control import CancelToken

__all__ = ["Interrupts"]

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupts:
    """While entered, turns the first Ctrl+C into cancelling; the second one is Python's own KeyboardInterrupt.

    Must be entered in the main thread, like every signal handler of Python.
    """

    def __init__(self) -> None:
        self._token = CancelToken()
        self._previous: dict[int, signal._HANDLER] = {}

    @property
    def token(self) -> CancelToken:
        """What stops whatever is being done."""
        return self._token

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self._token.cancel()
        signal.signal(number, signal.default_int_handler)

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            # Whoever has nohup around it wants it to go on when the terminal is gone.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._previous[number] = signal.signal(number, self._stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
