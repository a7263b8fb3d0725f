"""A file, or one tile of it, decoded by a kernel that had no part in encoding it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from srec_engine.codec.file_runtime import adapted_to_file
from srec_engine.codec.payload_decoder import PayloadDecoder
from srec_engine.codec.runtime import Runtime, load_unproven_runtime
from srec_engine.codec.steps import opened
from srec_engine.container import Box, Reader
from srec_engine.control import Advance, CancelToken
from srec_engine.errors import DamagedFileError
from srec_engine.images.picture import Picture
from srec_engine.images.planes import full_colour, picture_from_reader
from srec_engine.integer.kernels import COMPARISONS
from srec_engine.integer.prepared_layer import KernelUnavailableError
from srec_engine.model.store import require_model
from srec_engine.options import CodecOptions

__all__ = ["picture_by_other_kernel", "tile_by_other_kernel"]


def picture_by_other_kernel(
    data: bytes, used: str, options: CodecOptions, cancel: CancelToken, advance: Advance
) -> Picture:
    """Decode a whole file, whose picture should be small, as `tile_by_other_kernel` does. Raises what that does."""
    with opened(data) as reader:
        whole = Box(0, 0, reader.header.width, reader.header.height)
        return picture_from_reader(reader, _colour(reader, whole, used, options, cancel, advance))


def tile_by_other_kernel(
    data: bytes, box: Box, used: str, options: CodecOptions, cancel: CancelToken
) -> NDArray[np.uint8]:
    """Decode a part of a file through every scale, on the CPU, by a kernel that is not `used`.

    Returns:
        Its pixels, uint8 (h, w, 1 or 3).

    Raises:
        DamagedFileError: When it cannot be decoded.
        ModelError: When the model cannot be used.
    """
    with opened(data) as reader:
        return _colour(reader, box, used, options, cancel, lambda _share, _scale: None)


def _colour(
    reader: Reader, box: Box, used: str, options: CodecOptions, cancel: CancelToken, advance: Advance
) -> NDArray[np.uint8]:
    runtime = adapted_to_file(_other_runtime(reader, used, options), reader)
    decoder = PayloadDecoder(reader, runtime, cancel, region=box)
    colour = reader.base()
    for news in decoder.scales():
        advance(news.fraction, news.scale)
        colour = colour if news.image is None else news.image
    if decoder.damage:
        raise DamagedFileError(decoder.damage[0])
    return full_colour(reader.header.mode, colour)


def _other_runtime(reader: Reader, used: str, options: CodecOptions) -> Runtime:
    """The file's model by the first other kernel that there is on this CPU."""
    model = require_model(reader.header.model_id, reader.name)
    for kernel in COMPARISONS:
        if kernel != used:
            with suppress(KernelUnavailableError):
                return load_unproven_runtime(model, replace(options, device="cpu", kernel=kernel))
    raise ValueError("the last of the kernels to compare by is there on every CPU")
