"""JPEG XL by the newest libjxl that there is a package of: for pixels, and for JPEG files."""

from __future__ import annotations

import importlib.metadata
import json
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.benchmark.libraries import library, named

__all__ = ["JpegXl"]

_PACKAGE = "pillow-jxl-plugin"


class JpegXl:
    """Lossless JPEG XL at one effort.

    Attributes:
        libraries: What does the work, with its version.
    """

    def __init__(self, effort: int, threads: int) -> None:
        """Make encoders and a decoder.

        Args:
            effort: 1 to 9.
            threads: That encoder and decoder work with. They do not change a byte.

        Raises:
            MissingDependencyError: When the package is not installed.
        """
        # Importing it adds a reader and a writer to Pillow's: a process of its own keeps that from everybody else.
        module = library("pillow_jxl", _PACKAGE)
        encoder = partial(
            module.Encoder,
            mode="RGB",
            lossless=True,
            quality=100,
            decoding_speed=0,
            effort=effort,
            use_original_profile=False,  # true for what is lossless, whatever one asks for
            num_threads=threads,
        )
        self.libraries = f"{_libjxl()} ({named(_PACKAGE)})"
        # Pixels need no boxes around the codestream, and without them the file is smallest; a JPEG's headers do.
        self._pixel_encoder = encoder(use_container=False)
        self._jpeg_encoder = encoder(use_container=True)
        self._decoder = module.Decoder(num_threads=threads)

    def encode(self, pixels: NDArray[np.uint8]) -> bytes:
        """A picture, uint8 (H, W, 3), to a whole file."""
        height, width, _ = pixels.shape
        return bytes(self._pixel_encoder(pixels.tobytes(), width, height, jpeg_encode=False))

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        """A file of `encode` to its picture, uint8 (H, W, 3)."""
        _, info, samples, *_ = self._decoder(data)
        return np.frombuffer(samples, np.uint8).reshape(info.height, info.width, 3)

    def pack(self, jpeg: bytes) -> bytes:
        """A JPEG file to a smaller one."""
        # The picture's size is looked at for pixels only.
        return bytes(self._jpeg_encoder(jpeg, 1, 1, jpeg_encode=True))

    def unpack(self, packed: bytes) -> bytes:
        """The JPEG file's bytes again; none where there is no JPEG in it."""
        is_jpeg, _, jpeg, *_ = self._decoder(packed)
        return bytes(jpeg) if is_jpeg else b""


def _libjxl() -> str:
    """Libjxl with its version, which the package tells only in its list of what it was built from."""
    for file in importlib.metadata.files(_PACKAGE) or ():
        if file.name.endswith(".cyclonedx.json"):
            components: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["components"]
            for component in components:
                _, found, version = str(component.get("version", "")).partition("+libjxl-")
                if found:
                    return f"libjxl {version}"
    return "libjxl"
