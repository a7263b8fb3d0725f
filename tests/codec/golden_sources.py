"""Golden files of source files; `python -m tests.codec.golden_sources` adds missing ones, and repairs none.

Each source is a small file with something beside its pixels; its `.srec` must give it back for ever. As in `golden`,
those that the network codes today lie apart from those that it coded before its streams learned.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from srec_engine import EncodeOptions, Method, encode_file
from tests.codec.golden import GOLDEN, LEARNING, MODEL, ROOT

GOLDEN_SOURCES = GOLDEN / "sources"
LEARNING_SOURCES = LEARNING / "sources"
COEFFICIENT_SOURCES = GOLDEN / "coefficients"
"""JPEGs by our own coder; those of before are by libjxl. Where libjxl is smaller depends on its version."""


def _photo(width: int = 40, height: int = 30) -> Image.Image:
    with Image.open(ROOT / "resources" / "sample" / "chelsea.png") as photograph:
        part = photograph.convert("RGB").crop((180, 90, 180 + width, 90 + height))
    part.info.clear()
    return part


def _saved(image: Image.Image, format_name: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format_name, **options)
    return stream.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png() -> bytes:
    texts = PngInfo()
    texts.add_text("transparency", "a word that is no property")
    texts.add_itxt("Title", "Katze", "de", "Titel")
    data = _saved(_photo(), "PNG", pnginfo=texts, dpi=(300, 300))
    header, end = 33, len(data) - 12
    first = _chunk(b"cICP", bytes([9, 16, 0, 1])) + _chunk(b"prVt", b"somebody's own")
    return data[:header] + first + data[header:end] + _chunk(b"tIME", b"\x07\xdb\5\4\3\2\1") + data[end:]


def _grey_png() -> bytes:
    """Four bits a sample and a level that is clear."""
    values = np.asarray(_photo().convert("L")) >> 4
    rows = b"".join(b"\0" + bytes(row[0::2] << 4 | row[1::2]) for row in values)
    header = struct.pack(">IIBBBBB", 40, 30, 4, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"tRNS", b"\0\7"), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _interlaced_png() -> bytes:
    """Adam7 without filters, written by hand: Pillow reads it and does not write it."""
    pixels = np.asarray(_photo())
    passes = ((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2))
    rows = [b"\0" + row.tobytes() for x, dx, y, dy in passes for row in pixels[y::dy, x::dx]]
    header = struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 1)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _gif() -> bytes:
    return _saved(_photo().quantize(24), "GIF", comment=b"a cat", transparency=3)


def _webp() -> bytes:
    return _saved(_photo(), "WEBP", lossless=True, exact=True, xmp=b"<x:xmpmeta/>")


def _tiff(compression: str, predictor: int = 1) -> bytes:
    tags = {270: "a cat", 282: 300.0} | ({317: predictor} if predictor > 1 else {})
    return _saved(_photo(), "TIFF", compression=compression, tiffinfo=tags)


def _bmp_with_alpha() -> bytes:
    image = _photo()
    image.putalpha(image.getchannel(0))
    rows = np.asarray(image)[::-1, :, [2, 1, 0, 3]].tobytes()
    header = struct.pack("<IiiHHIIiiII", 40, 40, 30, 1, 32, 0, len(rows), 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(rows), 0, 0, 54) + header + rows


def _ppm() -> bytes:
    return b"P6\n# tray 4, frame 17\n40 30\n255\n" + np.asarray(_photo()).tobytes()


def _jpeg_and_more() -> bytes:
    """A second JPEG, as gain maps are, a few words, and a piece of a film that does not become smaller."""
    film = np.random.default_rng(4).bytes(600)
    return _saved(_photo(160, 120), "JPEG", quality=85) + _saved(_photo(), "JPEG") + b"words " * 40 + film


def _camera_jpeg() -> bytes:
    """A photograph with a thumbnail in its EXIF, chroma of half the resolution, and restart intervals."""
    thumbnail = _saved(_photo(160, 120), "JPEG", quality=70)
    exif = Image.Exif()
    exif[0x0112] = 6
    data = _saved(_photo(320, 200), "JPEG", quality=92, subsampling=2, exif=exif, restart_marker_rows=4)
    place = data.index(b"Exif\0\0") - 2
    size = int.from_bytes(data[place : place + 2], "big")
    return b"".join(
        (data[:place], (size + len(thumbnail)).to_bytes(2, "big"), data[place + 2 : place + size], thumbnail,
         data[place + size :])
    )  # fmt: skip


SOURCES: Mapping[str, tuple[Callable[[], bytes], Method]] = {
    "chunks.png": (_png, Method.SREC),
    "grey-of-4-bits.png": (_grey_png, Method.SREC),
    "interlaced.png": (_interlaced_png, Method.SREC),
    "comment.gif": (_gif, Method.WEBP),
    "palette.png": (lambda: _saved(_photo().quantize(24), "PNG"), Method.WEBP),
    "plain.tif": (lambda: _tiff("raw"), Method.SREC),
    "lzw.tif": (lambda: _tiff("tiff_lzw", predictor=2), Method.SREC),
    "deflate.tif": (lambda: _tiff("tiff_adobe_deflate"), Method.SREC),
    "alpha.bmp": (_bmp_with_alpha, Method.SREC),
    "grey.tga": (lambda: _saved(_photo().convert("L"), "TGA"), Method.SREC),
    "comment.ppm": (_ppm, Method.SREC),
    "xmp.webp": (_webp, Method.SREC),
    "progressive.jpg": (
        lambda: _saved(_photo(160, 120), "JPEG", progressive=True, comment=b"a cat", dpi=(300, 300)),
        Method.JPEG,
    ),
    "more-behind.jpg": (_jpeg_and_more, Method.JPEG),
    "camera.jpg": (_camera_jpeg, Method.JPEG),
    "photo.qoi": (lambda: _saved(_photo(), "QOI"), Method.SREC),
}


def main() -> None:
    """Write the sources and the golden files that are missing."""
    LEARNING_SOURCES.mkdir(parents=True, exist_ok=True)
    COEFFICIENT_SOURCES.mkdir(exist_ok=True)
    for name, (make, method) in SOURCES.items():
        source = GOLDEN_SOURCES / name
        if not source.exists():
            source.write_bytes(make())
        folder = {Method.SREC: LEARNING_SOURCES, Method.JPEG: COEFFICIENT_SOURCES}.get(method, GOLDEN_SOURCES)
        packed = folder / f"{name}.srec"
        if not packed.exists():
            encode_file(source, packed, EncodeOptions(method=method, model=str(MODEL)))


if __name__ == "__main__":
    main()
