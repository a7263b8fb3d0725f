"""What computes the network of one operation: a device, and the CPU in its place once the device has failed.

Every device gives the same integers, so work may change over between any two tiles.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from srec_engine.errors import SrecError
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.model.adaptation import Adaptation
from srec_engine.reports import ComputedBy

__all__ = ["Processor", "failure_of"]

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


def failure_of(device: str, error: Exception) -> str:
    """What a report says of a device that failed: the first sentence of the error, which torch has advice follow."""
    reason = str(error).strip().partition("\n")[0].partition(". ")[0].rstrip(".") or type(error).__name__
    return f"{device} failed ({reason})"


class Processor:
    """A network, and the same network on the CPU should it fail.

    Args:
        network: The network on its device.
        on_cpu: Makes the network on the CPU; None where there is nothing to fall back to.
        failure: What went wrong with the device before, if anything did.

    Attributes:
        network: What computes now.
        failure: Why the CPU took over, as a clause; "" while it has not.
    """

    def __init__(
        self, network: CodingNetwork, on_cpu: Callable[[], CodingNetwork] | None = None, failure: str = ""
    ) -> None:
        self.network = network
        self.failure = failure
        self._on_cpu = on_cpu
        self._lock = threading.Lock()

    def run(self, work: Callable[[CodingNetwork], Result]) -> Result:
        """Do a piece of work that begins with nothing the device holds; once more, on the CPU, when the device fails.

        Any failure counts: a lack of memory, a lost device, an operator that it does not have. What is no failure of
        the device happens again on the CPU, and is raised there.
        """
        network = self.network
        try:
            return work(network)
        except SrecError:
            raise
        except Exception as error:
            if not self._taken_over(network, error):
                raise
        # Out here no traceback keeps the arrays of the failed work alive.
        return work(self.network)

    def report(self) -> ComputedBy:
        """What computes now, and why."""
        return ComputedBy(str(self.network.device), self.network.kernel_name, self.failure)

    def adapted(self, adaptation: Adaptation) -> Processor:
        """The same with one picture's corrections. Raises ModelError where the model can take none."""
        adapted = self.run(lambda network: network.adapted(adaptation))
        make = self._on_cpu
        if make is None or self.failure:
            return Processor(adapted, None, self.failure)
        return Processor(adapted, lambda: make().adapted(adaptation))

    def _taken_over(self, failed: CodingNetwork, error: Exception) -> bool:
        """Whether the CPU computes in place of a network that failed."""
        with self._lock:
            if self.network is not failed:
                return True  # another thread met the same failure first
            if self._on_cpu is None:
                return False
            # The report says it to the person, who is no friend of tracebacks.
            _log.info("The CPU takes over from %s", failed.device, exc_info=error)
            self.network, self._on_cpu = self._on_cpu(), None
            self.failure = failure_of(str(failed.device), error)
            return True
