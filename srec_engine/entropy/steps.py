"""What an entropy coder is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.fixed_point import (
    CHANNELS,
    FIRST_PRODUCT,
    LOGIT_LIMIT,
    MAX_COMPONENTS,
    MEAN_LIMIT,
    REMAINDER_SYMBOLS,
    REMAINING_LIMIT,
    SCALE_CORRECTIONS,
    parameter_count,
)
from srec_engine.entropy.memory import TileMemory
from srec_engine.entropy.tables import DistributionTables

__all__ = ["CodedStream", "EntropyCoder", "PixelStep", "RemainderStep", "check_plane"]


@dataclass(frozen=True, slots=True)
class CodedStream:
    """One stream.

    Attributes:
        data: The range coder's bytes; empty when every symbol was certain.
        model_bits: Sum of -log2 of the probabilities that were coded with. Information only.
        saving: Share of the bits that learning saved, about; 0 where there was none. Information only.
    """

    data: bytes
    model_bits: float
    saving: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class PixelStep:
    """Distributions of one of the three coded pixels of every 2x2 block of a tile.

    Arrays may be larger than the rectangle [0:height, 0:width] that is coded (tiles of odd size lack a last column or
    row). Means are relative to a first guess, the remaining sum's share plus `linear`, or absolute where there is no
    `linear`. On creation `linear` and `remaining` are rounded, clamped and stored as int32; all arrays are kept as
    read-only views.

    Attributes:
        tables: Tables of the model.
        components: Mixture components K, 1 to 10.
        parameters: float32 (H, W, 9·K + 3), C-contiguous, in fixed-point units: for each channel K logits (1/64 nat),
            K means (2⁻⁸ grey level), K log-scales (1/64 nat); then the coefficients G←R, B←R, B←G (2⁻⁸).
            Or (H, W, 9·K + 6): then, for each channel, what is added to all its log-scales (1/64 nat).
            With absolute means (H, W, 12·K): each component has coefficients of its own, K for each pair, whose
            logistic function counts (1/512 nat).
        linear: (H, W, 3), linear correction of the mean in 2⁻⁸ grey level; None where means are absolute.
        remaining: (H, W, 3), what the block's pixels from this one on add up to, 0 to 1020.
        left: Pixels of the block that are still unknown, this one included: 4, 3 or 2.
        height, width: Rectangle that is coded.

    Raises:
        ValueError: Shapes or types do not fit each other (a mistake of the program, not of a file).
    """

    tables: DistributionTables
    components: int
    parameters: npt.NDArray[np.float32]
    linear: npt.NDArray[np.generic] | None
    remaining: npt.NDArray[np.integer]
    left: int
    height: int
    width: int

    def __post_init__(self) -> None:
        if not 1 <= self.components <= MAX_COMPONENTS:
            raise ValueError(f"{self.components} mixture components: 1 to {MAX_COMPONENTS} are possible.")
        if self.left not in (2, 3, 4):
            raise ValueError(f"{self.left} pixels left: 2, 3 or 4 are possible.")
        depth = parameter_count(self.components, absolute=self.linear is None)
        if self.linear is not None and self.parameters.ndim == 3 and self.parameters.shape[2] > depth:
            depth += SCALE_CORRECTIONS
        _check_image("parameters", self.parameters, depth, self.height, self.width)
        _check_image("remaining", self.remaining, CHANNELS, self.height, self.width)
        if self.parameters.dtype != np.float32 or not self.parameters.flags.c_contiguous:
            raise ValueError("parameters must be a C-contiguous float32 array.")
        remaining = np.clip(self.remaining, 0, REMAINING_LIMIT).astype(np.int32, order="C")
        object.__setattr__(self, "parameters", _read_only(self.parameters))
        object.__setattr__(self, "remaining", _read_only(remaining))
        if self.linear is not None:
            _check_image("linear", self.linear, CHANNELS, self.height, self.width)
            object.__setattr__(self, "linear", _read_only(_rounded(self.linear, MEAN_LIMIT)))

    @property
    def number(self) -> int:
        """Place among a tile's steps, of which the remainders are number 0."""
        return 5 - self.left

    @property
    def kind(self) -> str:
        """What kernels are compiled for: the number of components and the kind of means."""
        return f"{self.components}-absolute" if self.linear is None else f"{self.components}"


@dataclass(frozen=True, eq=False, slots=True)
class RemainderStep:
    """Distributions of the remainders of a tile.

    On creation `couplings` is clamped and stored as int64; all arrays are kept as read-only views.

    Attributes:
        tables: Tables of the model.
        logits: float32 (H, W, 12), C-contiguous: for each channel the logits of the remainders -1, 0, 1, 2 (1/64 nat).
            Or (H, W, 15): then, for each pair, what the product of the two remainders is multiplied with and added.
        couplings: int32 (3, 4, 4): [pair, symbol of the known channel, symbol] is added to the symbol's logit; the
            pairs are G←R, B←R, B←G.
        low_resolution: uint8 (H, W, 3), the rounded mean of each block.
        height, width: Rectangle that is coded.

    Raises:
        ValueError: Shapes or types do not fit each other (a mistake of the program, not of a file).
    """

    tables: DistributionTables
    logits: npt.NDArray[np.float32]
    couplings: npt.NDArray[np.integer]
    low_resolution: npt.NDArray[np.uint8]
    height: int
    width: int

    number: ClassVar[int] = 0

    def __post_init__(self) -> None:
        products = self.logits.ndim == 3 and self.logits.shape[2] > FIRST_PRODUCT
        _check_image("logits", self.logits, FIRST_PRODUCT + 3 * products, self.height, self.width)
        _check_image("low_resolution", self.low_resolution, CHANNELS, self.height, self.width)
        if self.logits.dtype != np.float32 or not self.logits.flags.c_contiguous:
            raise ValueError("logits must be a C-contiguous float32 array.")
        if self.low_resolution.dtype != np.uint8:
            raise ValueError("low_resolution must be a uint8 array.")
        if self.couplings.shape != (3, REMAINDER_SYMBOLS, REMAINDER_SYMBOLS):
            raise ValueError(f"couplings has the shape {self.couplings.shape}, not (3, 4, 4).")
        couplings = np.clip(self.couplings.astype(np.int64, order="C"), -LOGIT_LIMIT, LOGIT_LIMIT)
        object.__setattr__(self, "logits", _read_only(self.logits))
        object.__setattr__(self, "couplings", _read_only(couplings))
        object.__setattr__(self, "low_resolution", _read_only(np.ascontiguousarray(self.low_resolution)))


class EntropyCoder(Protocol):
    """Turns values into streams and back. Every implementation makes and reads the same bytes.

    Methods may be called from several threads at once. Any bytes decode to some values that the distributions allow.
    There is one stream for given values and distributions, so a decoder can tell whether it was given that one: other
    bytes were changed since they were coded, or were coded with other distributions.
    """

    @property
    def name(self) -> str:
        """Name of the implementation, as `choose_coder` takes it."""

    def encode_pixels(
        self, step: PixelStep, channel: int, values: npt.NDArray[np.uint8], memory: TileMemory | None = None
    ) -> CodedStream:
        """Code one channel of `values`, uint8 (H, W, 3); the channels before it are the known ones.

        Where a tile's memory is given, in which all streams before have left their traces, the distributions learn from
        neighbours as the stream goes on, unless the memory says that this one is plain; and it leaves its own.

        Raises:
            ValueError: A value lies outside the interval that `remaining` allows.
        """

    def decode_pixels(
        self,
        step: PixelStep,
        channel: int,
        stream: bytes,
        values: npt.NDArray[np.uint8],
        memory: TileMemory | None = None,
    ) -> bool:
        """Fill one channel of `values`, uint8 (H, W, 3); the channels before it must be filled already.

        Returns:
            Whether the stream is what coding these values gives: it ends exactly where they end.
        """

    def encode_remainders(
        self, step: RemainderStep, channel: int, symbols: npt.NDArray[np.uint8], memory: TileMemory | None = None
    ) -> CodedStream:
        """Code one channel of `symbols`, uint8 (H, W, 3), remainder + 1; the channels before it are the known ones.

        Raises:
            ValueError: A symbol is impossible for its low-resolution pixel.
        """

    def decode_remainders(
        self,
        step: RemainderStep,
        channel: int,
        stream: bytes,
        symbols: npt.NDArray[np.uint8],
        memory: TileMemory | None = None,
    ) -> bool:
        """Fill one channel of `symbols`, uint8 (H, W, 3); the channels before it must be filled already.

        Returns:
            Whether the stream is what coding these symbols gives: it ends exactly where they end.
        """


def check_plane(
    step: PixelStep | RemainderStep, channel: int, values: npt.NDArray[np.uint8], *, writable: bool = False
) -> None:
    """Check the other arguments of an `EntropyCoder`'s methods against the step.

    Raises:
        ValueError: The channel does not exist, or `values` has the wrong type, shape or cannot be written.
    """
    if channel not in (0, 1, 2):
        raise ValueError(f"Channel {channel}: 0, 1 or 2 are possible.")
    _check_image("values", values, CHANNELS, step.height, step.width)
    if values.dtype != np.uint8:
        raise ValueError("values must be a uint8 array.")
    if writable and not values.flags.writeable:
        raise ValueError("values must be writable.")


def _check_image(name: str, array: npt.NDArray[np.generic], depth: int, height: int, width: int) -> None:
    if array.ndim != 3 or array.shape[2] != depth:
        raise ValueError(f"{name} has the shape {array.shape}, not (H, W, {depth}).")
    if not (0 <= height <= array.shape[0] and 0 <= width <= array.shape[1]):
        raise ValueError(f"{name} of the shape {array.shape} does not cover {width} x {height} pixels.")


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view that cannot be written: steps do not change, and the kernels need to be compiled for one kind of array."""
    view = np.require(array, requirements=["C", "A"]).view()
    view.flags.writeable = False
    return view


def _rounded(array: npt.NDArray[np.generic], limit: int) -> npt.NDArray[np.int32]:
    """Round half to even, clamp to ± limit; what is not a number becomes the lower limit."""
    numbers = np.asarray(array)
    if numbers.dtype.kind == "f":
        numbers = np.nan_to_num(numbers, nan=-float(limit), posinf=float(limit), neginf=-float(limit))
        numbers = np.rint(numbers)
    return np.clip(numbers, -limit, limit).astype(np.int32, order="C")
