"""One tile of a file decoded by a kernel that had no part in encoding it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.file_runtime import adapted_to_file
from srec_engine.codec.payload_decoder import PayloadDecoder
from srec_engine.codec.runtime import load_unproven_runtime
from srec_engine.codec.steps import model_path, opened
from srec_engine.container import Box
from srec_engine.control import CancelToken
from srec_engine.errors import DamagedFileError
from srec_engine.images import full_colour
from srec_engine.options import CodecOptions

__all__ = ["smallest_tile", "tile_by_other_kernel"]

OTHERS = ("unfold", "float32")
"""Kernels that are asked: the first that was not used before."""


def smallest_tile(data: bytes) -> Box:
    """Where the tile of the fewest pixels lies: a kernel that nobody chose for its speed is to decode it.

    Raises:
        ValueError: When the file has no tiles.
    """
    with opened(data) as reader:
        geometry = reader.geometry
    if geometry is None:
        raise ValueError("this file has no tiles")
    boxes = [geometry.tile_box(0, tile) for tile in range(geometry.tile_count)]
    return min(boxes, key=lambda box: box.width * box.height)


def tile_by_other_kernel(
    data: bytes, box: Box, used: str, options: CodecOptions, cancel: CancelToken
) -> NDArray[np.uint8]:
    """Decode a tile of a file through every scale, on the CPU, by a kernel that is not `used`.

    Returns:
        Its pixels, uint8 (h, w, 1 or 3).

    Raises:
        DamagedFileError: When it cannot be decoded.
        ModelError: When the kernel does not exist here.
    """
    kernel = next(name for name in OTHERS if name != used)
    with opened(data) as reader:
        runtime = load_unproven_runtime(model_path(reader), replace(options, device="cpu", kernel=kernel))
        decoder = PayloadDecoder(reader, adapted_to_file(runtime, reader), cancel, region=box)
        pictures = [news.image for news in decoder.scales() if news.image is not None]
        if decoder.damage:
            raise DamagedFileError(decoder.damage[0])
        return full_colour(reader.header.mode, pictures[-1])
