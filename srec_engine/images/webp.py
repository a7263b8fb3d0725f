"""Pixels as lossless WebP, cut into blocks so that size and memory stay within bounds whatever the picture's size."""

from __future__ import annotations

import io
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, features
from PIL.WebPImagePlugin import WebPImageFile

from srec_engine.container import Box, pack_streams, unpack_streams
from srec_engine.errors import DamagedFileError, MissingDependencyError
from srec_engine.images.pillow_errors import READING_ERRORS

__all__ = ["BLOCK_PIXELS", "MAX_BLOCK_SIDE", "WebPEffort", "lossless_options", "webp_decode", "webp_encode"]

MAX_BLOCK_SIDE = 16383
"""Pixels that a side of a WebP image may have."""

BLOCK_PIXELS = 1 << 23
"""Pixels of a block: the encoder needs about 50 bytes for each. Cutting costs nothing that matters, and often saves."""


class WebPEffort(IntEnum):
    """How hard WebP tries, with CPU seconds per megapixel (photographs; graphics) as measured."""

    FAST = 0
    """0.3 s; 0.06 to 0.2 s. Within 3 % of `THOROUGH` on most pictures: enough to see who wins."""

    USUAL = 4
    """1 s; 0.2 to 0.7 s. Within 0.3 % of `THOROUGH` on most pictures."""

    THOROUGH = 6
    """5 to 60 s; 3 to 10 s."""


# WebP's "method" and "quality". Method 5 tries two transformations where 4 and 6 (below quality 100) trust a guess,
# which is wrong by up to 40 % on grey pictures with alpha. Quality 100 can take ten times as long as 90 for 0.1 %.
_SETTINGS = {WebPEffort.FAST: (2, 75), WebPEffort.USUAL: (5, 90), WebPEffort.THOROUGH: (6, 100)}


def lossless_options(effort: int = WebPEffort.USUAL) -> dict[str, Any]:
    """Options for Pillow's WebP writer; colours under transparent pixels are kept."""
    method, quality = _SETTINGS[WebPEffort(effort)]
    return {"lossless": True, "exact": True, "method": method, "quality": quality}


def webp_encode(samples: NDArray[np.uint8], effort: int | None = None) -> bytes:
    """Encode samples as lossless WebP; colours under transparent pixels are kept.

    Args:
        samples: (H, W, C): 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
        effort: A `WebPEffort`; None is `USUAL`.

    Returns:
        One WebP file, or those of several blocks as `pack_streams` joins them.

    Raises:
        MissingDependencyError: When Pillow was built without WebP.
    """
    _check_support()
    height, width, _ = samples.shape
    chosen = WebPEffort.USUAL if effort is None else WebPEffort(effort)
    return pack_streams([_encode_block(samples[box.rows, box.columns], chosen) for box in _blocks(width, height)])


def webp_decode(data: bytes, width: int, height: int, channels: int, what: str) -> NDArray[np.uint8]:
    """Undo `webp_encode`.

    Args:
        data: What `webp_encode` returned.
        width: Pixels across; like the next one checked against the limits by the caller.
        height: Pixels down.
        channels: Samples a pixel, 1 to 4.
        what: Names the data in messages.

    Returns:
        uint8 (H, W, C).

    Raises:
        DamagedFileError: When the data is damaged or of another size.
    """
    _check_support()
    boxes = list(_blocks(width, height))
    streams = unpack_streams(data, len(boxes))
    samples = np.empty((height, width, channels), np.uint8)
    for box, stream in zip(boxes, streams, strict=True):
        samples[box.rows, box.columns] = _decode_block(stream, box, channels, what)
    return samples


def _blocks(width: int, height: int) -> Iterator[Box]:
    """Raster order; blocks as wide as WebP allows and as high as their pixels allow."""
    across = min(width, MAX_BLOCK_SIDE)
    down = min(height, MAX_BLOCK_SIDE, max(1, BLOCK_PIXELS // across))
    for top in range(0, height, down):
        for left in range(0, width, across):
            yield Box(left, top, min(width, left + across), min(height, top + down))


def _encode_block(samples: NDArray[np.uint8], effort: WebPEffort) -> bytes:
    # Grey is stored as RGB of three equal samples, which costs WebP next to nothing.
    if samples.shape[2] < 3:
        samples = np.concatenate([samples[:, :, :1].repeat(3, axis=2), samples[:, :, 1:]], axis=2)
    buffer = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(samples))
    image.save(buffer, "WEBP", **lossless_options(effort))
    return buffer.getvalue()


def _decode_block(data: bytes, box: Box, channels: int, what: str) -> NDArray[np.uint8]:
    try:
        # Not Image.open: that refuses more pixels than its own limit, while ours was checked already.
        image = WebPImageFile(io.BytesIO(data))
        if image.size != (box.width, box.height) or getattr(image, "n_frames", 1) != 1:
            raise DamagedFileError(
                f"{what} is damaged: it has {image.size} pixels where {box.width} x {box.height} are due"
            )
        samples = np.asarray(image)
    except READING_ERRORS as error:
        raise DamagedFileError(f"{what} is damaged: its WebP data cannot be decoded") from error
    if channels in (2, 4) and samples.shape[2] == 3:
        # WebP leaves out an alpha channel that is opaque everywhere.
        samples = np.concatenate([samples, np.full((*samples.shape[:2], 1), 255, np.uint8)], axis=2)
    picked = {1: [0], 2: [0, 3], 3: [0, 1, 2], 4: [0, 1, 2, 3]}[channels]
    if samples.shape[2] == len(picked):
        return samples
    return samples[:, :, picked]


def _check_support() -> None:
    if not features.check("webp"):
        raise MissingDependencyError("Pillow was built without WebP. Install a Pillow with WebP support and try again.")
