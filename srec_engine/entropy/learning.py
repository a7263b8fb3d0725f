"""How distributions learn from the neighbours of a value while a stream is coded: units, limits and classes.

The network sees no block of a step before the step is coded. The coder goes through the blocks one after the other,
both ways, so what the network expected of the blocks before, and what they were, can correct what it expects of the
next one. docs/coding.md tells how; `pixel_learning` and `remainder_learning` do it in numba, `learned_streams` in plain
Python.

Every number here is part of the file format: two programs that differ in one of them cannot read each other's streams.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.fixed_point import CHANNELS, REMAINDER_SYMBOLS

__all__ = [
    "BIAS_BITS",
    "BIAS_CONTEXTS",
    "BIAS_LIMIT",
    "BIAS_RATES",
    "BIAS_ROW",
    "BLOCK_PLACES",
    "CENTRE_CLASS",
    "CLASSES_OF_A_SET",
    "CLASS_CONTEXTS",
    "CLASS_ENTRIES",
    "CLASS_RATES",
    "CLASS_ROW",
    "CLASS_SHIFT",
    "CONFIDENCES",
    "DEVIATION_LIMIT",
    "ENERGY_OFFSET",
    "FINE_DEVIATION",
    "GRADIENT_LIMIT",
    "KNOWN_PLANES",
    "KNOWN_SURPRISE",
    "LEAST_DEVIATION",
    "MARGIN",
    "MOST_DISTANCE",
    "MOST_INPUTS",
    "NEAR_FACTOR",
    "NEAR_SHIFT",
    "NEAR_SURPRISE",
    "NOWHERE",
    "OFFSET_LIMIT",
    "OWN_INPUTS",
    "PIXEL_STREAMS",
    "PLACE_PERIOD",
    "PLACE_RATE",
    "PLACE_RATE_BITS",
    "POSITION_OFFSET",
    "RATE_BITS",
    "REMAINDER_CONTEXTS",
    "RESIDUAL_BITS",
    "RESIDUAL_LIMIT",
    "SAMPLED_ROWS",
    "SAMPLE_PLACES",
    "SHIFT_LIMIT",
    "SPREAD_BITS",
    "SPREAD_LIMIT",
    "SPREAD_OF_SURPRISE",
    "SPREAD_RATE",
    "SPREAD_RATE_BITS",
    "SURPRISE_CLASSES",
    "SURPRISE_LIMITS",
    "SURPRISE_SHIFT",
    "TEMPERATURE_BITS",
    "TEMPERATURE_LIMITS",
    "TEMPERATURE_RATES",
    "TEMPERATURE_RATE_BITS",
    "UNSURPRISED",
    "VALUE_CLASSES",
    "WEIGHT_LIMIT",
    "WEIGHT_RATE",
    "WEIGHT_SETS",
    "WIDE_COUNT",
    "WIDTH_CLASSES",
    "block_place",
    "deviations",
    "folded",
    "is_sampled",
]


def _read_only(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    values.flags.writeable = False
    return values


SAMPLED_ROWS = 8
"""An encoder looks at one of so many rows to tell whether learning pays. No part of the format."""

SAMPLE_PLACES = _read_only((3 + 5 * np.arange(SAMPLED_ROWS)) % SAMPLED_ROWS)
"""Which one, by the number of their group: always another, lest a pattern of the picture repeats with them."""

MARGIN = 2
"""Blocks around a tile in which nothing is known: neighbours are up to two blocks away."""

PLACE_PERIOD = 4
"""Blocks after which the grid of a JPEG comes again: 8 pixels of scale 0."""

BLOCK_PLACES = PLACE_PERIOD * PLACE_PERIOD
"""Places of a block in that grid."""

# Pixels

PIXEL_STREAMS = 3 * CHANNELS
"""Streams of pixels: three coded pixels, three channels each."""

OWN_INPUTS = 6
"""Residuals of the stream itself that predict the next: W, N, NW, NE, WW, NN."""

KNOWN_PLANES = 4
"""Streams coded before, at most, whose residuals do: two channels of the pixel, two pixels of the channel."""

MOST_INPUTS = OWN_INPUTS + 5 * KNOWN_PLANES
"""Inputs of a prediction, at most: of each stream before here, W, N, E and S."""

RESIDUAL_BITS = 8
"""A residual, and a prediction of it, is in units of 2⁻⁸ of the expected deviation."""

RESIDUAL_LIMIT = 3 << RESIDUAL_BITS
"""Residuals are clamped to ± this."""

SHIFT_LIMIT = 3 << (RESIDUAL_BITS - 1)
"""Predictions are clamped to ± this."""

WEIGHT_LIMIT = 1 << 17
"""Weights of a prediction are in units of 2⁻¹⁶ and clamped to ± this."""

WEIGHT_RATE = 786
"""How fast weights follow: 2⁻¹⁶ · this is the share of an error that is taken away where the inputs are large."""

RATE_BITS = 14
"""Fraction bits of a weight's step before it is multiplied with an input."""

ENERGY_OFFSET = 2 << (2 * RESIDUAL_BITS)
"""Added to the sum of the squared inputs: few and small ones do not move weights far."""

POSITION_OFFSET = 1 << 24
"""Larger than the magnitude of any component's mean: added before a division, taken off behind it."""

LEAST_DEVIATION = 77
"""Smallest expected deviation that residuals are counted in, 2⁻⁸ grey level."""

DEVIATION_LIMIT = 1 << 17
"""Largest, 2⁻⁸ grey level."""

FINE_DEVIATION = 320
"""Up to this deviation, 1.25 grey levels, the value at a mixture's mean is weighed against those beside it, where the
model does not say another one."""

WIDE_COUNT = 40
"""Where mixtures are wider than that, a context counts as met so many times more: classes are learned more slowly."""

VALUE_CLASSES = 3
"""Classes of values then: all below the centre, the centre, all above it."""

CENTRE_CLASS = VALUE_CLASSES // 2
"""The class that holds the centre alone."""

CLASS_ROW = VALUE_CLASSES + 1
"""Numbers of an entry: the bias of each class, and how often its context was met, side by side in the cache."""

CLASS_CONTEXTS = 5
"""Contexts by which the classes are weighed, at most."""

CLASS_ENTRIES = 1620
"""Entries of the table of each."""

OFFSET_LIMIT = 2
"""How far from its centre a value of the channel before is told apart."""

CLASS_SHIFT = 14
"""Weights of classes lose so many bits, lest they leave 63 when they are multiplied."""

NOWHERE = 9
"""The difference to a neighbour that is not there."""

WIDTH_CLASSES = 12
"""Classes of expected deviations, two an octave."""

WEIGHT_SETS = 4
"""Sets of weights."""

CLASSES_OF_A_SET = WIDTH_CLASSES // WEIGHT_SETS
"""Classes of deviations that share one."""

SURPRISE_CLASSES = 16
"""Classes of how far off the neighbours were."""

NEAR_FACTOR = 13
"""2⁻¹¹ of this times the weighed residuals of a stream's own neighbours is their class."""

NEAR_SHIFT = 11
"""See `NEAR_FACTOR`."""

SPREAD_RATE = 5
"""2⁻⁸ of this is the share of an excess by which the spread of a class follows."""

SPREAD_RATE_BITS = 8
"""See `SPREAD_RATE`."""

PLACE_RATE = 3
"""2⁻⁹ of this is the share by which the spread of a place follows."""

PLACE_RATE_BITS = 9
"""See `PLACE_RATE`."""

SPREAD_BITS = 10
"""Fraction bits of what is added to log-scales."""

SPREAD_LIMIT = 1 << 17
"""Each part of it is clamped to ± this, and the sum to ± this too."""

# Remainders

BIAS_CONTEXTS = (324, 225, 16, 324, 343, 225)
"""Entries of the tables that tell a remainder's biases: by each of its contexts."""

REMAINDER_CONTEXTS = (3, 5, 6)
"""How many of them a remainder has, by its channel."""

BIAS_ROW = REMAINDER_SYMBOLS + 1
"""Numbers of an entry: the bias of each symbol, and how often its context was met, side by side in the cache."""

BIAS_BITS = 10
"""Fraction bits of a bias of a logit."""

BIAS_LIMIT = 1 << 19
"""Biases are clamped to ± this."""

MOST_DISTANCE = 4096
"""Logits are clamped to this far below the largest."""

CONFIDENCES = 12
"""Classes of how sure the network is of a remainder."""

SPREAD_OF_SURPRISE = 12
"""Classes of how surprising the neighbours were, for remainders."""

UNSURPRISED = 4
"""The class of neighbours that surprised as much as was to be expected."""

SURPRISE_SHIFT = 10
"""2⁻¹⁰ of the factors below times weighed surprises is how many classes they are away from it."""

NEAR_SURPRISE = 23
"""Of the stream's own neighbours."""

KNOWN_SURPRISE = 12
"""Of the streams before."""

TEMPERATURE_BITS = 10
"""Fraction bits of a temperature's part, whose unit is 2⁻⁸ of the network's logits."""

TEMPERATURE_LIMITS = (-205, 512)
"""What logits may be multiplied with beside 256, smallest and largest."""

TEMPERATURE_RATE_BITS = 6
"""Fraction bits of the rates of temperatures."""

GRADIENT_LIMIT = 128
"""A surprise counts for temperatures up to ± this, in 2⁻⁶ nat."""

SURPRISE_LIMITS = (-64, 128)
"""It is kept within these, in 2⁻⁶ nat."""


CLASS_RATES = _read_only(65536 // (14 + np.arange(801)))
"""How fast the bias of a class follows when its context was met so often before."""

BIAS_RATES = _read_only(65536 // (14 + np.arange(181)))
"""How fast a bias follows when its context was met so often before."""

TEMPERATURE_RATES = _read_only(131072 // (10 + np.arange(91)))
"""The same of a temperature's part."""

_DEVIATION_ONE = 744_261_118
"""2·ln 2 · 2²⁹: the mean deviation of a logistic distribution whose inverse scale is 1, in 2⁻⁸ grey level."""


def is_sampled(row: Any) -> Any:
    """Whether an encoder looks at a row, or at each of an array of rows. Kernels compile it, as those that follow."""
    return row % SAMPLED_ROWS == SAMPLE_PLACES[row // SAMPLED_ROWS % SAMPLED_ROWS]


def block_place(row: int, column: int) -> int:
    """The place of a block in the grid of a JPEG."""
    return (row % PLACE_PERIOD) * PLACE_PERIOD + column % PLACE_PERIOD


def folded(difference: int, limit: int) -> int:
    """A difference within ± limit, counted from 0."""
    return min(max(difference, -limit), limit) + limit


def deviations(inverse_scale: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Mean deviation of a component, 2⁻⁸ grey level, for each entry of a table of inverse scales."""
    return _read_only(np.minimum(_DEVIATION_ONE // inverse_scale, DEVIATION_LIMIT))
