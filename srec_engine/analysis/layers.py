"""What can be looked at: maps as bytes, whose meaning is linear, so that colours can change without computing anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from srec_engine.reports import CODED_STEPS

if TYPE_CHECKING:
    # The window knows layers without loading the network.
    from srec_engine.analysis.maps import PartMaps, TileMaps

__all__ = [
    "NETWORK_LAYERS",
    "NETWORK_PARTS",
    "ByteScale",
    "Layer",
    "LayeredTile",
    "Part",
    "TileLayers",
    "byte_scale",
    "make_layers",
]


class Layer(StrEnum):
    """What a map shows."""

    ACTUAL = "actual"
    """The values of the file."""
    PREDICTED = "predicted"
    """The expected values (means), rounded."""
    MOST_LIKELY = "most likely"
    """The values with the largest probability."""
    RESIDUAL = "residual"
    """Actual minus expected value."""
    COST = "cost"
    """Bits that the actual values took."""
    EXPECTED_COST = "expected cost"
    """Bits that the network expected to pay (entropy)."""
    BLOCK_COST = "cost of blocks"
    """Of a JPEG: bits that 8 × 8 pixels took."""

    @property
    def in_bits(self) -> bool:
        """Whether its values are bits."""
        return self in (Layer.COST, Layer.EXPECTED_COST, Layer.BLOCK_COST)

    @property
    def in_values(self) -> bool:
        """Whether its values are grey levels (or remainders) as such."""
        return self in (Layer.ACTUAL, Layer.PREDICTED, Layer.MOST_LIKELY)


class Part(StrEnum):
    """Which samples of a scale a map shows."""

    ALL = "all"
    """All pixels, those that follow from the sum among them. Of a JPEG: all frequencies up to those of a band."""
    REMAINDERS, PIXEL_1, PIXEL_2, PIXEL_3 = CODED_STEPS
    BAND = "band alone"
    """Of a JPEG: the frequencies of a band without the lower ones."""

    @property
    def offset(self) -> tuple[int, int] | None:
        """Row and column of a coded pixel in its block; None for the others."""
        return _OFFSETS.get(self)


NETWORK_LAYERS = tuple(layer for layer in Layer if layer is not Layer.BLOCK_COST)
"""What there is to see of scales that the network coded."""

NETWORK_PARTS = tuple(part for part in Part if part is not Part.BAND)

_OFFSETS = {Part.PIXEL_1: (0, 0), Part.PIXEL_2: (0, 1), Part.PIXEL_3: (1, 0)}


@dataclass(frozen=True, slots=True)
class ByteScale:
    """What the bytes of a layer mean: value = (byte − zero) · unit. 0 and 255 also stand for what lies beyond."""

    zero: int
    unit: float

    def to_bytes(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """Values as bytes, rounded."""
        return np.clip(np.rint(values / self.unit + self.zero), 0, 255).astype(np.uint8)

    def value(self, byte: float) -> float:
        """The value that a byte stands for."""
        return (byte - self.zero) * self.unit

    def byte(self, value: float) -> float:
        """The byte, not rounded, that stands for a value."""
        return value / self.unit + self.zero


_GREY = ByteScale(0, 1.0)
_BITS = ByteScale(0, 1 / 16)
_RESIDUAL = ByteScale(128, 1.0)
_REMAINDER = ByteScale(64, 1 / 64)
_REMAINDER_RESIDUAL = ByteScale(128, 1 / 32)
_BAND = ByteScale(128, 1.0)
_BLOCK_BITS = ByteScale(0, 1.0)
_BAND_BITS = ByteScale(0, 0.5)


def byte_scale(layer: Layer, part: Part) -> ByteScale:
    """What the bytes of a layer mean."""
    if layer is Layer.BLOCK_COST:
        return _BAND_BITS if part is Part.BAND else _BLOCK_BITS
    if layer.in_bits:
        return _BITS
    if part is Part.REMAINDERS:
        return _REMAINDER_RESIDUAL if layer is Layer.RESIDUAL else _REMAINDER
    if layer is Layer.RESIDUAL:
        return _RESIDUAL
    return _BAND if part is Part.BAND else _GREY


class LayeredTile(Protocol):
    """All layers of one tile as bytes, as `byte_scale` says: what whoever shows a tile asks it for."""

    @property
    def scale(self) -> int:
        """Which."""
        ...

    @property
    def tile(self) -> int:
        """Its number."""
        ...

    @property
    def left(self) -> int:
        """Where it begins in the picture at the scale."""
        ...

    @property
    def top(self) -> int:
        """Likewise."""
        ...

    @property
    def height(self) -> int:
        """Pixels down."""
        ...

    @property
    def width(self) -> int:
        """Pixels across."""
        ...

    @property
    def byte_count(self) -> int:
        """Memory that it takes, in bytes."""
        ...

    def plane(self, layer: Layer, part: Part, channel: int | None) -> NDArray[np.uint8]:
        """What is to be shown: uint8 (rows, columns), or (rows, columns, 3) for a picture in colour.

        Args:
            layer: What.
            part: Of which samples.
            channel: 0, 1, 2; None for the picture in colour, or what the channels come to together.
        """
        ...

    def cell(self, layer: Layer, part: Part) -> int:
        """Pixels of the scale that a byte of a plane stands for, across and down."""
        ...

    def size(self, layer: Layer, part: Part) -> tuple[int, int]:
        """(rows, columns) of a plane."""
        ...

    def values(self, layer: Layer, part: Part, x: int, y: int) -> tuple[float, ...]:
        """A layer's value for each channel at pixel (x, y) of the scale, or of the cell that holds it."""
        ...

    def counts(self, layer: Layer, part: Part, channel: int | None) -> NDArray[np.int64]:
        """How often each byte occurs in a plane, int64 (256,), what says nothing left out."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class TileLayers:
    """All layers of one tile, small enough to keep.

    Attributes:
        scale, tile: Which.
        left, top: Where the tile begins in the picture at `scale`.
        pixels, remainders: uint8 (channels, height, width) of each layer, as `byte_scale` says.
    """

    scale: int
    tile: int
    left: int
    top: int
    pixels: Mapping[Layer, NDArray[np.uint8]]
    remainders: Mapping[Layer, NDArray[np.uint8]]

    @property
    def height(self) -> int:
        """Rows of pixels."""
        return int(self.pixels[Layer.ACTUAL].shape[1])

    @property
    def width(self) -> int:
        """Columns of pixels."""
        return int(self.pixels[Layer.ACTUAL].shape[2])

    @property
    def byte_count(self) -> int:
        """Memory that the arrays take, in bytes."""
        return sum(plane.nbytes for planes in (self.pixels, self.remainders) for plane in planes.values())

    def plane(self, layer: Layer, part: Part, channel: int | None) -> NDArray[np.uint8]:
        """What is to be shown. Remainders and single pixels have half the size, rounded up (pixel 2 and 3: down).

        Bits of all channels are their mean: bits per subpixel.
        """
        planes = (self.remainders if part is Part.REMAINDERS else self.pixels)[layer]
        if part.offset is not None:
            planes = planes[:, part.offset[0] :: 2, part.offset[1] :: 2]
        if channel is not None or len(planes) == 1:
            return np.ascontiguousarray(planes[channel if channel is not None else 0])
        if layer.in_values and part is not Part.REMAINDERS:
            return np.ascontiguousarray(planes.transpose(1, 2, 0))
        mean: NDArray[np.float32] = planes.mean(axis=0, dtype=np.float32)
        return np.rint(mean).astype(np.uint8)

    def cell(self, layer: Layer, part: Part) -> int:  # noqa: ARG002 - the same for all layers
        """A pixel, or a block of four for what there is once in it."""
        return 1 if part is Part.ALL else 2

    def size(self, layer: Layer, part: Part) -> tuple[int, int]:  # noqa: ARG002 - the same for all layers
        """(rows, columns) of a plane."""
        if part is Part.ALL:
            return self.height, self.width
        row, column = part.offset or (0, 0)
        return (self.height + 1 - row) // 2, (self.width + 1 - column) // 2

    def values(self, layer: Layer, part: Part, x: int, y: int) -> tuple[float, ...]:
        """A layer's value for each channel at pixel (x, y) of the scale; for a part: at the block that holds it."""
        column, row = x - self.left, y - self.top
        planes = (self.remainders if part is Part.REMAINDERS else self.pixels)[layer]
        if part is Part.REMAINDERS:
            column, row = column // 2, row // 2
        elif part.offset is not None:
            column = min(planes.shape[2] - 1, column - column % 2 + part.offset[1])
            row = min(planes.shape[1] - 1, row - row % 2 + part.offset[0])
        meaning = byte_scale(layer, part)
        return tuple(meaning.value(int(byte)) for byte in planes[:, row, column])

    def counts(self, layer: Layer, part: Part, channel: int | None) -> NDArray[np.int64]:
        """How often each byte occurs. What follows from the sum was neither predicted nor paid for: it is left out."""
        plane = self.plane(layer, part, channel)
        counts = np.bincount(plane.ravel(), minlength=256)
        if part is Part.ALL and not layer.in_values:
            counts -= np.bincount(plane[1::2, 1::2].ravel(), minlength=256)
        return counts


def make_layers(maps: TileMaps) -> TileLayers:
    """Maps as bytes."""
    return TileLayers(
        maps.scale,
        maps.tile,
        maps.box.left,
        maps.box.top,
        _bytes_of(maps.pixels, Part.ALL),
        _bytes_of(maps.remainders, Part.REMAINDERS),
    )


def _bytes_of(maps: PartMaps, part: Part) -> Mapping[Layer, NDArray[np.uint8]]:
    values: dict[Layer, NDArray[Any]] = {
        Layer.ACTUAL: maps.actual,
        Layer.PREDICTED: maps.mean,
        Layer.MOST_LIKELY: maps.most_likely,
        Layer.RESIDUAL: maps.residual,
        Layer.COST: maps.cost,
        Layer.EXPECTED_COST: maps.entropy,
    }
    return MappingProxyType({layer: byte_scale(layer, part).to_bytes(plane) for layer, plane in values.items()})
