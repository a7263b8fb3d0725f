"""The two sides of a tile's streams: values to streams, and streams to values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.chunks import Chunk
from srec_engine.codec.known_tiles import KnownValues
from srec_engine.control import CancelToken
from srec_engine.entropy.fixed_point import CHANNELS
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.steps import CodedStream, EntropyCoder, PixelStep, RemainderStep

__all__ = ["DecodingExchange", "EncodingExchange", "ScaleStreams"]


CLEAR_SAVING = 0.004
"""Share of the sampled bits that learning must save for the stream to be written without coding it plainly too."""

FEWEST_SYMBOLS = 1 << 13
"""Streams with fewer are coded both ways in any case."""


@dataclass(slots=True)
class ScaleStreams:
    """What the encoder wrote for one tile at one scale.

    Attributes:
        channels: Coded channels: 3, or 1 for a grey picture.
        memory: What the streams left behind, and which of them are plain.
        streams: One per step and channel, in coding order.
    """

    channels: int
    memory: TileMemory
    streams: list[CodedStream] = field(default_factory=list)

    def chunk(self) -> Chunk:
        """The streams as the container holds them."""
        return Chunk([stream.data for stream in self.streams], self.memory.plain[:, : self.channels])

    def model_bits(self) -> float:
        """What the distributions say the values cost."""
        return sum(stream.model_bits for stream in self.streams)


class EncodingExchange(KnownValues):
    """Knows the tile at the finer scale and writes its streams.

    Attributes:
        written: The streams so far.
    """

    def __init__(self, image: NDArray[np.uint8], channels: int, coder: EntropyCoder, cancel: CancelToken) -> None:
        super().__init__(image)
        self._coder = coder
        self._cancel = cancel
        self.written = ScaleStreams(channels, TileMemory.of_blocks(self.symbols.shape[0], self.symbols.shape[1]))

    @property
    def memory(self) -> TileMemory:
        """See `Exchange.memory`."""
        return self.written.memory

    def remainders(self, step: RemainderStep) -> NDArray[np.uint8]:
        """Write the remainders' streams."""
        symbols = super().remainders(step)
        for channel in range(self.written.channels):
            self._write(step.number, channel, partial(self._coder.encode_remainders, step, channel, symbols))
        return symbols

    def pixels(self, index: int, step: PixelStep) -> NDArray[np.uint8]:
        """Write a pixel's streams."""
        values = super().pixels(index, step)
        for channel in range(self.written.channels):
            self._write(step.number, channel, partial(self._coder.encode_pixels, step, channel, values))
        return values

    def _write(self, step: int, channel: int, encode: Callable[[TileMemory], CodedStream]) -> None:
        """Write a stream in the way that takes fewer bytes, as far as a sample of its rows tells."""
        self._cancel.raise_if_cancelled()
        memory = self.memory
        learned = encode(memory)
        if learned.saving < CLEAR_SAVING or self.symbols.size < CHANNELS * FEWEST_SYMBOLS:
            kept = [trace.copy() for trace in memory.traces(step, channel)]
            memory.plain[step, channel] = True
            plain = encode(memory)
            if len(plain.data) <= len(learned.data):
                self.written.streams.append(plain)
                return
            memory.plain[step, channel] = False
            for trace, before in zip(memory.traces(step, channel), kept, strict=True):
                trace[:] = before
        self.written.streams.append(learned)


class DecodingExchange:
    """Reads a chunk's streams.

    Every stream decodes to some values. Whether they are the encoder's is known when the walk is over: a tile whose
    exchange has a `fault` must be treated like one whose chunk is damaged.

    Attributes:
        memory: What the streams left behind; None where they do not learn.
        fault: What is wrong with the first stream that is not what coding its values gives, a clause; "" so far.
    """

    def __init__(self, chunk: Chunk, channels: int, coder: EntropyCoder, cancel: CancelToken) -> None:
        self._streams = iter(chunk.streams)
        self._plain = chunk.plain
        self.memory: TileMemory | None = None
        self._channels = channels
        self._coder = coder
        self._cancel = cancel
        self.fault = ""

    def remainders(self, step: RemainderStep) -> NDArray[np.uint8]:
        """Read the remainders."""
        symbols = np.ones(step.low_resolution.shape, dtype=np.uint8)
        if self._plain is not None:
            height, width, _ = step.low_resolution.shape
            self.memory = TileMemory.of_blocks(height, width)
            self.memory.plain[:, : self._channels] = self._plain
        for channel in range(self._channels):
            self._cancel.raise_if_cancelled()
            ends = self._coder.decode_remainders(step, channel, next(self._streams), symbols, self.memory)
            self._note(ends, "the remainders")
        return self._grey_to_all(symbols)

    def pixels(self, index: int, step: PixelStep) -> NDArray[np.uint8]:
        """Read a pixel."""
        values = np.zeros(step.remaining.shape, dtype=np.uint8)
        for channel in range(self._channels):
            self._cancel.raise_if_cancelled()
            ends = self._coder.decode_pixels(step, channel, next(self._streams), values, self.memory)
            self._note(ends, f"pixel {index + 1}")
        return self._grey_to_all(values)

    def fault_sentence(self, name: str, scale: int, tile: int) -> str:
        """The fault of a tile of the file `name`, for a person; "" where there is none."""
        if not self.fault:
            return ""
        return (
            f"{name} cannot be decoded in tile {tile} at scale {scale}: {self.fault}. "
            "The file was changed, or this machine computes wrongly (try the kernel unfold)."
        )

    def _note(self, ends: bool, place: str) -> None:
        if not ends and not self.fault:
            self.fault = f"from {place} on its streams do not fit what is computed here"

    def _grey_to_all(self, values: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A grey picture has one coded channel, which the network sees three times."""
        if self._channels == 1:
            values[..., 1:] = values[..., :1]
        return values
