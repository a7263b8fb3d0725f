"""Pictures as plain pixels, for commands that look at networks and not at files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from srec_engine.errors import UnsupportedImageError
from srec_engine.limits import MAX_PIXELS

__all__ = ["middle", "read_pixels"]


def read_pixels(path: Path) -> NDArray[np.uint8]:
    """A picture's pixels as uint8 (H, W, 3).

    Raises:
        UnsupportedImageError: When it cannot be read.
    """
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnsupportedImageError(f"{path} has too many pixels ({image.width} × {image.height}).")
            if image.mode.startswith(("I", "F")):
                raise UnsupportedImageError(f"{path} has samples of more than 8 bits. Convert it first.")
            return np.asarray(image.convert("RGB"))
    except FileNotFoundError as error:
        raise UnsupportedImageError(f"{path} does not exist. Check its name.") from error
    except UnidentifiedImageError as error:
        raise UnsupportedImageError(f"{path} is not an image in a format that can be read.") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnsupportedImageError(f"{path} cannot be read as an image ({error}).") from error


def middle(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The middle `side` × `side` pixels, or what there is of them: the very ones that the original program takes."""
    height, width = pixels.shape[:2]
    top, left = round(max(0, height - side) / 2), round(max(0, width - side) / 2)
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])
