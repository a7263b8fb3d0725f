"""A `.srec` that holds a JPEG by its coefficients, looked into: bands of frequencies take the place of scales."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from srec_engine.analysis.inspection import Inspection
from srec_engine.analysis.jpeg_bands import BAND_SCALES, MEAN_SCALE
from srec_engine.analysis.jpeg_comparison import PackedSizes, compared_parts
from srec_engine.analysis.jpeg_layers import JPEG_LAYERS, JPEG_PARTS, BlockLayers, block_cell, make_block_layers
from srec_engine.analysis.jpeg_parts import JpegPart, channel_names, jpeg_parts
from srec_engine.analysis.jpeg_readout import BlockReadout, read_block
from srec_engine.analysis.jpeg_record import JpegRecord, record_jpeg
from srec_engine.analysis.layers import Layer, Part
from srec_engine.analysis.ledger import Ledger
from srec_engine.codec.decode import read_source
from srec_engine.codec.steps import opened
from srec_engine.container import Box, Geometry
from srec_engine.container.fields import Cursor
from srec_engine.context_mixing import stream_bytes
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.images.jpeg_coefficients import OpenedJpeg, open_jpeg
from srec_engine.images.jpeg_parts import JpegPacker, first_part
from srec_engine.options import CodecOptions

__all__ = ["BandGeometry", "JpegInspection", "PackedJpeg", "open_packed_jpeg"]

_MEAN_HALVINGS = 3
"""The picture of the means is one of an eighth of the size."""


@dataclass(frozen=True, slots=True)
class PackedJpeg:
    """The JPEG that a file begins with.

    Attributes:
        jpeg: Its headers and coded coefficients.
        header_bytes: What its headers were packed to.
        part_bytes: What all of it was packed to.
        body_bytes: What the whole file that is held was packed to.
    """

    jpeg: OpenedJpeg
    header_bytes: int
    part_bytes: int
    body_bytes: int


def open_packed_jpeg(source: Path | bytes) -> PackedJpeg | None:
    """The JPEG that a `.srec` of method `jpeg` begins with; None where its coefficients are packed otherwise."""
    with opened(source) as reader:
        body = reader.body()
        what = f"{reader.name} ({reader.source_name})"
    part = first_part(body, what)
    if part.packer is not JpegPacker.COEFFICIENTS:
        return None
    jpeg = open_jpeg(part.packed, part.size, what)
    return PackedJpeg(jpeg, len(part.packed) - len(jpeg.coded), len(part.packed), len(body))


@dataclass(frozen=True, slots=True)
class BandGeometry:
    """Sizes of the pictures of bands, and tiles in them.

    Attributes:
        width, height: Pixels of the picture.
    """

    width: int
    height: int

    @property
    def tile_size(self) -> int:
        """Side of a tile at full size."""
        return self._tiles.tile_size

    @property
    def tile_count(self) -> int:
        """Tiles of the picture, the same for all bands."""
        return self._tiles.tile_count

    def scale_size(self, scale: int) -> tuple[int, int]:
        """(height, width) of the picture of a band."""
        return self._tiles.scale_size(halvings(scale))

    def tile_box(self, scale: int, tile: int) -> Box:
        """The rectangle of a tile in it."""
        return self._tiles.tile_box(halvings(scale), tile)

    def tiles_touching(self, region: Box) -> Iterator[int]:
        """Tiles that share pixels with a rectangle of the full picture."""
        return iter(self._tiles.tiles_touching(region))

    @property
    def _tiles(self) -> Geometry:
        return Geometry(self.width, self.height, _MEAN_HALVINGS)


def halvings(scale: int) -> int:
    """How often the picture was halved at a scale."""
    return _MEAN_HALVINGS if scale == MEAN_SCALE else 0


class JpegInspection(Inspection):
    """A packed JPEG, ready for questions.

    Opening it reads headers only; the first question that needs coefficients has all of them decoded (a second for
    some megapixels), and kept: 8 bytes for each. Questions may be asked from several threads.
    """

    layer_kinds = JPEG_LAYERS
    part_kinds = JPEG_PARTS
    has_free_pixels = False

    def __init__(self, source: Path | bytes, options: CodecOptions, packed: PackedJpeg) -> None:
        super().__init__(source, options)
        self._packed = packed
        self._lock = threading.Lock()
        self._known: JpegRecord | None = None
        self.geometry = self._bands = BandGeometry(packed.jpeg.geometry.width, packed.jpeg.geometry.height)
        cursor = Cursor(packed.jpeg.skeleton, self._what)
        self.channel_names = channel_names(cursor.take(cursor.take_integer()))

    @property
    def scales(self) -> tuple[int, ...]:
        """Bands of frequencies, coarse to fine."""
        return BAND_SCALES

    @property
    def shown_scales(self) -> tuple[int, ...]:
        """All of them."""
        return BAND_SCALES

    @property
    def colour_channels(self) -> int:
        """Channels of the JPEG."""
        return len(self.channel_names)

    def layers_at(self, scale: int) -> tuple[Layer, ...]:
        """What there is to see of a band: of the means perhaps not what was expected."""
        if scale == MEAN_SCALE and self._known is not None and not self._known.expects_means:
            return (Layer.ACTUAL, Layer.BLOCK_COST)
        return JPEG_LAYERS

    def halvings(self, scale: int) -> int:
        """How often the picture was halved at a scale."""
        return halvings(scale)

    def cell(self, scale: int) -> int:
        """Pixels of a scale, across and down, that one readout is of."""
        return block_cell(scale)

    def base(self) -> NDArray[np.uint8]:
        """The picture of the means, uint8 (height, width, 1 or 3), in the JPEG's channels made colours.

        Raises:
            DamagedFileError: When none can be decoded.
        """
        whole = Box(0, 0, *reversed(self._bands.scale_size(MEAN_SCALE)))
        jpeg = self._packed.jpeg
        means = jpeg.means(self._what)
        nothing = tuple(np.zeros_like(component) for component in means)
        costs = tuple(np.zeros(component.shape, np.int32) for component in means)
        record = JpegRecord(jpeg.geometry, self.channel_names, tuple(means), nothing, costs)
        plane = make_block_layers(record, MEAN_SCALE, 0, whole).plane(Layer.ACTUAL, Part.ALL, None)
        return plane if plane.ndim == 3 else plane[..., None]

    def source_parts(self, *, cancel: CancelToken | None = None) -> tuple[JpegPart, ...]:
        """Where the bits of the JPEG are, and what they take in the `.srec`. Raises as `Inspection.source_parts`."""
        _, data = read_source(self._source, self._options, cancel=cancel)
        packed, jpeg = self._packed, self._packed.jpeg
        streams = stream_bytes(jpeg.coded, jpeg.geometry.components, self._what)
        behind = packed.body_bytes - packed.part_bytes
        sizes = PackedSizes(self.info.file_bytes, packed.header_bytes, streams, behind)
        return compared_parts(jpeg_parts(data), self._record(), sizes)

    def layers(
        self, scale: int, tiles: Sequence[int] | None = None, *, cancel: CancelToken | None = None
    ) -> Iterator[BlockLayers]:
        """Layers of `tiles` (all when None) of a band, as they are made, in that order.

        Raises:
            DamagedFileError: When no coefficients can be decoded.
            Cancelled: When the token was set.
        """
        token, record = cancel or CancelToken(), self._record()
        for tile in range(self._bands.tile_count) if tiles is None else tiles:
            token.raise_if_cancelled()
            yield make_block_layers(record, scale, tile, self._bands.tile_box(scale, tile))

    def complete_ledger(
        self,
        *,
        cancel: CancelToken | None = None,  # noqa: ARG002 - as every inspection has them
        progress: ProgressCallback | None = None,  # noqa: ARG002
    ) -> Ledger:
        """The ledger as it is: what coefficients cost stands in `source_parts`."""
        return self.ledger

    def readout(
        self,
        scale: int,
        x: int,
        y: int,
        *,
        cancel: CancelToken | None = None,  # noqa: ARG002 - it is instant
    ) -> BlockReadout:
        """The blocks at a pixel of a band's picture.

        Raises:
            ValueError: When there is no such pixel.
            DamagedFileError: When no coefficients can be decoded.
        """
        height, width = self._bands.scale_size(scale)
        if not (0 <= x < width and 0 <= y < height):
            raise ValueError(f"scale {scale} has {width} x {height} pixels, not one at ({x}, {y})")
        return read_block(self._record(), scale, x, y)

    def prepare_readout(self, scale: int, tile: int) -> None:
        """Nothing has to be done beforehand."""

    @property
    def _what(self) -> str:
        return self.info.source_name or "JPEG"

    def _record(self) -> JpegRecord:
        with self._lock:
            if self._known is None:
                jpeg = self._packed.jpeg
                self._known = record_jpeg(jpeg.skeleton, jpeg.geometry, jpeg.coded, self._what)
            return self._known
