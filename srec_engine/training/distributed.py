"""One run on several processes (torchrun), or on one: the same code, the same loss curve."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

__all__ = ["Workers", "started_workers"]


@dataclass(frozen=True, slots=True)
class Workers:
    """The processes of a run.

    Attributes:
        rank: Which one this is.
        count: How many there are.
    """

    rank: int = 0
    count: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes checkpoints, curves and messages."""
        return self.rank == 0

    def device(self, name: str) -> str:
        """The device of this process: with several processes on one machine, each has a GPU of its own."""
        return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if self.count > 1 and name == "cuda" else name

    def wrap(self, module: nn.Module) -> nn.Module:
        """The module, averaging its gradients over all processes after each backward pass."""
        return module if self.count == 1 else DistributedDataParallel(module, gradient_as_bucket_view=True)

    def total(self, values: Tensor) -> Tensor:
        """The sum of every process's `values`."""
        if self.count > 1:
            distributed.all_reduce(values)
        return values

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in any process."""
        return bool(self.total(torch.tensor(float(flag))).item())


@contextmanager
def started_workers(device: str = "cpu") -> Iterator[Workers]:
    """The processes that torchrun started, joined; or this process alone.

    Args:
        device: What they compute on; GPUs talk to each other through NCCL.
    """
    if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ:
        yield Workers()
        return
    # Flags and figures stay on the CPU, so gloo is there in any case.
    distributed.init_process_group("cpu:gloo,cuda:nccl" if device.startswith("cuda") else "gloo")
    try:
        yield Workers(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()
