"""Model files: safetensors with the integer arrays, and JSON metadata. Nothing in them is ever executed.

What a file says of itself is checked against the table of its configuration's layers before any array is loaded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from srec_engine.atomic import write_atomically
from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.entries import model_entries, read_configuration, read_entries
from srec_engine.model.integer_model import IntegerConvolution, IntegerModel
from srec_engine.model.layers import check_names, layer_table

__all__ = ["MODEL_SUFFIX", "model_bytes", "read_model", "unusable_model", "write_model"]

MODEL_SUFFIX = ".safetensors"

TABLES = ("sigmoid", "exponential", "inverse_scale", "log_scale_minimum")
"""Tables of the distributions. What they hold is checked where they are used."""

LONGEST_TABLE = 1 << 14

STARTS = "starts."
"""Begins the names of what streams begin with. Which these are, and how large, is checked where they are used."""

MOST_STARTS = 16
"""Such arrays that are read at all."""

LONGEST_START = 1 << 18
"""Numbers that each may hold."""


class _Stored(NamedTuple):
    """How an array lies in a file.

    Attributes:
        types: As safetensors names them.
        shape: None where it is checked by those who know it.
        axes: How many, then.
        most: How many numbers, then, from one on.
    """

    types: tuple[str, ...]
    shape: tuple[int, ...] | None = None
    axes: range = range(1, 2)
    most: int = LONGEST_TABLE

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether an array of a file may have this shape."""
        if self.shape is not None:
            return shape == self.shape
        return len(shape) in self.axes and 1 <= math.prod(shape) <= self.most


def write_model(model: IntegerModel, path: Path) -> None:
    """Write `model` to `path`, wholly or not at all.

    Raises:
        OutputError: When it cannot be written; an older model is untouched.
    """
    write_atomically(path, model_bytes(model))


def model_bytes(model: IntegerModel) -> bytes:
    """The content of a model file."""
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(array) for name, array in model.arrays().items()}
    return save(_narrowed(arrays), model_entries(model))


def _narrowed(arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """8-bit weights are stored as int8 to halve the file."""
    return {
        name: array.astype(np.int8) if name.endswith(".weight") and np.abs(array).max(initial=0) <= 127 else array
        for name, array in arrays.items()
    }


def read_model(path: Path) -> IntegerModel:
    """Read and check a model file.

    Raises:
        ModelError: When it is missing, damaged, of another kind, or could not be exact.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as stored:
            entries = dict(stored.metadata() or {})
            configuration = read_configuration(entries)
            names = list(stored.keys())
            table = _stored_arrays(configuration, [name for name in names if name.startswith(STARTS)])
            check_names("arrays", table, names)
            slices = {name: stored.get_slice(name) for name in names}
            _check_stored(table, {name: (part.get_dtype(), tuple(part.get_shape())) for name, part in slices.items()})
            arrays = {name: stored.get_tensor(name) for name in names}
        model = _assembled(configuration, arrays, entries)
        model.check()
    except ModelError as error:
        raise unusable_model(path, error) from error
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise ModelError(
            f"The model {path} is missing or damaged ({error}). Install it again, or choose another one."
        ) from error
    return model


def unusable_model(path: Path, error: ModelError) -> ModelError:
    """What to tell of a model file in which something, a sentence about "it", is wrong."""
    return ModelError(f"The model {path} cannot be used. {error} Install it again, or choose another one.")


def _stored_arrays(configuration: NetworkConfiguration, starts: Sequence[str]) -> dict[str, _Stored]:
    """Every array of a configuration's model file by name."""
    arrays = {"couplings": _Stored(("I32",), (configuration.weight_sets, 3, 4, 4))}
    for name, shape in layer_table(configuration).items():
        outputs = (shape.outputs,)
        arrays[f"layers.{name}.weight"] = _Stored(("I8", "I16"), shape.weight_shape)
        arrays[f"layers.{name}.bias"] = _Stored(("I32",), outputs)
        arrays[f"layers.{name}.shift"] = _Stored(("I8",), outputs)
        arrays[f"layers.{name}.input"] = _Stored(("I32",), (2,) if shape.dilation == 1 else (3,))
    arrays.update({f"tables.{name}": _Stored(("I32", "I64")) for name in TABLES})
    state = _Stored(("I16",), axes=range(1, 6), most=LONGEST_START)
    arrays.update(dict.fromkeys(starts[:MOST_STARTS], state))
    return arrays


def _check_stored(table: Mapping[str, _Stored], found: Mapping[str, tuple[str, tuple[int, ...]]]) -> None:
    for name, stored in table.items():
        found_type, found_shape = found[name]
        if found_type not in stored.types:
            raise ModelError(f"Its array {name} holds {found_type}, not {' or '.join(stored.types)}.")
        if not stored.fits(found_shape):
            raise ModelError(f"Its array {name} has the shape {found_shape}, not {stored.shape or 'of a table'}.")


def _assembled(
    configuration: NetworkConfiguration, arrays: Mapping[str, NDArray[Any]], entries: Mapping[str, str]
) -> IntegerModel:
    return IntegerModel(
        configuration=configuration,
        layers={name: _layer(f"layers.{name}", arrays) for name in layer_table(configuration)},
        couplings=arrays["couplings"],
        tables={name: arrays[f"tables.{name}"] for name in TABLES},
        starts={name.removeprefix(STARTS): array for name, array in arrays.items() if name.startswith(STARTS)},
        **read_entries(entries),
    )


def _layer(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> IntegerConvolution:
    maximum, offset, *more = (int(value) for value in arrays[f"{prefix}.input"])
    (dilation,) = more or [1]
    weight = arrays[f"{prefix}.weight"].astype(np.int16)
    return IntegerConvolution(weight, arrays[f"{prefix}.bias"], arrays[f"{prefix}.shift"], maximum, offset, dilation)
