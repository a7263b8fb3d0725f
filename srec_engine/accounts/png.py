"""PNG (ISO/IEC 15948): chunks. All ancillary chunks are carried, known or not, before and after the pixels."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from srec_engine.accounts.account import Account, Filling, PartKind, Raster, UnaccountedError, covering_parts
from srec_engine.accounts.numbers import Numbers

__all__ = ["ADAM7", "PNG_INTERLACING", "PNG_SIGNATURE", "Chunk", "account_of_png", "inflated_pixels", "png_chunks"]

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

PNG_INTERLACING = 28
"""Where a PNG says whether it is interlaced: behind its signature, the last byte of its header."""

Chunk = tuple[bytes, int, int]
"""Type, and where its data begins and ends."""

_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_ORDERS = {_GREY: "L", _RGB: "RGB", _PALETTE: "P", _GREY_ALPHA: "LA", _RGBA: "RGBA"}
_DEPTHS = {_GREY: (1, 2, 4, 8), _RGB: (8,), _PALETTE: (1, 2, 4, 8), _GREY_ALPHA: (8,), _RGBA: (8,)}
# Where Apple's programs say at which byte the second half of the pixels begins, to unpack both at once. It holds for
# one compressed stream only, and for the next one it would be wrong.
_ABOUT_COMPRESSION = frozenset([b"iDOT"])
_ANIMATION = (b"acTL", b"fcTL", b"fdAT")
ADAM7 = ((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2))
"""Start and step of the columns, then of the rows, of each pass of an interlaced picture."""

_INFLATED_AT_ONCE = 1 << 20
_DEFLATED_AT_ONCE = 1 << 16


def png_chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks of a PNG up to and with IEND.

    Raises:
        UnaccountedError: When it ends before, or a chunk's type is not four letters.
    """
    numbers = Numbers(data, "big")
    place = len(PNG_SIGNATURE)
    while True:
        size, name = numbers.at(place, 4), numbers.bytes_at(place + 4, 4)
        if not name.isalpha() or place + 12 + size > len(data):
            raise UnaccountedError("its chunks are cut off or damaged")
        yield name, place + 8, place + 8 + size
        place += 12 + size
        if name == b"IEND":
            return


def inflated_pixels(data: bytes) -> bytes:
    """The rows of a whole PNG with their filters; only of one whose pixels are known not to be more than they say."""
    return zlib.decompress(b"".join(data[start:end] for name, start, end in png_chunks(data) if name == b"IDAT"))


def account_of_png(data: bytes) -> Account:
    """Account for a PNG of up to 8 bits a sample.

    Raises:
        UnaccountedError: With what is not known to be held by pixels and chunks.
    """
    chunks = list(png_chunks(data))
    if chunks[0][0] != b"IHDR" or chunks[0][2] - chunks[0][1] != 13:
        raise UnaccountedError("its first chunk is not its header")
    numbers = Numbers(data, "big")
    header = chunks[0][1]
    width, height = numbers.at(header, 4), numbers.at(header + 4, 4)
    depth, colour_type, compression, filtering, interlace = data[header + 8 : header + 13]
    if depth == 16:
        raise UnaccountedError("its samples have 16 bits")
    if depth not in _DEPTHS.get(colour_type, ()) or compression or filtering or interlace > 1:
        raise UnaccountedError("its header is not that of a PNG that is known")
    _check_order(chunks, colour_type)
    order = _ORDERS[colour_type]
    bits = depth * len(order)
    _check_pixels(data, chunks, _inflated_bytes(width, height, bits, interlaced=bool(interlace)))
    mode = "1" if order == "L" and depth == 1 else order
    raster = Raster(order, -(-width * bits // 8), depth)
    parts = covering_parts(_parts(chunks, palette=colour_type == _PALETTE), len(data))
    return Account("PNG", mode, width, height, parts, Filling.PNG, raster)


def _check_order(chunks: list[Chunk], colour_type: int) -> None:
    names = [name for name, _, _ in chunks]
    for name in names:
        if name in _ANIMATION:
            raise UnaccountedError("it is an animation")
        if name[:1].isupper() and name not in (b"IHDR", b"PLTE", b"IDAT", b"IEND"):
            raise UnaccountedError(f"its chunk {name.decode()} must be understood and is not known")
    if names.count(b"IHDR") > 1 or names.count(b"PLTE") > 1 or b"IDAT" not in names:
        raise UnaccountedError("it has no pixels, or two headers or palettes")
    first = names.index(b"IDAT")
    if names[first : first + names.count(b"IDAT")] != [b"IDAT"] * names.count(b"IDAT"):
        raise UnaccountedError("its pixels are not in one place")
    size = next((end - start for name, start, end in chunks[:first] if name == b"PLTE"), 0)
    needs, may = colour_type == _PALETTE, colour_type in (_PALETTE, _RGB, _RGBA)
    if bool(size) < needs or (b"PLTE" in names and not may) or size % 3 or size > 768:
        raise UnaccountedError("its palette is missing, misplaced or damaged")


def _inflated_bytes(width: int, height: int, bits: int, *, interlaced: bool) -> int:
    """Bytes of all rows with their filter types."""
    if not interlaced:
        return height * (1 + -(-width * bits // 8))
    total = 0
    for left, across, top, down in ADAM7:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total


def _check_pixels(data: bytes, chunks: list[Chunk], expected: int) -> None:
    """The compressed stream must hold the rows and nothing else, and end where its chunks end."""
    inflater, count = zlib.decompressobj(), 0
    try:
        for piece in _pixel_pieces(data, chunks):
            if inflater.eof:
                raise UnaccountedError("its pixel data goes on behind its end")
            left: bytes | memoryview = piece
            while len(left) and not inflater.eof:
                count += len(inflater.decompress(left, _INFLATED_AT_ONCE))
                left = inflater.unconsumed_tail
                if count > expected:
                    raise UnaccountedError("it has more pixel data than pixels")
            if inflater.unused_data:
                raise UnaccountedError("its pixel data goes on behind its end")
        while not inflater.eof and (more := inflater.decompress(b"", _INFLATED_AT_ONCE)):
            count += len(more)
    except zlib.error as error:
        raise UnaccountedError("its pixel data is damaged") from error
    if count != expected or not inflater.eof:
        raise UnaccountedError("its pixel data is cut off or too long")


def _pixel_pieces(data: bytes, chunks: list[Chunk]) -> Iterator[memoryview]:
    """The compressed pixels in small pieces: what is left of one is copied each time that it is not used up."""
    view = memoryview(data)
    for name, start, end in chunks:
        if name == b"IDAT":
            for place in range(start, end, _DEFLATED_AT_ONCE):
                yield view[place : min(end, place + _DEFLATED_AT_ONCE)]


def _parts(chunks: list[Chunk], *, palette: bool) -> Iterator[tuple[int, int, PartKind, str]]:
    yield 0, len(PNG_SIGNATURE), PartKind.CARRIED, "signature"
    pixels = [(start, end) for name, start, end in chunks if name == b"IDAT"]
    yield pixels[0][0] - 8, pixels[-1][1] + 4, PartKind.PIXELS, "IDAT"
    for name, start, end in chunks:
        what = name.decode()
        if name == b"IDAT":
            continue
        if name in _ABOUT_COMPRESSION:
            yield start - 8, end + 4, PartKind.WITHOUT_MEANING, what
        elif name == b"PLTE" and palette:
            yield start - 8, start, PartKind.CARRIED, what
            yield start, end, PartKind.PALETTE, what
            yield end, end + 4, PartKind.CARRIED, what
        else:
            yield start - 8, end + 4, PartKind.CARRIED, what
