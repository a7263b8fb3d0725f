"""The two coders, and the tables they are given."""

from __future__ import annotations

import pytest

from srec_engine.entropy import DistributionTables, EntropyCoder, choose_coder, default_tables
from srec_engine.errors import MissingDependencyError


@pytest.fixture(scope="session")
def tables() -> DistributionTables:
    return default_tables()


@pytest.fixture(scope="session")
def numba_coder() -> EntropyCoder:
    return choose_coder("numba")


@pytest.fixture(scope="session")
def torchac_coder() -> EntropyCoder:
    try:
        return choose_coder("torchac")
    except MissingDependencyError as error:
        pytest.skip(str(error))


@pytest.fixture(params=["numba", "torchac"])
def coder(request: pytest.FixtureRequest) -> EntropyCoder:
    """Each of the coders in turn."""
    fixture: EntropyCoder = request.getfixturevalue(f"{request.param}_coder")
    return fixture
