"""The integer tables of a configuration's distributions, as a model file holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.entropy.fixed_point import NAT_UNITS
from srec_engine.entropy.tables import default_tables
from srec_engine.model.configuration import NetworkConfiguration

__all__ = ["distribution_tables"]


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
