"""What a file says about its own picture: corrections of the classifiers at the finest scales.

A correction is added to a classifier's biases, and gives it one more output per channel, a product with its features
that is added to all log-scales of the channel. The corrected classifier is an `IntegerConvolution` like any other, so
it is as exact, and the proof is checked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.errors import ModelError
from srec_engine.model.configuration import STEP_COUNT, NetworkConfiguration
from srec_engine.model.integer_model import IntegerConvolution

__all__ = [
    "ADAPTED_SCALES",
    "CHANNELS",
    "LARGEST_NUMBER",
    "Adaptation",
    "ClassifierCorrection",
    "adaptation_bytes",
    "adaptation_from_bytes",
    "bias_units",
    "corrected_classifier",
]

ADAPTED_SCALES = 2
"""The finest scales, which hold nine tenths of the bits, have corrections."""

CHANNELS = 3

LARGEST_NUMBER = 127
"""A correction's numbers are signed bytes."""

LOG_UNIT = 4
"""Logits and log-scales are corrected in 1/16 nat: 4 of the coder's steps."""

MEAN_UNIT = 8
"""Means are corrected in 1/32 grey level: 8 of the coder's steps."""

COEFFICIENT_UNIT = 4
"""Coefficients are corrected in 1/64: 4 of the coder's steps."""

WEIGHT_SHIFT = 5
"""Features are multiplied with whole numbers times 2⁻⁵."""


@dataclass(frozen=True, eq=False, slots=True)
class ClassifierCorrection:
    """The correction of one classifier.

    Attributes:
        bias: int8 (parameters,), in steps of `bias_units`.
        scale_weights: int8 (3, features).
    """

    bias: NDArray[np.int8]
    scale_weights: NDArray[np.int8]


Adaptation = Mapping[tuple[int, int], ClassifierCorrection]
"""Corrections by (scale, step), for each of the `ADAPTED_SCALES` and each of the three coded pixels."""


def bias_units(components: int) -> NDArray[np.int64]:
    """The coder's steps in one step of each bias, (9·K + 3,)."""
    channel = np.repeat([LOG_UNIT, MEAN_UNIT, LOG_UNIT], components)
    return np.concatenate([np.tile(channel, CHANNELS), np.full(CHANNELS, COEFFICIENT_UNIT)])


def corrected_classifier(layer: IntegerConvolution, correction: ClassifierCorrection) -> IntegerConvolution:
    """A classifier with its correction: three more outputs, which shift the log-scales of a channel.

    Raises:
        ModelError: When it would no longer be exact.
    """
    units = bias_units((layer.weight.shape[0] - CHANNELS) // (3 * CHANNELS))
    # Exact by its definition, which a library's power of two need not be: this decides bits.
    scaled = np.ldexp((correction.bias * units).astype(np.float64), layer.shift.astype(np.int32))
    added = np.rint(scaled).astype(np.int64)
    bias = np.concatenate([layer.bias + added, np.zeros(CHANNELS, np.int64)])
    corrected = IntegerConvolution(
        weight=np.concatenate([layer.weight, correction.scale_weights[:, :, None, None].astype(np.int16)]),
        bias=bias.clip(-(1 << 24), 1 << 24).astype(np.int32),
        shift=np.concatenate([layer.shift, np.full(CHANNELS, WEIGHT_SHIFT, np.int8)]),
        input_maximum=layer.input_maximum,
    )
    corrected.check("classifier with its correction")
    return corrected


def adaptation_bytes(adaptation: Adaptation) -> bytes:
    """The corrections one after the other: scale 1, then scale 0, each with its steps in order.

    Numbers are folded (0, −1, 1, −2, … become 0, 1, 2, 3, …): small ones are small bytes then, which compress better.
    """
    parts: list[NDArray[np.int8]] = []
    for key in _keys():
        parts += [adaptation[key].bias, adaptation[key].scale_weights.ravel()]
    numbers = np.concatenate(parts).astype(np.int16)
    return np.where(numbers < 0, -2 * numbers - 1, 2 * numbers).astype(np.uint8).tobytes()


def adaptation_from_bytes(data: bytes, configuration: NetworkConfiguration) -> Adaptation:
    """Undo `adaptation_bytes`.

    Raises:
        ModelError: When there are not as many numbers as the configuration's classifiers take.
    """
    outputs, features = configuration.parameters_per_pixel, configuration.features
    size = outputs + CHANNELS * features
    if len(data) != len(_keys()) * size:
        raise ModelError(f"The corrections of this picture have {len(data)} bytes; its model takes others.")
    folded = np.frombuffer(data, np.uint8).astype(np.int16)
    numbers = np.where(folded % 2, -(folded + 1) // 2, folded // 2).astype(np.int8).reshape(-1, size)
    return {
        key: ClassifierCorrection(row[:outputs], row[outputs:].reshape(CHANNELS, features))
        for key, row in zip(_keys(), numbers, strict=True)
    }


def _keys() -> list[tuple[int, int]]:
    return [(scale, step) for scale in reversed(range(ADAPTED_SCALES)) for step in range(STEP_COUNT)]
