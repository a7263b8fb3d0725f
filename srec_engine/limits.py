"""Limits that hold before anything is allocated for a file that may be hostile."""

from __future__ import annotations

__all__ = ["MAX_METADATA_BYTES", "MAX_PIXELS", "MAX_SIDE"]

MAX_PIXELS = 1 << 29
"""Pixels a picture may have (537 megapixels)."""

MAX_SIDE = 1 << 20
"""Pixels a side may have."""

MAX_METADATA_BYTES = 1 << 26
"""Bytes that metadata may unpack to (64 MiB)."""
