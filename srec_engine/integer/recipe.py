"""From a finished training run to a model file's contents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.errors import ModelError
from srec_engine.integer.export import LOG_BITS, export
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.integer_model import IntegerModel
from srec_engine.network.checkpoint import load_network, read_tensors

__all__ = ["distribution_tables", "export_run"]


def export_run(checkpoint: Path, name: str) -> IntegerModel:
    """The integer model of a training run's averaged weights.

    Raises:
        ModelError: When the file is no checkpoint of a run, or its network has no integer form.
    """
    state = read_tensors(checkpoint)
    if "training" not in state:
        raise ModelError(f"{checkpoint} is not a checkpoint of a training run of this program.")
    network = load_network(checkpoint)
    recipe = {"training": state["training"], "steps_done": int(state["step"])}
    return export(network, distribution_tables(network.configuration), name, recipe)


def distribution_tables(configuration: NetworkConfiguration) -> dict[str, NDArray[Any]]:
    """The integer tables for a configuration's range of log-scales, by the names a model file uses."""
    from srec_engine.entropy.tables import default_tables

    tables = default_tables(
        round(configuration.log_scale_minimum * 2**LOG_BITS), round(configuration.log_scale_maximum * 2**LOG_BITS)
    )
    return {
        "sigmoid": tables.sigmoid,
        "exponential": tables.exponential,
        "inverse_scale": tables.inverse_scale,
        "log_scale_minimum": np.array([tables.log_scale_minimum], dtype=np.int32),
    }
