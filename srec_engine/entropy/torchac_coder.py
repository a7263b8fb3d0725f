"""The reference implementation of the entropy coder: torchac, with distributions computed by numpy."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.distribution_arrays import (
    pixel_frequencies,
    pixel_intervals,
    pixel_mixtures,
    remainder_frequencies,
    remainder_intervals,
)
from srec_engine.entropy.fixed_point import FREQUENCY_BITS, FREQUENCY_TOTAL, GREY_LEVELS
from srec_engine.entropy.learned_pixels import LearnedPixels
from srec_engine.entropy.learned_remainders import LearnedRemainders
from srec_engine.entropy.learned_streams import LearnedStream, decode_stream, learned_frequencies, saved_share
from srec_engine.entropy.learning import is_sampled
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.messages import FIRST_RUN_MESSAGE
from srec_engine.entropy.steps import CodedStream, PixelStep, RemainderStep, check_plane
from srec_engine.entropy.torchac_backend import TorchacBackend, load_backend

__all__ = ["TorchacCoder"]

Integers = npt.NDArray[np.int64]

_CHUNK = 256
"""Subpixels whose full distributions are computed at once: the arrays stay in the processor's cache."""

_MAX_SYMBOLS = (1 << 31) // (GREY_LEVELS + 1) - 1
"""Symbols of one stream: torchac indexes its rows with 32 bits."""


class TorchacCoder:
    """torchac itself: slow to decode, because it wants whole rows of frequencies, but it needs no numba.

    Streams that learn from neighbours are coded value after value in plain Python (`learned_streams`): some tens of
    microseconds for each. torchac writes them, but cannot read them.

    A call holds the GIL. Decoding n subpixels takes 514·n bytes for the rows (34 MB for the 65536 of a 512-pixel tile).
    The C++ backend is built on the first call on a machine, which takes about 20 seconds and a C++ compiler.

    Args:
        notify: Is told when the backend has to be built.
    """

    name = "torchac"

    def __init__(self, notify: Callable[[str], None] | None = None) -> None:
        self._notify = notify
        self._backend: TorchacBackend | None = None
        self._lock = threading.Lock()

    def encode_pixels(
        self, step: PixelStep, channel: int, values: npt.NDArray[np.uint8], memory: TileMemory | None = None
    ) -> CodedStream:
        """See `EntropyCoder.encode_pixels`."""
        check_plane(step, channel, values)
        plane = values[: step.height, : step.width, channel].astype(np.int64)
        lowest, highest = pixel_intervals(step, channel)
        _check_possible(plane, lowest, highest, channel)
        chosen = np.flatnonzero(lowest < highest)
        if memory is None:
            return self._encode(_plain_pixels(step, channel, values, chosen))
        learned = learned_frequencies(LearnedPixels(step, channel, values, memory), plane)
        memory.keep(step.number, channel, values)
        sampled = _in_sampled_rows(chosen, step.width)
        saving = saved_share(learned[sampled], _plain_pixels(step, channel, values, chosen[sampled]))
        return replace(self._encode(learned), saving=saving)

    def decode_pixels(
        self,
        step: PixelStep,
        channel: int,
        stream: bytes,
        values: npt.NDArray[np.uint8],
        memory: TileMemory | None = None,
    ) -> bool:
        """See `EntropyCoder.decode_pixels`."""
        check_plane(step, channel, values, writable=True)
        if memory is not None:
            ends = _decode_learned(LearnedPixels(step, channel, values, memory), stream, channel, values)
            memory.keep(step.number, channel, values)
            return ends
        lowest, highest = pixel_intervals(step, channel)
        chosen = np.flatnonzero(lowest < highest)
        rows = np.empty((len(chosen), GREY_LEVELS + 1), np.uint16)
        boundaries = np.arange(GREY_LEVELS + 1)[None]
        for part in _parts(len(chosen), _CHUNK):
            mixtures = pixel_mixtures(step, channel, values, chosen[part])
            rows[part] = _rows(pixel_frequencies(mixtures, boundaries), mixtures.lowest, mixtures.highest)
        plane = np.minimum(lowest, GREY_LEVELS - 1)
        plane.ravel()[chosen] = self._decode(rows, lowest.ravel()[chosen], highest.ravel()[chosen], stream)
        values[: step.height, : step.width, channel] = plane
        # torchac does not say where it stopped reading. Sums that no pixels have leave values that cannot be coded.
        return bool(np.all(lowest <= highest)) and self.encode_pixels(step, channel, values).data == stream

    def encode_remainders(
        self, step: RemainderStep, channel: int, symbols: npt.NDArray[np.uint8], memory: TileMemory | None = None
    ) -> CodedStream:
        """See `EntropyCoder.encode_remainders`."""
        check_plane(step, channel, symbols)
        plane = symbols[: step.height, : step.width, channel].astype(np.int64)
        _check_possible(plane, *remainder_intervals(step, channel), channel)
        chosen = np.arange(plane.size)
        if memory is None:
            return self._encode(_plain_remainders(step, channel, symbols, chosen))
        learned = learned_frequencies(LearnedRemainders(step, channel, symbols, memory), plane)
        sampled = _in_sampled_rows(chosen, step.width)
        saving = saved_share(learned[sampled], _plain_remainders(step, channel, symbols, chosen[sampled]))
        return replace(self._encode(learned), saving=saving)

    def decode_remainders(
        self,
        step: RemainderStep,
        channel: int,
        stream: bytes,
        symbols: npt.NDArray[np.uint8],
        memory: TileMemory | None = None,
    ) -> bool:
        """See `EntropyCoder.decode_remainders`."""
        check_plane(step, channel, symbols, writable=True)
        if memory is not None:
            return _decode_learned(LearnedRemainders(step, channel, symbols, memory), stream, channel, symbols)
        lowest, highest = (interval.ravel() for interval in remainder_intervals(step, channel))
        frequencies = remainder_frequencies(step, channel, symbols, np.arange(len(lowest)))
        plane = self._decode(_rows(frequencies, lowest, highest), lowest, highest, stream)
        symbols[: step.height, : step.width, channel] = plane.reshape(step.height, step.width)
        return self.encode_remainders(step, channel, symbols).data == stream

    def _encode(self, ends: Integers) -> CodedStream:
        """Code symbols that own the frequencies [start, end): int64 (N, 2)."""
        if len(ends) == 0:
            return CodedStream(b"", 0.0)
        _check_count(len(ends))
        import torch

        # A row [0, start, end, 0] with symbol 1 gives the same bits as the full row. 65536 does not fit into 16 bits:
        # torchac takes it for granted at the end of a row, so such a symbol is the last one, number 2.
        last = ends[:, 1] == FREQUENCY_TOTAL
        rows = np.zeros((len(ends), 4), np.uint16)
        rows[:, 1] = ends[:, 0]
        rows[:, 2] = np.where(last, ends[:, 0], ends[:, 1])
        symbols = torch.from_numpy(np.where(last, 2, 1).astype(np.int16))
        data = self._loaded().encode_cdf(torch.from_numpy(rows.view(np.int16)), symbols)
        bits = float(np.sum(FREQUENCY_BITS - np.log2(ends[:, 1] - ends[:, 0])))
        return CodedStream(data, bits)

    def _decode(self, rows: npt.NDArray[np.uint16], lowest: Integers, highest: Integers, stream: bytes) -> Integers:
        """Decode one symbol a row (made by `_rows`): the values."""
        if len(rows) == 0:
            return np.zeros(0, np.int64)
        _check_count(len(rows))
        import torch

        slots = self._loaded().decode_cdf(torch.from_numpy(rows.view(np.int16)), stream).numpy().astype(np.int64)
        unused = rows.shape[1] - 1 - (highest - lowest + 1)
        values: Integers = np.maximum(slots - unused, 0) + lowest
        return values

    def _loaded(self) -> TorchacBackend:
        with self._lock:
            if self._backend is None:
                self._backend = load_backend(self._announce)
            return self._backend

    def _announce(self) -> None:
        if self._notify is not None:
            self._notify(FIRST_RUN_MESSAGE)


def _plain_pixels(step: PixelStep, channel: int, values: npt.NDArray[np.uint8], chosen: Integers) -> Integers:
    """What some values, by their positions row·width + column, are coded with when nothing is learned: int64 (N, 2)."""
    flat = values[: step.height, : step.width, channel].ravel()[chosen].astype(np.int64)
    ends = np.empty((len(chosen), 2), np.int64)
    for part in _parts(len(chosen), _CHUNK * 64):
        mixtures = pixel_mixtures(step, channel, values, chosen[part])
        ends[part] = pixel_frequencies(mixtures, flat[part, None] + np.array([0, 1]))
    return ends


def _plain_remainders(step: RemainderStep, channel: int, symbols: npt.NDArray[np.uint8], chosen: Integers) -> Integers:
    """What some symbols are coded with when nothing is learned, as `_plain_pixels`."""
    flat = symbols[: step.height, : step.width, channel].reshape(-1, 1)[chosen].astype(np.int64)
    frequencies = remainder_frequencies(step, channel, symbols, chosen)
    return np.take_along_axis(frequencies, flat + np.array([0, 1]), axis=1)


def _in_sampled_rows(chosen: Integers, width: int) -> npt.NDArray[np.bool_]:
    """Which positions lie in the rows by which an encoder tells whether learning pays."""
    return np.asarray(is_sampled(chosen // max(width, 1)))


def _decode_learned(learned: LearnedStream, stream: bytes, channel: int, values: npt.NDArray[np.uint8]) -> bool:
    """Decode a stream that learns into one channel of `values`."""
    ends = decode_stream(learned, stream)
    values[: learned.height, : learned.width, channel] = np.array(learned.values, np.uint8).reshape(
        learned.height, learned.width
    )
    return ends


def _rows(frequencies: Integers, lowest: Integers, highest: Integers) -> npt.NDArray[np.uint16]:
    """Rows that torchac decodes intervals from.

    torchac takes 65536 for granted at the end of a row and cannot hold it elsewhere, so the interval is moved to the
    end of the row; the slots before it hold 0. Its binary search stops at the first slot that equals the target: for
    the target 0 that is the slot with the largest power of two among the unused ones. That slot is made to stand for
    the lowest value too, by putting the end of the lowest value's frequencies behind it, where no other search looks.

    `frequencies` are cumulative, (N, L + 1), 0 below the interval and 65536 above it; L is a power of two. The
    intervals, `lowest` to `highest` (N,), hold two values or more.
    """
    count, length = frequencies.shape
    slots = length - 1
    unused = slots - (highest - lowest + 1)
    source = np.arange(slots) + (lowest - unused)[:, None]
    rows = np.zeros((count, length), np.uint16)
    inside = np.arange(slots) >= unused[:, None]
    rows[:, :slots] = np.where(inside, np.take_along_axis(frequencies, np.clip(source, 0, slots), axis=1), 0)
    first_probed = np.where(unused > 0, 1 << np.int64(np.log2(np.maximum(unused, 1))), 0)
    shared = np.flatnonzero(first_probed < unused)
    rows[shared, first_probed[shared] + 1] = frequencies[shared, lowest[shared] + 1]
    return rows


def _parts(count: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def _check_possible(plane: Integers, lowest: Integers, highest: Integers, channel: int) -> None:
    impossible: npt.NDArray[Any] = np.argwhere((plane < lowest) | (plane > highest))
    if len(impossible):
        row, column = impossible[0]
        raise ValueError(f"The value at row {row}, column {column}, channel {channel} is not one it can have.")


def _check_count(count: int) -> None:
    if count > _MAX_SYMBOLS:
        raise ValueError(f"{count} symbols in one stream: torchac can code {_MAX_SYMBOLS}.")
