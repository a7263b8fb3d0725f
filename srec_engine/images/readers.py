"""Who reads the pixels of a source file, and who reads them once more: two of different projects for each format."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from srec_engine.accounts import Account, Filling, PartKind, Raster, UnaccountedError
from srec_engine.accounts.gif import joined_sub_blocks
from srec_engine.accounts.png import PNG_INTERLACING, PNG_SIGNATURE, png_chunks
from srec_engine.images.agreement import check_agreement, check_agreement_with_pillow
from srec_engine.images.interlacing import pass_files
from srec_engine.images.lzw import end_of_gif_lzw
from srec_engine.images.opening import pillow_image, planes_of_image
from srec_engine.images.picture import Palette, Picture
from srec_engine.images.pillow_errors import READING_ERRORS
from srec_engine.images.pixels import samples_of, split_samples
from srec_engine.images.rasters import picture_of_rows, row_bands, rows_of_picture
from srec_engine.images.second_reader import codecs
from srec_engine.images.strips import unpack_strip

__all__ = ["READERS"]

_QOI_HEADER = 14
# Bytes without which no stream of lossless WebP is whole: its last two hold bits of pixels.
_CUT_OFF = 3
_GOES_ON = "its pixel data goes on behind its end"
_PNG_PIXELS = frozenset([b"IHDR", b"PLTE", b"IDAT", b"IEND"])
# Pillow's reader of QOI is slow: it reads the first rows only.
_QOI_PIXELS = 1 << 16


def _raster(account: Account) -> Raster:
    if account.raster is None:
        raise ValueError(f"the place of the samples of a {account.format} file is missing")
    return account.raster


def _read_raster(data: bytes, account: Account) -> Picture:
    raster, view = _raster(account), memoryview(data)
    places = [view[start:end] for start, end in account.places(PartKind.PIXELS)]
    pixels = places[0] if len(places) == 1 else b"".join(places)
    rows = np.frombuffer(pixels, np.uint8).reshape(account.height, raster.row_bytes)
    picture = picture_of_rows(rows, account, raster)
    for band in row_bands(account.width, account.height):
        if not np.array_equal(rows_of_picture(picture.part(band), raster), _band_of(rows, band, raster)):
            raise UnaccountedError("its rows hold something beside its pixels")
    return picture


def _pillow_agrees(data: bytes, account: Account, picture: Picture) -> None:
    check_agreement_with_pillow(picture, data, account.format)


def _band_of(rows: NDArray[np.uint8], band: slice, raster: Raster) -> NDArray[np.uint8]:
    """The rows of a file that hold some rows of the picture."""
    if not raster.bottom_up:
        return rows[band]
    return rows[len(rows) - band.stop : len(rows) - band.start]


def _read_strips(data: bytes, account: Account) -> Picture:
    raster = _raster(account)
    rows = np.empty((account.height, raster.row_bytes), np.uint8)
    for number, (start, end) in enumerate(account.places(PartKind.PIXELS)):
        strip = rows[number * raster.strip_rows : (number + 1) * raster.strip_rows]
        strip[:] = unpack_strip(data[start:end], len(strip), raster, account.width)
    return picture_of_rows(rows, account, raster)


def _bare_png(data: bytes) -> bytes:
    """Pixels and palette only: Pillow takes texts of some names for its own, and refuses long ones."""
    view = memoryview(data)
    wanted = [(start - 8, end + 4) for name, start, end in png_chunks(data) if name in _PNG_PIXELS]
    return PNG_SIGNATURE + b"".join(view[start:end] for start, end in wanted)


def _is_for_pillow(data: bytes, account: Account) -> bool:
    """Whether Pillow reads a PNG first: only it gives the indices of a palette.

    Of interlaced files libpng, as it is called here, reads the passes only.
    """
    return account.mode == "P" or bool(data[PNG_INTERLACING])


def _read_png(data: bytes, account: Account) -> Picture:
    bare = _bare_png(data)
    picture = _by_pillow(bare, account) if _is_for_pillow(data, account) else _by_libpng(bare, account)
    if picture.mode != account.mode:
        raise UnaccountedError(f"it is read as {picture.mode} where {account.mode} was expected")
    return picture


def _by_libpng(bare: bytes, account: Account) -> Picture:
    samples = np.asarray(codecs().png_decode(bare))
    samples = samples.reshape(account.height, account.width, -1)
    if account.mode == "1":
        return Picture("1", account.width, account.height, indices=samples[:, :, 0] // 255)
    return Picture(account.mode, account.width, account.height, *split_samples(account.mode, samples))


def _other_png_reader_agrees(data: bytes, account: Account, picture: Picture) -> None:
    bare = _bare_png(data)
    if not _is_for_pillow(data, account):
        check_agreement_with_pillow(picture, bare, account.format)
        return
    if not bare[PNG_INTERLACING]:
        check_agreement(picture, codecs().png_decode(bare))
        return
    # libpng speaks to the terminal where it reads the rows of interlaced files one by one.
    for part, file in pass_files(bare, picture, _raster(account)):
        check_agreement(part, codecs().png_decode(file))


def _libwebp_agrees(data: bytes, account: Account, picture: Picture) -> None:
    check_agreement(picture, codecs().webp_decode(data))
    if _is_whole(codecs().webp_decode, _shortened_webp(data, account)):
        raise UnaccountedError(_GOES_ON)


def _shortened_webp(webp: bytes, account: Account) -> bytes:
    """A WebP without the last bytes of its pixels."""
    start, end = account.places(PartKind.PIXELS)[0]
    size = int.from_bytes(webp[start + 4 : start + 8], "little")
    stream = webp[start + 8 : start + 8 + size].rstrip(b"\0")[:-_CUT_OFF]
    pixels = webp[start : start + 4] + len(stream).to_bytes(4, "little") + stream + bytes(len(stream) % 2)
    chunks = b"WEBP" + webp[12:start] + pixels + webp[end:]
    return b"RIFF" + len(chunks).to_bytes(4, "little") + chunks


def _read_gif(data: bytes, account: Account) -> Picture:
    indices = np.asarray(codecs().gif_decode(data, asrgb=False))
    if indices.shape != (account.height, account.width):
        raise UnaccountedError("its picture has another size than it says")
    return Picture("P", account.width, account.height, indices=indices, palette=Palette("RGB", account.palette))


def _pillow_agrees_and_nothing_follows(data: bytes, account: Account, picture: Picture) -> None:
    check_agreement_with_pillow(picture, data, account.format)
    start = account.places(PartKind.PIXELS)[0][0]
    stream = joined_sub_blocks(data, start + 1)
    stop = end_of_gif_lzw(stream, data[start])
    if stop is None or stream[stop:].strip(b"\0"):
        raise UnaccountedError(_GOES_ON)


def _is_whole(decode: Callable[[bytes], object], data: bytes) -> bool:
    """Whether a file has its pixels still when their stream is made shorter: then something else lies at its end."""
    try:
        decode(data)
    except READING_ERRORS:
        return False
    return True


def _read_qoi(data: bytes, account: Account) -> Picture:
    samples = np.asarray(codecs().qoi_decode(data))
    alpha = np.ascontiguousarray(samples[:, :, 3]) if samples.shape[2] == 4 else None
    picture = Picture(account.mode, account.width, account.height, np.ascontiguousarray(samples[:, :, :3]), alpha)
    if bytes(codecs().qoi_encode(samples))[_QOI_HEADER:] != data[_QOI_HEADER:]:
        raise UnaccountedError("its pixels are packed in another way than usual")
    return picture


def _pillow_agrees_on_the_first_rows(data: bytes, account: Account, picture: Picture) -> None:
    rows = min(account.height, max(1, _QOI_PIXELS // account.width))
    first = data[:8] + rows.to_bytes(4, "big") + data[12:]
    with pillow_image(first, account.format) as image:
        check_agreement(picture, samples_of(image), rows)


def _by_pillow(data: bytes, account: Account) -> Picture:
    with pillow_image(data, account.format) as image:
        image.load()
        return planes_of_image(image)


READERS: dict[Filling, tuple[Callable[[bytes, Account], Picture], Callable[[bytes, Account, Picture], None]]] = {
    Filling.RASTER: (_read_raster, _pillow_agrees),
    Filling.TIFF_STRIPS: (_read_strips, _pillow_agrees),
    Filling.PNG: (_read_png, _other_png_reader_agrees),
    Filling.WEBP: (_by_pillow, _libwebp_agrees),
    Filling.GIF: (_read_gif, _pillow_agrees_and_nothing_follows),
    Filling.QOI: (_read_qoi, _pillow_agrees_on_the_first_rows),
}
"""For each filling what reads the pixels, and what reads them once more."""
