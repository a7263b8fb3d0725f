"""TIFF files of every layout that libtiff reads, and of a few more."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

import imagecodecs
import numpy as np
from hypothesis import strategies as st

from tests.cases.make_cases import icc_profile, iptc, xmp
from tests.cases.oracle import NOTES

__all__ = ["tiffs"]

Tags = dict[int, tuple[int, int, bytes]]
"""Type, count and value (in the file's byte order) of each tag."""

_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_CODES = {1: "B", 3: "H", 4: "I", 5: "I", 6: "b", 8: "h", 9: "i", 10: "i", 11: "f", 12: "d", 13: "I", 16: "Q"}
_NONE, _LZW, _DEFLATE, _PACK_BITS, _OLD_DEFLATE = 1, 5, 8, 32773, 32946


@dataclass
class Writer:
    """A TIFF that grows: values, strips and folders are put behind each other, gaps between them where wanted."""

    order: str
    big: bool
    gap: bytes = b""
    share: bool = False
    body: bytearray = field(default_factory=bytearray)
    known: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the header; `finish` fills in where the first folder is."""
        mark = (b"II" if self.order == "<" else b"MM") + struct.pack(self.order + "H", 43 if self.big else 42)
        self.body += mark + (struct.pack(self.order + "HH", 8, 0) + bytes(8) if self.big else bytes(4))

    def put(self, data: bytes, *, shared: bool = False) -> int:
        """Where the data lies now: on an even place, or where the same data lies already."""
        if shared and self.share and data in self.known:
            return self.known[data]
        self.body += self.gap
        self.body += b"\0" * (len(self.body) % 2)
        place = len(self.body)
        self.body += data
        self.known[data] = place
        return place

    def numbers(self, kind: int, *values: float) -> tuple[int, int, bytes]:
        """A tag's type, count and value; ratios are two numbers each."""
        count = len(values) // (2 if kind in (5, 10) else 1)
        return kind, count, struct.pack(f"{self.order}{len(values)}{_CODES[kind]}", *values)

    def folder(self, tags: Tags) -> tuple[int, int]:
        """Write a folder of tags: where it begins, and where the place of the next one belongs."""
        room, place_code = (8, "Q") if self.big else (4, "I")
        entries = b""
        for number, (kind, count, value) in sorted(tags.items()):
            held = value
            if len(value) > room:
                held = struct.pack(self.order + place_code, self.put(value, shared=True))
            entries += struct.pack(self.order + "HH" + place_code, number, kind, count) + held.ljust(room, b"\0")
        head = struct.pack(self.order + ("Q" if self.big else "H"), len(tags))
        start = self.put(head + entries + bytes(room))
        return start, start + len(head) + len(entries)

    def point(self, at: int, place: int) -> None:
        """Write where something lies into what was written before."""
        struct.pack_into(self.order + ("Q" if self.big else "I"), self.body, at, place)


# --- pixels ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    """What the samples of a page are."""

    photometric: int
    bits: int
    channels: int
    extra: tuple[int, ...]


@st.composite
def _looks(draw: st.DrawFn) -> _Look:
    photometric = draw(st.sampled_from([0, 1, 2, 2, 3]))
    bits = draw(
        st.sampled_from(
            {0: (1, 4, 8, 8, 16), 1: (1, 2, 4, 8, 8, 8, 16), 2: (8, 8, 8, 8, 16), 3: (1, 2, 4, 8)}[photometric]
        )
    )
    extra: tuple[int, ...] = ()
    if bits >= 8 and draw(st.integers(0, 3)) == 3:
        extra = tuple(draw(st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=2)))
    return _Look(photometric, bits, (3 if photometric == 2 else 1) + len(extra), extra)


def _packed(samples: np.ndarray, bits: int, order: str) -> bytes:
    """Samples (rows, columns, channels) as bytes; each row begins with a new one."""
    if bits == 16:
        return samples.astype(f"{order}u2").tobytes()
    if bits == 8:
        return samples.astype(np.uint8).tobytes()
    rows = samples.astype(np.uint8).reshape(len(samples), -1, 1)
    spread = np.unpackbits(rows, axis=2)[:, :, 8 - bits :].reshape(len(samples), -1)
    return np.packbits(spread, axis=1).tobytes()


def _compressed(data: bytes, compression: int, row_bytes: int) -> bytes:
    if compression == _LZW:
        return bytes(imagecodecs.lzw_encode(data))
    if compression in (_DEFLATE, _OLD_DEFLATE):
        return zlib.compress(data)
    if compression == _PACK_BITS:
        rows = [data[start : start + row_bytes] for start in range(0, len(data), row_bytes)]
        return b"".join(bytes(imagecodecs.packbits_encode(row)) for row in rows)
    return data


def _blocks(samples: np.ndarray, rows: int, columns: int, *, whole: bool) -> list[np.ndarray]:
    """Strips or tiles, row by row; tiles are filled up with their last samples."""
    height, width = samples.shape[:2]
    blocks = []
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            block = samples[top : top + rows, left : left + columns]
            if whole:
                missing = (0, rows - block.shape[0]), (0, columns - block.shape[1]), (0, 0)
                block = np.pad(block, missing, mode="edge")
            blocks.append(block)
    return blocks


@dataclass(frozen=True)
class _Layout:
    """How the samples of a page are cut up and compressed."""

    compression: int
    planar: int
    predictor: int
    tiled: bool
    rows: int
    columns: int


@st.composite
def _layouts(draw: st.DrawFn, look: _Look, width: int, height: int) -> _Layout:
    compression = draw(st.sampled_from([_NONE, _NONE, _LZW, _DEFLATE, _OLD_DEFLATE, _PACK_BITS]))
    predicts = compression in (_LZW, _DEFLATE, _OLD_DEFLATE) and look.bits >= 8
    tiled = draw(st.integers(0, 9)) == 9
    return _Layout(
        compression,
        draw(st.sampled_from([1, 1, 1, 1, 2])),
        draw(st.sampled_from([1, 2])) if predicts else 1,
        tiled,
        draw(st.sampled_from([16, 32])) if tiled else draw(st.integers(1, height)),
        draw(st.sampled_from([16, 32, 48])) if tiled else width,
    )


def _cut_and_compressed(samples: np.ndarray, bits: int, layout: _Layout, order: str) -> list[bytes]:
    planes = [samples] if layout.planar == 1 else np.split(samples, samples.shape[2], axis=2)
    result = []
    for plane in planes:
        for block in _blocks(plane, layout.rows, layout.columns, whole=layout.tiled):
            differences = np.diff(block, axis=1, prepend=0) % (1 << bits)
            data = _packed(differences if layout.predictor == 2 else block, bits, order)
            result.append(_compressed(data, layout.compression, len(data) // len(block)))
    return result


@st.composite
def _page(draw: st.DrawFn, writer: Writer) -> Tags:
    """Write the pixels of a page and give the tags that tell how they lie."""
    look = draw(_looks())
    width, height = (draw(st.integers(1, 9) | st.integers(1, 40)) for _ in range(2))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    samples = random.integers(0, 1 << look.bits, (height, width, look.channels))
    if draw(st.booleans()):
        samples[:] = samples[:1, :1]
    layout = draw(_layouts(look, width, height))
    blocks = _cut_and_compressed(samples, look.bits, layout, writer.order)
    if draw(st.integers(0, 7)) == 7:
        blocks = [block + draw(st.sampled_from([NOTES, NOTES + bytes(3), b"\0"])) for block in blocks]
    places = [writer.put(block) for block in blocks]
    tags: Tags = {
        256: writer.numbers(draw(st.sampled_from([3, 4])), width),
        257: writer.numbers(4, height),
        258: writer.numbers(3, *[look.bits] * look.channels),
        259: writer.numbers(3, layout.compression),
        262: writer.numbers(3, look.photometric),
        277: writer.numbers(3, look.channels),
        324 if layout.tiled else 273: writer.numbers(4, *places),
        325 if layout.tiled else 279: writer.numbers(4, *map(len, blocks)),
    }
    if layout.tiled:
        tags |= {322: writer.numbers(4, layout.columns), 323: writer.numbers(4, layout.rows)}
    else:
        tags[278] = writer.numbers(4, layout.rows)
    if layout.planar == 2 or draw(st.booleans()):
        tags[284] = writer.numbers(3, layout.planar)
    if layout.predictor == 2:
        tags[317] = writer.numbers(3, 2)
    return tags | draw(_further_page_tags(writer, look, tags))


@st.composite
def _further_page_tags(draw: st.DrawFn, writer: Writer, look: _Look, tags: Tags) -> Tags:
    further: Tags = {}
    if look.extra:
        further[338] = writer.numbers(3, *look.extra)
    if look.photometric == 3:
        random = np.random.default_rng(draw(st.integers(0, 99)))
        largest = draw(st.sampled_from([255, 65535]))
        further[320] = writer.numbers(3, *random.integers(0, largest + 1, 3 << look.bits).tolist())
    if writer.share and draw(st.booleans()):
        # In one place with the places of the strips, where these do not fit into the tag itself.
        further[65002] = tags.get(273) or tags[324]
        further[65003] = tags.get(279) or tags[325]
    return further


# --- everything else -------------------------------------------------------------------------------------------------


@st.composite
def _texts(draw: st.DrawFn) -> tuple[int, int, bytes]:
    text = draw(st.sampled_from(["Äußere Mühle", "猫 2024", "plain", "", "two\0texts"]))
    data = text.encode(draw(st.sampled_from(["utf-8", "latin-1"])), "replace")
    data += draw(st.sampled_from([b"\0", b"\0", b""]))
    return 2, len(data), data


@st.composite
def _private(draw: st.DrawFn) -> tuple[int, int, bytes]:
    """A tag's value of any type; the numbers in it are whatever the bytes say."""
    kind = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))
    count = draw(st.integers(1, 6))
    size = count * _TYPE_BYTES[kind]
    return kind, count, draw(st.binary(min_size=size, max_size=size))


@st.composite
def _resolutions(draw: st.DrawFn, writer: Writer) -> Tags:
    kind = draw(st.sampled_from([5, 5, 5, 10]))
    ratio = draw(st.sampled_from([(300, 1), (72009, 1000), (0, 0), (1, 0), (0, 1), (0xFFFFFFFF, 1)]))
    if kind == 10:
        ratio = draw(st.sampled_from([(-300, 1), (300, -1), (0, 0), (-(1 << 31), 1)]))
    tags = {282: writer.numbers(kind, *ratio), 283: writer.numbers(kind, *ratio)}
    if draw(st.booleans()):
        tags[296] = writer.numbers(3, draw(st.sampled_from([1, 2, 3])))
    return tags


@st.composite
def _inner_folders(draw: st.DrawFn, writer: Writer) -> Tags:
    """EXIF, GPS, and pictures inside."""
    tags: Tags = {}
    if draw(st.integers(0, 3)) == 3:
        inside: Tags = {
            33434: writer.numbers(5, 1, 250),
            36864: (7, 4, b"0232"),
            37510: (7, 20, b"UNICODE\0somebody!!!!"),
        }
        if draw(st.booleans()):
            inside[37500] = (7, 40, draw(st.binary(min_size=40, max_size=40)))
        tags[34665] = writer.numbers(draw(st.sampled_from([4, 13])), writer.folder(inside)[0])
    if draw(st.integers(0, 3)) == 3:
        place = writer.folder({0: (1, 4, bytes([2, 3, 0, 0])), 2: writer.numbers(5, 47, 1, 22, 1, 0, 0)})[0]
        tags[34853] = writer.numbers(4, place)
    if draw(st.integers(0, 11)) == 11:
        places = [writer.folder(draw(_page(writer)))[0] for _ in range(draw(st.integers(1, 2)))]
        tags[330] = writer.numbers(draw(st.sampled_from([4, 13])), *places)
    return tags


@st.composite
def _described(draw: st.DrawFn, writer: Writer) -> Tags:
    """Tags about the picture."""
    tags: Tags = {}
    for number in draw(
        st.lists(st.sampled_from([269, 270, 271, 272, 305, 306, 315, 316, 33432]), unique=True, max_size=3)
    ):
        tags[number] = draw(_texts())
    for number in draw(st.lists(st.sampled_from([65000, 65001, 50000, 32934, 1, 299]), unique=True, max_size=3)):
        tags[number] = draw(_private())
    if draw(st.integers(0, 19)) == 19:
        tags[700] = draw(_private())
    if draw(st.booleans()):
        tags[274] = writer.numbers(3, draw(st.sampled_from([1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8])))
    if draw(st.booleans()):
        tags |= draw(_resolutions(writer))
    extras = {
        34675: (7, 144 + 20, icc_profile(20)),
        700: (1, len(xmp("a='b'")), xmp("a='b'")),
        33723: (7, len(iptc(city=["Zürich"])), iptc(city=["Zürich"])),
        34377: (1, 30, b"8BIM\x04\x04\0\0\0\0\0\x12" + bytes(18)),
        254: writer.numbers(4, draw(st.sampled_from([0, 0, 1, 2]))),
        266: writer.numbers(3, 1),
        285: (2, 5, b"page\0"),
        297: writer.numbers(3, 0, 1),
        339: writer.numbers(3, 1),
        280: writer.numbers(3, 0),
        281: writer.numbers(3, 255),
        32997: writer.numbers(4, 1),
        42112: (2, 8, b"<GDAL/>\0"),
        33550: writer.numbers(12, 1.0, 1.0, 0.0),
        532: writer.numbers(5, 0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1),
        318: writer.numbers(5, 3127, 10000, 3290, 10000),
        301: writer.numbers(3, *range(256)),
    }
    for number in draw(st.lists(st.sampled_from(sorted(extras)), unique=True, max_size=2)):
        tags[number] = extras[number]
    return tags


@st.composite
def tiffs(draw: st.DrawFn) -> bytes:
    """A TIFF of one page or a few, of 1 to 40 pixels a side."""
    gap = draw(st.sampled_from([b"", b"", b"", b"", b"\0\0", b"\0\0", NOTES]))
    writer = Writer(draw(st.sampled_from("<>")), draw(st.integers(0, 11)) == 11, gap, draw(st.booleans()))
    at = 8 if writer.big else 4
    for _ in range(draw(st.sampled_from([1] * 8 + [2, 3]))):
        tags = draw(_page(writer))
        tags = draw(_described(writer)) | draw(_inner_folders(writer)) | tags
        start, next_at = writer.folder(tags)
        writer.point(at, start)
        at = next_at
    tail = draw(st.binary(min_size=1, max_size=40)) if draw(st.integers(0, 7)) == 7 else b""
    return bytes(writer.body) + tail
