"""Writing a thumbnail: shared by `srec thumbnail` and by the file managers' `srec-thumbnailer`."""

from __future__ import annotations

import io
from pathlib import Path

import srec_engine

__all__ = ["write_thumbnail"]


def write_thumbnail(source: Path, destination: Path, size: int) -> tuple[int, int]:
    """Write a PNG of at most `size` × `size` pixels that shows a `.srec` file the way up it is looked at.

    Args:
        source: A `.srec` file.
        destination: The PNG to write; it appears whole or not at all.
        size: Longest side in pixels. A smaller picture is not enlarged.

    Returns:
        Width and height of the thumbnail.

    Raises:
        SrecError: The file cannot be read or the thumbnail cannot be written.
    """
    from PIL import Image, ImageOps

    from srec_engine.files import write_atomically

    preview = ImageOps.exif_transpose(srec_engine.read_preview(source))
    if preview.mode not in {"L", "LA", "RGB", "RGBA"}:
        # A palette cannot be averaged: its neighbours in number are no neighbours in colour.
        preview = preview.convert("RGBA" if preview.has_transparency_data else "RGB")
    preview.thumbnail((size, size), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    preview.save(encoded, format="PNG")
    write_atomically(destination, encoded.getvalue())
    return preview.size
