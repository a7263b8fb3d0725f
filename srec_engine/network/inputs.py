"""What the network is told about a block: exact integers, computed the same way in training and in coding.

All tensors are float32 (or float64) that hold integers; every operation stays far below 2²⁴, so it is exact in any
order.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["INPUT_BITS", "INPUT_LEVELS", "LINEAR_INPUT_LIMIT", "linear_inputs", "local_contrast", "signed_inputs"]

INPUT_LEVELS = 127
"""Network inputs are clipped to −127 … 127."""

INPUT_BITS = 6
"""The float network sees inputs in units of 2⁻⁶: −2 … 2."""

LINEAR_INPUT_LIMIT = 1020
"""Largest magnitude of an input to the linear predictor, in quarter grey levels."""


def local_contrast(sums: Tensor) -> Tensor:
    """`sums` minus the rounded mean of its 3×3 neighbourhood (edges repeated); −1020 … 1020, quarter grey levels."""
    padded = functional.pad(sums, (1, 1, 1, 1), mode="replicate")
    rows = padded[..., :-2, :] + padded[..., 1:-1, :] + padded[..., 2:, :]
    box = rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]
    # 2·box + 9 is odd and 18 is even: the quotient is never within 1/18 of a whole number, so the division's
    # own rounding cannot change the floor on any device.
    return sums - torch.floor((2 * box + 9) / 18)


def linear_inputs(contrast: Tensor, sums: Tensor, known: Sequence[Tensor]) -> Tensor:
    """Contrast and 4·pixel − sum of each known pixel, in quarter grey levels: (N, 3 + 3·known, H, W)."""
    return torch.cat([contrast, *(4 * pixel - sums for pixel in known)], dim=1)


def signed_inputs(linear: Tensor, sums: Tensor) -> Tensor:
    """The 8-bit inputs: `linear` in half grey levels, clipped, and the mean's level around 128."""
    differences = torch.floor(linear / 2).clamp(-INPUT_LEVELS, INPUT_LEVELS)
    level = (torch.floor((sums + 2) / 4) - 128).clamp_min(-INPUT_LEVELS)
    return torch.cat([differences, level], dim=1)
