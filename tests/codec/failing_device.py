"""An accelerator that fails when a test says so: the CPU's own network under another name, up to some call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from srec_engine.codec import runtime
from srec_engine.codec.admission import Candidate, admitted_network
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.model.adaptation import Adaptation

__all__ = ["FailingDevice", "install"]

NAME = "cpu:0"
"""What reports call the device: arrays can be made there, and it is not the name of the CPU."""


class FailingDevice:
    """Works until a call of its networks, and from then on never again.

    Args:
        fails_at: The number of that call, from 1; 0: it works for good.
        error: Makes what it raises.
        own_memory: Whether what the network carries from scale to scale lies where it is lost with the device.

    Attributes:
        log: The calls so far, by method.
        fetches: How often somebody tried to get something out of its memory after it had failed.
    """

    def __init__(
        self, fails_at: int = 0, error: Callable[[], Exception] | None = None, *, own_memory: bool = False
    ) -> None:
        self.log: list[str] = []
        self.fetches = 0
        self.failed = False
        self._fails_at = fails_at
        self._error = error or (lambda: RuntimeError("device lost\nand a second line"))
        self._lock = threading.Lock()
        self.memory = _memory_of(self) if own_memory else Tensor

    def call(self, method: str) -> None:
        """A call of the method of that name."""
        with self._lock:
            self.log.append(method)
            self.failed = self.failed or len(self.log) == self._fails_at
            if self.failed:
                raise self._error()


class FailingNetwork:
    """A network on such a device. See `CodingNetwork` for its methods."""

    def __init__(self, network: CodingNetwork, place: FailingDevice) -> None:
        self._network = network
        self._place = place
        self.model = network.model
        self.kernel_name = network.kernel_name
        self.device = torch.device(NAME)

    def adapted(self, adaptation: Adaptation) -> FailingNetwork:
        self._place.call("adapted")
        return FailingNetwork(self._network.adapted(adaptation), self._place)

    def classified(self, scale: int, step: int, activations: Tensor) -> Tensor:
        self._place.call("classified")
        return self._network.classified(scale, step, activations)

    def begin_scale(self, scale: int, means: Tensor, context: Tensor | None) -> tuple[_State, Tensor]:
        self._place.call("begin_scale")
        plain = None if context is None else context.as_subclass(Tensor)
        state, logits = self._network.begin_scale(scale, means, plain)
        return _State(state, self._place), logits

    def set_sums(self, state: _State, sums: Tensor) -> None:
        self._place.call("set_sums")
        self._network.set_sums(state.inner, sums)

    def step(self, state: _State) -> tuple[Tensor, Tensor | None]:
        self._place.call("step")
        return self._network.step(state.inner)

    def add_known(self, state: _State, pixel: Tensor) -> None:
        self._place.call("add_known")
        self._network.add_known(state.inner, pixel)


class _State:
    """What is carried through the steps of a scale, in the memory of the device."""

    def __init__(self, inner: Any, place: FailingDevice) -> None:
        self.inner = inner
        self.weight_set = inner.weight_set
        self._memory = place.memory

    @property
    def activations(self) -> Tensor:
        tensor: Tensor = self.inner.activations.as_subclass(self._memory)
        return tensor


def _memory_of(place: FailingDevice) -> type[Tensor]:
    """Tensors that say they lie elsewhere, and cannot be fetched from there once the device has failed."""

    class Elsewhere(Tensor):
        @property
        def device(self) -> torch.device:  # type: ignore[override]
            return torch.device("meta")

        def to(self, *_where: Any, **_options: Any) -> Tensor:
            if place.failed:
                place.fetches += 1
                raise RuntimeError("device lost, and all that was there")
            return self

    return Elsewhere


def install(
    monkeypatch: pytest.MonkeyPatch,
    device: FailingDevice,
    *,
    refused: Exception | None = None,
    in_place_of_cpu: bool = False,
) -> FailingDevice:
    """Make a device the one accelerator of this machine.

    Args:
        monkeypatch: Takes it away again.
        device: The device.
        refused: Raised when a network is made ready on it.
        in_place_of_cpu: Whether what is asked of the CPU is asked of the device as well.
    """

    def admitted(candidate: Candidate, place: str, kernel: str) -> CodingNetwork | FailingNetwork:
        if place == "cpu" and not in_place_of_cpu:
            return admitted_network(candidate, place, kernel)
        if refused is not None:
            raise refused
        return FailingNetwork(admitted_network(candidate, "cpu", kernel), device)

    ready = {key: network for key, network in runtime._networks.items() if key[1] == "cpu" and not in_place_of_cpu}
    monkeypatch.setattr(runtime, "_networks", ready)
    monkeypatch.setattr(runtime, "_accelerators", lambda: ["cuda"])
    monkeypatch.setattr(runtime, "admitted_network", admitted)
    return device
