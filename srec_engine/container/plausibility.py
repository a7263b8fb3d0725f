"""What a file may ask of the network: each pixel costs the same work, and a few bytes can announce very many."""

from __future__ import annotations

from srec_engine.container.reader import Reader
from srec_engine.errors import DamagedFileError
from srec_engine.limits import is_plausible_picture

__all__ = ["is_plausible_size", "require_plausible_size"]


def is_plausible_size(width: int, height: int, file_bytes: int) -> bool:
    """Whether a picture that the network codes may have so many pixels in a file of so many bytes."""
    return is_plausible_picture(width * height, file_bytes)


def require_plausible_size(reader: Reader) -> None:
    """Check, before anything is decoded, that a file has bytes enough for the pixels that it announces.

    Files of other methods always pass: a pixel costs them a thousandth of what it costs the network.

    Raises:
        DamagedFileError: When it has far fewer than such a picture takes.
    """
    header = reader.header
    present = min(reader.file_bytes, header.file_bytes)  # what follows the picture is none of it
    if reader.geometry is None or is_plausible_size(header.width, header.height, present):
        return
    state = "is cut off" if not reader.is_complete else "is damaged, or was made to keep machines busy"
    raise DamagedFileError(
        f"{reader.name} announces {header.width} x {header.height} pixels, of which only {present} bytes are here: it "
        f"{state}. Fetch the file again or, if you know where it comes from, decode it with srec decode --trusted."
    )
