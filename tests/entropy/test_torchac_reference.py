"""The bitstream is torchac's own: whole rows, as torchac documents them, give the same bytes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from srec_engine.entropy import DistributionTables, EntropyCoder
from srec_engine.entropy.distribution_arrays import pixel_frequencies, pixel_mixtures
from srec_engine.entropy.torchac_backend import TorchacBackend, load_backend
from srec_engine.errors import MissingDependencyError
from tests.entropy.builders import pixel_step


@pytest.fixture(scope="module")
def backend() -> TorchacBackend:
    try:
        return load_backend()
    except MissingDependencyError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("seed", range(4))
def test_whole_rows_give_the_same_bytes_and_are_read_from_ours(
    tables: DistributionTables, coder: EntropyCoder, backend: TorchacBackend, seed: int
) -> None:
    sums = np.random.default_rng(seed).integers(255, 766, (31, 31, 3))  # every value is possible
    step, values = pixel_step(tables, height=31, width=31, seed=seed, remaining=sums, margin=0, wild=seed > 1)
    for channel in range(3):
        mixtures = pixel_mixtures(step, channel, values, np.arange(31 * 31))
        frequencies = pixel_frequencies(mixtures, np.arange(257)[None])
        rows = torch.from_numpy(frequencies.astype(np.uint16).view(np.int16))
        symbols = torch.from_numpy(values[..., channel].astype(np.int16).ravel())
        ours = coder.encode_pixels(step, channel, values).data
        assert backend.encode_cdf(rows, symbols) == ours
        assert torch.equal(backend.decode_cdf(rows, ours), symbols)
