"""What the tests of training share: the smallest run there can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.training.configuration import TrainingConfiguration


@pytest.fixture(scope="session")
def small() -> TrainingConfiguration:
    return TrainingConfiguration(
        network=NetworkConfiguration(features=4, blocks=1, components=1, scales=1, shared_scales=1),
        crop=16,
        batch=2,
        steps=6,
        warm_up=2,
        bfloat16=False,
    )


@pytest.fixture(scope="session")
def images() -> Sequence[NDArray[np.uint8]]:
    random = np.random.default_rng(0)
    return [random.integers(0, 256, (3, 24, 20 + side), dtype=np.uint8) for side in range(3)]


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    """Networks as small as these gain nothing from threads and lose much to a busy machine's."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
