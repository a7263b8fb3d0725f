"""A network in integers, as plain arrays: what a model file holds and what every kernel computes with.

An accumulator is Σ weight·input + bias. The proof that it is exact in float32, in any order of summation, is
`IntegerConvolution.check`: the sum of all magnitudes stays below 2²⁴. An output is accumulator·2^−shift, a scaling that
float32 makes without rounding.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.errors import ModelError
from srec_engine.model.configuration import LARGEST_DILATION, NetworkConfiguration
from srec_engine.model.layers import check_layers

__all__ = [
    "EXACT_LIMIT",
    "HEXADECIMAL",
    "KNOWN_ANSWERS_VERSIONS",
    "LARGEST_SHIFT",
    "IntegerConvolution",
    "IntegerModel",
    "WalkDigests",
]

EXACT_LIMIT = 1 << 24
"""Integers below this magnitude are exact in float32."""

LARGEST_SHIFT = 40
"""Bound on |shift|, so that a scaled accumulator stays a normal float32."""

KNOWN_ANSWERS_VERSIONS = frozenset({1})
"""Versions of the generator of known answers that this program has (`srec_engine.integer.known_answers`)."""

HEXADECIMAL = re.compile(r"[0-9a-f]{1,64}")
"""A digest, whole or shortened."""

MOST_WALKS = 64
LONGEST_WALK_NAME = 255


@dataclass(frozen=True, slots=True, eq=False)
class IntegerConvolution:
    """One convolution of integers with "same" padding.

    Attributes:
        weight: int16 (outputs, inputs, side, side); within −127 … 127 where `input_maximum` ≤ 255.
        bias: int32 (outputs,), in accumulator units.
        shift: int8 (outputs,): outputs are accumulator·2^−shift.
        input_maximum: Largest magnitude of an input. Up to 255 (with the offset) inputs are bytes, beyond it they are
            signed 16-bit integers.
        input_offset: Inputs are stored as unsigned bytes with this added (128 for signed ones); padding has the
            value 0, which is stored as the offset.
        dilation: Distance in pixels between the inputs that neighbouring weights take.
    """

    weight: NDArray[np.int16]
    bias: NDArray[np.int32]
    shift: NDArray[np.int8]
    input_maximum: int
    input_offset: int = 0
    dilation: int = 1

    @property
    def side(self) -> int:
        """Side of the kernel in pixels."""
        return int(self.weight.shape[2])

    @property
    def padding(self) -> int:
        """Zeros on each side of the inputs that keep their height and width."""
        return self.dilation * (self.side // 2)

    @property
    def eight_bit(self) -> bool:
        """Whether weights and inputs fit the 8-bit kernels."""
        return self.input_maximum + self.input_offset <= 255

    def input_description(self) -> NDArray[np.int32]:
        """Maximum, offset and, where it is not 1, dilation: what a model file says of a layer's inputs."""
        # Models from before there were dilations keep their ids.
        numbers = [self.input_maximum, self.input_offset] + ([self.dilation] if self.dilation != 1 else [])
        return np.array(numbers, dtype=np.int32)

    def check(self, name: str) -> None:
        """Prove that float32 computes this layer exactly.

        Raises:
            ModelError: When shapes do not fit or an accumulator could reach 2²⁴.
        """
        outputs = self.weight.shape[0] if self.weight.ndim == 4 else -1
        if outputs < 1 or self.bias.shape != (outputs,) or self.shift.shape != (outputs,):
            raise ModelError(f"Layer {name} of the model has shapes that do not fit together.")
        if self.weight.shape[2] != self.weight.shape[3] or self.side % 2 == 0:
            raise ModelError(f"Layer {name} of the model has a kernel that is not square with an odd side.")
        if self.eight_bit and np.abs(self.weight.astype(np.int64)).max(initial=0) > 127:
            raise ModelError(f"Layer {name} of the model has weights beyond 8 bits.")
        if not 1 <= self.dilation <= LARGEST_DILATION:
            raise ModelError(f"Layer {name} of the model has a dilation out of range.")
        if np.abs(self.shift.astype(np.int64)).max(initial=0) > LARGEST_SHIFT:
            raise ModelError(f"Layer {name} of the model has scales out of range.")
        magnitudes = np.abs(self.weight.astype(np.int64)).sum(axis=(1, 2, 3))
        # Kernels that store signed inputs with an offset sum (input + offset)·weight and take offset·Σweight off again.
        largest = magnitudes * (self.input_maximum + 2 * self.input_offset) + np.abs(self.bias.astype(np.int64))
        if largest.max(initial=0) >= EXACT_LIMIT:
            raise ModelError(f"Layer {name} of the model could exceed 2^24, so it would not be exact on every device.")


@dataclass(frozen=True, slots=True)
class WalkDigests:
    """What complete walks through a network end with: how its layers go together, on any machine.

    Attributes:
        version: Of the walks.
        digests: Of each, in hexadecimal, by a name.

    Raises:
        ModelError: When they are none: too many, or anything but short texts.
    """

    version: int
    digests: Mapping[str, str]

    def __post_init__(self) -> None:
        """They may come from a hostile file."""
        version: Any = self.version
        digests: Any = self.digests
        if type(version) is not int or version < 1:
            raise ModelError("The walks of the model have no version.")
        if not isinstance(digests, Mapping) or len(digests) > MOST_WALKS:
            raise ModelError(f"The walks of the model have no digests, or more than {MOST_WALKS}.")
        for name, digest in digests.items():
            if len(name) > LONGEST_WALK_NAME or not (isinstance(digest, str) and HEXADECIMAL.fullmatch(digest)):
                raise ModelError("The digests of the model's walks are damaged.")


@dataclass(frozen=True, slots=True, eq=False)
class IntegerModel:
    """A whole model.

    Attributes:
        configuration: Shape of the network.
        layers: Convolutions by name (`export` gives the names).
        couplings: int32 (weight sets, 3, 4, 4): what a known remainder adds to another channel's logits (2⁻⁶ nat).
        tables: Integer tables of the distributions, by name.
        known_answers: Digest of each layer's outputs for generated inputs, by name; empty where this program cannot
            make the inputs.
        recipe: How the model was made, in words and figures.
        name: What people call it.
        known_answers_version: Of the generator of those inputs.
        walks: What complete walks end with, where the file says so.
        starts: What streams that learn begin with, by name; empty where they begin with nothing. Known answers and
            walks do not depend on it.
    """

    configuration: NetworkConfiguration
    layers: dict[str, IntegerConvolution]
    couplings: NDArray[np.int32]
    tables: dict[str, NDArray[Any]]
    known_answers: dict[str, str] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    known_answers_version: int = 1
    walks: WalkDigests | None = None
    starts: dict[str, NDArray[np.int16]] = field(default_factory=dict)

    def check(self) -> None:
        """Check that the layers are those of the configuration, and prove each exact (`IntegerConvolution.check`).

        Raises:
            ModelError: When they are not, or one could be inexact.
        """
        check_layers(self.configuration, self.layers)
        for name, layer in self.layers.items():
            layer.check(name)
        if self.couplings.shape != (self.configuration.weight_sets, 3, 4, 4):
            raise ModelError("The model's remainder couplings have the wrong shape.")
        if np.abs(self.couplings.astype(np.int64)).max(initial=0) >= 1 << 13:
            raise ModelError("The model's remainder couplings are out of range.")

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array that decides a bit of a coded file, by a stable name."""
        arrays: dict[str, NDArray[Any]] = {"couplings": self.couplings}
        for name, layer in self.layers.items():
            arrays[f"layers.{name}.weight"] = layer.weight
            arrays[f"layers.{name}.bias"] = layer.bias
            arrays[f"layers.{name}.shift"] = layer.shift
            arrays[f"layers.{name}.input"] = layer.input_description()
        arrays.update({f"tables.{name}": table for name, table in self.tables.items()})
        arrays.update({f"starts.{name}": table for name, table in self.starts.items()})
        return arrays

    def identity(self) -> bytes:
        """SHA-256 of everything that decides a bit of a coded file: the model's id in `.srec` headers."""
        digest = hashlib.sha256(json.dumps(self.configuration.to_dict(), sort_keys=True).encode())
        for name, array in sorted(self.arrays().items()):
            little_endian = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
            digest.update(f"\n{name} {little_endian.dtype.str} {little_endian.shape}\n".encode())
            digest.update(little_endian.tobytes())
        return digest.digest()
