"""Limits that hold before anything is allocated for a file that may be hostile."""

from __future__ import annotations

__all__ = ["FREE_NETWORK_PIXELS", "MAX_METADATA_BYTES", "MAX_PIXELS", "MAX_SIDE", "NETWORK_PIXELS_PER_BYTE"]

MAX_PIXELS = 1 << 29
"""Pixels a picture may have (537 megapixels)."""

MAX_SIDE = 1 << 20
"""Pixels a side may have."""

FREE_NETWORK_PIXELS = 1 << 25
"""Pixels that a picture coded by the network may have, however short its file is (33 megapixels)."""

NETWORK_PIXELS_PER_BYTE = 1 << 10
"""Pixels that a larger one may have for each byte of its file. Photographs have about one. Each pixel costs the
network the same work, and the index of a picture of 2²⁹ pixels, which is all that must be there, has 80 KB."""

MAX_METADATA_BYTES = 1 << 26
"""Bytes that metadata may unpack to (64 MiB)."""
