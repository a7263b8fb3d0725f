"""The way back: a decoded picture and its source's skeleton become the source file again."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts import Filling, PartKind, Raster, Skeleton, UnaccountedError, account_of
from srec_engine.accounts.gif import GIF_INTERLACED
from srec_engine.accounts.png import PNG_INTERLACING, inflated_pixels, png_chunks
from srec_engine.accounts.webp import riff_chunks
from srec_engine.errors import DamagedFileError
from srec_engine.images.interlacing import interlaced_rows, png_chunk
from srec_engine.images.picture import Palette, Picture
from srec_engine.images.pillow_errors import READING_ERRORS
from srec_engine.images.pixels import image_from_samples
from srec_engine.images.png_writing import PNG_LEVEL
from srec_engine.images.rasters import row_bands, rows_of_picture
from srec_engine.images.second_reader import codecs
from srec_engine.images.strips import pack_strip
from srec_engine.images.webp import lossless_options

__all__ = ["FileBytes", "restored_file"]

_CHUNK_START, _CHECKSUM = 8, 4
_SMALL_PNG_LEVEL = 9
_GIF_ROOM = 1 << 12
_GIF_PASSES = ((0, 8), (4, 8), (2, 4), (1, 2))
_RIFF_SIZE = slice(4, 8)
_QOI_FRAME = slice(14, -8)


FileBytes = bytes | bytearray
"""A whole file."""

Packed = Sequence[bytes | memoryview]
"""Packed pixels in pieces, of which no second copy is made."""


def restored_file(picture: Picture, skeleton: Skeleton, *, quickly: bool = False) -> FileBytes:
    """The source file: byte for byte where its samples were stored as they are, else with the same pixels and all that
    the skeleton carries in its place.

    Args:
        picture: Its pixels.
        skeleton: All the rest.
        quickly: Pack the rows of a PNG in half the time, less tightly: for a file that nobody keeps.

    Raises:
        DamagedFileError: When picture and skeleton do not fit each other, or the file is not the one it was.
    """
    try:
        if skeleton.filling is Filling.PNG:
            data = _png_file(picture, skeleton, zlib.Z_BEST_SPEED if quickly else PNG_LEVEL)
        else:
            data = _FILLERS[skeleton.filling](picture, skeleton)
    except (zlib.error, StopIteration, UnaccountedError, *READING_ERRORS) as error:
        raise DamagedFileError(
            f"{skeleton.name} cannot be put together again: its pixels do not fit the rest of it ({error})."
        ) from error
    if skeleton.digest and hashlib.sha256(data).digest() != skeleton.digest:
        raise DamagedFileError(f"{skeleton.name} was put together again, but is not the file that it was.")
    return data


def _raster(skeleton: Skeleton, picture: Picture) -> Raster:
    """The skeleton's raster, whose rows have the length that the picture needs."""
    skeleton.check_size(picture.width, picture.height)
    if skeleton.raster is None:
        raise ValueError("the place of its samples is missing")
    return skeleton.raster


def _raster_file(picture: Picture, skeleton: Skeleton) -> FileBytes:
    """Filled in place, in bands: no copy of a large picture is made on the way."""
    raster = _raster(skeleton, picture)
    file = _empty(skeleton)
    rows = _bands_of_rows(picture, raster)
    band = memoryview(b"")
    for start, end in skeleton.places(PartKind.PIXELS):
        while start < end:
            band = band if len(band) else next(rows)
            count = min(len(band), end - start)
            file[start : start + count] = band[:count]
            band, start = band[count:], start + count
    return file


def _bands_of_rows(picture: Picture, raster: Raster) -> Iterator[memoryview]:
    """The rows as they lie in the file, in pieces."""
    bands = list(row_bands(picture.width, picture.height))
    for band in reversed(bands) if raster.bottom_up else bands:
        rows = rows_of_picture(picture.part(band), raster)
        yield np.ascontiguousarray(rows).reshape(-1).data


def _empty(skeleton: Skeleton) -> bytearray:
    """The file with zeros for what is to be made again."""
    file = bytearray(skeleton.file_bytes)
    start = 0
    for _, size, data in skeleton.pieces():
        if data:
            file[start : start + size] = data
        start += size
    return file


def _strips_file(picture: Picture, skeleton: Skeleton) -> FileBytes:
    """Each strip goes into its old place; from one that has grown on, all go to the end of the file, in order."""
    raster = _raster(skeleton, picture)
    places = skeleton.places(PartKind.PIXELS)
    if not raster.strip_rows or len(places) != -(-picture.height // raster.strip_rows):
        raise ValueError("its strips do not fit its pixels")
    rows = rows_of_picture(picture, raster)
    file = _empty(skeleton)
    starts: list[int] = []
    lengths: list[int] = []
    moved = False
    for number, (start, end) in enumerate(places):
        band = np.ascontiguousarray(rows[number * raster.strip_rows : (number + 1) * raster.strip_rows])
        strip = pack_strip(band, raster, picture.width)
        moved = moved or len(strip) > end - start
        if moved:
            file += bytes(len(file) % 2)
            start = len(file)
            file += strip
        else:
            file[start : start + len(strip)] = strip
        starts.append(start)
        lengths.append(len(strip))
    for kind, values in ((PartKind.STRIP_PLACES, starts), (PartKind.STRIP_SIZES, lengths)):
        _write_numbers(file, skeleton.places(kind), values, skeleton.carried[:2] == b"II")
    return file


def _write_numbers(file: bytearray, places: list[tuple[int, int]], values: list[int], little: bool) -> None:
    """Write the numbers of a tag, two or four bytes each as its room says."""
    size = places[0][1] - places[0][0] if len(places) == 1 else 0
    if size not in (2 * len(values), 4 * len(values)):
        raise ValueError("the places of its strips do not fit them")
    start = places[0][0]
    numbers = np.array(values, np.int64)
    kind = np.dtype(f"{'<' if little else '>'}u{size // len(values)}")
    if int(numbers.max()) > np.iinfo(kind).max:
        raise ValueError("its strips have become too long for its tags")
    file[start : start + size] = numbers.astype(kind).tobytes()


def _png_file(picture: Picture, skeleton: Skeleton, level: int) -> FileBytes:
    raster = _raster(skeleton, picture)
    interlaced = skeleton.carried[PNG_INTERLACING : PNG_INTERLACING + 1] == b"\1"
    rows = interlaced_rows(picture, raster, _filtered_rows) if interlaced else b""
    pixels = [png_chunk(b"IDAT", zlib.compress(rows, level))] if interlaced else _png_pixels(picture, raster, level)
    # What was about the old way of compressing stays away.
    parts = tuple(part for part in skeleton.parts if part.kind is not PartKind.WITHOUT_MEANING)
    return _with_pixels(replace(skeleton, parts=parts), pixels, picture)


def _with_pixels(skeleton: Skeleton, pixels: Packed, picture: Picture) -> bytes:
    """The skeleton with packed pixels in the place of its first pixel part, and with the picture's palette."""
    palette = b"" if picture.palette is None else picture.palette.data
    pieces: list[bytes | memoryview] = []
    for kind, size, data in skeleton.pieces():
        if kind is PartKind.PIXELS:
            pieces += pixels
            pixels = ()
        elif kind is PartKind.PALETTE:
            if len(palette) != size:
                raise ValueError("its palette is another one")
            pieces.append(palette)
        else:
            pieces.append(data or bytes(size))
    return b"".join(pieces)


def _png_pixels(picture: Picture, raster: Raster, level: int) -> Packed:
    """The IDAT chunks of a picture."""
    if raster.bits < 8:
        return [png_chunk(b"IDAT", zlib.compress(_filtered_rows(picture, raster), _SMALL_PNG_LEVEL))]
    png = _by_pillow(picture, level) if picture.indices is not None else _by_libpng(picture, level)
    places = [(start, end) for name, start, end in png_chunks(png) if name == b"IDAT"]
    return [memoryview(png)[start - _CHUNK_START : end + _CHECKSUM] for start, end in places]


def _filtered_rows(picture: Picture, raster: Raster) -> bytes:
    """Rows with their filters: none where samples have fewer than 8 bits, else what Pillow chooses."""
    if raster.bits < 8:
        rows = rows_of_picture(picture, raster)
        return np.concatenate([np.zeros((len(rows), 1), np.uint8), rows], axis=1).tobytes()
    png = _by_pillow(picture, zlib.Z_BEST_SPEED)
    return inflated_pixels(png)


def _by_libpng(picture: Picture, level: int) -> bytes:
    """A PNG of 8 bits a sample without a palette: as small as Pillow's, sooner, and without a copy in between."""
    png = codecs().PNG
    options = {"level": level, "strategy": png.STRATEGY.FILTERED, "filter": png.FILTER.ALL}
    return bytes(codecs().png_encode(_samples(picture), **options))


def _by_pillow(picture: Picture, level: int) -> bytes:
    """A PNG of 8 bits a sample with the picture's pixels."""
    if picture.indices is not None:
        # A palette in full: Pillow takes fewer bits where there are fewer colours, whatever it is told.
        picture = replace(picture, palette=Palette("RGB", bytes(3 * 256)))
    stream = io.BytesIO()
    image_from_samples(picture).save(stream, "PNG", compress_level=level, bits=8)
    return stream.getvalue()


def _webp_file(picture: Picture, skeleton: Skeleton) -> bytes:
    stream = io.BytesIO()
    image_from_samples(picture).save(stream, "WEBP", **lossless_options())
    written = stream.getvalue()
    start, end = next((start, end) for name, start, end in riff_chunks(written) if name == b"VP8L")
    file = bytearray(_with_pixels(skeleton, [written[start - 8 : end + (end - start) % 2]], picture))
    file[_RIFF_SIZE] = (len(file) - 8).to_bytes(4, "little")
    return bytes(file)


def _gif_file(picture: Picture, skeleton: Skeleton) -> bytes:
    if picture.indices is None:
        raise ValueError(f"a picture of mode {picture.mode} has no indices")
    rows = picture.indices
    if _last_carried_before_pixels(skeleton) & GIF_INTERLACED:
        rows = np.concatenate([rows[start::step] for start, step in _GIF_PASSES])
    # The library's own buffer is too small for noise.
    room = bytearray(_GIF_ROOM + 2 * rows.size)
    written = bytes(codecs().gif_encode(rows, colormap=np.zeros((256, 3), np.uint8), out=room))
    start, end = account_of(written, "GIF").places(PartKind.PIXELS)[0]
    return _with_pixels(skeleton, [written[start:end]], picture)


def _last_carried_before_pixels(skeleton: Skeleton) -> int:
    """The last byte that is carried before the pixels: the flags of a GIF's picture."""
    last = 0
    for kind, _, data in skeleton.pieces():
        if kind is PartKind.PIXELS:
            break
        last = data[-1] if data else last
    return last


def _qoi_file(picture: Picture, skeleton: Skeleton) -> bytes:
    return _with_pixels(skeleton, [bytes(codecs().qoi_encode(_samples(picture)))[_QOI_FRAME]], picture)


def _samples(picture: Picture) -> NDArray[np.uint8]:
    if picture.colour is None:
        raise ValueError(f"a picture of mode {picture.mode} has no samples")
    if picture.alpha is None:
        colour = np.ascontiguousarray(picture.colour)
        return colour[:, :, 0] if colour.shape[2] == 1 else colour
    return np.concatenate([picture.colour, picture.alpha[:, :, None]], axis=2)


_FILLERS = {
    Filling.RASTER: _raster_file,
    Filling.TIFF_STRIPS: _strips_file,
    Filling.WEBP: _webp_file,
    Filling.GIF: _gif_file,
    Filling.QOI: _qoi_file,
}
