"""Long calls into libraries that cannot be interrupted, or only now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import TypeVar

from srec_engine.control import CancelToken
from srec_engine.errors import Cancelled

__all__ = ["run_cancellable", "run_telling"]

Result = TypeVar("Result")

Tell = Callable[[float], None]

POLL_SECONDS = 0.05


def run_cancellable(function: Callable[[], Result], cancel: CancelToken) -> Result:
    """Run `function` in a thread and return its result; when cancelled, leave the thread to finish unheard.

    Raises:
        Cancelled: When the token was set first.
    """
    running = run_telling(lambda _tell: function(), cancel)
    while True:
        try:
            next(running)
        except StopIteration as end:
            result: Result = end.value
            return result


def run_telling(function: Callable[[Tell], Result], cancel: CancelToken) -> Generator[float, None, Result]:
    """Run `function` in a thread; yield the shares of its work that it tells of, and return its result.

    Args:
        function: Is given what it calls with the share that is done. That raises `Cancelled` where nobody waits for the
            result any more, so the thread ends soon.
        cancel: Stops it.

    Raises:
        Cancelled: When the token was set first.
    """
    results: list[Result] = []
    failures: list[BaseException] = []
    shares = [0.0]
    left = threading.Event()

    def tell(share: float) -> None:
        if left.is_set() or cancel.cancelled:
            raise Cancelled("Nobody waits for it any more.")
        shares.append(share)

    def call() -> None:
        try:
            results.append(function(tell))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            failures.append(error)

    thread = threading.Thread(target=call, name="srec-library-call", daemon=True)
    thread.start()
    told = shares[-1]
    try:
        while thread.is_alive():
            cancel.raise_if_cancelled()
            thread.join(POLL_SECONDS)
            if shares[-1] != told:
                told = shares[-1]
                yield told
    finally:
        left.set()
    if failures:
        cancel.raise_if_cancelled()
        raise failures[0]
    return results[0]
