"""PNG files of every kind that the standard allows, and of some that it only tolerates."""

from __future__ import annotations

import itertools
import struct
import zlib

import numpy as np
from hypothesis import strategies as st

from tests.cases.make_cases import Block, content_credentials, icc_profile, png_chunk, tiff, xmp
from tests.cases.oracle import NOTES

__all__ = ["pngs"]

# Sixteen bits now and then; what has them is never taken apart.
_DEPTHS = {0: (1, 2, 4, 8, 8, 8, 16), 2: (8, 8, 8, 8, 16), 3: (1, 2, 4, 8), 4: (8, 8, 8, 16), 6: (8, 8, 8, 16)}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# First column, step of the columns, first row, step of the rows.
_ADAM7 = ((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2))

PILLOW_KEYS = [
    *("dpi", "gamma", "transparency", "exif", "icc_profile", "interlace", "compression", "aspect", "srgb", "loop"),
    *("timestamp", "xmp", "background", "duration", "default_image", "bbox", "chromaticity", "comment", "photoshop"),
    *("XML:com.adobe.xmp", "Raw profile type exif", "Raw profile type iptc", "resolution", "sizes", "version"),
]
ORDINARY_KEYS = ["Title", "Author", "Comment", "parameters", "Software", "a", "Creation Time", "k" * 79]

_keys = st.sampled_from(PILLOW_KEYS) | st.sampled_from(ORDINARY_KEYS)
_latin = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=40)
_texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
_languages = st.sampled_from(["", "de", "en-GB", "ja", "x-klingon", "de-1996"])
_private_names = st.sampled_from([b"prVW", b"mkBF", b"npTc", b"vpAg", b"teSt", b"teST", b"zzZz", b"caNv", b"orNT"])
_small_bytes = st.binary(max_size=30)


def _exif() -> bytes:
    return tiff({0x10F: ("A", [b"A maker of cameras\0"]), 274: ("H", [6])}, [], ">")


@st.composite
def _text_chunks(draw: st.DrawFn) -> Block:
    key = draw(_keys)
    kind = draw(st.sampled_from(["tEXt", "zTXt", "iTXt", "iTXt compressed"]))
    if kind in ("tEXt", "zTXt"):
        content = draw(_latin).encode("latin-1") * draw(st.sampled_from([1, 1, 1, 200]))
        if kind == "tEXt":
            return b"tEXt", key.encode() + b"\0" + content
        return b"zTXt", key.encode() + b"\0\0" + zlib.compress(content)
    content = draw(_texts).encode()
    head = key.encode() + b"\0" + (b"\1\0" if kind == "iTXt compressed" else b"\0\0")
    head += draw(_languages).encode() + b"\0" + draw(_texts).encode()[:20].decode(errors="ignore").encode() + b"\0"
    return b"iTXt", head + (zlib.compress(content) if kind == "iTXt compressed" else content)


_known_chunks = st.sampled_from(
    [
        (b"gAMA", struct.pack(">I", 45_455)),
        (b"gAMA", struct.pack(">I", 0)),
        (b"gAMA", struct.pack(">I", 0xFFFFFFFF)),
        (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)),
        (b"cHRM", struct.pack(">8I", *[0] * 8)),
        (b"sRGB", b"\0"),
        (b"sRGB", b"\x07"),
        (b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
        (b"pHYs", struct.pack(">IIB", 4, 3, 0)),
        (b"pHYs", struct.pack(">IIB", 0xFFFFFFFF, 0, 1)),
        (b"pHYs", struct.pack(">IIB", 0, 0, 0)),
        (b"tIME", struct.pack(">HBBBBB", 2011, 5, 4, 3, 2, 1)),
        (b"tIME", bytes(7)),
        (b"eXIf", _exif()),
        (b"eXIf", b"Exif\0\0" + _exif()),
        (b"eXIf", b"MM"),
        (b"iCCP", b"a profile\0\0" + zlib.compress(icc_profile(40))),
        (b"iCCP", b"\0\0" + zlib.compress(b"no profile")),
        (b"iCCP", b"broken\0\0not deflated"),
        (b"cICP", bytes([9, 16, 0, 1])),
        (b"mDCV", bytes(24)),
        (b"cLLI", struct.pack(">II", 10_000_000, 4_000_000)),
        (b"caBX", content_credentials()),
        (b"grAb", struct.pack(">ii", 12, -7)),
        (b"oFFs", struct.pack(">iiB", -17, 23, 0)),
        (b"sCAL", b"\x010.000001\x000.000001"),
        (b"pCAL", b"depth\0" + struct.pack(">iiBB", 0, 255, 0, 2) + b"mm\x000.5\x000.01"),
        (b"sTER", b"\1"),
        (b"acTL", struct.pack(">II", 1, 0)),
        (b"gIFg", b"\1\0\x0a"),
        (b"gIFx", b"NETSCAPE2.0\3\1\0\0"),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp("a='b'")),
        (b"tEXt", b"no separator"),
        (b"tEXt", b""),
        (b"zTXt", b"key\0\0" + b"not deflated"),
        (b"zTXt", b"key\0\7" + zlib.compress(b"another method")),
        (b"iTXt", b"key\0\0"),
    ]
)
_unknown_chunks = st.tuples(_private_names, _small_bytes)
_chunks = st.one_of(_text_chunks(), _known_chunks, _unknown_chunks)
_chunk_lists = st.lists(_chunks, max_size=4)


def _packed_rows(samples: np.ndarray, depth: int, filters: list[int]) -> bytes:
    """Rows of (height, width, channels) as they lie in the file before they are compressed, each with its filter."""
    rows = []
    for number, row in enumerate(samples):
        if depth == 16:
            packed = row.astype(">u2").tobytes()
        elif depth == 8:
            packed = row.astype(np.uint8).tobytes()
        else:
            bits = np.unpackbits(row.astype(np.uint8).reshape(-1, 1), axis=1)[:, 8 - depth :]
            packed = np.packbits(bits.reshape(-1)).tobytes()
        rows.append(bytes([filters[number % len(filters)]]) + packed)
    return b"".join(rows)


def _in_passes(samples: np.ndarray, depth: int, filters: list[int]) -> bytes:
    passes = [samples[top::down, left::across] for left, across, top, down in _ADAM7]
    return b"".join(_packed_rows(part, depth, filters) for part in passes if part.shape[0] and part.shape[1])


@st.composite
def _palette_chunks(draw: st.DrawFn, colour_type: int, depth: int, used: int) -> list[Block]:
    """PLTE, and what must follow it."""
    random = np.random.default_rng(draw(st.integers(0, 99)))
    chunks: list[Block] = []
    entries = 0
    if colour_type == 3:
        # The standard wants an entry for every index that is used; files with fewer exist.
        entries = draw(st.sampled_from([used, used, 1 << depth, min(1 << depth, used + 3), max(1, used - 1)]))
    elif colour_type in (2, 6) and draw(st.booleans()):
        entries = draw(st.sampled_from([1, 7, 216, 256]))
    if entries:
        chunks.append((b"PLTE", random.bytes(3 * entries)))
    after = draw(_chunk_lists)
    if colour_type == 3 and draw(st.booleans()):
        after.append((b"tRNS", random.bytes(draw(st.sampled_from([1, max(1, entries // 2), entries])))))
    elif colour_type == 0 and draw(st.booleans()):
        after.append((b"tRNS", struct.pack(">H", draw(st.sampled_from([0, 1, (1 << depth) - 1, 0x101, 65535])))))
    elif colour_type == 2 and draw(st.booleans()):
        after.append((b"tRNS", struct.pack(">3H", *(draw(st.sampled_from([0, 1, 255, 65535])) for _ in range(3)))))
    if draw(st.booleans()):
        background = {0: b"\0\1", 4: b"\0\1", 3: b"\0", 2: struct.pack(">3H", 1, 2, 3), 6: struct.pack(">3H", 9, 9, 9)}
        after.append((b"bKGD", background[colour_type]))
    if colour_type == 3 and draw(st.booleans()):
        after.append((b"hIST", struct.pack(f">{entries}H", *range(entries))))
        after.append((b"sPLT", b"suggested\0\x08" + bytes(range(12))))
    return chunks + draw(st.permutations(after))


def _split(stream: bytes, places: list[int]) -> list[Block]:
    """The stream in IDAT chunks, some of them empty."""
    cuts = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [(b"IDAT", stream[start:end]) for start, end in itertools.pairwise(cuts)]


@st.composite
def pngs(draw: st.DrawFn) -> bytes:
    """A PNG of 1 to 40 pixels a side."""
    colour_type = draw(st.sampled_from([0, 2, 3, 4, 6]))
    depth = draw(st.sampled_from(_DEPTHS[colour_type]))
    width, height = (draw(st.integers(1, 9) | st.integers(1, 40)) for _ in range(2))
    interlaced = draw(st.booleans())
    random = np.random.default_rng(draw(st.integers(0, 99)))
    used = draw(st.integers(1, 1 << depth)) if colour_type == 3 else 1 << depth
    samples = random.integers(0, used, (height, width, _CHANNELS[colour_type]))
    if draw(st.booleans()):
        samples[:] = samples[:1, :1]
    # Any filter makes some picture of any bytes; only indices must be what they are.
    filters = [0] if colour_type == 3 else draw(st.lists(st.integers(0, 4), min_size=1, max_size=5))
    rows = (_in_passes if interlaced else _packed_rows)(samples, depth, filters)
    stream = zlib.compress(rows, draw(st.sampled_from([0, 1, 9])))
    if draw(st.integers(0, 9)) == 9:
        stream += draw(st.sampled_from([NOTES, b"\0", NOTES + bytes(4)]))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced)))]
    chunks += draw(_chunk_lists)
    if draw(st.booleans()):
        channels = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}[colour_type]
        chunks.append((b"sBIT", bytes([min(5, 8 if colour_type == 3 else depth)]) * channels))
    chunks += draw(_palette_chunks(colour_type, depth, used))
    chunks += _split(stream, draw(st.lists(st.integers(0, 5000), max_size=4)))
    chunks += draw(_chunk_lists)
    tail = draw(st.binary(min_size=1, max_size=40)) if draw(st.integers(0, 7)) == 7 else b""
    packed = b"".join(png_chunk(*chunk) for chunk in [*chunks, (b"IEND", b"")])
    return b"\x89PNG\r\n\x1a\n" + packed + tail
