"""Making a thumbnail: shared by `srec thumbnail` and by the file managers' `srec-thumbnailer`."""

from __future__ import annotations

import io
from pathlib import Path

import srec_engine

__all__ = ["make_thumbnail"]


def make_thumbnail(source: Path, size: int) -> tuple[bytes, tuple[int, int]]:
    """A PNG of at most `size` × `size` pixels that shows a `.srec` file the way up it is looked at.

    Args:
        source: A `.srec` file.
        size: Longest side in pixels. A smaller picture is not enlarged, but the coarsest scale of a larger one is:
            a file manager shows a soft picture of the size it asked for, and a speck where it gets one.

    Returns:
        The bytes of the PNG, and its width and height.

    Raises:
        SrecError: The file cannot be read.
    """
    from PIL import Image

    from srec_engine.images.preview import upright

    preview = srec_engine.read_preview(source)
    if preview.mode not in {"L", "LA", "RGB", "RGBA"}:
        # A palette cannot be averaged: its neighbours in number are no neighbours in colour.
        preview = preview.convert("RGBA" if preview.has_transparency_data else "RGB")
    preview = upright(preview.resize(_size_within(source, size), Image.Resampling.LANCZOS))
    encoded = io.BytesIO()
    preview.save(encoded, format="PNG")
    return encoded.getvalue(), preview.size


def _size_within(source: Path, size: int) -> tuple[int, int]:
    """Width and height of the whole picture, made to fit into a square; not turned yet."""
    info = srec_engine.read_info(source)
    scale = min(1.0, size / max(info.width, info.height))
    return max(1, round(info.width * scale)), max(1, round(info.height * scale))
