"""Interlaced PNGs (Adam7; ISO/IEC 15948, 8.2): seven small pictures, each filtered as one of its own."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from srec_engine.accounts import Raster
from srec_engine.accounts.png import ADAM7, PNG_SIGNATURE, inflated_pixels, png_chunks
from srec_engine.images.picture import Picture

__all__ = ["interlaced_rows", "pass_files", "passes_of", "png_chunk"]


def passes_of(picture: Picture) -> Iterator[Picture]:
    """The small pictures of the passes, those without pixels left out."""
    for left, across, top, down in ADAM7:
        if left < picture.width and top < picture.height:
            yield picture.part(slice(top, None, down), slice(left, None, across))


def _raster_of_pass(part: Picture, raster: Raster) -> Raster:
    """The raster of a PNG's picture for a pass of it."""
    return replace(raster, row_bytes=-(-part.width * raster.bits * len(raster.order) // 8))


def interlaced_rows(picture: Picture, raster: Raster, filtered: Callable[[Picture, Raster], bytes]) -> bytes:
    """The rows of all passes with their filters, before compression.

    Args:
        picture: The whole.
        raster: Of the whole.
        filtered: What filters a picture that is not interlaced.
    """
    return b"".join(filtered(part, _raster_of_pass(part, raster)) for part in passes_of(picture))


def pass_files(png: bytes, picture: Picture, raster: Raster) -> Iterator[tuple[Picture, bytes]]:
    """Each pass of an interlaced PNG as a PNG that is not, beside what was read of it.

    Args:
        png: The file, whose rows have been checked to be all that its pixel data holds.
        picture: What was read.
        raster: Of the picture.
    """
    chunks = {name: png[start:end] for name, start, end in png_chunks(png) if name != b"IDAT"}
    rows = memoryview(inflated_pixels(png))
    place = 0
    for part in passes_of(picture):
        size = part.height * (1 + _raster_of_pass(part, raster).row_bytes)
        header = part.width.to_bytes(4, "big") + part.height.to_bytes(4, "big") + chunks[b"IHDR"][8:12] + b"\0"
        palette = png_chunk(b"PLTE", chunks[b"PLTE"]) if b"PLTE" in chunks else b""
        pixels = png_chunk(b"IDAT", zlib.compress(rows[place : place + size], zlib.Z_BEST_SPEED))
        yield part, PNG_SIGNATURE + png_chunk(b"IHDR", header) + palette + pixels + png_chunk(b"IEND", b"")
        place += size


def png_chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")
