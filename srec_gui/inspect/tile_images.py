"""Layers of tiles as images whose colours can be exchanged: bytes stay, the colour table changes."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from srec_gui.analysis import LayeredTile
from srec_gui.inspect.choice import SideChoice

__all__ = ["ColourTable", "TileImages", "image_of", "qt_table"]

ColourTable = tuple[int, ...]
"""256 colours as 0xffRRGGBB."""

_LIMIT = 160 << 20


def qt_table(colours: NDArray[np.uint8]) -> ColourTable:
    """A table of uint8 (256, 3) as Qt wants it."""
    return tuple((0xFF << 24) | (red << 16) | (green << 8) | blue for red, green, blue in colours.tolist())


def image_of(plane: NDArray[np.uint8]) -> QImage:
    """uint8 (height, width) as an indexed image, (height, width, 3) as one in colour."""
    height, width = plane.shape[:2]
    kind = QImage.Format.Format_RGB888 if plane.ndim == 3 else QImage.Format.Format_Indexed8
    packed = np.ascontiguousarray(plane)
    # The copy owns its bytes: the array may go.
    return QImage(packed.data, width, height, packed.strides[0], kind).copy()


def reduced(plane: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """The means of blocks of 2**times: bytes are linear in what they mean, so that these are means of that."""
    if times == 0:
        return plane
    block = 1 << times
    height, width = plane.shape[:2]
    rows, columns = -(-height // block), -(-width // block)
    padding = [(0, rows * block - height), (0, columns * block - width), *[(0, 0)] * (plane.ndim - 2)]
    padded = np.pad(plane, padding, mode="edge")
    sums = padded.astype(np.uint32)
    for _ in range(times):
        # Pairs of rows, then of columns: far faster than one sum over two axes.
        sums = sums[0::2] + sums[1::2]
        sums = sums[:, 0::2] + sums[:, 1::2]
    mean: NDArray[np.uint8] = ((sums + block * block // 2) >> (2 * times)).astype(np.uint8)
    return mean


class TileImages:
    """Images of tiles, made when first painted and kept within bounds. For the UI thread."""

    def __init__(self) -> None:
        """Begin with none."""
        self._images: OrderedDict[tuple[object, ...], tuple[QImage, ColourTable]] = OrderedDict()
        self._held = 0

    def clear(self) -> None:
        """Forget all."""
        self._images.clear()
        self._held = 0

    def find(self, layers: LayeredTile, shown: SideChoice, times: int, table: ColourTable) -> QImage | None:
        """The image of what is shown of a tile, reduced `times`, in these colours; None when it was not made."""
        key = _key(layers, shown, times)
        if key not in self._images:
            return None
        self._images.move_to_end(key)
        image, coloured = self._images[key]
        if coloured is not table:
            _colour(image, table)
            self._images[key] = (image, table)
        return image

    def make(self, layers: LayeredTile, shown: SideChoice, times: int, table: ColourTable) -> QImage:
        """Make the image; a few milliseconds for a tile of 512 pixels."""
        image = image_of(reduced(layers.plane(shown.layer, shown.part, shown.channel), times))
        _colour(image, table)
        self._images[_key(layers, shown, times)] = (image, table)
        self._held += image.sizeInBytes()
        while self._held > _LIMIT and len(self._images) > 1:
            self._held -= self._images.popitem(last=False)[1][0].sizeInBytes()
        return image


def _key(layers: LayeredTile, shown: SideChoice, times: int) -> tuple[object, ...]:
    return layers.scale, layers.tile, shown.layer, shown.part, shown.channel, times


def _colour(image: QImage, table: ColourTable) -> None:
    if image.format() == QImage.Format.Format_Indexed8:
        image.setColorTable(table)
