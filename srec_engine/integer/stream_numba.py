"""The fused update of the residual stream, compiled by numba."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["stream_functions"]

StreamUpdate = Callable[[Any, Any, Any], None]


def _update(stream: Any, contribution: Any, activations: Any) -> None:
    """Stream int16, contribution float32, activations uint8; all flat and of one length."""
    for index in range(stream.size):
        # Clamped before the conversion: a float beyond int32 has no defined integer.
        added = np.rint(min(max(contribution[index], np.float32(-65536.0)), np.float32(65536.0)))
        value = np.int32(stream[index]) + np.int32(added)
        value = min(max(value, np.int32(-32768)), np.int32(32767))
        stream[index] = value
        # Half to even when the last two bits go: add 1, and 1 more where the quotient is odd.
        rounded = (value + np.int32(1) + ((value >> np.int32(2)) & np.int32(1))) >> np.int32(2)
        activations[index] = min(max(rounded, np.int32(0)), np.int32(255))


@functools.cache
def stream_functions() -> StreamUpdate | None:
    """The update, compiled (and kept on disk for the next process), or None without numba."""
    try:
        from srec_engine.compilation.kernels import kernel
    except ImportError:
        return None
    return kernel(_update)
