"""Tiles that were walked before the corrections of their picture were known, kept so that coding takes no second walk.

Corrections change classifiers only. What a classifier sees, and everything beside it, is the same with any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.codec.known_tiles import KnownExchange, KnownValues
from srec_engine.entropy.steps import PixelStep, RemainderStep
from srec_engine.entropy.tables import DistributionTables
from srec_engine.integer.prepared import CodingNetwork, ScaleWalk
from srec_engine.model.configuration import STEP_COUNT

__all__ = ["KeptTile", "TileKeeper", "walk_kept_tile"]


@dataclass(frozen=True, eq=False, slots=True)
class _KeptStep:
    """A `PixelStep` with what its classifier saw in place of what it said.

    Attributes:
        features: uint8 (h, w, F).
        linear, remaining, left, height, width: As in `PixelStep`.
    """

    features: NDArray[np.uint8]
    linear: NDArray[np.generic] | None
    remaining: NDArray[np.integer]
    left: int
    height: int
    width: int


@dataclass(frozen=True, eq=False, slots=True)
class KeptTile:
    """One tile, about 28 MB for a full one.

    Attributes:
        remainders: Distributions of the remainders by scale.
        steps: By scale and coded pixel.
    """

    remainders: dict[int, RemainderStep] = field(default_factory=dict)
    steps: dict[tuple[int, int], _KeptStep] = field(default_factory=dict)


class TileKeeper:
    """Keeps the one tile that is walked with its exchanges, and its ear for what the network carries.

    Attributes:
        kept: What was kept so far.
        scale: The scale that is walked.
    """

    def __init__(self) -> None:
        self.kept = KeptTile()
        self.scale = 0
        self._state: ScaleWalk | None = None

    def exchange(self, scale: int, _tile: int, image: NDArray[np.uint8]) -> _KeepingExchange:
        """The tile at the next scale."""
        self.scale = scale
        return _KeepingExchange(image, self)

    def hear(self, state: ScaleWalk) -> None:
        """What the classifier sees of the next pixel."""
        self._state = state

    def pixels(self, index: int, step: PixelStep, values: NDArray[np.uint8]) -> None:  # noqa: ARG002 - for heirs
        """Keep one step."""
        self.kept.steps[self.scale, index] = _KeptStep(
            self.features(), step.linear, step.remaining, step.left, step.height, step.width
        )

    def features(self) -> NDArray[np.uint8]:
        """What the classifier saw last, uint8 (h, w, F)."""
        if self._state is None:
            raise RuntimeError("the walk has not begun")
        features: NDArray[np.uint8] = self._state.activations[0].permute(1, 2, 0).cpu().numpy()
        return features


class _KeepingExchange(KnownValues):
    """Gives a tile's values, and has the keeper look at their distributions."""

    def __init__(self, image: NDArray[np.uint8], keeper: TileKeeper) -> None:
        super().__init__(image)
        self._keeper = keeper

    def remainders(self, step: RemainderStep) -> NDArray[np.uint8]:
        """See `KnownValues.remainders`."""
        self._keeper.kept.remainders[self._keeper.scale] = step
        return super().remainders(step)

    def pixels(self, index: int, step: PixelStep) -> NDArray[np.uint8]:
        """See `KnownValues.pixels`."""
        values = super().pixels(index, step)
        self._keeper.pixels(index, step, values)
        return values


def walk_kept_tile(
    network: CodingNetwork,
    tables: DistributionTables,
    kept: KeptTile,
    levels: Sequence[NDArray[np.uint8]],
    exchange_of: Callable[[int, int, NDArray[np.uint8]], KnownExchange],
    clock: StageClock,
) -> Iterator[tuple[int, list[KnownExchange]]]:
    """What `walk_known_tiles` does with one tile, by classifying anew what was kept of it."""
    components = network.model.configuration.components
    for scale in reversed(range(len(levels) - 1)):
        exchange = exchange_of(scale, 0, levels[scale])
        with clock.measure("entropy"):
            exchange.remainders(kept.remainders[scale])
        for index in range(STEP_COUNT):
            known = kept.steps[scale, index]
            with clock.measure("network"):
                activations = torch.from_numpy(known.features).permute(2, 0, 1)[None].to(network.device)
                parameters = network.classified(scale, index, activations)[0].cpu().numpy()
            step = PixelStep(
                tables, components, parameters, known.linear, known.remaining, known.left, known.height, known.width
            )
            with clock.measure("entropy"):
                exchange.pixels(index, step)
        yield scale, [exchange]
