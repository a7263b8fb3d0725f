"""The integer tables of a model's distributions, as a model file holds them: made, and read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.entropy.fixed_point import NAT_UNITS
from srec_engine.entropy.starting_states import NOTHING_LEARNED, StartingStates
from srec_engine.entropy.tables import DistributionTables, default_tables
from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.integer_model import IntegerModel

__all__ = ["distribution_tables", "model_tables"]


def distribution_tables(configuration: NetworkConfiguration) -> dict[str, NDArray[Any]]:
    """The integer tables for a configuration's range of log-scales, by the names a model file uses."""
    tables = default_tables(
        round(configuration.log_scale_minimum * NAT_UNITS), round(configuration.log_scale_maximum * NAT_UNITS)
    )
    return {
        "sigmoid": tables.sigmoid,
        "exponential": tables.exponential,
        "inverse_scale": tables.inverse_scale,
        "log_scale_minimum": np.array([tables.log_scale_minimum], dtype=np.int32),
    }


def model_tables(model: IntegerModel) -> DistributionTables:
    """The model's distribution tables and what streams begin with, checked.

    Raises:
        ModelError: When they are missing or damaged.
    """
    try:
        return DistributionTables(
            sigmoid=model.tables["sigmoid"],
            exponential=model.tables["exponential"],
            inverse_scale=model.tables["inverse_scale"],
            log_scale_minimum=int(np.asarray(model.tables["log_scale_minimum"]).reshape(())),
            starts=StartingStates.from_stored(model.starts) if model.starts else NOTHING_LEARNED,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"It lacks a distribution table ({error}).") from error
