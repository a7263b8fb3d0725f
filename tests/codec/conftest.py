"""What the codec's tests share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine import EncodeOptions, Method, encode_image


@pytest.fixture(scope="session")
def photograph(sample_photograph: Path) -> Image.Image:
    """A real photograph, 451 × 300."""
    with Image.open(sample_photograph) as image:
        return image.convert("RGB")


@pytest.fixture(scope="session")
def network_file(photograph: Image.Image) -> bytes:
    """The photograph as the network codes it."""
    return encode_image(photograph, EncodeOptions(method=Method.SREC)).data


@pytest.fixture(scope="session")
def two_tiles(photograph: Image.Image) -> tuple[np.ndarray, bytes]:
    """A picture of two tiles (600 × 40) and its file."""
    pixels = np.tile(np.asarray(photograph)[100:140], (1, 2, 1))[:, :600]
    return pixels, encode_image(Image.fromarray(pixels), EncodeOptions(method=Method.SREC)).data
