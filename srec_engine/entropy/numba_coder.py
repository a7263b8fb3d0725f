"""The fast implementation of the entropy coder. Importing it imports numba."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from srec_engine.compilation.kernels import is_compiled, mark_compiled
from srec_engine.entropy import pixel_kernels, remainder_kernels
from srec_engine.entropy.kernel_arguments import (
    pixel_arrays,
    pixel_learner,
    read_only,
    remainder_arrays,
    remainder_learner,
    table_arrays,
)
from srec_engine.entropy.kernel_types import AnyPixelArrays, PixelLearner, RemainderArrays, RemainderLearner
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.messages import FIRST_RUN_MESSAGE
from srec_engine.entropy.range_coder import STREAM_PADDING
from srec_engine.entropy.steps import CodedStream, PixelStep, RemainderStep, check_plane

__all__ = ["NumbaCoder"]

Kernel = Callable[..., Any]

_PACKAGE = Path(__file__).parent


class _EncodingKernels(NamedTuple):
    """What encodes a kind of stream: its name, its kernel, and the one that tells what sampled rows cost plainly."""

    key: str
    encode: Kernel
    sample: Kernel


class NumbaCoder:
    """torchac's bitstream with distributions that are evaluated only where a symbol needs them.

    Nothing is compiled before the first call. What was compiled is kept on disk. Calls release the GIL and may run in
    as many threads as there are cores.

    Args:
        notify: Is told once when something has to be compiled that no earlier run has left on disk.
    """

    name = "numba"

    def __init__(self, notify: Callable[[str], None] | None = None) -> None:
        self._notify = notify
        self._notified = False
        self._loaded: set[str] = set()
        self._lock = threading.Lock()

    def encode_pixels(
        self, step: PixelStep, channel: int, values: npt.NDArray[np.uint8], memory: TileMemory | None = None
    ) -> CodedStream:
        """See `EntropyCoder.encode_pixels`."""
        kernels = _EncodingKernels(f"pixels-{step.kind}", pixel_kernels.encode_pixels, pixel_kernels.sampled_pixel_bits)
        stream = self._encode(kernels, step, pixel_arrays(step), channel, values, pixel_learner(step, channel, memory))
        if memory is not None:
            memory.keep(step.number, channel, values)
        return stream

    def decode_pixels(
        self,
        step: PixelStep,
        channel: int,
        stream: bytes,
        values: npt.NDArray[np.uint8],
        memory: TileMemory | None = None,
    ) -> bool:
        """See `EntropyCoder.decode_pixels`."""
        key = f"decode-pixels-{step.kind}"
        learner = pixel_learner(step, channel, memory)
        kernel = pixel_kernels.decode_pixels
        ends = self._decode(key, kernel, step, pixel_arrays(step), channel, stream, values, learner)
        if memory is not None:
            memory.keep(step.number, channel, values)
        return ends

    def encode_remainders(
        self, step: RemainderStep, channel: int, symbols: npt.NDArray[np.uint8], memory: TileMemory | None = None
    ) -> CodedStream:
        """See `EntropyCoder.encode_remainders`."""
        kernels = _EncodingKernels(
            "remainders", remainder_kernels.encode_remainders, remainder_kernels.sampled_remainder_bits
        )
        learner = remainder_learner(step, channel, memory)
        return self._encode(kernels, step, remainder_arrays(step), channel, symbols, learner)

    def decode_remainders(
        self,
        step: RemainderStep,
        channel: int,
        stream: bytes,
        symbols: npt.NDArray[np.uint8],
        memory: TileMemory | None = None,
    ) -> bool:
        """See `EntropyCoder.decode_remainders`."""
        kernel = remainder_kernels.decode_remainders
        learner = remainder_learner(step, channel, memory)
        return self._decode(
            "decode-remainders", kernel, step, remainder_arrays(step), channel, stream, symbols, learner
        )

    def _encode(
        self,
        kernels: _EncodingKernels,
        step: PixelStep | RemainderStep,
        arrays: AnyPixelArrays | RemainderArrays,
        channel: int,
        values: npt.NDArray[np.uint8],
        learner: PixelLearner | RemainderLearner | None,
    ) -> CodedStream:
        check_plane(step, channel, values)
        # 18 bits is the most that a symbol can take; the rest is for the last word.
        output = np.empty(3 * step.height * step.width + 16, np.uint8)
        tables, known = table_arrays(step.tables), read_only(values)
        length, bits, impossible, sampled_bits = self._run(
            f"encode-{kernels.key}", kernels.encode, tables, arrays, channel, known, output, learner
        )
        if impossible >= 0:
            row, column = divmod(impossible, step.width)
            raise ValueError(f"The value at row {row}, column {column}, channel {channel} is not one it can have.")
        saving = 0.0
        if learner is not None and learner.corrects and sampled_bits:
            plain_bits = self._run(f"sample-{kernels.key}", kernels.sample, tables, arrays, channel, known)
            saving = 1 - sampled_bits / plain_bits
        return CodedStream(output[:length].tobytes(), bits, saving)

    def _decode(
        self,
        key: str,
        kernel: Kernel,
        step: PixelStep | RemainderStep,
        arrays: AnyPixelArrays | RemainderArrays,
        channel: int,
        stream: bytes,
        values: npt.NDArray[np.uint8],
        learner: PixelLearner | RemainderLearner | None,
    ) -> bool:
        check_plane(step, channel, values, writable=True)
        target = np.ascontiguousarray(values)
        data = np.frombuffer(stream + bytes(STREAM_PADDING), np.uint8)
        ends = self._run(key, kernel, table_arrays(step.tables), arrays, channel, data, target, learner)
        if target is not values:
            values[..., channel] = target[..., channel]
        return bool(ends)

    def _run(self, key: str, kernel: Kernel, *arguments: Any) -> Any:
        """Call a kernel; the first call of each kind compiles it, one thread at a time."""
        if isinstance(arguments[-1], (PixelLearner, RemainderLearner)):
            key = f"{key}-learning"
        if key in self._loaded:
            return kernel(*arguments)
        with self._lock:
            compiled = is_compiled(key, _PACKAGE)
            if not compiled and self._notify is not None and not self._notified:
                self._notified = True
                self._notify(FIRST_RUN_MESSAGE)
            result = kernel(*arguments)
            self._loaded.add(key)
            if not compiled:
                mark_compiled(key, _PACKAGE)
        return result
