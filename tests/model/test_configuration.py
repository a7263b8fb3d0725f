"""A network's configuration takes what networks can have, of the right types, and nothing else."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration

WRONG: list[tuple[str, object]] = [
    *[("features", value) for value in (0, -1, 513, 4.0, True, "48", None, [48])],
    *[("blocks", value) for value in (-1, 33, False)],
    *[("components", value) for value in (0, 11)],
    *[("scales", value) for value in (0, 9)],
    *[("shared_scales", value) for value in (0, 6)],
    *[("linear_kernel", value) for value in (-1, 16)],
    *[("remainder_blocks", value) for value in (-1, 33, True)],
    *[("layout", value) for value in ("EDSR", "", None, 1)],
    *[("inputs", value) for value in ("contrasts", True)],
    *[("coefficients", value) for value in ("tanh", [])],
    *[("learned_remainders", value) for value in (1, 0, None, "true")],
    *[("truncation", 1), ("relative_means", "yes"), ("remainder_products", 0)],
    *[("atrous_rates", value) for value in ((0,), (17,), (True,), (1.0,), ("1",), [1], "12", 3, (1,) * 9)],
    *[("log_scale_minimum", value) for value in (math.nan, -math.inf, -65.0, "-2.5", None, True)],
    *[("log_scale_maximum", value) for value in (math.nan, -math.inf, 65.0, -2.5, 10**400)],
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_field_that_no_network_can_have_is_named(field: str, value: Any) -> None:
    with pytest.raises(ModelError, match=field):
        replace(NetworkConfiguration(), **{field: value})


@pytest.mark.parametrize(
    "values", [None, [], "features", 5, {"features": 4}, {**NetworkConfiguration().to_dict(), 7: 1}]
)
def test_what_is_no_configuration_is_refused(values: Any) -> None:
    with pytest.raises(ModelError, match="configuration"):
        NetworkConfiguration.from_dict(values)


@pytest.mark.parametrize("configuration", [NetworkConfiguration(), NetworkConfiguration.original()])
def test_a_configuration_comes_back(configuration: NetworkConfiguration) -> None:
    assert NetworkConfiguration.from_dict(configuration.to_dict()) == configuration


def test_rates_that_are_no_list_are_refused_as_they_are() -> None:
    values = {**NetworkConfiguration.original().to_dict(), "atrous_rates": {"1": 2}}
    with pytest.raises(ModelError, match="atrous_rates"):
        NetworkConfiguration.from_dict(values)
