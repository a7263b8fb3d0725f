"""Where the tiles, scales and chunks of a picture lie. The only place that knows this arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["DEFAULT_TILE_SIZE", "MAX_TILE_SIZE", "MIN_TILE_SIZE", "Box", "Geometry"]

DEFAULT_TILE_SIZE = 512
"""Side of a tile at scale 0, in pixels, unless a caller chooses another."""

MIN_TILE_SIZE = 16
MAX_TILE_SIZE = 512
"""The size that is written. What a thread needs grows with a tile's pixels: at a side of 4096 it was 2.9 GB."""


class Box(NamedTuple):
    """A rectangle in pixels of some scale; right and bottom lie just outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top

    def inside(self, width: int, height: int) -> Box:
        """The part of the box that lies in a picture of that size.

        Raises:
            ValueError: When there is none.
        """
        cut = Box(max(0, self.left), max(0, self.top), min(width, self.right), min(height, self.bottom))
        if cut.width <= 0 or cut.height <= 0:
            raise ValueError(f"{tuple(self)} lies outside a picture of {width} x {height} pixels")
        return cut

    @property
    def rows(self) -> slice:
        """The rows of an array (H, W, …) that the box covers."""
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        """The columns of an array (H, W, …) that the box covers."""
        return slice(self.left, self.right)


@dataclass(frozen=True, slots=True)
class Geometry:
    """Sizes of the scales of a picture and its tiles at each of them.

    Scale 0 is the picture, `scale_count` is the base. The scales 0 … scale_count − 1 are coded. A tile covers
    `tile_size >> scale` pixels of a scale, less at the right and bottom edges; tiles are numbered in raster order.

    Attributes:
        width, height: Pixels of the picture, at least 1.
        scale_count: Scales that are coded, at least 1.
        tile_size: Side of a tile at scale 0: a power of two, a multiple of 2**scale_count.

    Raises:
        ValueError: When the numbers do not fit together.
    """

    width: int
    height: int
    scale_count: int
    tile_size: int = DEFAULT_TILE_SIZE

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a picture of {self.width} x {self.height} pixels has no tiles")
        if self.tile_size.bit_count() != 1 or not MIN_TILE_SIZE <= self.tile_size <= MAX_TILE_SIZE:
            raise ValueError(
                f"tile size {self.tile_size} is not a power of two from {MIN_TILE_SIZE} to {MAX_TILE_SIZE}"
            )
        if self.scale_count < 1 or self.tile_size % (1 << self.scale_count):
            raise ValueError(f"{self.scale_count} scales do not divide a tile of {self.tile_size} pixels")

    @property
    def tile_columns(self) -> int:
        """Tiles across."""
        return -(-self.width // self.tile_size)

    @property
    def tile_rows(self) -> int:
        """Tiles down."""
        return -(-self.height // self.tile_size)

    @property
    def tile_count(self) -> int:
        """Tiles of the picture, the same at every scale."""
        return self.tile_columns * self.tile_rows

    @property
    def chunk_count(self) -> int:
        """Chunks of the file: one for every tile of every coded scale."""
        return self.tile_count * self.scale_count

    @property
    def base_size(self) -> tuple[int, int]:
        """(height, width) of the base."""
        return self.scale_size(self.scale_count)

    def scale_size(self, scale: int) -> tuple[int, int]:
        """(height, width) of the whole picture at `scale` (0 … scale_count)."""
        self._check_scale(scale, self.scale_count)
        # ceil(ceil(n/2)/2) = ceil(n/4): halving s times is one rounded-up shift.
        return -(-self.height >> scale), -(-self.width >> scale)

    def tile_box(self, scale: int, tile: int) -> Box:
        """The rectangle of `tile` in the picture at `scale` (0 … scale_count)."""
        height, width = self.scale_size(scale)
        self._check_tile(tile)
        row, column = divmod(tile, self.tile_columns)
        side = self.tile_size >> scale
        return Box(column * side, row * side, min(width, (column + 1) * side), min(height, (row + 1) * side))

    def chunk_number(self, scale: int, tile: int) -> int:
        """Position of a tile's chunk in the file: the coarsest coded scale comes first, tiles in raster order."""
        self._check_scale(scale, self.scale_count - 1)
        self._check_tile(tile)
        return (self.scale_count - 1 - scale) * self.tile_count + tile

    def chunk_place(self, number: int) -> tuple[int, int]:
        """(scale, tile) of a chunk: the inverse of `chunk_number`."""
        if not 0 <= number < self.chunk_count:
            raise ValueError(f"chunk {number} of {self.chunk_count} does not exist")
        step, tile = divmod(number, self.tile_count)
        return self.scale_count - 1 - step, tile

    def coded_scales(self) -> range:
        """The scales that are coded, coarse to fine: scale_count − 1 … 0."""
        return range(self.scale_count - 1, -1, -1)

    def tiles_touching(self, region: Box) -> Iterator[int]:
        """Numbers of the tiles that share pixels with `region`, a rectangle of scale 0, in raster order."""
        left, top = max(0, region.left), max(0, region.top)
        right, bottom = min(self.width, region.right), min(self.height, region.bottom)
        if left >= right or top >= bottom:
            return
        for row in range(top // self.tile_size, -(-bottom // self.tile_size)):
            for column in range(left // self.tile_size, -(-right // self.tile_size)):
                yield row * self.tile_columns + column

    def _check_scale(self, scale: int, last: int) -> None:
        if not 0 <= scale <= last:
            raise ValueError(f"scale {scale} is not one of 0 to {last}")

    def _check_tile(self, tile: int) -> None:
        if not 0 <= tile < self.tile_count:
            raise ValueError(f"tile {tile} is not one of 0 to {self.tile_count - 1}")
