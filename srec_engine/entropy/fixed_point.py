"""Units and limits of the integers that the distributions are made of.

Every number here is part of the file format: two programs that differ in one of them cannot read each other's streams.
"""

from __future__ import annotations

__all__ = [
    "ABSOLUTE_MEAN_LIMIT",
    "CHANNELS",
    "COEFFICIENT_LIMIT",
    "EXPONENTIAL_ENTRIES",
    "EXPONENTIAL_ONE",
    "FIRST_PRODUCT",
    "FREQUENCY_BITS",
    "FREQUENCY_TOTAL",
    "GREY_BITS",
    "GREY_LEVELS",
    "LOGIT_LIMIT",
    "LOG_SCALE_DEFAULT_MAXIMUM",
    "LOG_SCALE_DEFAULT_MINIMUM",
    "LOG_SCALE_ENTRIES_LIMIT",
    "MAX_COMPONENTS",
    "MEAN_LIMIT",
    "NAT_UNITS",
    "REMAINDER_SYMBOLS",
    "REMAINING_LIMIT",
    "SCALE_BITS",
    "SCALE_CORRECTIONS",
    "SCALE_LIMIT",
    "SHARE_SHIFT",
    "SIGMOID_BITS",
    "SIGMOID_ENTRIES",
    "SIGMOID_HALF",
    "SIGMOID_ONE",
    "SIGMOID_STEPS",
    "parameter_count",
]

CHANNELS = 3
"""Red, green, blue, coded in this order."""

GREY_LEVELS = 256
"""Values a subpixel may have."""

GREY_BITS = 8
"""Means are in units of 2⁻⁸ grey level, coefficients in units of 2⁻⁸."""

NAT_UNITS = 64
"""Logits and log-scales are in units of 1/64 nat."""

FREQUENCY_BITS = 16
"""Bits of a frequency of the range coder (torchac's precision)."""

FREQUENCY_TOTAL = 1 << FREQUENCY_BITS
"""Sum of the frequencies of one symbol's distribution."""

MAX_COMPONENTS = 10
"""Largest number of mixture components; it bounds the 2^57.4 that the cumulative sums reach in 64 bits."""

SIGMOID_BITS = 22
"""Fraction bits of the sigmoid table."""

SIGMOID_ONE = 1 << SIGMOID_BITS
"""The integer that stands for 1.0 in the sigmoid table."""

SIGMOID_HALF = SIGMOID_ONE // 2
"""The integer that stands for 0.5 in the sigmoid table."""

SIGMOID_STEPS = 512
"""Steps of the sigmoid table per unit of its argument."""

SIGMOID_ENTRIES = 12 * SIGMOID_STEPS + 1
"""Entries of the sigmoid table: arguments 0 to 12; larger ones take the last entry."""

EXPONENTIAL_ONE = 1 << 16
"""The integer that stands for 1.0 in the exponential table."""

EXPONENTIAL_ENTRIES = 12 * NAT_UNITS + 1
"""Entries of the exponential table: exp(0) down to exp(-12); smaller ones are 0."""

SCALE_BITS = 20
"""Fraction bits of an inverse scale."""

SCALE_LIMIT = 1 << 28
"""Largest inverse scale a table may hold; with the limits below a product stays under 2^53."""

LOG_SCALE_DEFAULT_MINIMUM = -160
"""-2.5 nat, in 1/64 nat."""

LOG_SCALE_DEFAULT_MAXIMUM = 352
"""5.5 nat, in 1/64 nat."""

LOG_SCALE_ENTRIES_LIMIT = 4096
"""Most log-scales a table may hold."""

LOGIT_LIMIT = 1 << 13
"""Logits (and couplings of remainders) are clamped to ± this, in 1/64 nat."""

MEAN_LIMIT = 1 << 17
"""Means and linear corrections are clamped to ± this, in 2⁻⁸ grey level."""

COEFFICIENT_LIMIT = 1 << 12
"""Coefficients between channels are clamped to ± this, in 2⁻⁸."""

ABSOLUTE_MEAN_LIMIT = 255 << GREY_BITS
"""Absolute means are clamped to 0 … this after known channels have shifted them, in 2⁻⁸ grey level."""

SHARE_SHIFT = SIGMOID_BITS - GREY_BITS
"""From the sigmoid table's steps times a grey level to 2⁻⁸ grey level."""

REMAINING_LIMIT = 4 * 255
"""Largest sum of a 2x2 block."""

REMAINDER_SYMBOLS = 4
"""Remainders -1, 0, 1, 2 are the symbols 0, 1, 2, 3."""

FIRST_PRODUCT = CHANNELS * REMAINDER_SYMBOLS
"""Where, after the remainders' logits, the strengths of their products come."""


SCALE_CORRECTIONS = CHANNELS
"""Further parameters of a pixel where a file corrects its classifiers: what is added to a channel's log-scales."""


def parameter_count(components: int, *, absolute: bool = False) -> int:
    """Parameters of one pixel: logits, means and log-scales for each channel, and the coefficients.

    Those are three where means are relative, and three for each component where they are `absolute`.
    """
    return 3 * CHANNELS * components + 3 * (components if absolute else 1)
