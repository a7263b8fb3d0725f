"""Pictures of a JPEG's bands of frequencies: what was there, what was expected, what blocks cost.

Frequencies become pixels by the inverse DCT. Channels that have fewer samples are enlarged without smoothing, so that
each block keeps its place; a viewer's picture is a little smoother there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srec_engine.analysis.jpeg_bands import MEAN_SCALE
from srec_engine.analysis.jpeg_record import JpegRecord, frequencies_below, frequencies_of
from srec_engine.analysis.layers import Layer, Part, byte_scale
from srec_engine.container import Box

__all__ = ["BLOCK", "JPEG_LAYERS", "JPEG_PARTS", "BlockLayers", "block_cell", "make_block_layers"]

JPEG_LAYERS = (Layer.ACTUAL, Layer.PREDICTED, Layer.RESIDUAL, Layer.BLOCK_COST)
"""What there is to see of a JPEG."""

JPEG_PARTS = (Part.ALL, Part.BAND)

BLOCK = 8
"""Pixels of a block across and down."""

_MIDDLE = 128
_BAND_CONTRAST = 2
"""Of a band alone in colour: as one channel has it in the range of 128 grey levels that it is shown with at first."""

_COLOURS = 3
_YCBCR = ("Y", "Cb", "Cr")
_RED, _GREEN, _BLUE = 1.402, (-0.344136, -0.714136), 1.772
"""Of ITU-T T.871: what Cr adds to red, Cb and Cr to green, Cb to blue."""

_Floats = NDArray[np.float32]
_Blocks = tuple[slice, slice]


def _basis() -> _Floats:
    """Of the DCT, float32 (frequency, place); T.81 A.3.3."""
    waves = np.cos(np.outer(np.arange(BLOCK), 2 * np.arange(BLOCK) + 1) * np.pi / (2 * BLOCK)) / 2
    waves[0] /= np.sqrt(2)
    return waves.astype(np.float32)


_BASIS = _basis()


def block_cell(scale: int) -> int:
    """Pixels of a scale that a block has across and down: the means are a picture of one pixel for each block."""
    return 1 if scale == MEAN_SCALE else BLOCK


@dataclass(frozen=True, eq=False, slots=True)
class BlockLayers:
    """All layers of one tile of a band. Its attributes and methods are those of `LayeredTile`.

    Attributes:
        pixels: uint8 (channels, height, width) of all layers but the cost, of the band alone and of all up to it.
        costs: uint8 (channels + 1, rows, columns) of blocks, the last one of all channels together.
        in_yuv: Whether the first channels are Y, Cb, Cr, to be made red, green and blue of.
    """

    scale: int
    tile: int
    left: int
    top: int
    pixels: Mapping[tuple[Layer, Part], NDArray[np.uint8]]
    costs: Mapping[Part, NDArray[np.uint8]]
    in_yuv: bool

    @property
    def height(self) -> int:
        """Rows of pixels."""
        return int(self.pixels[Layer.ACTUAL, Part.ALL].shape[1])

    @property
    def width(self) -> int:
        """Columns of pixels."""
        return int(self.pixels[Layer.ACTUAL, Part.ALL].shape[2])

    @property
    def byte_count(self) -> int:
        """Memory that the arrays take, in bytes."""
        return sum(plane.nbytes for planes in (self.pixels, self.costs) for plane in planes.values())

    def plane(self, layer: Layer, part: Part, channel: int | None) -> NDArray[np.uint8]:
        """What is to be shown. Costs of all channels are their sum, the residual of all channels is their mean.

        A band alone is little more than grey in colour, so it has twice the contrast there.
        """
        if layer is Layer.BLOCK_COST:
            return np.ascontiguousarray(self.costs[part][-1 if channel is None else channel])
        planes = self.pixels[layer, part]
        if channel is not None or len(planes) == 1:
            return np.ascontiguousarray(planes[channel or 0])
        if layer is Layer.RESIDUAL:
            mean: _Floats = planes.mean(axis=0, dtype=np.float32)
            return np.rint(mean).astype(np.uint8)
        levels = planes[:_COLOURS].astype(np.float32) - _MIDDLE
        if part is Part.BAND:
            levels *= _BAND_CONTRAST
        colours = _in_colour(levels, in_yuv=self.in_yuv)
        if len(planes) == _COLOURS or part is Part.BAND:
            return colours
        # Adobe's programs, and all that read their files, store inks inverted: what paper is left of each.
        inked: NDArray[np.uint8] = (colours.astype(np.uint16) * planes[_COLOURS][..., None] // 255).astype(np.uint8)
        return inked

    def cell(self, layer: Layer, part: Part) -> int:  # noqa: ARG002 - as the protocol says
        """A block for costs, a pixel for everything else."""
        return block_cell(self.scale) if layer is Layer.BLOCK_COST else 1

    def size(self, layer: Layer, part: Part) -> tuple[int, int]:
        """(rows, columns) of a plane."""
        cell = self.cell(layer, part)
        return -(-self.height // cell), -(-self.width // cell)

    def values(self, layer: Layer, part: Part, x: int, y: int) -> tuple[float, ...]:
        """A layer's value for each channel at pixel (x, y) of the scale."""
        cell, meaning = self.cell(layer, part), byte_scale(layer, part)
        planes = self.costs[part][:-1] if layer is Layer.BLOCK_COST else self.pixels[layer, part]
        return tuple(meaning.value(int(byte)) for byte in planes[:, (y - self.top) // cell, (x - self.left) // cell])

    def counts(self, layer: Layer, part: Part, channel: int | None) -> NDArray[np.int64]:
        """How often each byte occurs."""
        return np.bincount(self.plane(layer, part, channel).ravel(), minlength=256)


def make_block_layers(record: JpegRecord, scale: int, tile: int, box: Box) -> BlockLayers:
    """Make the layers of the pixels of `box`, which lie in the picture at `scale`."""
    band, below = frequencies_of(scale), frequencies_below(scale)
    channels: dict[tuple[Layer, Part], list[_Floats]] = {
        (layer, part): [] for layer in JPEG_LAYERS if layer is not Layer.BLOCK_COST for part in JPEG_PARTS
    }
    for channel in range(len(record.channels)):
        actual, expected, lower = (
            _samples(record, channel, scale, box, *what)
            for what in (("actual", band), ("expected", band), ("actual", below))
        )
        for part, ground in ((Part.BAND, np.float32(0)), (Part.ALL, lower + _MIDDLE)):
            channels[Layer.ACTUAL, part].append(actual + ground)
            channels[Layer.PREDICTED, part].append(expected + ground)
            channels[Layer.RESIDUAL, part].append(actual - expected)
    pixels = {key: byte_scale(*key).to_bytes(np.stack(planes)) for key, planes in channels.items()}
    costs = {
        part: byte_scale(Layer.BLOCK_COST, part).to_bytes(_costs(record, scale, box, where))
        for part, where in ((Part.BAND, band), (Part.ALL, np.concatenate([below, band])))
    }
    return BlockLayers(scale, tile, box.left, box.top, pixels, costs, record.channels[:_COLOURS] == _YCBCR)


def _samples(record: JpegRecord, channel: int, scale: int, box: Box, which: str, places: NDArray[np.int64]) -> _Floats:
    """What some frequencies of a component make of the pixels of a box, in grey levels about 0."""
    cell = block_cell(scale)
    rows, columns = (_sample_places(record, channel, axis, box) for axis in (0, 1))
    blocks = _blocks(rows, cell), _blocks(columns, cell)
    levels = record.actual[channel][blocks].astype(np.float32)
    if which == "expected":
        levels = record.expected(channel, blocks)
    frequencies = np.zeros(levels.shape, np.float32)
    frequencies[..., places] = (levels * record.components[channel].quantization)[..., places]
    if cell == 1:
        samples = frequencies[..., 0] / BLOCK
    else:
        down, across = (blocks[axis].stop - blocks[axis].start for axis in (0, 1))
        squares = _BASIS.T @ frequencies.reshape(down, across, BLOCK, BLOCK) @ _BASIS
        samples = squares.transpose(0, 2, 1, 3).reshape(down * BLOCK, across * BLOCK)
    found: _Floats = samples[rows - rows[0] // cell * cell][:, columns - columns[0] // cell * cell]
    return found


def _sample_places(record: JpegRecord, channel: int, axis: int, box: Box) -> NDArray[np.int64]:
    """Rows (axis 0) or columns of a component's samples that lie at those of a box."""
    component = record.components[channel]
    factor = (component.vertical, component.horizontal)[axis]
    first, end = ((box.top, box.bottom), (box.left, box.right))[axis]
    return np.arange(first, end) * factor // record.sampling[axis]


def _blocks(samples: NDArray[np.int64], cell: int) -> slice:
    return slice(int(samples[0]) // cell, int(samples[-1]) // cell + 1)


def _costs(record: JpegRecord, scale: int, box: Box, places: NDArray[np.int64]) -> _Floats:
    """Bits of some frequencies for each 8 × 8 pixels of a box, (channels + 1, rows, columns), the last one of all."""
    cell = block_cell(scale)
    whole = Box(box.left // cell, box.top // cell, -(-box.right // cell), -(-box.bottom // cell))
    down, across = record.sampling
    costs = []
    for channel, component in enumerate(record.components):
        rows, columns = (_sample_places(record, channel, axis, whole) for axis in (0, 1))
        blocks = _blocks(rows, 1), _blocks(columns, 1)
        bits = record.bits(channel, blocks)[..., places].sum(axis=2)
        # A block that lies under several of 8 × 8 pixels costs each of them its share.
        bits *= component.vertical * component.horizontal / (down * across)
        costs.append(bits[rows - rows[0]][:, columns - columns[0]])
    return np.stack([*costs, np.sum(costs, axis=0)])


def _in_colour(levels: _Floats, *, in_yuv: bool) -> NDArray[np.uint8]:
    """Red, green and blue, uint8 (height, width, 3), of three channels about 0: these, or Y, Cb, Cr (ITU-T T.871)."""
    if in_yuv:
        luma, blueness, redness = levels
        green = luma + _GREEN[0] * blueness + _GREEN[1] * redness
        levels = np.stack([luma + _RED * redness, green, luma + _BLUE * blueness])
    colours: NDArray[np.uint8] = np.clip(np.rint(levels + _MIDDLE), 0, 255).astype(np.uint8).transpose(1, 2, 0)
    return np.ascontiguousarray(colours)
