"""Strips of a TIFF: rows compressed together, by libraries."""

from __future__ import annotations

import io
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from srec_engine.accounts import PartKind, Raster, UnaccountedError, account_of
from srec_engine.accounts.tiff import DEFLATE, LZW, OLD_DEFLATE, PACKBITS
from srec_engine.images.lzw import end_of_tiff_lzw
from srec_engine.images.pillow_errors import READING_ERRORS
from srec_engine.images.second_reader import codecs

__all__ = ["pack_strip", "unpack_strip"]

_DEFLATE_LEVEL = 6
_LIBTIFFS_NAMES = {LZW: "tiff_lzw", PACKBITS: "packbits"}
_PREDICTOR_TAG = 317
_GOES_ON = "one of its strips goes on behind its end"


def unpack_strip(data: bytes, rows: int, raster: Raster, width: int) -> NDArray[np.uint8]:
    """Rows of a strip: uint8 (rows, `raster.row_bytes`).

    Raises:
        UnaccountedError: When they are damaged, or more or fewer than there should be.
    """
    size = rows * raster.row_bytes
    try:
        if raster.compression in (DEFLATE, OLD_DEFLATE):
            plain = _inflated(data, size)
        elif raster.compression == LZW:
            plain = _lzw_decoded(data, size)
        elif raster.compression == PACKBITS:
            plain = bytes(codecs().packbits_decode(data))
        else:
            raise UnaccountedError(f"it is compressed in an unknown way ({raster.compression})")
    except (zlib.error, *READING_ERRORS) as error:
        raise UnaccountedError(f"one of its strips is damaged ({error})") from error
    if len(plain) != size:
        raise UnaccountedError("one of its strips is longer or shorter than its pixels")
    samples = np.frombuffer(plain, np.uint8).reshape(rows, raster.row_bytes)
    if raster.predictor == 1:
        return samples
    pixels = samples.reshape(rows, width, len(raster.order))
    return np.cumsum(pixels, axis=1, dtype=np.uint8).reshape(rows, raster.row_bytes)


def _inflated(data: bytes, size: int) -> bytes:
    inflater = zlib.decompressobj()
    plain = inflater.decompress(data, size + 1)
    if inflater.unused_data.strip(b"\0"):
        raise UnaccountedError(_GOES_ON)
    return plain


def _lzw_decoded(data: bytes, size: int) -> bytes:
    """At most `size` + 1 bytes, whatever the strip would like to become."""
    if data[:1] == b"\0" and data[1:2] and data[1] & 1:
        raise UnaccountedError("its strips are compressed in the way of before 1989")
    plain = codecs().lzw_decode(data, out=np.empty(size + 1, np.uint8))
    end = end_of_tiff_lzw(data)
    if end is None:
        # The last code takes up to two bytes: what is whole without three has others behind its end.
        shorter = data.rstrip(b"\0")[:-3]
        end = 0 if len(codecs().lzw_decode(shorter, out=np.empty(size + 1, np.uint8))) >= len(plain) else len(data)
    if data[end:].strip(b"\0"):
        raise UnaccountedError(_GOES_ON)
    return bytes(plain)


def pack_strip(samples: NDArray[np.uint8], raster: Raster, width: int) -> bytes:
    """Undo `unpack_strip`.

    Args:
        samples: uint8 (rows, `raster.row_bytes`).
        raster: Names compression and predictor.
        width: Pixels across.
    """
    if raster.compression in _LIBTIFFS_NAMES and raster.bits in (1, 8):
        return _by_libtiff(samples, raster, width)
    if raster.predictor == 2:
        pixels = samples.reshape(len(samples), width, len(raster.order))
        samples = np.diff(pixels, axis=1, prepend=np.uint8(0)).reshape(len(samples), raster.row_bytes)
    if raster.compression == LZW:
        return bytes(codecs().lzw_encode(samples.tobytes()))
    if raster.compression == PACKBITS:
        # A run must not go on into the next row.
        return b"".join(bytes(codecs().packbits_encode(row.tobytes())) for row in samples)
    return zlib.compress(samples.tobytes(), _DEFLATE_LEVEL)


def _by_libtiff(samples: NDArray[np.uint8], raster: Raster, width: int) -> bytes:
    """The strip as Pillow's libtiff packs it, which most strips were packed by: they come back as they were."""
    mode = "1" if raster.bits == 1 else {"P": "L"}.get(raster.order, raster.order)
    stream = io.BytesIO()
    Image.frombytes(mode, (width, len(samples)), np.ascontiguousarray(samples).tobytes()).save(
        stream,
        "TIFF",
        compression=_LIBTIFFS_NAMES[raster.compression],
        tiffinfo={_PREDICTOR_TAG: raster.predictor} if raster.predictor > 1 else {},
        strip_size=max(1, samples.size),
    )
    data = stream.getvalue()
    start, end = account_of(data, "TIFF").places(PartKind.PIXELS)[0]
    return data[start:end]
