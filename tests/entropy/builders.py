"""Steps to code, from plausible to absurd."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from srec_engine.entropy import DistributionTables, PixelStep, RemainderStep
from srec_engine.entropy.starting_states import STATE_TABLES, StartingStates

Values = npt.NDArray[np.uint8]


def stored_states(seed: int, largest: int) -> dict[str, npt.NDArray[np.int16]]:
    """Starting states as a model file may hold them: random numbers from -largest - 1 to largest."""
    random = np.random.default_rng(seed)
    states = {
        name: random.integers(-largest - 1, largest + 1, table.shape).astype(np.int16)
        for name, table in STATE_TABLES.items()
    }
    return {**states, "fine_deviation": np.array([700], np.int16)}


def extreme_states(seed: int) -> StartingStates:
    """Starting states that are the smallest or the largest numbers that a file can hold."""
    random = np.random.default_rng(seed)
    ends = np.array([-(1 << 15), (1 << 15) - 1], np.int16)
    states = {name: random.choice(ends, table.shape) for name, table in STATE_TABLES.items()}
    return StartingStates.from_stored({**states, "fine_deviation": ends[1:]})


def pixel_step(
    tables: DistributionTables,
    *,
    components: int = 5,
    left: int = 4,
    height: int = 9,
    width: int = 7,
    seed: int = 0,
    wild: bool = False,
    remaining: npt.NDArray[Any] | int | None = None,
    margin: int = 1,
    absolute: bool = False,
    corrected: bool = False,
) -> tuple[PixelStep, Values]:
    """A step with random parameters and random values that its sums allow; `wild` ones leave every sane range.

    The arrays are `margin` larger than what is coded. `absolute` ones have absolute means, `corrected` ones
    corrections of their log-scales.
    """
    random = np.random.default_rng(seed)
    shape = (height + margin, width + margin)
    sums = (
        random.integers(0, 255 * left + 1, (*shape, 3))
        if remaining is None
        else np.broadcast_to(remaining, (*shape, 3))
    )
    depth = 12 * components if absolute else 9 * components + (6 if corrected else 3)
    parameters = random.normal(0, 300, (*shape, depth)).astype(np.float32)
    if absolute:
        own_means = np.concatenate([np.arange(components) + (3 * channel + 1) * components for channel in range(3)])
        parameters[..., own_means] = random.normal(128 * 256, 60 * 256, (*shape, len(own_means)))
    linear = random.normal(0, 600, (*shape, 3)).astype(np.float32)
    if wild:
        choices = np.array([0, 1, -1, 0.5, 1.5, 1e9, -1e9, np.inf, -np.inf, np.nan, 8191.5, -160.5], np.float32)
        odd = random.random(parameters.shape) < 0.5
        parameters[odd] = random.choice(choices, int(odd.sum()))
        linear[..., 1] = random.choice(choices, shape)
    step = PixelStep(tables, components, parameters, None if absolute else linear, sums, left, height, width)
    lowest = np.maximum(0, sums - 255 * (left - 1))
    highest = np.minimum(255, sums)
    return step, random.integers(lowest, highest + 1).astype(np.uint8)


def remainder_step(
    tables: DistributionTables,
    *,
    height: int = 9,
    width: int = 7,
    seed: int = 0,
    wild: bool = False,
    products: bool = False,
) -> tuple[RemainderStep, Values]:
    """A step with random logits, many black and white pixels, and random symbols that those allow."""
    random = np.random.default_rng(seed)
    shape = (height + 1, width + 2)
    grey = random.choice(np.array([0, 1, 128, 255], np.uint8), (*shape, 3))
    logits = random.normal(0, 5000 if wild else 60, (*shape, 15 if products else 12)).astype(np.float32)
    if wild:
        logits[random.random(logits.shape) < 0.2] = np.nan
    couplings = random.integers(-(2**31) if wild else -90, 2**31 if wild else 90, (3, 4, 4)).astype(np.int32)
    symbols = random.integers(np.where(grey == 0, 1, 0), np.where(grey == 255, 2, 4)).astype(np.uint8)
    return RemainderStep(tables, logits, couplings, grey, height, width), symbols


def photograph_steps(tables: DistributionTables, image: Values, components: int = 5) -> list[tuple[PixelStep, Values]]:
    """The three pixels of every 2x2 block of a photograph, with mixtures such as a network might give."""
    random = np.random.default_rng(1)
    height, width = image.shape[0] // 2, image.shape[1] // 2
    blocks = image[: 2 * height, : 2 * width].astype(np.int64)
    pixels = [blocks[0::2, 0::2], blocks[0::2, 1::2], blocks[1::2, 0::2], blocks[1::2, 1::2]]
    remaining = pixels[0] + pixels[1] + pixels[2] + pixels[3]
    scales = np.rint(64 * np.log(np.array([0.7, 1.2, 2, 4, 8])))[:components]
    parameters = np.zeros((height, width, 9 * components + 3), np.float32)
    for channel in range(3):
        first = 3 * components * channel
        parameters[..., first : first + components] = random.integers(-60, 60, (height, width, components))
        parameters[..., first + components : first + 2 * components] = random.integers(-99, 99, (components,))
        parameters[..., first + 2 * components : first + 3 * components] = scales
    parameters[..., 9 * components :] = [150, 100, 120]
    steps = []
    for index in range(3):
        linear = np.zeros((height, width, 3), np.int32)
        step = PixelStep(tables, components, parameters, linear, remaining, 4 - index, height, width)
        steps.append((step, pixels[index].astype(np.uint8)))
        remaining = remaining - pixels[index]
    return steps


def tile_steps(
    tables: DistributionTables, height: int, width: int, *, seed: int = 0, odd: bool = False, **kind: Any
) -> list[tuple[PixelStep | RemainderStep, Values]]:
    """All steps of one tile of so many blocks, in coding order, with random values.

    `odd`: the image ends in the middle of the last row and column of blocks. `kind` are arguments of `pixel_step`; of
    these remainders take `wild`.
    """
    wild = bool(kind.get("wild"))
    remainders, symbols = remainder_step(
        tables, height=height, width=width, seed=seed, wild=wild, products=seed % 2 == 0
    )
    inside = np.s_[:height, :width]
    remainders = dataclasses.replace(
        remainders, logits=remainders.logits[inside].copy(), low_resolution=remainders.low_resolution[inside]
    )
    steps: list[tuple[PixelStep | RemainderStep, Values]] = [(remainders, symbols[inside].copy())]
    for left in (4, 3, 2):
        step, values = pixel_step(tables, left=left, height=height, width=width, seed=seed + left, margin=0, **kind)
        if odd:
            step = dataclasses.replace(step, height=height - (left == 2), width=width - (left == 3))
        steps.append((step, values))
    return steps


def sharp_steps(
    tables: DistributionTables, image: Values, components: int = 2, seed: int = 1
) -> list[tuple[PixelStep, Values]]:
    """As `photograph_steps`, with narrow mixtures whose means lie near the values, as for smooth content."""
    random = np.random.default_rng(seed)
    steps = []
    for step, values in photograph_steps(tables, image, components):
        parameters = step.parameters.copy()
        for channel in range(3):
            first = 3 * components * channel + 2 * components
            parameters[..., first : first + components] = random.integers(-99, -20, components)
        parameters[..., 9 * components :] = 0
        expected = 256 * values.astype(np.int64) + random.integers(-500, 501, values.shape)
        guess = (256 * step.remaining.astype(np.int64) + step.left // 2) // step.left
        steps.append((dataclasses.replace(step, parameters=parameters, linear=expected - guess), values))
    return steps
