"""Small containers that the tests of the container share."""

from __future__ import annotations

import numpy as np

from srec_engine.container import (
    Contents,
    FilePayload,
    Geometry,
    NetworkPayload,
    Plane,
    PlaneKind,
    WebPPayload,
)

MODEL_ID = bytes(range(32))
CHECKSUM = b"sixteen byte sum"


def network_contents(
    width: int = 70, height: int = 40, scales: int = 2, tile: int = 32, *, learning: bool = False
) -> Contents:
    """A container of method `srec` with random chunks, metadata and an alpha plane."""
    random = np.random.default_rng(5)
    geometry = Geometry(width, height, scales, tile)
    chunks = [random.bytes(int(random.integers(0, 40))) for _ in range(geometry.chunk_count)]
    base = random.integers(0, 256, (*geometry.base_size, 3), np.uint8)
    return Contents(
        "RGBA",
        width,
        height,
        NetworkPayload(MODEL_ID, base, chunks, scales, tile, learning=learning),
        CHECKSUM,
        {"icc": b"a profile" * 9, "dpi": b"[72,72]"},
        (Plane(PlaneKind.ALPHA, b"\x01\xff"),),
    )


def webp_contents() -> Contents:
    """A container of method `webp`."""
    return Contents("P", 9, 7, WebPPayload(b"RIFF and so on"), CHECKSUM, {}, (Plane(PlaneKind.PALETTE, b"colours"),))


def verbatim_contents(name: str = "holiday.jpg") -> Contents:
    """A container of method `verbatim`."""
    return Contents("CMYK", 9, 7, FilePayload(name, b"the bytes of a JPEG"), CHECKSUM)
