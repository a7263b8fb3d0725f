"""Digests of complete walks through a model: what every machine must compute, exactly as the codec computes it.

Each case takes generated tiles through every step of every scale, by `walk_known_tiles`, which the encoder uses, with
as many tiles together as the decoder takes. What counts is all that a coder is given, bit by bit, and the streams that
it makes of it, which hold the cumulative frequencies of every value.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.codec.known_tiles import KnownValues, walk_known_tiles
from srec_engine.codec.levels import picture_levels
from srec_engine.container.geometry import DEFAULT_TILE_SIZE
from srec_engine.entropy.steps import EntropyCoder, PixelStep, RemainderStep
from srec_engine.entropy.tables import DistributionTables
from srec_engine.errors import ModelError
from srec_engine.integer.known_answers import mixed_numbers
from srec_engine.integer.prepared import CodingNetwork
from srec_engine.model.adaptation import (
    ADAPTED_SCALES,
    CHANNELS,
    LARGEST_NUMBER,
    Adaptation,
    ClassifierCorrection,
)
from srec_engine.model.configuration import STEP_COUNT, NetworkConfiguration

__all__ = ["WALKS_VERSION", "walk_digests"]

WALKS_VERSION = 1
"""Of the cases and the generated tiles. Digests of another version say nothing."""

ODD_SIZE = (23, 37)
"""Height and width of small tiles: odd at most scales."""

TOGETHER = (1, 2, 15, 16, 17, 32)
"""Small tiles that are walked together. Libraries change their ways at 16."""

CORRECTED_TILES = 4

CODED_TILES = 4
"""Of the small tiles that are walked together, so many become streams: one of every kind of content."""

DIGEST_BYTES = 16

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Case:
    """Tiles that are walked together.

    Attributes:
        tiles: uint8 (H, W, 3) of one size.
        coded: Of how many of them streams are made.
        corrected: Whether the model's classifiers are corrected.
    """

    tiles: list[Picture]
    coded: int = CODED_TILES
    corrected: bool = False


def walk_digests(network: CodingNetwork, tables: DistributionTables, coder: EntropyCoder) -> Mapping[str, str]:
    """Digest of every case, by its name.

    Raises:
        RuntimeError: Or its kin, where an operator does not exist on the network's device.
    """
    cases = _cases(network.model.configuration)
    workers = min(len(cases), os.cpu_count() or 1)
    # As in coding: threads of ours, each with one of torch's.
    with ThreadPoolExecutor(workers, "srec-admission", torch.set_num_threads, (1,)) as pool:
        digests = pool.map(lambda case: _digest(network, tables, coder, case), cases.values())
        return dict(zip(cases, digests, strict=True))


def _cases(configuration: NetworkConfiguration) -> Mapping[str, _Case]:
    """By name; what takes longest comes first."""
    small = [_tile(*ODD_SIZE, number) for number in range(max(TOGETHER))]
    cases = {"full": _Case([_full_tile()], coded=0)}
    cases |= {f"{count} small": _Case(small[:count]) for count in sorted(TOGETHER, reverse=True)}
    if configuration.layout == "preactivation" and configuration.scales >= ADAPTED_SCALES:
        cases["corrected"] = _Case(small[:CORRECTED_TILES], corrected=True)
    return cases


def _digest(network: CodingNetwork, tables: DistributionTables, coder: EntropyCoder, case: _Case) -> str:
    if case.corrected:
        network = _corrected(network)
    levels = [picture_levels(tile, network.model.configuration.scales) for tile in case.tiles]
    whole = hashlib.blake2b(digest_size=DIGEST_BYTES)

    def exchange_of(_scale: int, tile: int, image: Picture) -> _DigestingExchange:
        return _DigestingExchange(image, coder if tile < case.coded else None)

    for _, exchanges in walk_known_tiles(network, tables, levels, exchange_of, StageClock()):
        for exchange in exchanges:
            whole.update(exchange.digest())
    return whole.hexdigest()


class _DigestingExchange(KnownValues):
    """Gives a tile's values and digests their distributions, and the streams where there is a coder."""

    def __init__(self, image: Picture, coder: EntropyCoder | None) -> None:
        super().__init__(image)
        self._coder = coder
        self._hash = hashlib.blake2b(digest_size=DIGEST_BYTES)

    def digest(self) -> bytes:
        """Of all that was said of the tile at this scale."""
        return self._hash.digest()

    def remainders(self, step: RemainderStep) -> NDArray[np.uint8]:
        """See `KnownValues.remainders`."""
        values = super().remainders(step)
        self._add(step.logits)
        if self._coder is not None:
            for channel in range(CHANNELS):
                self._hash.update(self._coder.encode_remainders(step, channel, values).data)
        return values

    def pixels(self, index: int, step: PixelStep) -> NDArray[np.uint8]:
        """See `KnownValues.pixels`."""
        values = super().pixels(index, step)
        self._add(step.parameters)
        if step.linear is not None:
            self._add(step.linear)
        if self._coder is not None:
            for channel in range(CHANNELS):
                self._hash.update(self._coder.encode_pixels(step, channel, values).data)
        return values

    def _add(self, numbers: NDArray[Any]) -> None:
        # Adding 0 makes zeros of both signs one: they are the same number to a coder.
        self._hash.update(np.ascontiguousarray(numbers + numbers.dtype.type(0)).data)


def _corrected(network: CodingNetwork) -> CodingNetwork:
    """The network with corrections as large as a file may bring them, as far as they stay exact."""
    for largest_bias in (LARGEST_NUMBER, 15, 1, 0):
        try:
            return network.adapted(_extreme_adaptation(network.model.configuration, largest_bias))
        except ModelError:
            continue
    return network


def _extreme_adaptation(configuration: NetworkConfiguration, largest_bias: int) -> Adaptation:
    biases, features = configuration.parameters_per_pixel, configuration.features
    signs = 2 * (mixed_numbers(biases + CHANNELS * features) % np.uint64(2)).astype(np.int8) - 1
    correction = ClassifierCorrection(
        signs[:biases] * np.int8(largest_bias), (signs[biases:] * np.int8(LARGEST_NUMBER)).reshape(CHANNELS, features)
    )
    return {(scale, step): correction for scale in range(ADAPTED_SCALES) for step in range(STEP_COUNT)}


def _full_tile() -> Picture:
    """A whole tile with every kind of content beside the others."""
    half = DEFAULT_TILE_SIZE // 2
    kinds = [_tile(half, half, number) for number in range(len(_KINDS))]
    return np.block([[[kinds[0]], [kinds[1]]], [[kinds[2]], [kinds[3]]]])


def _tile(height: int, width: int, number: int) -> Picture:
    """The number-th of a series of tiles: black, white, extremes beside each other, noise, and so on."""
    return _KINDS[number % len(_KINDS)](height, width, number)


def _black(height: int, width: int, _number: int) -> Picture:
    return np.zeros((height, width, CHANNELS), np.uint8)


def _white(height: int, width: int, _number: int) -> Picture:
    return np.full((height, width, CHANNELS), 255, np.uint8)


def _extremes(height: int, width: int, number: int) -> Picture:
    """Black and white in squares, stripes and single pixels: steps that drive activations to their ends."""
    rows, columns, channels = np.ogrid[:height, :width, :CHANNELS]
    side = 1 + (rows // 8 + columns // 8 + number) % 4
    return np.where((rows // side + columns // side + channels * (number % 2)) % 2, 255, 0).astype(np.uint8)


def _noise(height: int, width: int, number: int) -> Picture:
    count = height * width * CHANNELS
    numbers = mixed_numbers(count + 64 * number)[64 * number :]
    values = (numbers & np.uint64(0xFF)).astype(np.int64)
    ends = (numbers >> np.uint64(8)) % np.uint64(8)
    return np.where(ends == 0, 0, np.where(ends == 1, 255, values)).astype(np.uint8).reshape(height, width, CHANNELS)


_KINDS = (_black, _white, _extremes, _noise)
