"""However it is computed, a picture becomes the same file, and a file the same picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from srec_engine import CodecOptions, EncodeOptions, Method, decode_image, encode_image, read_info
from srec_engine.integer.kernels import KERNELS

OPTIONS = EncodeOptions(method=Method.SREC, verify=False)


@pytest.fixture(scope="module")
def strip(photograph: Image.Image) -> Image.Image:
    """Three tiles, two of them of one size, which decoding with one thread takes together and with two does not."""
    pixels = np.tile(np.asarray(photograph)[100:148], (1, 3, 1))[:, :1070]
    return Image.fromarray(pixels)


@pytest.fixture(scope="module")
def expected(strip: Image.Image) -> bytes:
    data = encode_image(strip, OPTIONS).data
    assert "adaptation" in read_info(data).section_bytes
    return data


@pytest.mark.filterwarnings("ignore:TF32 acceleration:UserWarning")  # switching oneDNN warns on CPUs
@pytest.mark.parametrize("onednn", [True, False])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("kernel", list(KERNELS))
def test_every_way_to_compute_gives_the_same_file_and_the_same_picture(
    strip: Image.Image, expected: bytes, kernel: str, threads: int, onednn: bool
) -> None:
    codec = CodecOptions("cpu", kernel, threads)
    with torch.backends.mkldnn.flags(enabled=onednn):
        assert encode_image(strip, replace(OPTIONS, codec=codec)).data == expected
        assert decode_image(expected, codec).image.tobytes() == strip.tobytes()
