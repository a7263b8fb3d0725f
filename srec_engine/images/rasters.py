"""Between a picture's planes and samples as they lie in an uncompressed file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts import Account, Raster
from srec_engine.images.picture import Palette, Picture

__all__ = ["colours_of", "picture_of_rows", "row_bands", "rows_of_picture"]

_BAND_PIXELS = 1 << 20

Rows = NDArray[np.uint8]
"""uint8 (H, bytes of a row), from the top down."""


def row_bands(width: int, height: int) -> Iterator[slice]:
    """Rows in groups of about a million pixels."""
    step = max(1, _BAND_PIXELS // width)
    for top in range(0, height, step):
        yield slice(top, min(height, top + step))


def picture_of_rows(rows: Rows, account: Account, raster: Raster) -> Picture:
    """The picture that rows of a file hold.

    Args:
        rows: uint8 (H, `raster.row_bytes`), in the file's order.
        account: Mode, size and palette.
        raster: How samples lie.
    """
    mode, width, height = account.mode, account.width, account.height
    rows = rows[::-1] if raster.bottom_up else rows
    if raster.order == "P":
        palette = Palette("RGB", account.palette)
        return Picture(mode, width, height, indices=_unpacked(rows, width, raster.bits), palette=palette)
    if raster.order == "L":
        values = _unpacked(rows, width, raster.bits)
        largest = (1 << raster.bits) - 1
        values = largest - values if raster.inverted else values
        if mode == "1":
            return Picture(mode, width, height, indices=values)
        return Picture(mode, width, height, np.ascontiguousarray((values * (255 // largest))[:, :, None]))
    samples = rows[:, : width * len(raster.order)].reshape(height, width, len(raster.order))
    if raster.inverted:
        samples = np.concatenate([255 - samples[:, :, :-1], samples[:, :, -1:]], axis=2)
    colours = ["L"] if "L" in raster.order else ["R", "G", "B"]
    colour = np.stack([samples[:, :, raster.order.index(channel)] for channel in colours], axis=2)
    alpha = np.ascontiguousarray(samples[:, :, raster.order.index("A")]) if "A" in raster.order else None
    return Picture(mode, width, height, colour, alpha)


def rows_of_picture(picture: Picture, raster: Raster) -> Rows:
    """Undo `picture_of_rows`: uint8 (H, `raster.row_bytes`) in the file's order, padding and X as the raster says.

    Raises:
        ValueError: When the picture has not the planes that the raster needs.
    """
    rows = np.zeros((picture.height, raster.row_bytes), np.uint8)
    if len(raster.order) == 1:
        packed = _packed(_single_values(picture, raster), raster.bits)
        rows[:, : packed.shape[1]] = packed
    else:
        samples = rows[:, : picture.width * len(raster.order)].reshape(picture.height, picture.width, -1)
        for place, channel in enumerate(raster.order):
            samples[:, :, place] = _plane(picture, channel, raster)
    return rows[::-1] if raster.bottom_up else rows


def _single_values(picture: Picture, raster: Raster) -> NDArray[np.uint8]:
    """The only sample of each pixel, as the file counts it."""
    largest = (1 << raster.bits) - 1
    if picture.indices is not None:
        values = picture.indices
    elif picture.colour is not None:
        values = picture.colour[:, :, 0] // (255 // largest)
    else:
        raise ValueError(f"a picture of mode {picture.mode} has no samples")
    return largest - values if raster.inverted and raster.order == "L" else values


def _plane(picture: Picture, channel: str, raster: Raster) -> NDArray[np.uint8] | int:
    if channel == "X":
        return raster.filler
    if channel == "A":
        if picture.alpha is None:
            raise ValueError(f"a picture of mode {picture.mode} has no alpha")
        return picture.alpha
    place = "RGB".find(channel) if channel != "L" else 0
    if picture.colour is None or picture.colour.shape[2] != (1 if channel == "L" else 3):
        raise ValueError(f"a picture of mode {picture.mode} has no channel {channel}")
    plane = picture.colour[:, :, place]
    return 255 - plane if raster.inverted else plane


def _unpacked(rows: Rows, width: int, bits: int) -> NDArray[np.uint8]:
    """Samples of 1, 2, 4 or 8 bits, uint8 (H, W)."""
    if bits == 8:
        return np.ascontiguousarray(rows[:, :width])
    if bits == 1:
        return np.unpackbits(rows, axis=1, count=width)
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    values = (rows[:, :, None] >> shifts) & ((1 << bits) - 1)
    return np.ascontiguousarray(values.reshape(len(rows), -1)[:, :width].astype(np.uint8))


def _packed(values: NDArray[np.uint8], bits: int) -> Rows:
    """Undo `_unpacked`, without padding; bits beyond the width are 0."""
    if bits == 8:
        return values
    if bits == 1:
        return np.packbits(values, axis=1)
    per_byte = 8 // bits
    height, width = values.shape
    padded = np.zeros((height, -(-width // per_byte) * per_byte), np.uint8)
    padded[:, :width] = values
    groups = padded.reshape(height, -1, per_byte)
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    packed: Rows = np.bitwise_or.reduce(groups << shifts, axis=2)
    return packed


def colours_of(picture: Picture, band: slice) -> NDArray[np.uint8]:
    """What is to be seen in some rows, uint8 (rows, W, 1 or 3): a palette's colours, 0 and 255 for mode 1."""
    if picture.indices is None:
        if picture.colour is None:
            raise ValueError(f"a picture of mode {picture.mode} has no samples")
        return picture.colour[band]
    indices = picture.indices[band]
    if picture.palette is None:
        return indices[:, :, None] * np.uint8(255)
    table = np.zeros((256, 3), np.uint8)
    entries = np.frombuffer(picture.palette.data, np.uint8).reshape(-1, len(picture.palette.mode))
    table[: len(entries)] = entries[:, :3]
    return table[indices]
