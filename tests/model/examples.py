"""A tiny model of each layout, and model files taken apart and put together again, wrongly where a test wants that."""

from __future__ import annotations

import functools
import json
import math
import struct
from dataclasses import dataclass

import numpy as np
import torch

from srec_engine.integer.edsr_export import export_edsr
from srec_engine.integer.export import export
from srec_engine.integer.tables import distribution_tables
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.integer_model import IntegerModel
from srec_engine.network.network import SuperResolutionNetwork

__all__ = ["LAYOUTS", "ModelFile", "StoredArray", "tiny_model"]

LAYOUTS = ("preactivation", "edsr")

ITEM_BYTES = {"I8": 1, "U8": 1, "I16": 2, "F16": 2, "BF16": 2, "I32": 4, "F32": 4, "I64": 8, "F64": 8}
"""Types that safetensors knows, and the bytes of a number."""


@functools.cache
def tiny_model(layout: str) -> IntegerModel:
    """A model of four features, untrained; nobody may change its arrays."""
    torch.manual_seed(0)
    if layout == "edsr":
        network = SuperResolutionNetwork(NetworkConfiguration.original(features=4, blocks=1, components=1, scales=2))
        image = np.random.default_rng(0).integers(0, 256, (24, 24, 3), np.uint8)
        return export_edsr(network, [image], "tiny-edsr", {"seed": 0})
    configuration = NetworkConfiguration(
        features=4, blocks=1, components=1, scales=2, shared_scales=2, remainder_blocks=1, remainder_products=True
    )
    return export(SuperResolutionNetwork(configuration), distribution_tables(configuration), "tiny", {"seed": 0})


@dataclass
class StoredArray:
    """An array as a file has it; what it says of itself need not be true.

    Attributes:
        type: As safetensors names it.
        shape: Its dimensions.
        data: Its bytes.
    """

    type: str
    shape: list[int]
    data: bytes

    def fit(self) -> None:
        """Make the bytes as many as type and shape demand, which safetensors insists on."""
        wanted = min(1 << 22, max(0, math.prod(self.shape)) * ITEM_BYTES.get(self.type, 1))
        self.data = self.data[:wanted].ljust(wanted, b"\1")


@dataclass
class ModelFile:
    """A model file, taken apart.

    Attributes:
        entries: Its metadata.
        arrays: By name.
    """

    entries: dict[str, str]
    arrays: dict[str, StoredArray]

    @classmethod
    def taken_apart(cls, data: bytes) -> ModelFile:
        """Of the bytes of a file that is whole."""
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + length])
        entries, content = header.pop("__metadata__"), data[8 + length :]
        arrays = {
            name: StoredArray(found["dtype"], found["shape"], content[slice(*found["data_offsets"])])
            for name, found in header.items()
        }
        return cls(entries, arrays)

    def together(self) -> bytes:
        """The bytes of a file."""
        header: dict[str, object] = {"__metadata__": self.entries}
        place = 0
        for name, array in self.arrays.items():
            end = place + len(array.data)
            header[name] = {"dtype": array.type, "shape": array.shape, "data_offsets": [place, end]}
            place = end
        text = json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + b"".join(array.data for array in self.arrays.values())
