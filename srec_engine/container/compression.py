"""General compression of small sections, with a bound on what may come out.

LZMA from the standard library rather than deflate, whose bytes differ between the zlib replacements that Python is
built with. What comes out of decompression is fixed; the compressed bytes are those of the liblzma that is installed,
which has given the same ones for years but promises nothing.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from srec_engine.errors import DamagedFileError, MissingDependencyError

__all__ = ["compress", "decompress", "lzma_compress", "lzma_decompress"]

_STORED = 0
_LZMA = 1

_DICTIONARY_BYTES = 1 << 22
_FAST_ABOVE_BYTES = 1 << 20


def compress(data: bytes) -> bytes:
    """Compress bytes: one byte that names the way (0 stored, 1 LZMA), then the result; whichever is shorter."""
    packed = lzma_compress(data)
    if len(packed) < len(data):
        return bytes([_LZMA]) + packed
    return bytes([_STORED]) + data


def decompress(data: bytes, limit: int, what: str) -> bytes:
    """Undo `compress`.

    Args:
        data: What `compress` returned.
        limit: Bytes that may come out.
        what: Names the section in messages.

    Raises:
        DamagedFileError: When the data is not whole or would become longer than `limit`.
    """
    if not data:
        raise DamagedFileError(f"{what} is empty")
    way, body = data[0], data[1:]
    if way == _STORED:
        if len(body) > limit:
            raise DamagedFileError(f"{what} is longer than the {limit} bytes allowed")
        return body
    if way == _LZMA:
        return lzma_decompress(body, limit, what)
    raise DamagedFileError(f"{what} is compressed in an unknown way ({way})")


def lzma_compress(data: bytes, literal_context_bits: int = 3) -> bytes:
    """A raw LZMA1 stream with an end marker: lp 0, pb 0, dictionary of 4 MiB, `lc` as given.

    `literal_context_bits` is 3 for text and structures, 0 for residuals of a prediction.
    """
    lzma = _lzma()
    filters = _filters(lzma, literal_context_bits)
    # The encoder's memory and start-up time grow with its dictionary, which need not be longer than the data.
    filters[0]["dict_size"] = min(_DICTIONARY_BYTES, max(4096, 1 << len(data).bit_length()))
    effort = {"nice_len": 64, "depth": 32} if len(data) > _FAST_ABOVE_BYTES else {"nice_len": 273, "depth": 256}
    filters[0].update(effort, mode=lzma.MODE_NORMAL, mf=lzma.MF_BT4)
    result: bytes = lzma.compress(data, format=lzma.FORMAT_RAW, filters=filters)
    return result


def lzma_decompress(data: bytes, limit: int, what: str, literal_context_bits: int = 3) -> bytes:
    """Undo `lzma_compress`, giving at most `limit` bytes.

    Raises:
        DamagedFileError: When the stream is damaged, does not end where `data` ends, or would give more.
    """
    lzma = _lzma()
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_filters(lzma, literal_context_bits))
    try:
        result: bytes = decoder.decompress(data, max_length=limit + 1)
        # The end marker may still be unread when exactly `limit` bytes came out.
        if not decoder.eof and len(result) <= limit:
            result += decoder.decompress(b"", max_length=limit + 1 - len(result))
    except (lzma.LZMAError, EOFError) as error:
        raise DamagedFileError(f"{what} cannot be unpacked: its compressed data is damaged") from error
    if len(result) > limit:
        raise DamagedFileError(f"{what} unpacks to more than the {limit} bytes allowed")
    if not decoder.eof or decoder.unused_data:
        raise DamagedFileError(f"{what} cannot be unpacked: its compressed data does not end where it should")
    return result


def _filters(lzma: ModuleType, literal_context_bits: int) -> list[dict[str, Any]]:
    return [{"id": lzma.FILTER_LZMA1, "dict_size": _DICTIONARY_BYTES, "lc": literal_context_bits, "lp": 0, "pb": 0}]


def _lzma() -> ModuleType:
    """The standard library's module, which a few self-built Pythons lack."""
    try:
        return importlib.import_module("lzma")
    except ImportError as error:
        raise MissingDependencyError(
            "This Python was built without its lzma module. Install a complete Python "
            "(or the liblzma development files before building it) and try again."
        ) from error
