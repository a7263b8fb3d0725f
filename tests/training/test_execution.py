"""A run uses the machine it is on."""

from __future__ import annotations

import mmap
import platform
import subprocess
import sys

import pytest
import torch

from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.trainer import BitsOfBatch

FEWEST_PAGE_FAULTS = """
import resource, torch
from srec_engine.training.execution import keep_freed_memory
keep_freed_memory()
def step():
    return sum(float(tensor[0]) for tensor in [torch.ones(1 << 21) for _ in range(20)])
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
fewest = 1 << 40
for _ in range(10):  # it takes a few until the allocator has found a place for each tensor
    before = faults()
    step()
    fewest = min(fewest, faults() - before)
print(fewest)
"""
PAGES_OF_A_STEP = 20 * (1 << 23) // mmap.PAGESIZE


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
def test_a_step_uses_the_memory_that_the_step_before_has_freed() -> None:
    command = [sys.executable, "-c", FEWEST_PAGE_FAULTS]
    fewest = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    # Without the setting glibc gives the memory back in most processes, and every page is new in every step.
    assert fewest < PAGES_OF_A_STEP / 4


@pytest.mark.parametrize("quantised", [False, True])
def test_a_step_compiles_as_one_graph_with_the_same_bits_and_gradients(
    small: TrainingConfiguration, quantised: bool
) -> None:
    torch.manual_seed(0)
    network = SuperResolutionNetwork(small.network)
    network.set_quantised(quantised)
    module = BitsOfBatch(network)
    images = torch.randint(0, 256, (2, 3, 16, 16)).float()
    results = []
    # "aot_eager" makes the graphs, forwards and backwards, without a compiler.
    for function in (module, torch.compile(module, fullgraph=True, backend="aot_eager")):
        bits = function(images)
        results.append([bits, *torch.autograd.grad(bits.sum(), list(network.parameters()))])
    for plain, compiled in zip(*results, strict=True):
        assert torch.allclose(plain, compiled, rtol=1e-3, atol=1e-3)
