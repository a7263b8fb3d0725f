"""Writes grey JPEGs code by code, so that a test makes every choice that an encoder has."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.jpegs import DHT, DQT, EOI, SOS, segment

__all__ = ["DRI", "END_OF_BLOCK", "SIXTEEN_ZEROS", "Code", "Scan", "bits_of", "grey_jpeg", "number", "run"]

DRI, SEQUENTIAL, PROGRESSIVE = 0xDD, 0xC1, 0xC2


@dataclass(frozen=True)
class Code:
    """A Huffman code for a symbol (none: bits alone), and the bits behind it, as "0" and "1"."""

    symbol: int | None
    bits: str = ""


@dataclass(frozen=True)
class Scan:
    """A scan: first and last coefficient, shift, whether it refines, its codes interval by interval, and padding."""

    intervals: Sequence[Iterable[Code]]
    first: int = 0
    last: int = 63
    shift: int = 0
    refines: bool = False
    padding: str = "1"
    behind: bytes = b""
    markers: Sequence[int] | None = None


END_OF_BLOCK = Code(0x00)
SIXTEEN_ZEROS = Code(0xF0)


def number(value: int, zeros: int = 0) -> Code:
    """A coefficient behind some zeros."""
    size = abs(value).bit_length()
    bits = value if value > 0 else value + (1 << size) - 1
    return Code(zeros << 4 | size, format(bits, f"0{size}b") if size else "")


def run(blocks: int) -> Code:
    """So many blocks end at once."""
    size = blocks.bit_length() - 1
    return Code(size << 4, format(blocks - (1 << size), f"0{size}b") if size else "")


def bits_of(codes: Iterable[Code]) -> str:
    """As the tables have them: the code of each symbol is its number, in eight bits."""
    return "".join(("" if code.symbol is None else format(code.symbol, "08b")) + code.bits for code in codes)


# Codes of eight bits, for all symbols but 255, which no scan has. Those for DC coefficients are sizes up to 15.
_SIZES = bytes([*[0] * 7, 16, *[0] * 8, *range(16)])
_SYMBOLS = bytes([*[0] * 7, 255, *[0] * 8, *range(255)])
_TABLES = segment(DHT, b"\x00" + _SIZES) + segment(DHT, b"\x10" + _SYMBOLS) + segment(DQT, b"\x00" + bytes([1] * 64))


def grey_jpeg(width: int, height: int, scans: Sequence[Scan], *, progressive: bool, interval: int = 0) -> bytes:
    """A grey picture with these scans."""
    frame = segment(
        PROGRESSIVE if progressive else SEQUENTIAL, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0)
    )
    restarts = segment(DRI, struct.pack(">H", interval)) if interval else b""
    parts = [b"\xff\xd8", _TABLES, frame, restarts, *map(_scan, scans), bytes([0xFF, EOI])]
    return b"".join(parts)


def _scan(scan: Scan) -> bytes:
    before = scan.shift + 1 if scan.refines else 0
    header = segment(SOS, bytes([1, 1, 0, scan.first, scan.last, before << 4 | scan.shift]))
    markers = range(0xD0, 0xD0 + len(scan.intervals)) if scan.markers is None else scan.markers
    coded = b""
    for place, codes in enumerate(scan.intervals):
        bits = bits_of(codes)
        bits += (scan.padding * 8)[: -len(bits) % 8]
        stuffed = int(bits or "0", 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
        marker = b"" if place == len(scan.intervals) - 1 else bytes([0xFF, 0xD0 + (markers[place] & 7)])
        coded += stuffed + marker
    return header + coded + scan.behind
