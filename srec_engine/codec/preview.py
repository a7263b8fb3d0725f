"""A small picture of a `.srec`, at once. What is imported here, or by a method's module, delays the first picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from srec_engine.codec.methods import holding_method
from srec_engine.codec.steps import opened

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["read_preview"]


def read_preview(source: Path | bytes) -> Image:
    """A small picture at once: the base of a network's file, else the picture reduced.

    Raises:
        NotSrecError: When this is no `.srec` file that can be read.
        DamagedFileError: When the part that is needed is missing or damaged.
    """
    with opened(source) as reader:
        return holding_method(reader.header.method).preview(reader)
