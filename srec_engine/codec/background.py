"""Long calls into libraries that cannot be interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from srec_engine.control import CancelToken

__all__ = ["run_cancellable"]

Result = TypeVar("Result")

POLL_SECONDS = 0.05


def run_cancellable(function: Callable[[], Result], cancel: CancelToken) -> Result:
    """Run `function` in a thread and return its result; when cancelled, leave the thread to finish unheard.

    Raises:
        Cancelled: When the token was set first.
    """
    results: list[Result] = []
    failures: list[BaseException] = []

    def call() -> None:
        try:
            results.append(function())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            failures.append(error)

    thread = threading.Thread(target=call, name="srec-library-call", daemon=True)
    thread.start()
    while thread.is_alive():
        cancel.raise_if_cancelled()
        thread.join(POLL_SECONDS)
    if failures:
        raise failures[0]
    return results[0]
