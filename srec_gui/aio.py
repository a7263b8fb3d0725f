"""Where asyncio and Qt meet. Nothing else imports qasync, so that it can be replaced here."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import PySide6.QtWidgets  # noqa: F401 - qasync takes the binding that is already imported
import qasync
from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QApplication, QDialog

__all__ = ["Spawner", "next_signal", "run", "show"]

logger = logging.getLogger(__name__)


def run(
    application: QApplication, main: Callable[[], Coroutine[Any, Any, int]], interrupt: Callable[[], object]
) -> int:
    """Run the event loop until `main()` returns its exit code; Ctrl+C in a terminal calls `interrupt`."""

    async def guarded() -> int:
        if sys.platform != "win32":
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupt)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, interrupt)
        return await main()

    # asyncio.run has no loop_factory before Python 3.12.
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
        return runner.run(guarded())


async def next_signal(source: SignalInstance, timeout: float | None = None) -> tuple[Any, ...] | None:
    """Wait for the next emission of `source` and return its arguments; None after `timeout` seconds."""
    future: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

    def arrived(*arguments: object) -> None:
        if not future.done():
            future.set_result(arguments)

    source.connect(arrived)
    try:
        return await asyncio.wait_for(future, timeout)
    except TimeoutError:
        return None
    finally:
        source.disconnect(arrived)


async def show(dialog: QDialog) -> int:
    """Open `dialog` without a nested event loop and return its result when it is finished."""
    dialog.open()
    arguments = await next_signal(dialog.finished)
    dialog.deleteLater()
    return int(arguments[0]) if arguments else 0


class Spawner:
    """Starts coroutines from slots and keeps them alive; what they raise is logged, not lost."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start `coroutine` in the running loop."""
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("The task %s failed.", task.get_name(), exc_info=error)
