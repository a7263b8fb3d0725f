"""Netpbm, TGA and QOI files: rows of samples with little around them."""

from __future__ import annotations

import struct

import imagecodecs
import numpy as np
from hypothesis import strategies as st

from tests.cases.oracle import NOTES

__all__ = ["netpbms", "qois", "tgas"]

_sides = st.integers(1, 9) | st.integers(1, 40)
_tails = st.sampled_from([b"", b"", b"", b"\n", b"\0", NOTES])


@st.composite
def _samples(draw: st.DrawFn, channels: int, values: int) -> np.ndarray:
    height, width = draw(_sides), draw(_sides)
    random = np.random.default_rng(draw(st.integers(0, 99)))
    samples = random.integers(0, values, (height, width, channels))
    if draw(st.booleans()):
        samples[:] = samples[:1, :1]
    return samples


@st.composite
def _spaces(draw: st.DrawFn) -> bytes:
    """What may stand between two numbers of a header."""
    return draw(
        st.sampled_from([b"\n", b"\n", b" ", b"\t", b"\r\n", b"  ", b"\n# tray 4\n", b" # frame 17\n", b"\n#\n"])
    )


@st.composite
def _netpbm(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from([4, 5, 5, 6, 6, 6, 1, 2, 3]))
    channels = 3 if kind in (3, 6) else 1
    largest = (
        1 if kind in (1, 4) else draw(st.sampled_from([255, 255, 255, 255, 255, 1, 15, 100, 254, 256, 1023, 65535]))
    )
    samples = draw(_samples(channels, largest + 1))
    height, width = samples.shape[:2]
    numbers = [width, height] + ([] if kind in (1, 4) else [largest])
    head = b"P%d" % kind + b"".join(draw(_spaces()) + b"%d" % number for number in numbers)
    head += draw(st.sampled_from([b"\n", b"\n", b" ", b"\t"]))
    if kind <= 3:
        between = draw(st.sampled_from([b" ", b"\n", b"  "]))
        return head + between.join(b"%d" % sample for sample in samples.reshape(-1)) + b"\n"
    if kind == 4:
        return head + np.packbits(samples[:, :, 0].astype(np.uint8), axis=1).tobytes()
    return head + samples.astype(">u2" if largest > 255 else "u1").tobytes()


@st.composite
def _pam(draw: st.DrawFn) -> bytes:
    name, channels = draw(
        st.sampled_from([("BLACKANDWHITE", 1), ("GRAYSCALE", 1), ("GRAYSCALE_ALPHA", 2), ("RGB", 3), ("RGB_ALPHA", 4)])
    )
    largest = 1 if channels == 1 and name != "GRAYSCALE" else draw(st.sampled_from([255, 255, 15, 65535]))
    samples = draw(_samples(channels, largest + 1))
    height, width = samples.shape[:2]
    lines = [f"WIDTH {width}", f"HEIGHT {height}", f"DEPTH {channels}", f"MAXVAL {largest}", f"TUPLTYPE {name}"]
    lines = draw(st.permutations(lines)) + draw(st.sampled_from([[], ["# tray 4"]]))
    head = "\n".join(["P7", *lines, "ENDHDR", ""]).encode()
    return head + samples.astype(">u2" if largest > 255 else "u1").tobytes()


@st.composite
def netpbms(draw: st.DrawFn) -> bytes:
    """A picture, or several behind each other, of Netpbm's formats P1 to P7."""
    pictures = [
        draw(st.one_of(_netpbm(), _netpbm(), _netpbm(), _netpbm(), _pam()))
        for _ in range(draw(st.sampled_from([1, 1, 1, 2])))
    ]
    return b"".join(pictures) + draw(_tails)


# --- TGA -------------------------------------------------------------------------------------------------------------


def _run_lengths(pixels: list[bytes], width: int) -> bytes:
    """Packets of at most 128 pixels that do not cross rows: runs where two are alike, else one by one."""
    out = b""
    for top in range(0, len(pixels), width):
        row, start = pixels[top : top + width], 0
        while start < len(row):
            end = start
            while end < len(row) and row[end] == row[start] and end - start < 128:
                end += 1
            out += bytes([(0x80 if end - start > 1 else 0) | (end - start - 1)]) + row[start]
            start = end
    return out


@st.composite
def tgas(draw: st.DrawFn) -> bytes:
    """A TGA of any type, with an identification, a colour map, an extension area and a footer."""
    kind = draw(st.sampled_from([2, 2, 2, 1, 1, 3, 3, 9, 10, 11]))
    bits = draw(st.sampled_from({1: [8], 2: [24, 24, 24, 32, 32, 16, 15], 3: [8, 8, 8, 8, 16]}[kind & 7]))
    pixel_bytes = (bits + 7) // 8
    map_bits = draw(st.sampled_from([24, 24, 24, 24, 15, 16, 32])) if kind & 7 == 1 else 0
    first, entries = (
        (draw(st.sampled_from([0, 0, 0, 0, 3])), draw(st.sampled_from([1, 16, 200, 250]))) if map_bits else (0, 0)
    )
    random = np.random.default_rng(draw(st.integers(0, 99)))
    width, height = draw(_sides), draw(_sides)
    samples = random.integers(0, entries or 256, (height * width, pixel_bytes)).astype(np.uint8) + np.uint8(first)
    if draw(st.booleans()):
        samples[:] = samples[:1]
    identification = draw(st.sampled_from([b"", b"", b"scanner 2, tray 4", bytes(255)]))
    attribute_bits = draw(st.sampled_from({32: [8, 8, 0], 16: [1, 0]}.get(bits, [0])))
    descriptor = attribute_bits | draw(st.sampled_from([0, 0, 0x20, 0x20, 0x20, 0x10, 0x30]))
    head = struct.pack(
        "<BBBHHBHHHHBB",
        *(len(identification), int(bool(map_bits)), kind, first, entries, map_bits),
        *(draw(st.sampled_from([0, 5])), draw(st.sampled_from([0, 7])), width, height, bits, descriptor),
    )
    colour_map = random.bytes(entries * ((map_bits + 7) // 8))
    pixels = [row.tobytes() for row in samples]
    data = head + identification + colour_map + (_run_lengths(pixels, width) if kind & 8 else b"".join(pixels))
    if draw(st.booleans()):
        extension = struct.pack("<H41s", 495, b"The author of it") + bytes(452)
        place = len(data) if draw(st.booleans()) else 0
        data += extension if place else b""
        data += struct.pack("<II", place, 0) + b"TRUEVISION-XFILE.\0"
    return data + draw(_tails)


# --- QOI -------------------------------------------------------------------------------------------------------------


@st.composite
def qois(draw: st.DrawFn) -> bytes:
    """A QOI, of either colour space, perhaps with bytes before its end or behind it, or with a second one."""
    samples = draw(_samples(draw(st.sampled_from([3, 4])), 256)).astype(np.uint8)
    data = bytes(imagecodecs.qoi_encode(samples))
    data = data[:13] + draw(st.sampled_from([b"\0", b"\1"])) + data[14:]
    ends = [b"", b"", NOTES + data[-8:], data]
    hidden = draw(st.sampled_from(ends))
    return (data[:-8] + hidden if hidden.startswith(NOTES) else data + hidden) + draw(_tails)
