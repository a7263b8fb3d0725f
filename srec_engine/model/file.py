"""Model files: safetensors with the integer arrays, and JSON metadata. Nothing in them is ever executed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.atomic import write_atomically
from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.integer_model import IntegerConvolution, IntegerModel

__all__ = ["MODEL_SUFFIX", "model_bytes", "read_model", "write_model"]

MODEL_SUFFIX = ".safetensors"

FORMAT = "srec-model-1"
"""Value of the metadata entry "format"; another one is another kind of file."""

DTYPES = {"weight": np.int16, "bias": np.int32, "shift": np.int8, "input": np.int32, "couplings": np.int32}
"""Types of the arrays in a file; tables are int32 or int64."""


def write_model(model: IntegerModel, path: Path) -> None:
    """Write `model` to `path`, wholly or not at all.

    Raises:
        OutputError: When it cannot be written; an older model is untouched.
    """
    write_atomically(path, model_bytes(model))


def model_bytes(model: IntegerModel) -> bytes:
    """The content of a model file."""
    from safetensors.numpy import save

    metadata = {
        "format": FORMAT,
        "name": model.name,
        "configuration": json.dumps(model.configuration.to_dict()),
        "known_answers": json.dumps(model.known_answers),
        "recipe": json.dumps(model.recipe),
    }
    arrays = {name: np.ascontiguousarray(array) for name, array in model.arrays().items()}
    return save(_narrowed(arrays), metadata)


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
            metadata = dict(stored.metadata() or {})
            arrays = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - not a mapping
        if metadata.get("format") != FORMAT:
            raise ModelError(f"{path} is not a model of this program (or of a newer version).")
        model = _assemble(arrays, metadata)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"The model {path} is missing or damaged ({error}).") from error
    model.check()
    return model


def _assemble(arrays: dict[str, NDArray[Any]], metadata: dict[str, str]) -> IntegerModel:
    layers: dict[str, dict[str, NDArray[Any]]] = {}
    tables: dict[str, NDArray[Any]] = {}
    for name, array in arrays.items():
        if name.startswith("layers."):
            layer, _, part = name.removeprefix("layers.").rpartition(".")
            layers.setdefault(layer, {})[part] = array.astype(DTYPES[part])
        elif name.startswith("tables."):
            tables[name.removeprefix("tables.")] = array
    return IntegerModel(
        configuration=NetworkConfiguration.from_dict(json.loads(metadata["configuration"])),
        layers={name: _layer(parts) for name, parts in layers.items()},
        couplings=arrays["couplings"].astype(np.int32),
        tables=tables,
        known_answers=dict(json.loads(metadata["known_answers"])),
        recipe=dict(json.loads(metadata["recipe"])),
        name=metadata["name"],
    )


def _layer(parts: dict[str, NDArray[Any]]) -> IntegerConvolution:
    maximum, offset, *more = (int(value) for value in parts["input"])
    (dilation,) = more or [1]
    if not (0 < maximum < 1 << 15 and offset in (0, 128)):
        raise ModelError("A layer of the model takes inputs out of range.")
    return IntegerConvolution(parts["weight"], parts["bias"], parts["shift"], maximum, offset, dilation)
