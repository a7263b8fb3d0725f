"""Streams that do not learn, written beside the encoder's for comparison."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.codec.known_tiles import KnownValues, walk_known_tiles
from srec_engine.codec.levels import picture_levels
from srec_engine.codec.runtime import Runtime
from srec_engine.entropy import EntropyCoder, PixelStep, RemainderStep
from srec_engine.entropy.steps import CodedStream

__all__ = ["PlainStreams", "plain_streams"]


class PlainStreams(KnownValues):
    """Writes every stream with the network's own distributions, as files of before have them.

    Attributes:
        streams: One per step and channel, in coding order.
    """

    def __init__(self, image: NDArray[np.uint8], channels: int, coder: EntropyCoder) -> None:
        super().__init__(image)
        self._channels = range(channels)
        self._coder = coder
        self.streams: list[CodedStream] = []

    def remainders(self, step: RemainderStep) -> NDArray[np.uint8]:
        """Write the remainders' streams."""
        symbols = super().remainders(step)
        self.streams += [self._coder.encode_remainders(step, channel, symbols) for channel in self._channels]
        return symbols

    def pixels(self, index: int, step: PixelStep) -> NDArray[np.uint8]:
        """Write a pixel's streams."""
        values = super().pixels(index, step)
        self.streams += [self._coder.encode_pixels(step, channel, values) for channel in self._channels]
        return values


def plain_streams(runtime: Runtime, picture: NDArray[np.uint8]) -> list[list[CodedStream]]:
    """The streams of a picture of one tile, uint8 (H, W, 3 or 1), at each scale, coarse to fine."""
    network = runtime.processor.network
    levels = picture_levels(picture, network.model.configuration.scales)

    def exchange_of(_scale: int, _tile: int, image: NDArray[np.uint8]) -> PlainStreams:
        return PlainStreams(image, picture.shape[2], runtime.coder)

    walk = walk_known_tiles(network, runtime.tables, [levels], exchange_of, StageClock())
    return [exchange.streams for _, (exchange,) in walk]
