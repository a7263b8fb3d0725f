"""The devices that a caller may choose."""

from __future__ import annotations

import numpy as np
from PIL import Image

from srec_engine import CodecOptions, EncodeOptions, Method, encode_image, list_devices


def test_every_listed_device_gives_the_same_file_and_the_cpu_is_the_last() -> None:
    picture = Image.fromarray(np.arange(24 * 16 * 3, dtype=np.uint8).reshape(16, 24, 3))
    devices = [device.name for device in list_devices()]
    assert devices[-1] == "cpu"
    files = {
        encode_image(picture, EncodeOptions(method=Method.SREC, codec=CodecOptions(device=name))).data
        for name in devices
    }
    assert len(files) == 1
