"""A small real photograph, coded by the network, and looked into."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srec_engine import EncodeOptions, Inspection, Method, encode_image, inspect_file


@pytest.fixture(scope="session")
def crop(sample_photograph: Path) -> Image.Image:
    """A cat's eye, 61 × 45: odd, so that the last blocks are not whole."""
    with Image.open(sample_photograph) as image:
        return Image.fromarray(np.asarray(image.convert("RGB"))[80:125, 150:211])


@pytest.fixture(scope="session")
def crop_file(crop: Image.Image) -> bytes:
    return encode_image(crop, EncodeOptions(method=Method.SREC, verify=False)).data


@pytest.fixture
def inspection(crop_file: bytes) -> Inspection:
    return inspect_file(crop_file)


@pytest.fixture(scope="session")
def wide_file(sample_photograph: Path) -> bytes:
    """A strip of three tiles, 1100 × 24."""
    with Image.open(sample_photograph) as image:
        strip = image.convert("RGB").resize((1100, 24))
    return encode_image(strip, EncodeOptions(method=Method.SREC, verify=False)).data
