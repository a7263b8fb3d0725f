"""BMP files of every header, depth and compression, with and without bytes where none need to be."""

from __future__ import annotations

import struct

import numpy as np
from hypothesis import strategies as st

from tests.cases.make_cases import icc_profile
from tests.cases.oracle import NOTES

__all__ = ["bmps"]

_MASKS = {
    16: [(0x7C00, 0x3E0, 0x1F, 0), (0xF800, 0x7E0, 0x1F, 0), (0x7C00, 0x3E0, 0x1F, 0x8000), (0xF00, 0xF0, 0xF, 0xF000)],
    32: [
        (0xFF0000, 0xFF00, 0xFF, 0),
        (0xFF0000, 0xFF00, 0xFF, 0xFF000000),
        (0xFF, 0xFF00, 0xFF0000, 0xFF000000),
        (0xFF000000, 0xFF0000, 0xFF00, 0),
        (0x3FF << 20, 0x3FF << 10, 0x3FF, 0),
    ],
}


def _run_lengths(indices: np.ndarray, bits: int) -> bytes:
    """RLE8 or RLE4, from the bottom up: runs, the ends of the rows and the end of the picture."""
    out = bytearray()
    for row in indices[::-1].tolist():
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end] == row[start] and end - start < 255:
                end += 1
            out += bytes([end - start, row[start] * 17 if bits == 4 else row[start]])
            start = end
        out += b"\0\0"
    return bytes(out[:-2]) + b"\0\1"


def _rows(samples: np.ndarray, bits: int, padding: bytes, *, top_down: bool) -> bytes:
    """Rows of unsigned numbers, each filled up to four bytes with what `padding` begins with."""
    rows = []
    for row in samples if top_down else samples[::-1]:
        if bits < 8:
            spread = np.unpackbits(row.astype(np.uint8).reshape(-1, 1), axis=1)[:, 8 - bits :]
            data = np.packbits(spread.reshape(-1)).tobytes()
        elif bits == 24:
            data = row.astype("<u4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()
        else:
            data = row.astype(f"<u{bits // 8}").tobytes()
        rows.append(data + padding[: -len(data) % 4])
    return b"".join(rows)


@st.composite
def bmps(draw: st.DrawFn) -> bytes:
    """A BMP of 1 to 40 pixels a side."""
    header_bytes = draw(st.sampled_from([40, 40, 40, 12, 12, 52, 56, 108, 124, 64]))
    bits = draw(st.sampled_from([1, 4, 8, 24] if header_bytes in (12, 64) else [24, 24, 32, 32, 8, 4, 1, 16, 2]))
    width, height = (draw(st.integers(1, 9) | st.integers(1, 40)) for _ in range(2))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    used = draw(st.sampled_from([1 << bits, max(1, (1 << bits) // 2)])) if bits <= 8 else 0
    samples = random.integers(0, used or 1 << bits, (height, width))
    if draw(st.booleans()):
        samples[:] = samples[0, 0]
    if bits == 32 and draw(st.booleans()):
        samples &= 0xFFFFFF
    run_length = bits in (4, 8) and header_bytes > 12 and draw(st.integers(0, 3)) == 3
    top_down = header_bytes not in (12, 64) and not run_length and draw(st.integers(0, 3)) == 3
    padding = draw(st.sampled_from([bytes(3), bytes(3), b"xyz"]))
    rows = _run_lengths(samples, bits) if run_length else _rows(samples, bits, padding, top_down=top_down)
    compression = {8: 1, 4: 2}[bits] if run_length else 0
    masks = (0, 0, 0, 0)
    if bits in _MASKS and header_bytes != 64 and draw(st.booleans()):
        compression, masks = 3, draw(st.sampled_from(_MASKS[bits]))
    colours = used
    palette = random.bytes((3 if header_bytes == 12 else 4) * (1 << bits if header_bytes == 12 else used))
    if not used:
        palette = b""
    if header_bytes == 40 and compression == 3:
        palette = struct.pack("<3I", *masks[:3])
    profile = icc_profile(20) if header_bytes == 124 and draw(st.booleans()) else b""
    gap = draw(st.sampled_from([b"", b"", b"", b"", b"", bytes(2), bytes(2), NOTES]))
    start = 14 + header_bytes + len(palette) + len(gap)
    if header_bytes == 12:
        header = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        size = draw(st.sampled_from([0, len(rows)])) if not compression else len(rows)
        density = draw(st.sampled_from([0, 2835, -1, 0x7FFFFFFF]))
        header = struct.pack(
            "<IiiHHIIiiII",
            *(header_bytes, width, -height if top_down else height, 1, bits, compression, size, density, density),
            *(colours if colours != 1 << bits else draw(st.sampled_from([0, colours])), draw(st.sampled_from([0, 2]))),
        )
        more = struct.pack("<4I", *masks)
        if header_bytes >= 108:
            space = b"DEBM" if profile else draw(st.sampled_from([b"BGRs", b" niW", bytes(4)]))
            more += space + random.bytes(36) + struct.pack("<3I", 0x10000, 0x20000, 0x8000)
        if header_bytes == 124:
            more += struct.pack("<4I", 4, start - 14 + len(rows) if profile else 0, len(profile), 0)
        header += bytes(24) if header_bytes == 64 else more[: header_bytes - 40]
    tail = profile + (draw(st.sampled_from([NOTES, b"\0", bytes(9)])) if draw(st.integers(0, 4)) == 4 else b"")
    whole = start + len(rows) + len(tail)
    announced = draw(st.sampled_from([whole, whole, whole, 0, whole + 7]))
    file_header = b"BM" + struct.pack("<IHHI", announced, 0, draw(st.sampled_from([0, 0, 9])), start)
    return file_header + header + palette + gap + rows + tail
