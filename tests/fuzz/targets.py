"""What hostile bytes are fed to: the entry points that meet files of strangers.

Each target takes bytes, does what a program would do with them, and lets the documented errors pass. Any other
exception is a finding. `scripts/fuzz.py` drives them with atheris; `test_known_cases.py` repeats what was found.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from srec_engine import SrecError, decode_image, decode_steps, read_info, read_preview, register_pillow
from srec_engine.cli.thumbnails import make_thumbnail
from srec_engine.codec.chunks import Chunk, stream_count
from srec_engine.codec.clock import StageClock
from srec_engine.codec.exchange import DecodingExchange
from srec_engine.codec.walk import TileScale, walk_scale
from srec_engine.container import Reader
from srec_engine.control import CancelToken
from srec_engine.entropy import choose_coder
from srec_engine.errors import ModelError
from srec_engine.images.opening import open_image, picture_from_image
from srec_engine.images.preview import upright
from srec_engine.integer.layouts import prepare_network
from srec_engine.integer.tables import model_tables
from srec_engine.model.file import read_model
from srec_engine.model.integer_model import IntegerModel

__all__ = ["MODEL_TARGET", "PICTURE_TARGET", "TARGETS", "Target", "walk_tiny_tile"]

Target = Callable[[bytes], None]

# A mutation may turn a few bytes into a picture of 500 megapixels, which is allowed and takes its time: larger ones
# are only read here, not decoded.
_MAX_READ_PIXELS = 1 << 20
_MAX_DECODED_PIXELS = 1 << 10

_TILE_HEIGHT, _TILE_WIDTH = 7, 10


def read_container(data: bytes) -> None:
    """The header, every section, what `srec info` shows and the first picture of a viewer."""
    try:
        reader = Reader(data)
    except SrecError:
        return
    for part in (reader.metadata, reader.planes, lambda: reader.pixel_checksum):
        with contextlib.suppress(SrecError):
            part()
    read_info(data)
    if reader.header.width * reader.header.height > _MAX_READ_PIXELS:
        return
    with contextlib.suppress(SrecError):
        read_preview(data)
    if reader.geometry is not None:
        for number in range(min(20, reader.geometry.chunk_count)):
            with contextlib.suppress(SrecError):
                reader.chunk(*reader.geometry.chunk_place(number))


def decode(data: bytes) -> None:
    """All pixels, exactly or as far as the damage lets them, and a thumbnail."""
    if _pixels(data) > _MAX_DECODED_PIXELS:
        return
    with contextlib.suppress(SrecError):
        decode_image(data)
    with contextlib.suppress(SrecError):
        for _ in decode_steps(data, region=(0, 0, 5, 5)):
            pass
    with TemporaryDirectory() as folder, contextlib.suppress(SrecError):
        source = Path(folder) / "hostile.srec"
        source.write_bytes(data)
        make_thumbnail(source, 64)


def open_with_pillow(data: bytes) -> None:
    """`Image.open` through the plugin, with what viewers do next."""
    register_pillow()
    if _pixels(data) > _MAX_DECODED_PIXELS:
        return
    # OSError holds Pillow's UnidentifiedImageError; both are what its users expect of a damaged file.
    with contextlib.suppress(OSError), Image.open(io.BytesIO(data), formats=["SREC"]) as image:
        image.load()
        image.convert("RGBA")
    with contextlib.suppress(OSError), Image.open(io.BytesIO(data), formats=["SREC"]) as image:
        image.draft("RGB", (4, 4))
        image.thumbnail((4, 4))
    with contextlib.suppress(SrecError):
        upright(read_preview(data))


def open_picture(data: bytes) -> None:
    """A picture of any format that is to be compressed, or that a `.srec` holds as it was."""
    with contextlib.suppress(SrecError), open_image(io.BytesIO(data), "hostile") as image:
        if image.width * image.height <= _MAX_READ_PIXELS:
            picture_from_image(image)


def use_model(data: bytes) -> None:
    """A model that somebody was sent: read, made ready where that is allowed, and walked with."""
    with TemporaryDirectory() as folder, contextlib.suppress(ModelError):
        path = Path(folder) / "hostile.safetensors"
        path.write_bytes(data)
        walk_tiny_tile(read_model(path))


def walk_tiny_tile(model: IntegerModel) -> None:
    """Decode streams of noise with a model, as far as a tile of a few pixels.

    Raises:
        ModelError: When its tables or its layers are none that a network is made of.
    """
    tables, network, coder = model_tables(model), prepare_network(model), choose_coder("auto")
    random = np.random.default_rng(1)
    scales = model.configuration.scales
    sizes = [(-(-_TILE_HEIGHT >> scale), -(-_TILE_WIDTH >> scale)) for scale in range(scales + 1)]
    tile = TileScale(random.integers(0, 256, (*sizes[scales], 3), np.uint8))
    for scale in reversed(range(scales)):
        streams = [random.bytes(9) for _ in range(stream_count(3))]
        learning = Chunk(streams, random.integers(0, 2, (4, 3)).astype(np.bool_))
        exchanges = [DecodingExchange(chunk, 3, coder, CancelToken()) for chunk in (Chunk(streams), learning)]
        tile, _ = walk_scale(network, tables, scale, sizes[scale], [tile, tile], exchanges, StageClock())


def _pixels(data: bytes) -> int:
    try:
        header = Reader(data).header
    except SrecError:
        return 0
    return header.width * header.height


def _without_warnings(target: Target) -> Target:
    """Pillow warns about much that is odd in a file, which is no finding."""

    def quiet(data: bytes) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            target(data)

    return quiet


PICTURE_TARGET = "picture"
MODEL_TARGET = "model"

TARGETS: dict[str, Target] = {
    "container": _without_warnings(read_container),
    "decode": _without_warnings(decode),
    "pillow": _without_warnings(open_with_pillow),
    PICTURE_TARGET: _without_warnings(open_picture),
    MODEL_TARGET: _without_warnings(use_model),
}
