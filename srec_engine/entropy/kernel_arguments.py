"""Steps and tables in the form that kernels take. Importing it imports numba."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from srec_engine.entropy import pixel_learning, remainder_learning, value_classes
from srec_engine.entropy.fixed_point import REMAINDER_SYMBOLS
from srec_engine.entropy.kernel_types import (
    AbsolutePixelArrays,
    AnyPixelArrays,
    Mixture,
    PixelArrays,
    PixelLearner,
    RemainderArrays,
    RemainderLearner,
    TableArrays,
)
from srec_engine.entropy.learning import (
    CLASS_CONTEXTS,
    MOST_INPUTS,
    REMAINDER_CONTEXTS,
    VALUE_CLASSES,
    deviations,
)
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.steps import PixelStep, RemainderStep
from srec_engine.entropy.tables import DistributionTables

__all__ = [
    "fresh_pixel_learner",
    "fresh_remainder_learner",
    "pixel_arrays",
    "pixel_learner",
    "read_only",
    "remainder_arrays",
    "remainder_learner",
    "table_arrays",
]


def table_arrays(tables: DistributionTables) -> TableArrays:
    """Tables as kernels take them."""
    return TableArrays(tables.sigmoid, tables.exponential, tables.inverse_scale, tables.log_scale_minimum)


def pixel_arrays(step: PixelStep) -> AnyPixelArrays:
    """A step of pixels as kernels take it: their type says which kind of means it has."""
    unrolled = (0,) * step.components
    mixture = Mixture(*(np.empty(step.components, np.int64) for _ in Mixture._fields))
    if step.linear is None:
        return AbsolutePixelArrays(
            step.parameters, step.remaining, step.left, step.height, step.width, mixture, unrolled
        )
    return PixelArrays(
        step.parameters, step.linear, step.remaining, step.left, step.height, step.width, mixture, unrolled
    )


def remainder_arrays(step: RemainderStep) -> RemainderArrays:
    """A step of remainders as kernels take it."""
    boundaries = np.empty(REMAINDER_SYMBOLS + 1, np.int64)
    return RemainderArrays(step.logits, step.couplings, step.low_resolution, step.height, step.width, boundaries)


def pixel_learner(step: PixelStep, channel: int, memory: TileMemory | None) -> PixelLearner | None:
    """What a stream of pixels learns with from its first value on; None where nothing is remembered."""
    return None if memory is None else fresh_pixel_learner(step, channel, memory)


def remainder_learner(step: RemainderStep, channel: int, memory: TileMemory | None) -> RemainderLearner | None:
    """What a stream of remainders learns with from its first symbol on, as `pixel_learner`."""
    return None if memory is None else fresh_remainder_learner(step, channel, memory)


def fresh_pixel_learner(step: PixelStep, channel: int, memory: TileMemory) -> PixelLearner:
    """What a stream of pixels learns with: the tables that it begins with, and what streams before have left behind."""
    index, starts = step.number - 1, step.tables.starts
    stream = 3 * index + channel
    known = [3 * index + before for before in reversed(range(channel))]
    known += [3 * before + channel for before in range(index)]
    return PixelLearner(
        corrects=int(not memory.plain[step.number, channel]),
        residuals=memory.residuals,
        stream=stream,
        known=np.array(known, np.int64),
        deviations=deviations(step.tables.inverse_scale),
        fine_deviation=starts.fine_deviation,
        weights=starts.weights[stream].copy(),
        spreads=starts.spreads[stream].copy(),
        places=starts.places[stream].copy(),
        offsets=memory.offsets,
        first=memory.first,
        biases=starts.classes[channel].copy(),
        contexts=np.zeros(CLASS_CONTEXTS, np.int64),
        classes=np.zeros((value_classes.ROWS, VALUE_CLASSES + 1), np.int64),
        inputs=np.zeros(MOST_INPUTS, np.int64),
        state=np.zeros(pixel_learning.STATE_LENGTH, np.int64),
    )


def fresh_remainder_learner(step: RemainderStep, channel: int, memory: TileMemory) -> RemainderLearner:
    """What a stream of remainders learns with, as `fresh_pixel_learner`."""
    contexts, starts = REMAINDER_CONTEXTS[channel], step.tables.starts
    return RemainderLearner(
        corrects=int(not memory.plain[step.number, channel]),
        surprises=memory.surprises,
        biases=starts.biases[channel, :contexts].copy(),
        temperatures=starts.temperatures[channel].copy(),
        contexts=np.zeros(contexts, np.int64),
        distances=np.zeros(REMAINDER_SYMBOLS, np.int64),
        errors=np.zeros(REMAINDER_SYMBOLS, np.int64),
        state=np.zeros(remainder_learning.STATE_LENGTH, np.int64),
    )


def read_only(values: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A view (a copy if it must be) of the one kind that kernels are compiled for."""
    view = np.require(values, requirements=["C", "A"]).view()
    view.flags.writeable = False
    return view
