"""The residual stream: 16-bit integers in steps of 2⁻⁶ that contributions are added to.

Each contribution is rounded half to even, the sum is clamped to 16 bits, and activations are the stream in steps of
2⁻⁴, rounded half to even and clamped to a byte. The two implementations give the same integers.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from srec_engine.integer.stream_numba import stream_functions

__all__ = ["FloatStream", "Int16Stream", "Stream"]

LOWEST, HIGHEST = -32768.0, 32767.0


class Stream(Protocol):
    """A residual stream of shape (N, features, H, W)."""

    def __init__(self, shape: tuple[int, int, int, int], device: torch.device) -> None:
        """All zeros."""

    def add(self, contribution: Tensor) -> Tensor:
        """Add a float32 contribution in steps of the stream; returns the activations (uint8) after it."""


class FloatStream:
    """The stream as float32 that holds integers; plain torch, any device."""

    def __init__(self, shape: tuple[int, int, int, int], device: torch.device) -> None:
        self._values = torch.zeros(shape, dtype=torch.float32, device=device).contiguous(
            memory_format=torch.channels_last
        )

    def add(self, contribution: Tensor) -> Tensor:
        """See `Stream.add`."""
        self._values.add_(contribution.round()).clamp_(LOWEST, HIGHEST)
        return torch.mul(self._values, 0.25).round_().clamp_(0, 255).to(torch.uint8)


class Int16Stream:
    """The stream as int16 on the CPU: one pass over memory per contribution where numba is there."""

    def __new__(cls, shape: tuple[int, int, int, int], device: torch.device) -> Any:
        """A `FloatStream` where numba is missing."""
        if stream_functions() is None:
            return FloatStream(shape, device)
        return super().__new__(cls)

    def __init__(self, shape: tuple[int, int, int, int], device: torch.device) -> None:  # noqa: ARG002 - the CPU's
        batch, features, height, width = shape
        self._shape = (batch, height, width, features)
        self._values = np.zeros(batch * height * width * features, dtype=np.int16)

    def add(self, contribution: Tensor) -> Tensor:
        """See `Stream.add`."""
        added = contribution.permute(0, 2, 3, 1).contiguous().numpy().reshape(-1)
        activations = np.empty(self._values.size, dtype=np.uint8)
        functions = stream_functions()
        if functions is not None:
            functions(self._values, added, activations)
        return torch.from_numpy(activations.reshape(self._shape)).permute(0, 3, 1, 2)
