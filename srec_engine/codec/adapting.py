"""The encoder's search for corrections of a model's classifiers that suit one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.clock import StageClock
from srec_engine.codec.fitting import ChannelSample, Correction, CorrectionUnits, fit
from srec_engine.codec.kept_tiles import KeptTile
from srec_engine.codec.runtime import Runtime
from srec_engine.codec.sampling import (
    MOST_BLOCKS,
    Key,
    StepSample,
    TileBlocks,
    sample_tile,
    sampled_tiles,
    step_samples,
)
from srec_engine.container.geometry import Geometry
from srec_engine.control import CancelToken
from srec_engine.entropy.distribution_arrays import pixel_deviations, pixel_parameters
from srec_engine.model.adaptation import (
    ADAPTED_SCALES,
    CHANNELS,
    COEFFICIENT_UNIT,
    LARGEST_NUMBER,
    LOG_UNIT,
    MEAN_UNIT,
    WEIGHT_SHIFT,
    Adaptation,
    ClassifierCorrection,
)
from srec_engine.model.configuration import STEP_COUNT, NetworkConfiguration

__all__ = ["find_adaptation"]

UNITS = CorrectionUnits(LOG_UNIT, MEAN_UNIT, LOG_UNIT, COEFFICIENT_UNIT, WEIGHT_SHIFT)

FEWEST_PIXELS = 1 << 15
"""Smaller pictures do not pay for corrections."""


def find_adaptation(
    runtime: Runtime, colour: NDArray[np.uint8], geometry: Geometry, cancel: CancelToken, clock: StageClock
) -> tuple[Adaptation | None, dict[int, KeptTile]]:
    """Corrections for a picture, uint8 (H, W, 1 or 3); None where they would not pay for themselves.

    The same picture and model give the same corrections on every machine, with every kernel.

    Returns:
        The corrections, and the tiles that were looked at, which need not be walked again.

    Raises:
        Cancelled: When the token was set.
    """
    configuration = runtime.model.configuration
    if configuration.layout != "preactivation" or configuration.scales < ADAPTED_SCALES:
        return None, {}
    if colour.shape[0] * colour.shape[1] < FEWEST_PIXELS:
        return None, {}
    tiles = sampled_tiles(geometry)

    def look(tile: int) -> tuple[Mapping[Key, TileBlocks], KeptTile]:
        box = geometry.tile_box(0, tile)
        with clock.measure("adaptation"):
            return sample_tile(runtime, colour[box.rows, box.columns], MOST_BLOCKS // len(tiles), cancel)

    def work(task: tuple[StepSample, int]) -> tuple[Correction, float]:
        cancel.raise_if_cancelled()
        with clock.measure("adaptation"):
            return _fitted(*task)

    with runtime.pool(len(tiles)) as pool:
        looked = list(pool.map(look, tiles))
    samples = step_samples(runtime, [found for found, _ in looked], colour.shape[0] * colour.shape[1])
    kept = {tile: keeper for tile, (_, keeper) in zip(tiles, looked, strict=True)}
    tasks = [(sample, channel) for sample in samples for channel in range(colour.shape[2])]
    with runtime.pool(len(tasks)) as pool:
        fitted = list(pool.map(work, tasks))
    if not any(saved > 0 for _, saved in fitted):
        return None, kept
    return _adaptation(configuration, tasks, [correction for correction, _ in fitted]), kept


def _fitted(sample: StepSample, channel: int) -> tuple[Correction, float]:
    chosen = np.arange(len(sample.values))
    logits, means, log_scales = pixel_parameters(sample.step, channel, sample.values, chosen)
    return fit(
        ChannelSample(
            sample.step.tables,
            logits,
            means,
            log_scales,
            pixel_deviations(sample.step, channel, sample.values, chosen),
            sample.features,
            sample.values[:, 0, channel].astype(np.int64),
        ),
        UNITS,
        LARGEST_NUMBER,
        sample.share,
    )


def _adaptation(
    configuration: NetworkConfiguration, tasks: Sequence[tuple[StepSample, int]], corrections: Sequence[Correction]
) -> Adaptation:
    """Corrections by channel put together by classifier."""
    components = configuration.components
    adaptation = {
        (scale, step): ClassifierCorrection(
            np.zeros(configuration.parameters_per_pixel, np.int8), np.zeros((CHANNELS, configuration.features), np.int8)
        )
        for scale in range(ADAPTED_SCALES)
        for step in range(STEP_COUNT)
    }
    for (sample, channel), correction in zip(tasks, corrections, strict=True):
        classifier = adaptation[sample.key]
        first = 3 * components * channel
        own = np.concatenate([correction.logits, correction.means, correction.log_scales])
        classifier.bias[first : first + 3 * components] = own
        # G←R is coefficient 0, B←R is 1, B←G is 2.
        coefficients = 9 * components + max(0, channel - 1)
        classifier.bias[coefficients : coefficients + channel] = correction.coefficients
        classifier.scale_weights[channel] = correction.weights
    return adaptation
