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

from PIL import Image

from srec_engine import SrecError, decode_image, decode_steps, read_info, read_preview, register_pillow
from srec_engine.cli.thumbnails import make_thumbnail
from srec_engine.container import Reader
from srec_engine.images import open_image, picture_from_image, upright

__all__ = ["TARGETS", "Target"]

Target = Callable[[bytes], None]

# A mutation may turn a few bytes into a picture of 500 megapixels, which is allowed and takes its time: larger ones
# are only read here, not decoded.
_MAX_READ_PIXELS = 1 << 20
_MAX_DECODED_PIXELS = 1 << 10


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


TARGETS: dict[str, Target] = {
    "container": _without_warnings(read_container),
    "decode": _without_warnings(decode),
    "pillow": _without_warnings(open_with_pillow),
    "picture": _without_warnings(open_picture),
}
